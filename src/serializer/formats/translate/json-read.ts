/* From JSON to a writer of another format. The bytes have been scanned, so they are valid JSON. */
import { SerializationError } from '../../../base/errors.ts';
import { base64ToBytes } from '../../bytes/base64.ts';
import { byteAt, int32At } from '../../bytes/byte-at.ts';
import { plainEnd } from '../../bytes/runs.ts';
import { Utf8 } from '../../bytes/utf8.ts';
import { enterExact, exactInteger, MAX_INTEGER_BITS } from './exact.ts';
import type { ValueWriter } from './value-writer.ts';

/** An integer with more digits is refused: it has more than `MAX_INTEGER_BITS`. The sign counts as a digit. */
const MAX_DIGITS = Math.ceil(MAX_INTEGER_BITS * Math.log10(2)) + 1;
const BEYOND = 2n ** BigInt(MAX_INTEGER_BITS);
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_DICT = 0x7b;
const CLOSE_DICT = 0x7d;

/** @throws {@link SerializationError} for a number that is too large for a float. */
export function readJson(element: Uint8Array, writer: ValueWriter): void {
  new PayloadReader(element, writer).rewrite(0);
}

class PayloadReader {
  private readonly frame: Uint8Array;
  private readonly writer: ValueWriter;
  private readonly utf8 = new Utf8();
  /** The lengths of all lists and dicts, in the order in which they begin. */
  private readonly lengths: Int32Array;
  private nextLength = 0;
  private at = 0;

  constructor(frame: Uint8Array, writer: ValueWriter) {
    this.frame = frame;
    this.writer = writer;
    this.lengths = lengthsOf(frame);
  }

  rewrite(depth: number): void {
    const { writer } = this;
    const first = this.skipSpace();
    switch (first) {
      case OPEN_LIST:
        return this.items(depth);
      case OPEN_DICT:
        return this.members(depth);
      case QUOTE:
        return this.text(true);
      case 0x74: // true
        this.at += 4;
        return writer.boolean(true);
      case 0x66: // false
        this.at += 5;
        return writer.boolean(false);
      case 0x6e: // null
        this.at += 4;
        return writer.null();
      default:
        return this.number();
    }
  }

  private items(depth: number): void {
    enterExact(depth);
    const { writer } = this;
    const length = int32At(this.lengths, this.nextLength++);
    const list = writer.list(length);
    this.at++;
    for (let i = 0; i < length; i++) {
      writer.item(i);
      this.rewrite(depth + 1);
      if (i < length - 1) this.mark();
    }
    this.mark();
    writer.endList(list, length, length);
  }

  private members(depth: number): void {
    enterExact(depth);
    const { writer } = this;
    const length = int32At(this.lengths, this.nextLength++);
    const dict = writer.dict(length);
    this.at++;
    for (let i = 0; i < length; i++) {
      this.skipSpace();
      writer.key(i);
      this.text(false);
      writer.endKey();
      this.mark();
      this.rewrite(depth + 1);
      if (i < length - 1) this.mark();
    }
    this.mark();
    writer.endDict(dict, length, length);
  }

  /** Reads a string. It may stand for bytes: WAMP "Binary conversion of JSON Strings". Keys are always text. */
  private text(mayBeBytes: boolean): void {
    const { frame, writer } = this;
    const start = this.at + 1;
    const end = stringEnd(frame, start);
    this.at = end + 1;
    if (!hasEscape(frame, start, end)) return writer.text(frame, start, end);
    const text: string = JSON.parse(this.utf8.read(frame, start - 1, end + 1));
    const bytes = mayBeBytes && text.charCodeAt(0) === 0 ? base64ToBytes(text, 1) : undefined;
    if (bytes) writer.binary(bytes, 0, bytes.length);
    else writer.string(text);
  }

  private number(): void {
    const { frame } = this;
    const start = this.at;
    let at = start;
    let value = 0;
    if (frame[at] === 0x2d) at++;
    for (; isDigit(frame[at]); at++) value = value * 10 + byteAt(frame, at) - 0x30;
    const isInteger = frame[at] !== 0x2e && ((frame[at] ?? 0) | 0x20) !== 0x65;
    if (isInteger && at - start < 16) {
      this.at = at;
      return this.writer.integer(frame[start] === 0x2d ? 0 - value : value);
    }
    while (!isInteger && isOfNumber(frame[at])) at++;
    this.at = at;
    if (isInteger) this.longInteger(start);
    else this.float(this.utf8.read(frame, start, at));
  }

  private longInteger(start: number): void {
    const { frame, at } = this;
    const value = at - start > MAX_DIGITS ? BEYOND : BigInt(this.utf8.read(frame, start, at));
    if (value >= BEYOND || value < -BEYOND) {
      const got = shortened(this.utf8.read(frame, start, Math.min(at, start + 50)));
      throw new SerializationError(`expected an integer of ${MAX_INTEGER_BITS} bits at most, got ${got}`);
    }
    this.writer.longInteger(exactInteger(value));
  }

  private float(token: string): void {
    const value = Number(token);
    if (!Number.isFinite(value)) throw new SerializationError(`expected a number that fits into 64 bits, got ${shortened(token)}`);
    this.writer.float(value);
  }

  /** Skips a comma, a colon or the end of a list or dict. */
  private mark(): void {
    this.skipSpace();
    this.at++;
  }

  private skipSpace(): number {
    while (byteAt(this.frame, this.at) <= 0x20) this.at++;
    return byteAt(this.frame, this.at);
  }
}

/** The other formats write the length of a list before its items. */
function lengthsOf(frame: Uint8Array): Int32Array {
  let lengths: Int32Array = new Int32Array(64);
  let count = 0;
  /** The innermost list or dict, and those around it. */
  let inner = 0;
  const outer: number[] = [];
  for (let at = 0; at < frame.length; at++) {
    switch (frame[at]) {
      case QUOTE:
        at = stringEnd(frame, at + 1);
        break;
      case OPEN_LIST:
      case OPEN_DICT: {
        if (count === lengths.length) lengths = longer(lengths);
        let next = at + 1;
        while (byteAt(frame, next) <= 0x20) next++;
        lengths[count] = frame[next] === CLOSE_LIST || frame[next] === CLOSE_DICT ? 0 : 1;
        outer.push(inner);
        inner = count++;
        break;
      }
      case CLOSE_LIST:
      case CLOSE_DICT:
        inner = outer.pop() ?? 0;
        break;
      case COMMA:
        lengths[inner] = int32At(lengths, inner) + 1;
        break;
    }
  }
  return lengths;
}

/** The place of the quote that ends the string whose content begins at `start`. */
function stringEnd(frame: Uint8Array, start: number): number {
  let at = plainEnd(frame, start, frame.length);
  while (at < frame.length && frame[at] !== QUOTE) at = plainEnd(frame, at + (frame[at] === BACKSLASH ? 2 : 1), frame.length);
  return at;
}

function hasEscape(frame: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (frame[at] === BACKSLASH) return true;
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Whether this is a digit, or one of `.eE+-`. */
function isOfNumber(byte: number | undefined): boolean {
  return isDigit(byte) || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d;
}

function longer(lengths: Int32Array): Int32Array {
  const more = new Int32Array(lengths.length * 2);
  more.set(lengths);
  return more;
}

function shortened(token: string): string {
  return token.length > 40 ? `${token.slice(0, 37)}...` : token;
}
