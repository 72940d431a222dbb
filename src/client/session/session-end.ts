/* How a session that has ended says who ended it. */
import { ApplicationError, ConnectionLostError, messageOf } from '../../base/errors.ts';
import type { Dict } from '../../base/words.ts';
import type { LinkEnd } from '../../link/link.ts';
import type { Abort } from '../../protocol/messages.ts';
import { canonical, NETWORK_FAILURE } from '../../protocol/uris.ts';
import { TOO_BIG } from '../../transport/close-codes.ts';

/** What the router said is its cause: a request that waits may have brought it about. */
export function aborted({ reason, args, kwargs, details }: Abort): ConnectionLostError {
  const message = sayWhy('the router aborted the session', reason, details);
  const cause = new ApplicationError(canonical(reason), args, kwargs, { details, message });
  return new ConnectionLostError(cause.uri, message, { cause });
}

export function sayWhy(what: string, reason: string, details: Dict): string {
  return `${what}: ${reason}${typeof details.message === 'string' ? ` (${details.message})` : ''}`;
}

/** The transport is gone, or we had to abort the session. `longest`: the longest message that was sent. */
export function transportLost(
  { error, closed }: LinkEnd,
  longest: { readonly name: string; readonly length: number },
): ConnectionLostError {
  if (error) return new ConnectionLostError(error.uri, `we aborted the session: ${error.message}`, { cause: error });
  const { clean, code, reason, error: cause } = closed ?? {};
  const tooBig = code === TOO_BIG && `a message was too long; the longest was ${longest.name} with ${longest.length} bytes`;
  const said = [code, reason || (cause && messageOf(cause)) || tooBig].filter(Boolean).join(': ');
  // It closes cleanly when its other end closed it: the router, or a proxy in between.
  const what = clean ? 'the other side closed the connection' : 'the connection was lost';
  return new ConnectionLostError(NETWORK_FAILURE, what + (said && ` (${said})`), { cause });
}
