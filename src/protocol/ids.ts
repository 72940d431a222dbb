import type { Id } from '../base/words.ts';

const MAX_ID = 2 ** 53;

/** WAMP "IDs": an integer in [1, 2^53], both ends included. `Number.isSafeInteger(2 ** 53)` is false, hence not used. */
export function isId(value: unknown): value is Id {
  return typeof value === 'number' && value >= 1 && value <= MAX_ID && Math.floor(value) === value;
}

/** The id after this one in the session scope. WAMP "IDs": from 1, one by one, and after 2^53 again from 1. */
export function nextId(last: Id): Id {
  return last >= MAX_ID ? 1 : last + 1;
}

interface RandomSource {
  getRandomValues(words: Uint32Array): unknown;
}

/**
 * Ids of the global scope, drawn evenly from [1, 2^53] (WAMP "IDs").
 *
 * They name sessions and publications and are no secrets; where the platform has a secure source, it is used all the same, in
 * batches, since asking it for each id would cost more than routing the message.
 */
export class RandomIds {
  private readonly words = new Uint32Array(256);
  private used = this.words.length;

  next(): Id {
    if (this.used >= this.words.length) {
      const source = (globalThis as { crypto?: RandomSource }).crypto;
      if (source) source.getRandomValues(this.words);
      else for (let i = 0; i < this.words.length; i++) this.words[i] = Math.random() * 2 ** 32;
      this.used = 0;
    }
    const high = (this.words[this.used++] ?? 0) >>> 11; // 21 bits, and 32 below them: 53
    return high * 2 ** 32 + (this.words[this.used++] ?? 0) + 1;
  }
}
