/*
 * Reads JSON with comments and trailing commas, and notes where each value is. `JSON.parse` reports neither where a text is wrong, in all versions of Node.js,
 * nor a key that an object has twice, and its messages quote the text, which may hold a secret. Here errors show one character at most. It does not recurse, so
 * the text may be nested as deeply as it likes.
 */
import { within } from '../../router/config/config-path.ts';

/** Each is tried at one position. None of them can match in two ways, so none is slow. */
const SPACE = /[ \t\r\n]*/y;
const COMMENT = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\//y;
const STRING_BODY = /(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|[\x7f-\x9f])*/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Deeper values have no place of their own: each path is as long as it is deep. */
const MAX_PLACED = 64;

/** Where a value begins, and its key, if it has one: offsets in the text. */
export interface Place {
  readonly key: number;
  readonly value: number;
}

/** What is wrong with the text, and where. */
export interface TextFault {
  readonly at: number;
  /** A key that is there twice; else the text is not JSON. */
  readonly path?: string;
  readonly text: string;
}

export interface JsonText {
  readonly value: unknown;
  /** By path. */
  readonly places: ReadonlyMap<string, Place>;
}

/** A list or a dict that is not closed yet. */
interface Open {
  /** Of a dict: the position of each key. Undefined: it is a list. */
  readonly keys: Map<string, number> | undefined;
  readonly path: string;
  /** Of a list: the index of the next item. */
  index: number;
}

/** @param name - The name of the whole value, with which all paths begin. */
export function readJson(text: string, name: string): JsonText | TextFault {
  if (text.trim() === '') return { at: 0, text: 'not valid JSON: expected a value, got nothing: the file is empty' };
  const reader = new Reader(text, name);
  const fault = reader.read();
  return fault ?? { value: JSON.parse(reader.plain), places: reader.places };
}

class Reader {
  readonly places = new Map<string, Place>();
  private readonly text: string;
  private readonly open: Open[] = [];
  /** Comments, and commas before an end. */
  private readonly extra: (readonly [from: number, to: number])[] = [];
  private at = 0;
  private keyAt = 0;
  private path: string;

  constructor(text: string, name: string) {
    this.text = text;
    this.path = name;
  }

  /** The text without what JSON does not have. */
  get plain(): string {
    let out = '';
    let done = 0;
    for (const [from, to] of this.extra) {
      out += `${this.text.slice(done, from)} `;
      done = to;
    }
    return out + this.text.slice(done);
  }

  read(): TextFault | undefined {
    for (;;) {
      const fault = this.value();
      if (fault) return fault;
      const next = this.afterValue();
      if (next !== 'value') return next === 'end' ? undefined : next;
    }
  }

  private skip(what: RegExp): string {
    what.lastIndex = this.at;
    const [found = ''] = what.exec(this.text) ?? [];
    this.at += found.length;
    return found;
  }

  private space(): void {
    for (;;) {
      this.skip(SPACE);
      const from = this.at;
      if (this.skip(COMMENT) === '') return;
      this.extra.push([from, this.at]);
    }
  }

  private expected(what: string): TextFault {
    const { text, at } = this;
    return { at, text: `not valid JSON: expected ${what}, got ${found(text, at)}` };
  }

  /** A value, or the beginning of a list or a dict. */
  private value(): TextFault | undefined {
    const { text, path } = this;
    this.space();
    const { at } = this;
    const isMember = this.open.at(-1)?.keys !== undefined;
    if (this.open.length < MAX_PLACED) this.places.set(path, { key: isMember ? this.keyAt : at, value: at });
    const first = text[at];
    if (first === '{' || first === '[') {
      this.open.push({ keys: first === '{' ? new Map() : undefined, path, index: 0 });
      this.at++;
      return undefined;
    }
    if (first !== '"') return this.skip(SCALAR) === '' ? this.expected('a value') : undefined;
    this.at++;
    return this.string();
  }

  /** After the quote that begins it. */
  private string(): TextFault | undefined {
    this.skip(STRING_BODY);
    if (this.text[this.at] !== '"') return this.expected('the string to go on, and to end with a quote');
    this.at++;
    return undefined;
  }

  /** After a value, or after the beginning of a list or a dict. `value`: another one follows. */
  private afterValue(): TextFault | 'value' | 'end' {
    const { open, text } = this;
    let isOpened = /^[{[]$/.test(text[this.at - 1] ?? '');
    for (;;) {
      this.space();
      const around = open.at(-1);
      if (!around) return this.at < text.length ? this.expected('nothing more') : 'end';
      const end = around.keys ? '}' : ']';
      if (!isOpened && text[this.at] !== end) {
        if (text[this.at] !== ',') return this.expected(`',' or '${end}'`);
        const comma = this.at;
        this.at++;
        this.space();
        if (text[this.at] === end) this.comma(comma);
      }
      if (text[this.at] === end) {
        this.at++;
        open.pop();
        isOpened = false;
        continue;
      }
      if (around.keys) return this.key(around, around.keys) ?? 'value';
      this.path = `${around.path}[${around.index++}]`;
      return 'value';
    }
  }

  /** A comma before an end. Comments may be between them. */
  private comma(at: number): void {
    let next = this.extra.length;
    while ((this.extra[next - 1]?.[0] ?? 0) > at) next--;
    this.extra.splice(next, 0, [at, at + 1]);
  }

  /** A key and its colon. */
  private key(dict: Open, keys: Map<string, number>): TextFault | undefined {
    const { text } = this;
    const start = this.at;
    if (text[start] !== '"') return this.expected('a key in double quotes');
    this.at++;
    const fault = this.string();
    if (fault) return fault;
    const word = String(JSON.parse(text.slice(start, this.at)));
    this.path = within(dict.path, word);
    const before = keys.get(word);
    if (before !== undefined) {
      const { path } = this;
      return { at: start, path, text: `expected it once, got it${placeIn(text, before)} and again${placeIn(text, start)}` };
    }
    keys.set(word, start);
    this.keyAt = start;
    this.space();
    if (text[this.at] !== ':') return this.expected("':'");
    this.at++;
    return undefined;
  }
}

/** As editors count them, from 1. */
export function lineAndColumn(text: string, at: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, at).split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

export function placeIn(text: string, at: number): string {
  const { line, column } = lineAndColumn(text, at);
  return ` in line ${line}, column ${column}`;
}

/** Shows at most one character of the text. */
function found(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (at >= text.length) return 'the end of the file';
  if (text.startsWith('/*', at)) return 'a comment that does not end';
  if (character === '#') return "a comment with '#': expected '//'";
  if (character === '\n' || character === '\r') return 'the end of the line';
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
    ? `'${character}'`
    : `the character U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
