import type { Server } from 'node:net';
import { type ConnectionOptions, createSecureContext, type Server as TlsServer } from 'node:tls';
import type { Check } from '../../base/checks.ts';
import { bool, checkOptions, type Known, string } from '../../base/options.ts';

/** Certificates and keys are PEM: text or bytes, not file names. */
export interface TlsOptions {
  /**
   * Trusted authorities for the other side's certificate. Default: the authorities that Node.js knows. On a listener: clients need a
   * certificate that one of these has signed. Default there: clients need no certificate.
   */
  readonly ca?: string | Uint8Array | undefined;
  /** This side's certificate: a listener's, or a client's if the router requires one. */
  readonly cert?: string | Uint8Array | undefined;
  /** The private key of `cert`. */
  readonly key?: string | Uint8Array | undefined;
  /** The passphrase of `key`, if that is encrypted. */
  readonly passphrase?: string | undefined;
  /** The name that the other side's certificate must have. Default: the host of the URL. */
  readonly servername?: string | undefined;
  /**
   * Default true. `false` accepts any certificate of a router, which is no protection at all; on a listener with `ca` it also accepts
   * clients without a certificate.
   */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** PEM as text or bytes, or a list of them, which Node.js accepts, too. */
function pem(what: string, begin: RegExp): Check {
  const isPem = (value: unknown): boolean =>
    (typeof value === 'string' || value instanceof Uint8Array) && begin.test(textOf(value));
  return (value) => {
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    return parts.length > 0 && parts.every(isPem) ? undefined : `${what} in PEM (-----BEGIN …), not a file name`;
  };
}

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
}

const certificate = pem('a certificate', /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/);

const known: Known & { readonly [name in keyof Required<TlsOptions>]: unknown } = {
  ca: certificate,
  cert: certificate,
  key: pem('a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/),
  passphrase: string,
  servername: string,
  rejectUnauthorized: bool,
};

/** @throws TypeError, which shows no value, because they are secrets. */
export const tlsOptions: Check = (value) => {
  checkOptions('tls', value, known, kindOf);
  const { cert, key, passphrase } = value as TlsOptions;
  if ((cert === undefined) !== (key === undefined))
    throw new TypeError(`expected tls to have cert and key, got ${cert === undefined ? 'key' : 'cert'} alone`);
  tryOut({ cert }, 'cert of tls to be a certificate in PEM', 'one that cannot be read');
  const isLocked = key !== undefined && /ENCRYPTED/.test(textOf(key));
  if (isLocked && passphrase === undefined) throw new TypeError('expected passphrase of tls to open key, got nothing');
  const [expected, got] = isLocked
    ? ['passphrase of tls to open key', 'another one, or a key that cannot be read']
    : ['key of tls to be a private key in PEM', 'one that cannot be read'];
  tryOut({ key, passphrase }, expected, got);
  tryOut({ cert, key, passphrase }, 'key of tls to be that of cert', 'the key of another certificate');
  return undefined;
};

/** Node.js would report it in the words of OpenSSL, and only when a connection is made or a port is opened. */
function tryOut(options: TlsOptions, expected: string, got: string): void {
  try {
    createSecureContext(nodeTls(options));
  } catch (error) {
    throw new TypeError(`expected ${expected}, got ${got}`, { cause: error });
  }
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : `a text of ${value.length} characters`;
  return value instanceof Uint8Array ? `${value.length} bytes` : typeof value;
}

/** For Node.js an option that is undefined is not always the same as an absent one. Its types want Buffers; any bytes work. */
export function nodeTls(options: TlsOptions = {}): Pick<ConnectionOptions, keyof TlsOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Whether a server speaks TLS, and can have another certificate. */
export function isSecure(server: Server): server is TlsServer {
  return 'setSecureContext' in server;
}
