/*
 * The certificates of a port in a configuration file: files instead of their content.
 */
import { readFileSync } from 'node:fs';
import type { TlsOptions } from './tls.ts';

/** Files in PEM. They are read again when the configuration is reloaded. */
export interface TlsFiles {
  /** The file of the certificate, with those between it and the authority. */
  readonly cert: string;
  /** The file of its private key. */
  readonly key: string;
  /** Opens the key, if it is encrypted. */
  readonly passphrase?: string | undefined;
  /** A file of authorities: clients need a certificate that one of these has signed. Default: clients need none. */
  readonly ca?: string | undefined;
  /** Default true. `false`: clients without a certificate are accepted, too, although `ca` is there. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** @throws An error that names the file, if it cannot be read. */
export function readTlsFiles({ cert, key, ca, passphrase, rejectUnauthorized }: TlsFiles): TlsOptions {
  return { cert: read(cert), key: read(key), ca: ca === undefined ? undefined : read(ca), passphrase, rejectUnauthorized };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // Node's error does not name a directory.
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR')
      throw new TypeError(`${file}: expected a file, got a directory`, { cause: error });
    throw error;
  }
}
