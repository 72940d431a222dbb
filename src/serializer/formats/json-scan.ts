/*
 * JSON, looked at as bytes: is it one list, and where do its elements begin and end? What passes is what `JSON.parse` takes of the same
 * text. No value is made, and nothing is called again by itself, so no depth overflows the stack.
 */
import { SerializationError } from '../../errors.ts';
import { type Layout, MAX_ELEMENTS, tooDeep } from './format.ts';
import { multibyteEnd } from './utf8-check.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_DICT = 0x7b;
const CLOSE_DICT = 0x7d;

/** What a byte is inside a string: 1: itself, 0: something to look at. */
const plain: Uint8Array = /* @__PURE__ */ (() => {
  const table = new Uint8Array(256).fill(1, 0x20, 0x80);
  table[QUOTE] = 0;
  table[BACKSLASH] = 0;
  return table;
})();

export class JsonScan implements Layout {
  count = 0;
  readonly starts: Int32Array = new Int32Array(MAX_ELEMENTS);
  readonly ends: Int32Array = new Int32Array(MAX_ELEMENTS);
  unfit: string | undefined;
  unfitAt = 0;
  readonly hasReferences = false;
  /** For each level what closes it. */
  private closers: Uint8Array = new Uint8Array(256);
  private frame: Uint8Array = closed;
  private at = 0;

  /** @throws {@link SerializationError} */
  scan(frame: Uint8Array, maxDepth: number): void {
    this.frame = frame;
    this.count = 0;
    this.unfit = undefined;
    this.at = 0;
    this.list(frame, maxDepth);
    this.frame = closed;
  }

  private list(frame: Uint8Array, maxDepth: number): void {
    const { starts, ends } = this;
    let { closers } = this;
    let depth = 0;
    this.space();
    if (frame[this.at] !== OPEN_LIST) this.refuse('a list');
    for (;;) {
      // A value.
      this.space();
      const first = this.at < frame.length ? (frame[this.at] as number) : 0;
      if (depth === 1 && this.count < MAX_ELEMENTS) starts[this.count] = this.at;
      if (first === QUOTE) this.string();
      else if (first === OPEN_LIST || first === OPEN_DICT) {
        this.at++;
        this.space();
        depth++;
        if (depth > maxDepth && this.unfit === undefined) {
          this.unfit = tooDeep(maxDepth);
          this.unfitAt = this.count;
        }
        if (depth >= closers.length) {
          closers = new Uint8Array(closers.length * 2);
          closers.set(this.closers);
          this.closers = closers;
        }
        const closer = first + 2;
        closers[depth] = closer;
        if (this.at >= frame.length || frame[this.at] !== closer) {
          if (first === OPEN_DICT) this.key();
          continue;
        }
        this.at++;
        depth--;
      } else if (first < 0x3a) this.number();
      else this.literal(first);
      // What is behind it.
      for (;;) {
        if (depth === 0) return this.end();
        if (depth === 1) {
          if (this.count < MAX_ELEMENTS) ends[this.count] = this.at;
          this.count++;
        }
        this.space();
        const next = this.at < frame.length ? (frame[this.at] as number) : 0;
        const closer = closers[depth] as number;
        if (next === COMMA) {
          this.at++;
          if (closer === CLOSE_DICT) {
            this.space();
            this.key();
          }
          break;
        }
        if (next !== closer) this.refuse(closer === CLOSE_LIST ? "',' or ']'" : "',' or '}'");
        this.at++;
        depth--;
      }
    }
  }

  private end(): void {
    this.space();
    if (this.at < this.frame.length) this.refuse('nothing behind the list');
  }

  private space(): void {
    const { frame } = this;
    let { at } = this;
    while (at < frame.length) {
      const byte = frame[at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
      at++;
    }
    this.at = at;
  }

  /** A key and its colon. */
  private key(): void {
    const { frame } = this;
    if (this.at >= frame.length || frame[this.at] !== QUOTE) this.refuse('a key, which is a string');
    this.string();
    if (this.at >= frame.length || frame[this.at] !== COLON) this.space();
    if (this.at >= frame.length || frame[this.at] !== COLON) this.refuse("':'");
    this.at++;
  }

  private string(): void {
    const { frame } = this;
    const { length } = frame;
    let at = this.at + 1;
    for (;;) {
      while (at + 4 <= length) {
        const one = (plain[frame[at] as number] as number) & (plain[frame[at + 1] as number] as number);
        if ((one & (plain[frame[at + 2] as number] as number) & (plain[frame[at + 3] as number] as number)) === 0) break;
        at += 4;
      }
      while (at < length && plain[frame[at] as number] === 1) at++;
      if (at >= length) break;
      const byte = frame[at] as number;
      if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
      this.at = at;
      if (byte === BACKSLASH) at = this.escape(at + 1);
      else if (byte < 0x20) this.refuse('no control character in a string');
      else {
        at = multibyteEnd(frame, at, length);
        if (at < 0) this.refuse('UTF-8');
      }
    }
    this.at = length;
    this.refuse("'\"' at the end of a string");
  }

  private escape(at: number): number {
    const { frame } = this;
    switch (at < frame.length ? frame[at] : 0) {
      case QUOTE:
      case BACKSLASH:
      case 0x2f: // / b f n r t
      case 0x62:
      case 0x66:
      case 0x6e:
      case 0x72:
      case 0x74:
        return at + 1;
      case 0x75: // u
        for (let i = at + 1; i < at + 5; i++) {
          const digit = i < frame.length ? (frame[i] as number) : 0;
          if (!((digit >= 0x30 && digit <= 0x39) || (digit >= 0x61 && digit <= 0x66) || (digit >= 0x41 && digit <= 0x46)))
            this.refuse('four hexadecimal digits');
        }
        return at + 5;
      default:
        return this.refuse('an escape of JSON');
    }
  }

  private number(): void {
    const { frame } = this;
    const { length } = frame;
    let { at } = this;
    if (at < length && frame[at] === 0x2d) at++; // -
    const start = at;
    while (at < length && isDigit(frame[at] as number)) at++;
    // No zero in front.
    if (at === start || (at > start + 1 && frame[start] === 0x30)) this.refuse('a value');
    if (at < length && frame[at] === 0x2e) at = this.digits(at + 1); // .
    if (at < length && ((frame[at] as number) | 0x20) === 0x65) {
      const sign = at + 1 < length ? frame[at + 1] : 0;
      at = this.digits(sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
    }
    this.at = at;
  }

  /** At least one. */
  private digits(start: number): number {
    const { frame } = this;
    let at = start;
    while (at < frame.length && isDigit(frame[at] as number)) at++;
    if (at === start) this.refuse('a digit');
    return at;
  }

  private literal(first: number): void {
    const { frame, at } = this;
    const word = first === 0x74 ? 'true' : first === 0x66 ? 'false' : 'null';
    for (let i = 0; i < word.length; i++) {
      if (at + i >= frame.length || frame[at + i] !== word.charCodeAt(i)) this.refuse('a value');
    }
    this.at = at + word.length;
  }

  private refuse(expected: string): never {
    const { frame, at } = this;
    this.frame = closed;
    const byte = frame[at];
    const got =
      byte === undefined
        ? 'the end'
        : byte > 0x20 && byte < 0x7f
          ? `'${String.fromCharCode(byte)}'`
          : `byte 0x${byte.toString(16).padStart(2, '0')}`;
    throw new SerializationError(`expected ${expected} at byte ${at}, got ${got}`);
  }
}

/** Between two scans no frame is kept. */
const closed = new Uint8Array(0);

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
