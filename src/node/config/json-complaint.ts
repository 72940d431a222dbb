/*
 * Finds where the text of a file is not JSON, and which key an object has twice. `JSON.parse` reports neither in all versions of Node.js, and its messages
 * quote the text, which may hold a secret. This code makes no values.
 */
import { within } from '../../router/config/config-path.ts';

/** Each is tried at one position. None of them can match in two ways, so none is slow. */
const SPACE = /[ \t\r\n]*/y;
const STRING_BODY = /(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|[\x7f-\x9f])*/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** A list or a dict that is not closed yet. */
interface Open {
  /** Of a dict: the position of each key. Undefined: it is a list. */
  readonly keys: Map<string, number> | undefined;
  readonly path: string;
  /** Of a list: the index of the next item. */
  index: number;
}

/**
 * What is wrong with the text, and where; undefined if it is valid.
 *
 * @param name - The name of the whole value, with which all paths begin.
 */
export function jsonComplaint(text: string, name: string): string | undefined {
  if (text.trim() === '') return `not valid JSON: expected a value${place(text, 0)}, got nothing: the file is empty`;
  const open: Open[] = [];
  let at = 0;
  let path = name;

  const skip = (what: RegExp): string => {
    what.lastIndex = at;
    const [found = ''] = what.exec(text) ?? [];
    at += found.length;
    return found;
  };
  const expected = (what: string): string => `not valid JSON: expected ${what}${place(text, at)}, got ${found(text, at)}`;
  /** After the quote that begins it. */
  const string = (): string | undefined => {
    skip(STRING_BODY);
    if (text[at] !== '"') return expected('the string to go on, and to end with a quote');
    at++;
    return undefined;
  };

  /** A key and its colon. */
  const key = (dict: Open, keys: Map<string, number>): string | undefined => {
    skip(SPACE);
    const start = at;
    if (text[at] !== '"') return expected('a key in double quotes');
    at++;
    const complaint = string();
    if (complaint !== undefined) return complaint;
    const word = String(JSON.parse(text.slice(start, at)));
    path = within(dict.path, word);
    const before = keys.get(word);
    if (before !== undefined) return `${path}: expected it once, got it${place(text, before)} and again${place(text, start)}`;
    keys.set(word, start);
    skip(SPACE);
    if (text[at] !== ':') return expected("':'");
    at++;
    return undefined;
  };

  for (;;) {
    skip(SPACE);
    const first = text[at];
    let isOpened = false;
    if (first === '{' || first === '[') {
      open.push({ keys: first === '{' ? new Map() : undefined, path, index: 0 });
      isOpened = true;
      at++;
    } else if (first === '"') {
      at++;
      const complaint = string();
      if (complaint !== undefined) return complaint;
    } else if (skip(SCALAR) === '') return expected('a value');
    // After a value, or after the beginning of a list or a dict.
    for (;;) {
      skip(SPACE);
      const around = open.at(-1);
      if (!around) return at < text.length ? expected('nothing more') : undefined;
      const { keys } = around;
      const end = keys ? '}' : ']';
      if (text[at] === end) {
        at++;
        open.pop();
        isOpened = false;
        continue;
      }
      if (!isOpened && text[at] !== ',') return expected(`',' or '${end}'`);
      if (!isOpened) at++;
      if (!keys) {
        path = `${around.path}[${around.index++}]`;
        break;
      }
      const complaint = key(around, keys);
      if (complaint !== undefined) return complaint;
      break;
    }
  }
}

/** Line and column, as editors count them. */
export function place(text: string, at: number): string {
  const lines = text.slice(0, at).split(/\r\n|\n|\r/);
  return ` in line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** Shows at most one character of the text. */
function found(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (at >= text.length) return 'the end of the file';
  if (/^(?:\/\/|\/\*|#)/.test(text.slice(at, at + 2))) return 'a comment, which JSON does not have';
  if (character === '\n' || character === '\r') return 'the end of the line';
  if (/^[}\]]$/.test(character) && /,\s*$/.test(text.slice(0, at))) return `'${character}' after a comma`;
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
    ? `'${character}'`
    : `the character U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
