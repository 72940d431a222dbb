/*
 * The pages that may use a router. A page of any origin can open a WebSocket to this machine, or post to it, with the user's cookies and
 * from inside the user's network. So by default only pages of the same origin are accepted.
 */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Scheme, host and perhaps a port (RFC 6454, 7). Browsers also send `null`, and `file://` for a WebSocket of a file. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:.]+\]|[^\s/?#@[\]:*]+)(?::\d{1,5})?$/i;
const WITHOUT_HOST = ['null', 'file://'];

export interface OriginRules {
  /** Whether the page of a request may connect: it is listed, of the same origin, or of this machine. */
  isFine(request: IncomingMessage): boolean;
  /** Whether the page's origin is listed, or all are allowed. */
  isListed(request: IncomingMessage): boolean;
  /** The hosts of the listed origins. */
  readonly names: readonly string[];
}

/**
 * The caller has checked `Host` before (hosts.ts): otherwise any site could seem to be of the same origin.
 *
 * @param origins - Allowed origins beside the same one; `'*'`: all.
 * @param address - Where the server listens; called each time, because the user's own server may begin to listen later. On loopback,
 * pages of this machine may connect, on any port.
 * @throws TypeError for an entry that is not an origin.
 */
export function originRules(origins: readonly string[] | '*', address: () => AddressInfo | string | null): OriginRules {
  const listed = origins === '*' ? undefined : new Set(origins.map(expectOrigin));
  const isListed = ({ headers: { origin } }: IncomingMessage): boolean => {
    const name = origin?.toLowerCase();
    return name !== undefined && isOrigin(name) && (listed?.has(name) ?? true);
  };
  return {
    isListed,
    names: [...(listed ?? [])].map((origin) => origin.replace(/^.*\/\//, '')).filter((authority) => authority !== 'null'),
    isFine(request) {
      const { origin, host = '' } = request.headers;
      // Without an origin it is not a page, so no user's rights can be misused, unless a browser says so.
      if (origin === undefined) return listed === undefined || !isFromElsewhere(request);
      if (isListed(request)) return true;
      const name = origin.toLowerCase();
      if (!isOrigin(name)) return false;
      // Every sandboxed page and every local file is `null`: to allow one is to allow all, so it must be listed.
      // `ws:` and `wss:` never come from a page: programs (wampy for Python) write the router's own address so.
      const [, scheme, authority] = /^(https?|wss?):\/\/(.+)$/.exec(name) ?? [];
      if (scheme === undefined || authority === undefined) return false;
      if (isOnLoopback(address()) && isLoopback(authority)) return true;
      return withoutPort(authority, scheme) === withoutPort(host.toLowerCase(), scheme);
    },
  };
}

/** An image or a script of another site: a browser sends its user's cookies for it, but no origin. Links to here are fine. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  return (site === 'cross-site' || site === 'same-site') && mode !== 'navigate';
}

/** For the log and the answer: what was refused, and what to do about it. */
export function originComplaint(request: IncomingMessage): string {
  if (request.headers.origin === undefined)
    return 'a page of another origin may not use this as an image, a script or a part of it: it must ask by CORS';
  const origin = request.headers.origin ?? 'none';
  const name = origin.slice(0, 200);
  return isOrigin(origin.toLowerCase())
    ? `origin ${name} may not connect here: the option 'origins' of the listener does not list it`
    : `origin ${name} may not connect here: it is malformed`;
}

function expectOrigin(given: string): string {
  if (typeof given === 'string' && isOrigin(given.toLowerCase())) return given.toLowerCase();
  throw new TypeError(`expected origins to hold origins as https://example.com, got ${JSON.stringify(given)}`);
}

function isOrigin(name: string): boolean {
  return WITHOUT_HOST.includes(name) || ORIGIN.test(name);
}

/** Browsers leave the default port of the scheme out of both headers; other clients and proxies may not. */
function withoutPort(authority: string, scheme: string): string {
  return authority.replace(scheme === 'https' || scheme === 'wss' ? /:443$/ : /:80$/, '');
}

function isLoopback(authority: string): boolean {
  const host = authority.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || isLoopbackAddress(host);
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}

function isOnLoopback(address: AddressInfo | string | null): boolean {
  return typeof address === 'object' && address !== null && isLoopbackAddress(address.address);
}
