/*
 * Which pages may talk to a router. A page of any origin may open a WebSocket to this machine, or post to it, with the user's cookies and
 * from inside the user's network; so only pages that came from here may, unless told otherwise.
 */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Scheme, host and perhaps a port (RFC 6454, 7). Browsers also send `null`, and `file://` for a WebSocket of a file. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:.]+\]|[^\s/?#@[\]:]+)(?::\d{1,5})?$/i;
const WITHOUT_HOST = ['null', 'file://'];

/** Says of a request whether its page may connect. */
export type OriginCheck = (request: IncomingMessage) => boolean;

/**
 * @param origins - Those that may beside the same one; `'*'`: all.
 * @param address - Where the server listens; asked anew each time, since a server of the user's may begin to listen later. On loopback,
 * pages of this machine may connect, whatever their port.
 * @param trustProxy - A proxy is in front, so that the host of a request may be any.
 * @throws TypeError for an entry that is no origin.
 */
export function originCheck(
  origins: readonly string[] | '*',
  address: () => AddressInfo | string | null,
  trustProxy: boolean,
): OriginCheck {
  const listed = origins === '*' ? undefined : new Set(origins.map(expectOrigin));
  return ({ headers: { origin, host = '' } }) => {
    if (origin === undefined) return true; // no browser: nobody else's rights are used
    const name = origin.toLowerCase();
    if (!isOrigin(name)) return false;
    if (!listed || listed.has(name)) return true;
    // Every sandboxed page and every local file is `null`: to let in one is to let in all, so that has to be asked for.
    const [, scheme, authority] = /^(https?):\/\/(.+)$/.exec(name) ?? [];
    if (scheme === undefined || authority === undefined) return false;
    const isHere = isOnLoopback(address());
    if (isHere && isLoopback(authority)) return true;
    // A site may let its own name point to this machine (DNS rebinding), and then seems to be the same origin.
    if (isHere && !trustProxy) return false;
    return withoutPort(authority, scheme) === withoutPort(host.toLowerCase(), scheme);
  };
}

/** For the log and the answer: what was refused, and what to do about it. */
export function originComplaint(request: IncomingMessage): string {
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

/** Browsers leave the scheme's own port out of both headers; other clients and proxies may not. */
function withoutPort(authority: string, scheme: string): string {
  return authority.replace(scheme === 'http' ? /:80$/ : /:443$/, '');
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
