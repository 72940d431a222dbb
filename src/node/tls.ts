import type { ConnectionOptions } from 'node:tls';
import { any, bool, checkOptions, type Known, string } from '../options.ts';
import type { Check } from '../protocol/checks.ts';

/** Certificates and keys are PEM: text or bytes, not file names. */
export interface TlsOptions {
  /**
   * Who is trusted to sign the other side's certificate. Default: the authorities that Node.js knows. On a listener: clients need a
   * certificate that one of these has signed. Default there: none is asked for.
   */
  readonly ca?: string | Uint8Array | undefined;
  /** Our own certificate: a listener's, or a client's where the router asks for one. */
  readonly cert?: string | Uint8Array | undefined;
  /** The private key of `cert`. */
  readonly key?: string | Uint8Array | undefined;
  /** Of `key`, where that is encrypted. */
  readonly passphrase?: string | undefined;
  /** The name that the other side's certificate must have. Default: the host of the URL. */
  readonly servername?: string | undefined;
  /**
   * Default true. `false` takes any certificate of a router, which is no protection at all; on a listener with `ca` it lets in also
   * clients that have none.
   */
  readonly rejectUnauthorized?: boolean | undefined;
}

const known: Known & { readonly [name in keyof Required<TlsOptions>]: unknown } = {
  ca: any,
  cert: any,
  key: any,
  passphrase: string,
  servername: string,
  rejectUnauthorized: bool,
};

/** @throws TypeError, which shows no value: they are secrets. */
export const tlsOptions: Check = (value) => {
  checkOptions('tls', value, known, (given) => typeof given);
  return undefined;
};

/** What is there and undefined is a choice to Node, and not always the default. Its types want Buffers; any bytes do. */
export function nodeTls(options: TlsOptions = {}): Pick<ConnectionOptions, keyof TlsOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
