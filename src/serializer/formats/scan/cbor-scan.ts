/*
 * Scans CBOR (RFC 8949) as bytes: are they one list, and where do its elements begin and end? It makes no values and does not
 * recurse, so no depth overflows the stack. Text that is not UTF-8 counts as well-formed, but no receiver can be given it.
 */
import { SerializationError } from '../../../base/errors.ts';
import { byteAt } from '../../bytes/byte-at.ts';
import { isShortUtf8, isUtf8 } from '../../bytes/utf8-check.ts';
import { MAX_ELEMENTS, Scan, tooDeep } from './layout.ts';
import { Nesting } from './nesting.ts';

const INDEFINITE = 31;
const BREAK = 0xff;
/** Marks for values of indefinite length. Keys and values have different marks, because a break may not come between them. */
const ENDLESS_LIST = -1;
const ENDLESS_DICT = -2;
const ENDLESS_DICT_AT_VALUE = -3;
const STRING_REFERENCE = 25;
const SHAREABLE = 28;
const SHARED = 29;
const NAMESPACE = 256;
const SELF_DESCRIBED = 55799;

/** The length of an item, in bytes, if its first byte says all about it and it is not a tag. 0: more bytes decide. */
const LEAF: Uint8Array = Uint8Array.from({ length: 256 }, (_, initial) => {
  const [major, info] = [initial >> 5, initial & 0x1f];
  if (major === 2 || major === 3) return info < 24 ? 1 + info : 0;
  if (major > 3 && major < 7) return 0;
  if (info < 24) return 1;
  return info > 27 || (major === 7 && info === 24) ? 0 : 1 + (1 << (info - 24));
});

export class CborScan extends Scan {
  private frame: Uint8Array = nothing;
  private at = 0;
  private readonly nesting = new Nesting();
  /** The level of the outermost namespace of strings that an element has opened. 0: none is open. */
  private namespaceAt = 0;

  /** @throws {@link SerializationError} */
  scan(frame: Uint8Array, maxDepth: number): void {
    this.frame = frame;
    this.count = 0;
    this.unfit = undefined;
    this.hasReferences = false;
    this.namespaceAt = 0;
    this.at = 0;
    try {
      this.outerTags();
      this.list(frame, maxDepth);
    } finally {
      this.nesting.clear();
      this.frame = nothing;
    }
  }

  /** The tags around the whole message. */
  private outerTags(): void {
    while (this.at < this.frame.length && byteAt(this.frame, this.at) >> 5 === 6) {
      const begin = this.at++;
      const tag = this.argument(byteAt(this.frame, begin) & 0x1f, begin);
      if (tag === NAMESPACE) this.hasReferences = true;
      else if (tag !== SELF_DESCRIBED) this.refuse('a list', begin);
    }
    if (this.at >= this.frame.length || byteAt(this.frame, this.at) >> 5 !== 4) this.refuse('a list', this.at);
  }

  private list(frame: Uint8Array, maxDepth: number): void {
    const { starts, nesting } = this;
    const { length } = frame;
    /** The number of items that are still to come at this level, or one of the marks above. */
    let left = 1;
    let depth = 0;
    for (;;) {
      if (depth > 1 && left > 0) {
        // Most items are small.
        let { at } = this;
        for (; left > 0 && at < length; left--) {
          const initial = byteAt(frame, at);
          const size = byteAt(LEAF, initial);
          if (size === 0) break;
          const begin = at;
          at += size;
          if (at > length) this.refuse('a whole value', begin);
          if (initial >> 5 === 3 && !isShortUtf8(frame, begin + 1, at)) this.isNotUtf8(begin + 1);
        }
        this.at = at;
      }
      for (; left === 0; depth--) {
        if (depth === 0) {
          if (this.at < length) this.refuse('nothing after the list', this.at);
          return;
        }
        left = this.outer(depth);
      }
      if (depth === 1 && this.count < MAX_ELEMENTS) starts[this.count] = this.at;
      const begin = this.at++;
      if (begin >= length) this.refuse('a value', begin);
      const initial = byteAt(frame, begin);
      if (initial === BREAK) {
        if (depth === 0 || left >= 0 || left === ENDLESS_DICT_AT_VALUE) this.refuse('a value', begin);
        left = this.outer(depth--);
        continue;
      }
      left = after(left);
      const info = initial & 0x1f;
      const major = initial >> 5;
      let items: number | undefined;
      if (major < 2) {
        if (info >= 24) this.argument(info, begin);
      } else if (major < 4) this.string(major, info, begin);
      else if (major === 4) items = info === INDEFINITE ? ENDLESS_LIST : this.argument(info, begin);
      else if (major === 5) items = info === INDEFINITE ? ENDLESS_DICT : 2 * this.argument(info, begin);
      else if (major === 6) {
        items = 1;
        this.tag(this.argument(info, begin), depth + 1);
      } else this.simple(info, begin);
      if (items === undefined) {
        if (depth === 1) this.ended();
        continue;
      }
      // Each item takes at least one byte, so a false length is found at once.
      if (items > length - this.at) this.refuse('as many elements as there are bytes', begin);
      depth++;
      if (depth > maxDepth && this.unfit === undefined) this.isUnfit(tooDeep(maxDepth));
      nesting.push(left);
      left = items;
    }
  }

