import { ApplicationError } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import { isUri } from '../../protocol/uri.ts';

/**
 * Why the router took something away (WAMP "Registration Revocation", "Subscription Revocation"). The reason is a text; where it is a URI,
 * it is the error's.
 */
export function revocation(reason: unknown, uri: Uri, text: string): ApplicationError {
  if (typeof reason !== 'string') return new ApplicationError(uri, [text]);
  return isUri(reason) ? new ApplicationError(reason, [text]) : new ApplicationError(uri, [reason]);
}
