/* The options of `nats`, checked. It needs no package of NATS, so that a configuration file can be checked without them. */
import { isDict, show } from '../base/checks.ts';
import { bool, checkOptions, complain, group, oneOf, string } from '../base/options.ts';
import { checkTls, type NatsTls } from './tls.ts';

const REPLICAS = [1, 3, 5];
/** Of an nkey of a user. */
export const SEED: RegExp = /^\s*SU[A-Z2-7]{56}\s*$/;
const CREDENTIALS = /-BEGIN NATS USER JWT-[\s\S]*-BEGIN USER NKEY SEED-/;

export interface NatsOptions {
  /** One server, or several of one NATS cluster: `nats://host:4222`; `tls://host:4222` for TLS. A user and a password may be in it, or a token: `nats://user:password@host`. */
  readonly servers: string | readonly string[];
  /** Routers that have the same name are one cluster. Letters, digits, `-` and `_`. Default: `default`. */
  readonly name?: string | undefined;
  /** The text of a credentials file of NATS, or the seed of a user's nkey: `SU…`. */
  readonly credentials?: string | undefined;
  /** Texts in PEM. Any of them demands TLS. */
  readonly tls?: NatsTls | undefined;
  /** How many servers of NATS keep the registry: 1, 3 or 5. Default: 1. */
  readonly replicas?: number | undefined;
  /**
   * What a router does that cannot reach the registry. `end`, the default: after three seconds calls wait; after five all sessions end, since other routers may have what
   * they had. `continue`: it serves the sessions that it has; a procedure may have two owners meanwhile.
   */
  readonly whenIsolated?: 'end' | 'continue' | undefined;
  /** The network is private: neither TLS nor credentials are demanded off this machine. Default: false. */
  readonly insecure?: boolean | undefined;
}

/** What the options say, with defaults. */
export interface CheckedOptions {
  readonly urls: readonly URL[];
  readonly name: string;
  readonly credentials: string | undefined;
  /** Undefined: the connection is not encrypted. */
  readonly tls: NatsTls | undefined;
  readonly replicas: number;
  readonly goesOn: boolean;
}

/** @throws TypeError that says what was expected and what came, without secrets. */
export function checkNats(options: NatsOptions): CheckedOptions {
  if (isDict(options))
    for (const [name, check] of Object.entries(OPEN))
      if (options[name] !== undefined) complain(`${name} of nats`, check, options[name]);
  checkOptions('nats', options, KNOWN, withoutText);
  complain('servers of nats', KNOWN.servers, options.servers, undefined, withoutText);
  const { servers, name = 'default', credentials, tls, replicas = 1, whenIsolated = 'end', insecure = false } = options;
  const urls = (typeof servers === 'string' ? [servers] : servers).map(urlOf);
  const [first] = urls;
  if (!first) throw new TypeError('expected servers of nats to be a URL, or a list of them, got an empty list');
  if (urls.some((url) => url.username !== first.username || url.password !== first.password))
    throw new TypeError('expected all servers of nats to have the same user and password, got different ones');
  if (credentials !== undefined && !SEED.test(credentials) && !CREDENTIALS.test(credentials))
    throw new TypeError(
      'expected credentials of nats to be the text of a credentials file, or the seed of a user (SU…), got another text',
    );
  if (tls) checkTls(tls);
  const isEncrypted = tls !== undefined || urls.some(({ protocol }) => protocol === 'tls:');
  const isKnown = credentials !== undefined || first.username !== '' || tls?.cert !== undefined;
  const far = urls.find(({ hostname }) => !isLoopback(hostname));
  if (far && !insecure && !(isEncrypted && isKnown)) {
    const got = isEncrypted ? 'TLS only' : isKnown ? 'credentials only' : 'neither';
    const why = `since whoever reaches it has all rights in all realms, got ${got}; \`insecure: true\` says that the network is private`;
    throw new TypeError(`expected TLS and credentials for the NATS server ${far.host}, ${why}`);
  }
  return { urls, name, credentials, tls: isEncrypted ? (tls ?? {}) : undefined, replicas, goesOn: whenIsolated === 'continue' };
}

/** These hold no secrets: an error shows what came. */
const OPEN = {
  name: (value: unknown) =>
    typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? undefined : '1 to 64 letters, digits, - and _',
  replicas: (value: unknown) => (REPLICAS.some((known) => known === value) ? undefined : '1, 3 or 5'),
  whenIsolated: oneOf('end', 'continue'),
  insecure: bool,
};

const KNOWN = {
  servers: (value: unknown) => (typeof value === 'string' || isTexts(value) ? undefined : 'a URL, or a list of them'),
  name: OPEN.name,
  credentials: string,
  tls: group('tls of nats', { ca: string, cert: string, key: string }),
  replicas: OPEN.replicas,
  whenIsolated: OPEN.whenIsolated,
  insecure: OPEN.insecure,
};

/** The value as text; of texts, which may be secrets, only that they are some. */
function withoutText(value: unknown): string {
  if (typeof value === 'string') return 'another text';
  return Array.isArray(value) ? 'another list' : isDict(value) ? 'an object' : show(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'nats:' || url.protocol === 'tls:') && url.hostname !== '') return url;
  throw new TypeError(`expected a server of nats to be a URL like nats://host:4222, got ${url ? url.protocol : 'another text'}`);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
