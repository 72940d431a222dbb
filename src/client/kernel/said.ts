/*
 * Errors say what was called or published, and have the lines of the code that awaits it. V8 keeps track of the awaiting functions at no cost
 * while nothing fails; so the stack is captured again when something has failed.
 */
import { ConnectionLostError, JoinError, WampError } from '../../base/errors.ts';

/** What a request was about. */
export type Subject = 'procedure' | 'topic';

/** The same promise; what it rejects with says what it was about, and where it was awaited. */
export async function said<T>(promise: Promise<T>, subject: Subject, uri: string): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    const own = about(error, subject, uri);
    if (own instanceof WampError) Error.captureStackTrace?.(own);
    throw own;
  }
}

/** The same error, which says what it was about. What came from elsewhere, as the reason of a signal, stays as it is. */
export function about(error: unknown, subject: Subject, uri: string): unknown {
  if (!(error instanceof WampError)) return error;
  // The end of a session is one error for all that it concerns.
  const own = error instanceof ConnectionLostError || error instanceof JoinError ? copyOf(error) : error;
  return Object.assign(own, { [subject]: own[subject] ?? uri });
}

function copyOf<E extends object>(error: E): E {
  const copy = Object.create(Object.getPrototypeOf(error));
  for (const key of Object.getOwnPropertyNames(error)) {
    Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(error, key) ?? {});
  }
  return copy;
}
