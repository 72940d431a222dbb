/*
 * The names by which browsers may reach this router. Against DNS rebinding: a site can let its own name point to this machine, and then its pages have
 * the same origin as the router, as far as the browser knows. Only the `Host` header still has the name. For that an attacker needs their own name
 * in the public DNS, so addresses and names without a dot are always fine.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** A name as the DNS has it: at least one component, no port, no scheme. */
const NAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;

export interface HostRules {
  /** The option of `listen`. */
  readonly hosts: readonly string[] | '*';
  /** Further names that are known to be fine. */
  readonly known: readonly (string | undefined)[];
  /** A proxy decides for which names it passes requests on. */
  readonly trustProxy: boolean;
}

/**
 * @returns A function that says whether the `Host` of a request is accepted.
 * @throws TypeError for an entry of `hosts` that is not a name.
 */
export function hostCheck({ hosts, known, trustProxy }: HostRules): (request: IncomingMessage) => boolean {
  if (hosts !== '*' && !Array.isArray(hosts))
    throw new TypeError(`expected hosts to be a list of names or '*', got ${show(hosts)}`);
  const listed = hosts === '*' ? [] : hosts.map(expectName);
  const own = hostname().toLowerCase();
  const names = new Set([...listed, ...known.map((name) => nameIn(name ?? '')), own, `${own}.local`]);
  return ({ headers, socket }) => {
    // A browser that speaks TLS compares the certificate with the name; a unix socket is for programs and proxies.
    if (hosts === '*' || trustProxy || 'encrypted' in socket || socket.remoteAddress === undefined) return true;
    const name = nameIn(headers.host ?? '');
    return !name.includes('.') || isIP(name) !== 0 || name.endsWith('.localhost') || names.has(name);
  };
}

/** How many headers `Host` a request has. Of two, Node.js would take the first one, and a proxy perhaps the other one. */
export function hostHeaders({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}

/** For the log and the answer: what was refused, and how to allow it. */
export function hostComplaint({ headers: { host = '' } }: IncomingMessage): string {
  const name = nameIn(host).slice(0, 200);
  return (
    `${name} is not known as a name of this router: list it in the option 'hosts' of the listener (--host-name), ` +
    `or behind a proxy set 'trustProxy' (--trust-proxy)`
  );
}

/** The name in the authority of a URL: without port, brackets, and the dot that ends an absolute name. */
export function nameIn(authority: string): string {
  const host = authority.toLowerCase().replace(/:\d*$/, '');
  return host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function expectName(given: unknown): string {
  const name = typeof given === 'string' ? given.toLowerCase().replace(/\.$/, '') : '';
  if (isIP(name) !== 0 || NAME.test(name)) return name;
  throw new TypeError(`expected hosts to hold names as router.example.com, got ${show(given)}`);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
