import type { Awaitable, Dict } from '../../base/words.ts';

/** Where a connection comes from. */
export interface TransportInfo {
  readonly kind: 'memory' | 'websocket' | 'rawsocket' | 'longpoll' | (string & {});
  /** The address of the other end. */
  readonly peer?: string | undefined;
  readonly isSecure?: boolean | undefined;
  /**
   * The HTTP request by which it began: the upgrade of a WebSocket, the first request of long-poll. For the hooks `recognize`, `findUser` and `authorize` only: a
   * session of the router has none.
   */
  readonly request?: OpeningRequest | undefined;
  /** Remembers logins of this browser. For the router only. */
  readonly remembering?: Remembering | undefined;
  /** Bytes that only the two ends of this TLS connection know (WAMP "TLS Channel Binding"); undefined if there are none. */
  channelBinding?(type: string): Uint8Array | undefined;
  /** The certificate by which the client has proved its identity; undefined if it has none, or if none of `tls.ca` has signed it. */
  peerCertificate?(): PeerCertificate | undefined;
}

/** The HTTP request by which a connection began. It holds secrets: cookies, tokens. */
export interface OpeningRequest {
  readonly method: string;
  /** Path and query as they came: `/ws?lang=it`. */
  readonly url: string;
  /** By names in lower case. A list for `set-cookie` only, as in Node.js. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** The header `Cookie`, by name, decoded. */
  readonly cookies: { readonly [name: string]: string | undefined };
  readonly httpVersion: string;
}

/** A certificate of a client that was verified. */
export interface PeerCertificate {
  /** `CN=device 7\nO=Example`: a line each. */
  readonly subject: string;
  readonly issuer: string;
  /** `DNS:…, URI:…`; undefined if it has none. */
  readonly subjectAltName: string | undefined;
  /** SHA-256 in hexadecimal digits, with colons. */
  readonly fingerprint256: string;
  readonly serialNumber: string;
  /** When it expires, in milliseconds since 1970. */
  readonly validTo: number;
  /** As DER. */
  readonly raw: Uint8Array;
}

/** A login that a browser need not repeat. */
export interface RememberedLogin {
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  /** `static`: of a user who is listed in the configuration. Else `dynamic`. */
  readonly authprovider: string;
  readonly authextra?: Dict | undefined;
  /** Of a user of the configuration: the seal of what the login was proved by. */
  readonly seal?: string | undefined;
}

/** How the router remembers the logins of one browser, for hosts. */
export interface Remembering {
  /** The login of this browser, in any realm. */
  recall(): Awaitable<RememberedLogin | undefined>;
  /** From now on it is this one. */
  keep(login: RememberedLogin): void;
  /** A digest of a text that only the browser and the router can make, so that it may be kept. */
  seal(text: string): string;
  /** There is none any more. */
  forget(): void;
}

/** What everybody may see of it. */
export function withoutRequest(info: TransportInfo): TransportInfo {
  if (info.request === undefined && info.remembering === undefined) return info;
  const { request: _request, remembering: _remembering, ...rest } = info;
  return rest;
}
