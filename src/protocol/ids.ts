import type { Id } from '../base/words.ts';

const MAX_ID = 2 ** 53;

/** WAMP "IDs": an integer in [1, 2^53], both included. `Number.isSafeInteger` is not used, because it is false for 2^53. */
export function isId(value: unknown): value is Id {
  return typeof value === 'number' && value >= 1 && value <= MAX_ID && Math.floor(value) === value;
}

/** The id after this one, in the session scope. WAMP "IDs": they begin with 1, grow by 1, and after 2^53 begin with 1 again. */
export function nextId(last: Id): Id {
  return last >= MAX_ID ? 1 : last + 1;
}

/** An id of the router scope that every node of a cluster gives the same thing: its text. */
export function idFrom(text: string): Id {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 13;
  }
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  return (high >>> 11) * 2 ** 32 + ((low ^ (low >>> 12)) >>> 0) + 1;
}

interface RandomSource {
  getRandomValues(words: Uint32Array<ArrayBuffer>): unknown;
}

/**
 * Ids of the global scope, drawn evenly from [1, 2^53] (WAMP "IDs").
 *
 * They name sessions and publications, and are not secret. If the platform has a secure source, it is used all the same.
 * Numbers are taken from it in batches, because a request for each id would cost more than routing the message.
 */
export class RandomIds {
  private readonly words = new Uint32Array(256);
  private used = this.words.length;

  next(): Id {
    if (this.used >= this.words.length) {
      const { crypto: source }: { readonly crypto?: RandomSource } = globalThis;
      if (source) source.getRandomValues(this.words);
      else for (let i = 0; i < this.words.length; i++) this.words[i] = Math.random() * 2 ** 32;
      this.used = 0;
    }
    const high = (this.words[this.used++] ?? 0) >>> 11; // 21 bits, and 32 bits below them, make 53
    return high * 2 ** 32 + (this.words[this.used++] ?? 0) + 1;
  }
}
