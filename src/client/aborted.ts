/* Errors from what the router says when it ends a session. */
import { ApplicationError, ConnectionLostError } from '../errors.ts';
import type { Abort } from '../protocol/messages.ts';
import { canonical } from '../protocol/uris.ts';
import type { Dict } from '../words.ts';

/** With what the router said as its cause: whoever waits may have brought it about. */
export function aborted({ reason, args, kwargs, details }: Abort): ConnectionLostError {
  const message = sayWhy('the router aborted the session', reason, details);
  const cause = new ApplicationError(canonical(reason), args, kwargs, { details, message });
  return new ConnectionLostError(cause.uri, message, { cause });
}

export function sayWhy(what: string, reason: string, details: Dict): string {
  return `${what}: ${reason}${typeof details.message === 'string' ? ` (${details.message})` : ''}`;
}
