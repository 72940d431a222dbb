/* Errors that nobody awaits, as they are told. */
import { messageOf, plain } from '../../base/errors.ts';
import type { ErrorContext } from '../api/environment.ts';

/** Something with a message that can be read, whatever was thrown. */
export function asError(thrown: unknown, { where, uri }: ErrorContext): unknown {
  try {
    const { message }: { readonly message?: unknown } = Object(thrown);
    if (typeof message === 'string') return thrown;
  } catch {
    // a getter that throws
  }
  return new Error(`${messageOf(thrown)} was thrown in ${where}${uri ? ` ${uri}` : ''}`, { cause: thrown });
}

/** Where nobody listens. */
export function toConsole(error: unknown, { where, uri }: ErrorContext): void {
  console.error(`autostrada: in ${where}${uri ? ` ${plain(uri)}` : ''}:`, error);
}
