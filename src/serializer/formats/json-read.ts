/* JSON → exact values. The text has been scanned: it is JSON. */
import { SerializationError } from '../../errors.ts';
import { base64ToBytes } from '../base64.ts';
import { type Exact, enterExact, exactInteger, Float, MAX_INTEGER_BITS } from './exact.ts';

/** Beyond them an integer is not read: it has more than `MAX_INTEGER_BITS`. The sign counts. */
const MAX_DIGITS = Math.ceil(MAX_INTEGER_BITS * Math.log10(2)) + 1;
const BEYOND = 2n ** BigInt(MAX_INTEGER_BITS);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MARKS = '[]{}:,';

/** @throws {@link SerializationError} for a number that no float holds. */
export function readJson(text: string): Exact {
  let at = 0;
  const token = (): string => {
    while (text.charCodeAt(at) <= 0x20) at++;
    const start = at;
    at = tokenEnd(text, start);
    if (at === start) throw new SerializationError('expected JSON');
    return text.slice(start, at);
  };
  const list = (depth: number): Exact => {
    enterExact(depth);
    const items: Exact[] = [];
    for (let next = token(); next !== ']'; next = token()) {
      items.push(value(next === ',' ? token() : next, depth + 1));
    }
    return items;
  };
  const dict = (depth: number): Exact => {
    enterExact(depth);
    const members = new Map<string, Exact>();
    for (let next = token(); next !== '}'; next = token()) {
      const key = JSON.parse(next === ',' ? token() : next) as string;
      token(); // the colon
      members.set(key, value(token(), depth + 1));
    }
    return members;
  };
  const value = (first: string, depth: number): Exact => {
    switch (first[0]) {
      case '[':
        return list(depth);
      case '{':
        return dict(depth);
      case '"':
        return string(first);
      case 't':
        return true;
      case 'f':
        return false;
      case 'n':
        return null;
      default:
        return number(first);
    }
  };
  return value(token(), 0);
}

/** A loop and no regular expression: that one overflows the stack in a string of some megabytes. */
function tokenEnd(text: string, start: number): number {
  if (text.charCodeAt(start) === QUOTE) {
    let at = text.indexOf('"', start + 1);
    while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
    return at + 1 || start;
  }
  if (start < text.length && MARKS.includes(text.charAt(start))) return start + 1;
  let at = start;
  while (at < text.length && text.charCodeAt(at) > 0x20 && text.charCodeAt(at) !== QUOTE && !MARKS.includes(text.charAt(at))) at++;
  return at;
}

/** After an odd number of backslashes. */
function isEscaped(text: string, quote: number): boolean {
  let at = quote;
  while (text.charCodeAt(at - 1) === BACKSLASH) at--;
  return (quote - at) % 2 === 1;
}

/** WAMP "Binary conversion of JSON Strings". */
function string(token: string): Exact {
  const text = JSON.parse(token) as string;
  return text.charCodeAt(0) === 0 ? (base64ToBytes(text, 1) ?? text) : text;
}

function number(token: string): Exact {
  if (!/[.eE]/.test(token)) {
    if (token.length < 16) return Number(token) + 0;
    const value = token.length > MAX_DIGITS ? BEYOND : BigInt(token);
    if (value >= BEYOND || value < -BEYOND)
      throw new SerializationError(`expected an integer of ${MAX_INTEGER_BITS} bits at most, got ${shortened(token)}`);
    return exactInteger(value);
  }
  const value = Number(token);
  if (!Number.isFinite(value)) throw new SerializationError(`expected a number that 64 bits hold, got ${shortened(token)}`);
  return new Float(value);
}

function shortened(token: string): string {
  return token.length > 40 ? `${token.slice(0, 37)}...` : token;
}
