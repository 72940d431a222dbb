import { isDict } from '../../base/checks.ts';
import { ApplicationError, messageOf } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import { isUri, uriComplaint } from '../../protocol/uri.ts';
import type { Answer } from '../api/result.ts';

/** An error that says its URI: ours, or one of another copy of this package, known by its shape. */
export function knownError(thrown: unknown): (Answer & { readonly uri: Uri }) | undefined {
  if (!isDict(thrown)) return undefined;
  const { uri, args, kwargs, details } = thrown;
  if (typeof uri !== 'string' || !isUri(uri)) return undefined;
  // All of it: a wrong payload is reported, and not left out.
  if (thrown instanceof ApplicationError) return { uri, args: thrown.args, kwargs: thrown.kwargs, details: thrown.details };
  if (!Array.isArray(args)) return { uri, args: [messageOf(thrown)] };
  return { uri, args, kwargs: isDict(kwargs) ? kwargs : undefined, details: isDict(details) ? details : undefined };
}

/** What to report about an `ApplicationError` with a wrong URI: its caller gets another one. */
export function unanswerable(thrown: unknown): TypeError | undefined {
  const complaint = thrown instanceof ApplicationError ? uriComplaint(thrown.uri) : undefined;
  return complaint === undefined
    ? undefined
    : new TypeError(`an error is answered as wamp.error.runtime_error: ${complaint}`, { cause: thrown });
}