  /** The level `depth` is complete. @returns What is left of the level around it. */
  private outer(depth: number): number {
    if (depth === 2) this.ended();
    if (depth <= this.namespaceAt) this.namespaceAt = 0;
    return this.nesting.pop();
  }

  /** An element of the outer list has ended. */
  private ended(): void {
    if (this.count < MAX_ELEMENTS) this.ends[this.count] = this.at;
    this.count++;
  }

  /** `depth` is that of the tag's content. */
  private tag(tag: number, depth: number): void {
    if (tag === NAMESPACE) {
      if (this.namespaceAt === 0) this.namespaceAt = depth;
    } else if ((tag === STRING_REFERENCE && this.namespaceAt === 0) || tag === SHAREABLE || tag === SHARED)
      this.hasReferences = true;
  }

  private string(major: number, info: number, begin: number): void {
    if (info !== INDEFINITE) return this.chunk(major, this.argument(info, begin), begin);
    const { frame } = this;
    for (;;) {
      const at = this.at++;
      const initial = at < frame.length ? byteAt(frame, at) : this.refuse('a chunk of a string', at);
      if (initial === BREAK) return;
      // RFC 8949, 3.2.3: each chunk has the type of the whole string, and a definite length.
      if (initial >> 5 !== major || (initial & 0x1f) === INDEFINITE) this.refuse('a chunk of a string', at);
      this.chunk(major, this.argument(initial & 0x1f, at), at);
    }
  }

  private chunk(major: number, length: number, begin: number): void {
    const start = this.at;
    if (length > this.frame.length - start) this.refuse('a whole string', begin);
    this.at = start + length;
    if (major === 3 && !isUtf8(this.frame, start, this.at)) this.isNotUtf8(start);
  }

  /** RFC 8949, 3.3: a simple value of two bytes is at least 32. */
  private simple(info: number, begin: number): void {
    if (info < 24) return;
    if (info > 27) this.refuse('a value', begin);
    const value = this.argument(info, begin);
    if (info === 24 && value < 32) this.refuse('a simple value of one byte', begin);
  }

  private argument(info: number, begin: number): number {
    if (info < 24) return info;
    if (info > 27) this.refuse('an argument of 1, 2, 4 or 8 bytes', begin);
    const { frame, at } = this;
    const end = at + (1 << (info - 24));
    if (end > frame.length) this.refuse('a whole value', begin);
    let value = 0;
    for (let i = at; i < end; i++) value = value * 256 + byteAt(frame, i);
    this.at = end;
    return value;
  }

  private isNotUtf8(start: number): void {
    if (this.unfit === undefined) this.isUnfit(`expected UTF-8 in the text at byte ${start}`);
  }

  private isUnfit(why: string): void {
    this.unfit = why;
    this.unfitAt = this.count;
  }

  private refuse(expected: string, at: number): never {
    const byte = this.frame[at];
    const got = byte === undefined ? 'the end' : `0x${byte.toString(16).padStart(2, '0')}`;
    throw new SerializationError(`expected ${expected} at byte ${at}, got ${got}`);
  }
}

/** Replaces the frame between two scans, so that it is not kept in memory. */
const nothing = new Uint8Array(0);

/** What is left at a level when one more item has begun. */
function after(left: number): number {
  if (left > 0) return left - 1;
  if (left === ENDLESS_LIST) return left;
  return left === ENDLESS_DICT ? ENDLESS_DICT_AT_VALUE : ENDLESS_DICT;
}
