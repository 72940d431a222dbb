/* Which errors of hooks are meant for the client. The text of any other may hold what is nobody's business: a query, a host, a password. */
import { ApplicationError, FatalError, type WampError } from '../errors.ts';
import { isUri } from '../protocol/uri.ts';

/**
 * Whether this is an `ApplicationError` or a `FatalError` of ours, also of another copy of this package: a hook may `require` what the
 * router's program imports.
 */
export function isSpoken(thrown: unknown): thrown is WampError {
  if (!(thrown instanceof Error) || !('uri' in thrown) || typeof thrown.uri !== 'string' || !isUri(thrown.uri)) return false;
  if (thrown instanceof ApplicationError || thrown instanceof FatalError) return true;
  // Ours have a hidden name of their own. An error with an attribute `uri` from elsewhere, say a database's, has none.
  const name = Object.getOwnPropertyDescriptor(thrown, 'name');
  if (name === undefined || name.enumerable) return false;
  if (name.value === 'FatalError') return thrown.uri === 'autostrada.error.fatal';
  return 'args' in thrown && Array.isArray(thrown.args) && 'kwargs' in thrown && 'details' in thrown && !('reason' in thrown);
}
