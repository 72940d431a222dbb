/* The URIs that belong to the router: `wamp.` to the protocol (WAMP "URIs"), `autostrada.` to what this router adds to it. */
import { isReserved, type Match } from '../../protocol/uri.ts';

/** Whether a topic or a procedure with this URI is the router's own. This does not concern error URIs: everybody may use those. */
export function isOwn(uri: string): boolean {
  return isReserved(uri) || uri === 'autostrada' || uri.startsWith('autostrada.');
}

/**
 * Whether a pattern, as it is written, matches only the router's own URIs. The prefix `wamp` does not: it matches `wampum.price` as well.
 */
export function namesOwn(pattern: string, match: Match): boolean {
  return match === 'prefix' ? /^(wamp|autostrada)\./.test(pattern) : isOwn(pattern);
}

/**
 * Why a session may not register or publish there; undefined if it may. A program in the router's process (`router.as`) may add to what is below
 * `autostrada.`, if its authrole allows that.
 */
export function ownComplaint(
  uri: string,
  what: 'procedures' | 'topics',
  { authprovider }: { readonly authprovider: string },
): string | undefined {
  if (authprovider === 'internal' && !isReserved(uri)) return undefined;
  return isOwn(uri) ? `${what} below '${uri.split('.', 1)[0]}.' are the router's` : undefined;
}
