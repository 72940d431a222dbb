/* JSON → exact values. The text has been scanned: it is JSON. */
import { SerializationError } from '../../errors.ts';
import { base64ToBytes } from '../base64.ts';
import { type Exact, enterExact, exactInteger, Float } from './exact.ts';

/** A number, a string, or anything else that is no list and no dict; what may stand between them is left out. */
const TOKEN = /[[\]{}:,]|"(?:[^"\\]|\\.)*"|[^\s[\]{}:,"]+/gy;
const SPACE = /\s*/gy;

/** @throws {@link SerializationError} for a number that no float holds. */
export function readJson(text: string): Exact {
  let at = 0;
  const token = (): string => {
    SPACE.lastIndex = at;
    SPACE.test(text);
    TOKEN.lastIndex = SPACE.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new SerializationError('expected JSON');
    at = TOKEN.lastIndex;
    return found[0];
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

/** WAMP "Binary conversion of JSON Strings". */
function string(token: string): Exact {
  const text = JSON.parse(token) as string;
  return text.charCodeAt(0) === 0 ? (base64ToBytes(text, 1) ?? text) : text;
}

function number(token: string): Exact {
  if (!/[.eE]/.test(token)) return token.length < 16 ? Number(token) + 0 : exactInteger(BigInt(token));
  const value = Number(token);
  if (!Number.isFinite(value)) throw new SerializationError(`expected a number that 64 bits hold, got ${shortened(token)}`);
  return new Float(value);
}

function shortened(token: string): string {
  return token.length > 40 ? `${token.slice(0, 37)}...` : token;
}
