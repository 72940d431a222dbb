/* Decides which errors of hooks are meant for the client. The text of any other may hold secrets: a query, a host, a password. */
import { ApplicationError, FatalError, WampError } from '../../base/errors.ts';
import { isUri } from '../../protocol/uri.ts';

/**
 * Whether this is our `ApplicationError` or `FatalError`, also of another copy of this package: a hook may `require` what the
 * router's program imports.
 */
export function isSpoken(thrown: unknown): thrown is WampError {
  if (!(thrown instanceof WampError) || !isUri(thrown.uri)) return false;
  if (thrown instanceof ApplicationError)
    return 'args' in thrown && 'kwargs' in thrown && 'details' in thrown && !('reason' in thrown);
  return thrown instanceof FatalError && thrown.uri === 'autostrada.error.fatal';
}
