/* What a store has answered: a value or a fault, now or soon. */
import type { Uri } from '../../base/words.ts';

/** Why something was not kept, or cannot be read. */
export interface StoreFault {
  readonly uri: Uri;
  readonly text: string;
}

export type StoreAnswer<T> = { readonly value: T } | { readonly fault: StoreFault };

/** An answer now, or a promise of it that does not reject. */
export type Soon<T> = T | Promise<T>;

/** The answer, when that has happened. */
export function after<T>(before: Promise<void> | undefined, answer: T): Soon<T> {
  return before ? before.then(() => answer) : answer;
}

/** The answer to both, with the first fault. */
export function together(
  first: Soon<StoreAnswer<unknown>> | undefined,
  second: Soon<StoreAnswer<unknown>>,
): Soon<StoreAnswer<unknown>> {
  if (first === undefined) return second;
  if (first instanceof Promise || second instanceof Promise)
    return Promise.all([first, second]).then(([one, other]) => ('fault' in one ? one : other));
  return 'fault' in first ? first : second;
}
