import { ApplicationError, messageOf } from '../../base/errors.ts';
import type { Dict, Uri } from '../../base/words.ts';
import { isUri, uriComplaint } from '../../protocol/uri.ts';
import type { Answer } from '../api/result.ts';

/** An error that says its URI: ours, or one of another copy of this package, known by its shape. */
export function knownError(thrown: unknown): (Answer & { readonly uri: Uri }) | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('uri' in thrown)) return undefined;
  const { uri } = thrown;
  if (typeof uri !== 'string' || !isUri(uri)) return undefined;
  // All of it: a wrong payload is reported, and not left out.
  if (thrown instanceof ApplicationError) return { uri, args: thrown.args, kwargs: thrown.kwargs, details: thrown.details };
  const args = 'args' in thrown && Array.isArray(thrown.args) ? (thrown.args as readonly unknown[]) : undefined;
  const kwargs =
    'kwargs' in thrown && typeof thrown.kwargs === 'object' && thrown.kwargs !== null ? (thrown.kwargs as Dict) : undefined;
  const details = 'details' in thrown ? (thrown.details as Dict | undefined) : undefined;
  return args ? { uri, args, kwargs, details } : { uri, args: [messageOf(thrown)] };
}

/** What to report about an `ApplicationError` with a wrong URI: its caller gets another one. */
export function unanswerable(thrown: unknown): TypeError | undefined {
  const complaint = thrown instanceof ApplicationError ? uriComplaint(thrown.uri) : undefined;
  return complaint === undefined
    ? undefined
    : new TypeError(`an error is answered as wamp.error.runtime_error: ${complaint}`, { cause: thrown });
}
