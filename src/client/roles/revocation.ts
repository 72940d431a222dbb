import { ApplicationError } from '../../errors.ts';
import { isUri } from '../../protocol/uri.ts';
import type { Uri } from '../../words.ts';

/**
 * Why the router took something away (WAMP "Registration Revocation", "Subscription Revocation"). The reason is a text; where it is a URI,
 * it is the error's.
 */
export function revocation(reason: unknown, uri: Uri, text: string): ApplicationError {
  if (typeof reason !== 'string') return new ApplicationError(uri, [text]);
  return isUri(reason) ? new ApplicationError(reason, [text]) : new ApplicationError(uri, [reason]);
}
