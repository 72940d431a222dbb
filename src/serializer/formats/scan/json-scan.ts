/*
 * Scans JSON text (RFC 8259) as bytes, in one pass that makes no values, and finds the elements of the outer list. It accepts
 * exactly what `JSON.parse` accepts, and only valid UTF-8. It does not recurse: one bit for each depth says whether it is a
 * list or a dict.
 */
import { SerializationError } from '../../../base/errors.ts';
import { byteAt, int32At } from '../../bytes/byte-at.ts';
import { NOT_PLAIN, plainEnd } from '../../bytes/runs.ts';
import { skipWide } from '../../bytes/utf8-check.ts';
import { MAX_ELEMENTS, Scan, tooDeep } from './layout.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_DICT = 0x7b;
const CLOSE_DICT = 0x7d;

/** The most words, for 32 levels each, that are kept for the next scan. */
const KEPT_WORDS = 1024;

/** The characters `"\/bfnrt`, which may follow a backslash. `u` is treated separately. */
const ESCAPED: Uint8Array = tableOf('"\\/bfnrt');
/** The bytes of the words; of `false` without its last letter. */
const TRUE = 0x74727565;
const FALS = 0x66616c73;
const NULL = 0x6e756c6c;
/** So many bytes of a string are looked at one by one: most strings are shorter. Measured. */
const SHORT = 16;
const HEX: Uint8Array = tableOf('0123456789abcdefABCDEF');

export class JsonScan extends Scan {
  /** One bit for each depth: whether it is a dict. */
  private dicts: Int32Array = new Int32Array(32);

  /** @throws {@link SerializationError} */
  scan(frame: Uint8Array, maxDepth: number): void {
    const { starts, ends } = this;
    const end = frame.length;
    this.count = 0;
    this.unfit = undefined;
    let { dicts } = this;
    let depth = 0;
    let isDict = false;
    let count = 0;
    let at = skipSpace(frame, 0, end);
    if (at >= end || frame[at] !== OPEN_LIST) malformed(frame, at, 'a list');
    for (;;) {
      // A value begins at `at`.
      let byte = at < end ? byteAt(frame, at) : 0;
      if (byte <= 0x20) {
        at = skipSpace(frame, at, end);
        byte = at < end ? byteAt(frame, at) : 0;
      }
      if (depth === 1) {
        if (count < MAX_ELEMENTS) starts[count] = at;
        count++;
      }
      let isOpened = false;
      if (byte === QUOTE) at = stringEnd(frame, at + 1, end);
      else if (byte === OPEN_LIST || byte === OPEN_DICT) {
        isDict = byte === OPEN_DICT;
        depth++;
        if (depth > maxDepth && this.unfit === undefined) {
          this.unfit = tooDeep(maxDepth);
          this.unfitAt = Math.max(0, count - 1);
        }
        const word = depth >> 5;
        if (word >= dicts.length) dicts = longer(dicts);
        if (isDict) dicts[word] = int32At(dicts, word) | (1 << (depth & 31));
        else dicts[word] = int32At(dicts, word) & ~(1 << (depth & 31));
        at++;
        isOpened = true;
      } else if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d) at = numberEnd(frame, at, end);
      else at = wordEnd(frame, at, end);
      // A value has ended, or a list or dict has begun.
      for (;;) {
        if (depth === 1 && !isOpened && count <= MAX_ELEMENTS) ends[count - 1] = at;
        byte = at < end ? byteAt(frame, at) : 0;
        if (byte <= 0x20) {
          at = skipSpace(frame, at, end);
          byte = at < end ? byteAt(frame, at) : 0;
        }
        if (byte === (isDict ? CLOSE_DICT : CLOSE_LIST)) {
          at++;
          isOpened = false;
          if (--depth === 0) {
            at = skipSpace(frame, at, end);
            if (at < end) malformed(frame, at, 'nothing after the list');
            if (dicts.length <= KEPT_WORDS) this.dicts = dicts;
            this.count = count;
            return;
          }
          isDict = ((int32At(dicts, depth >> 5) >> (depth & 31)) & 1) === 1;
          continue;
        }
        if (isOpened) {
          if (!isDict) break;
        } else {
          if (byte !== COMMA) malformed(frame, at, isDict ? "',' or '}'" : "',' or ']'");
          at++;
          if (!isDict) break;
        }
        at = keyEnd(frame, at, end);
        break;
      }
    }
  }
}

