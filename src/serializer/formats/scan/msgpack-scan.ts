/*
 * Scans MessagePack as bytes: are they one list, and where do its elements begin and end? It makes no values and does not
 * recurse, so no depth overflows the stack. Text that is not UTF-8 counts as well-formed, but no receiver can be given it.
 */
import { SerializationError } from '../../../base/errors.ts';
import { byteAt } from '../../bytes/byte-at.ts';
import { isShortUtf8, isUtf8 } from '../../bytes/utf8-check.ts';
import { MAX_ELEMENTS, Scan, tooDeep } from './layout.ts';
import { Nesting } from './nesting.ts';

/** The number of bytes after each code from 0xc0 on: of a value or of a length. Nothing asks for 0xc1, which does not exist. */
const FIXED: Uint8Array = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17);

/** The length of a value, in bytes, if its first byte says all about it. 0: more bytes decide. */
const LEAF: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code < 0x80 || code >= 0xe0) return 1;
  if (code >= 0xa0 && code < 0xc0) return 1 + (code & 0x1f);
  return code === 0xc0 || (code >= 0xc2 && code < 0xc4) || (code >= 0xca && code < 0xd9) ? 1 + byteAt(FIXED, code - 0xc0) : 0;
});

export class MsgpackScan extends Scan {
  /** For each level around this one: the number of elements that are still to come. Keys count as well. */
  private readonly nesting = new Nesting();

  /** @throws {@link SerializationError} */
  scan(frame: Uint8Array, maxDepth: number): void {
    try {
      this.list(frame, maxDepth);
    } finally {
      this.nesting.clear();
    }
  }

  private list(frame: Uint8Array, maxDepth: number): void {
    this.count = 0;
    this.unfit = undefined;
    const { starts, nesting } = this;
    const { length } = frame;
    let at = 0;
    let depth = 0;
    const first = length > 0 ? byteAt(frame, 0) : 0xc1;
    if (first >> 4 !== 9 && first !== 0xdc && first !== 0xdd) refuse('a list', frame, 0);
    /** The number of values that are still to come at this level. */
    let left = 1;
    for (;;) {
      if (depth > 1) {
        // Most values are small.
        for (; left > 0 && at < length; left--) {
          const code = byteAt(frame, at);
          const size = byteAt(LEAF, code);
          if (size === 0) break;
          const begin = at;
          at += size;
          if (at > length) refuse('a whole value', frame, begin);
          if (code >= 0xa0 && code < 0xc0 && !isShortUtf8(frame, begin + 1, at)) this.isNotUtf8(begin + 1);
        }
      }
      for (; left === 0; depth--) {
        if (depth === 0) {
          if (at < length) refuse('nothing after the list', frame, at);
          return;
        }
        if (depth === 2) this.ended(at);
        left = nesting.pop();
      }
      if (depth === 1 && this.count < MAX_ELEMENTS) starts[this.count] = at;
      if (at >= length) refuse('a value', frame, at);
      const begin = at;
      const code = byteAt(frame, at++);
      left--;
      let elements = -1;
      if (code < 0x80 || code >= 0xe0) {
        // a small integer
      } else if (code < 0x90) elements = 2 * (code & 0x0f);
      else if (code < 0xa0) elements = code & 0x0f;
      else if (code < 0xc0) {
        at += code & 0x1f;
        if (at <= length) this.text(frame, begin + 1, at);
      } else if (code >= 0xdc) {
        const size = code & 1 ? 4 : 2;
        elements = uint(frame, at, size) * (code >= 0xde ? 2 : 1);
        at += size;
      } else if ((code >= 0xc4 && code <= 0xc9) || code >= 0xd9) {
        // bytes, extensions, text: a length of 1, 2 or 4 bytes
        const size = 1 << (code >= 0xd9 ? code - 0xd9 : (code - 0xc4) % 3);
        const start = at + size + (code >= 0xc7 && code <= 0xc9 ? 1 : 0);
        at = start + uint(frame, at, size);
        if (code >= 0xd9 && at <= length) this.text(frame, start, at);
      } else {
        if (code === 0xc1) refuse('a value', frame, begin);
        at += byteAt(FIXED, code - 0xc0);
      }
      if (at > length) refuse('a whole value', frame, begin);
      if (elements < 0) {
        if (depth === 1) this.ended(at);
        continue;
      }
      // Each value takes at least one byte, so a false length is found at once.
      if (elements > length - at) refuse('as many elements as there are bytes', frame, begin);
      depth++;
      if (depth > maxDepth && this.unfit === undefined) this.isUnfit(tooDeep(maxDepth));
      nesting.push(left);
      left = elements;
    }
  }

  /** An element of the outer list has ended. */
  private ended(at: number): void {
    if (this.count < MAX_ELEMENTS) this.ends[this.count] = at;
    this.count++;
  }

  private text(frame: Uint8Array, start: number, end: number): void {
    if (!isUtf8(frame, start, end)) this.isNotUtf8(start);
  }

  private isNotUtf8(start: number): void {
    if (this.unfit === undefined) this.isUnfit(`expected UTF-8 in the text at byte ${start}`);
  }

  private isUnfit(why: string): void {
    this.unfit = why;
    this.unfitAt = this.count;
  }
}

function uint(frame: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = at; i < at + size; i++) value = value * 256 + (i < frame.length ? byteAt(frame, i) : 0);
  return value;
}

function refuse(expected: string, frame: Uint8Array, at: number): never {
  const byte = frame[at];
  throw new SerializationError(
    `expected ${expected} at byte ${at}, got ${byte === undefined ? 'the end' : `0x${byte.toString(16)}`}`,
  );
}