/** Skips a key and its colon. */
function keyEnd(frame: Uint8Array, start: number, end: number): number {
  let at = start;
  if (at < end && byteAt(frame, at) <= 0x20) at = skipSpace(frame, at, end);
  if (at >= end || frame[at] !== QUOTE) malformed(frame, at, 'a key, which is a string');
  at = stringEnd(frame, at + 1, end);
  if (at < end && byteAt(frame, at) <= 0x20) at = skipSpace(frame, at, end);
  if (at >= end || frame[at] !== COLON) malformed(frame, at, "':'");
  return at + 1;
}

/** The place after the quote that ends the string whose content begins at `start`. */
function stringEnd(frame: Uint8Array, start: number, end: number): number {
  let at = start;
  // Most strings are short.
  const near = end - at > SHORT ? at + SHORT : end;
  while (at < near && NOT_PLAIN[byteAt(frame, at)] === 0) at++;
  return at < end && frame[at] === QUOTE ? at + 1 : stringRestEnd(frame, at, end);
}

function stringRestEnd(frame: Uint8Array, start: number, end: number): number {
  let at = start;
  for (;;) {
    at = plainEnd(frame, at, end);
    if (at >= end) malformed(frame, at, "'\"' at the end of a string");
    const byte = byteAt(frame, at);
    if (byte === QUOTE) return at + 1;
    if (byte >= 0x80) {
      at = skipWide(frame, at, end);
      if (at < 0) malformed(frame, -1 - at, 'UTF-8');
    } else if (byte === BACKSLASH) at = escapeEnd(frame, at + 1, end);
    else malformed(frame, at, 'no control character in a string');
  }
}

function escapeEnd(frame: Uint8Array, start: number, end: number): number {
  if (start < end && ESCAPED[byteAt(frame, start)] === 1) return start + 1;
  if (start >= end || frame[start] !== 0x75) malformed(frame, start, 'an escape of JSON');
  for (let at = start + 1; at < start + 5; at++) {
    if (at >= end || HEX[byteAt(frame, at)] === 0) malformed(frame, at, 'four hexadecimal digits');
  }
  return start + 5;
}

function numberEnd(frame: Uint8Array, start: number, end: number): number {
  let at = start;
  if (frame[at] === 0x2d) at++;
  if (at < end && frame[at] === 0x30) at++;
  else at = digitsEnd(frame, at, end);
  if (at < end && frame[at] === 0x2e) at = digitsEnd(frame, at + 1, end);
  if (at < end && (byteAt(frame, at) | 0x20) === 0x65) {
    at++;
    if (at < end && (frame[at] === 0x2b || frame[at] === 0x2d)) at++;
    at = digitsEnd(frame, at, end);
  }
  return at;
}

/** Skips digits. There must be at least one. */
function digitsEnd(frame: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && byteAt(frame, at) >= 0x30 && byteAt(frame, at) <= 0x39) at++;
  if (at === start) malformed(frame, at, 'a digit');
  return at;
}

function wordEnd(frame: Uint8Array, start: number, end: number): number {
  if (start + 4 <= end) {
    const four = wordAt(frame, start);
    if (four === TRUE || four === NULL) return start + 4;
    if (four === FALS && start + 4 < end && frame[start + 4] === 0x65) return start + 5;
  }
  const first = start < end ? frame[start] : 0;
  const word = first === 0x74 ? 'true' : first === 0x66 ? 'false' : first === 0x6e ? 'null' : undefined;
  if (word === undefined) malformed(frame, start, 'a value');
  let at = start;
  while (at < end && frame[at] === word.charCodeAt(at - start)) at++;
  malformed(frame, at, word);
}

/** Reads four bytes. */
function wordAt(frame: Uint8Array, at: number): number {
  return (byteAt(frame, at) << 24) | (byteAt(frame, at + 1) << 16) | (byteAt(frame, at + 2) << 8) | byteAt(frame, at + 3);
}

/** RFC 8259, section 2. */
function skipSpace(frame: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (frame[at] === 0x20 || frame[at] === 0x0a || frame[at] === 0x0d || frame[at] === 0x09)) at++;
  return at;
}

function longer(words: Int32Array): Int32Array {
  const more = new Int32Array(words.length * 2);
  more.set(words);
  return more;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] = 1;
  return table;
}

function malformed(frame: Uint8Array, at: number, expected: string): never {
  const got = at < frame.length ? shown(byteAt(frame, at)) : 'the end';
  throw new SerializationError(`expected ${expected} at byte ${at}, got ${got}`);
}

function shown(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte < 16 ? '0' : ''}${byte.toString(16)}`;
}
