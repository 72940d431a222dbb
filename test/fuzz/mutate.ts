/*
 * What can be wrong with a message: values of any kind in any place, and bytes that are not what an encoder writes. Everything is data and comes
 * from a `Random`, so that it can be done again. What stands for an id that only the live session knows is a `Live`.
 */
import type { Random } from './random.ts';

/** An id of the session at hand, by its name; looked up when the message is sent. */
export class Live {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  toJSON(): string {
    return `<${this.name}>`;
  }
}

export type Template = readonly unknown[];

/** Becomes `__proto__` in the encoded frame: the serializers do not write that one. */
export const PROTO = 'PROTOPROT';

const oddIds = [0, -1, 1.5, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 1e300, Number.NaN, 2 ** 31, 2 ** 32, 1, 2, 3, 7, 11, 12, 1000];
const oddTexts = [
  '',
  'a',
  '.',
  'a..b',
  'com.attack.t0',
  'com.attack.p0',
  'com.attack.',
  'wamp.',
  'wamp.session.count',
  'a b',
  'a#b',
  '\0',
  '\0AQID',
  '\0!',
  '\ud800',
  'ü.日本',
  PROTO,
  'constructor',
  'toString',
  'hasOwnProperty',
  'exact',
  'prefix',
  'wildcard',
  'kill',
  'skip',
  'roundrobin',
  'then',
];
const keys = [
  ...['acknowledge', 'exclude_me', 'exclude', 'exclude_authid', 'eligible', 'eligible_authrole', 'disclose_me', 'retain', 'rkey'],
  ...['match', 'get_retained', 'invoke', 'disclose_caller', 'forward_timeout', 'concurrency', 'force_reregister'],
  ...['timeout', 'receive_progress', 'progress', 'runmode', 'mode', 'reason', 'message', 'subscription', 'registration'],
  ...[
    'ppt_scheme',
    'ppt_serializer',
    'ppt_cipher',
    'ppt_keyid',
    'publisher',
    'caller',
    'topic',
    'procedure',
    'trustlevel',
    'retained',
  ],
  ...['roles', 'features', 'authmethods', 'authid', 'authrole', 'authextra', 'agent', 'realm', 'session', 'signal', 'sendProgress'],
  ...[PROTO, 'constructor', 'prototype', 'toString', 'toJSON', 'then', 'length', 'scope', 'limit', '_mine', ''],
];
const codes = [
  1, 2, 3, 4, 5, 6, 8, 16, 17, 32, 33, 34, 35, 36, 48, 49, 50, 64, 65, 66, 67, 68, 69, 70, 337, 0, 7, 37, 255, 256, -1, 48.5,
];

/** Anything. */
export function anyValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 7 : 12)) {
    case 0:
    case 1:
      return random.pick(oddIds);
    case 2:
    case 3:
      return random.pick(oddTexts);
    case 4:
      return random.chance(0.5);
    case 5:
      return null;
    case 6:
      return new Uint8Array(random.below(5));
    case 7:
      return Array.from({ length: random.below(4) }, () => anyValue(random, depth + 1));
    case 8:
    case 9:
      return anyDict(random, depth);
    case 10:
      return random.chance(0.004) ? 'x'.repeat(20_000) : random.below(1000);
    default:
      return random.chance(0.03) ? nested(random.pick([20, 100, 990])) : [];
  }
}

export function anyDict(random: Random, depth = 0): { [key: string]: unknown } {
  const dict: { [key: string]: unknown } = {};
  for (let i = random.below(4); i > 0; i--) dict[random.pick(keys)] = anyValue(random, depth + 1);
  return dict;
}

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/** The message with one thing or another wrong, or only odd. */
export function mutate(list: Template, random: Random): Template {
  const copy = [...list];
  for (let times = random.chance(0.8) ? 1 : 3; times > 0; times--) mutateOnce(copy, random);
  return copy;
}

function mutateOnce(list: unknown[], random: Random): void {
  const at = random.below(list.length);
  switch (random.below(16)) {
    case 0:
      list[at] = anyValue(random);
      return;
    case 1:
      list[at] = random.pick(oddIds);
      return;
    case 2:
      list.splice(at, 1);
      return;
    case 3:
      list.splice(at, 0, anyValue(random));
      return;
    case 4:
      list.push(anyValue(random));
      return;
    case 5:
      [list[at], list[0]] = [list[0], list[at]];
      return;
    case 6:
      list[0] = random.pick(codes);
      return;
    case 7:
    case 8:
    case 9:
    case 10: {
      // An option of the wrong type, or one that is not known.
      const dicts = list.flatMap((value, index) => (isPlainDict(value) ? [index] : []));
      if (dicts.length === 0) return;
      const index = random.pick(dicts);
      list[index] = { ...(list[index] as object), [random.pick(keys)]: anyValue(random) };
      return;
    }
    case 11: {
      const texts = list.flatMap((value, index) => (typeof value === 'string' ? [index] : []));
      if (texts.length > 0) list[random.pick(texts)] = random.pick(oddTexts);
      return;
    }
    case 12:
    case 13:
    case 14: // Payload: good in itself, whatever it is.
      while (list.length > 1 && list.length < 7 && (Array.isArray(list.at(-1)) || isPlainDict(list.at(-1))) && list.length > 4)
        list.pop();
      list.push(
        Array.from({ length: random.below(4) }, () => anyValue(random)),
        anyDict(random),
      );
      return;
    default: {
      const ids = list.flatMap((value, index) => (index > 0 && typeof value === 'number' ? [index] : []));
      if (ids.length > 0) list[random.pick(ids)] = Number(list[random.pick(ids)]) + random.pick([1, -1, 2, 100]);
    }
  }
}

export function isPlainDict(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The template with the ids of the session at hand. */
export function resolve(value: unknown, live: (name: string) => unknown, depth = 0): unknown {
  if (value instanceof Live) return live(value.name);
  if (depth > 3) return value;
  if (Array.isArray(value)) return value.map((item) => resolve(item, live, depth + 1));
  if (!isPlainDict(value)) return value;
  const dict: { [key: string]: unknown } = {};
  for (const key of Object.keys(value)) dict[key] = resolve(value[key], live, depth + 1);
  return dict;
}

/** What is done to an encoded frame; `at` and `to` are fractions of its length. */
export interface ByteEdit {
  readonly kind: 'flip' | 'set' | 'cut' | 'insert' | 'splice' | 'deep' | 'length' | 'other type';
  readonly at: number;
  readonly to: number;
  readonly byte: number;
}

const kinds = ['flip', 'set', 'set', 'cut', 'insert', 'splice', 'length', 'other type'] as const;

export function anyEdit(random: Random): ByteEdit {
  const kind = random.chance(0.01) ? 'deep' : random.pick(kinds);
  return { kind, at: random.next(), to: random.next(), byte: random.below(256) };
}

/** Bytes with which lists, dicts, long texts and extensions begin in MessagePack and CBOR. */
const heads = [
  0x80, 0x8f, 0x91, 0x9f, 0xa0, 0xbf, 0xc1, 0xc4, 0xc7, 0xd4, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0x5b, 0x7b, 0x9b, 0xbb, 0xfb,
  0xff, 0x81,
];

export function editFrame(frame: string | Uint8Array, { kind, at, to, byte }: ByteEdit): string | Uint8Array {
  const isText = typeof frame === 'string';
  const bytes = Buffer.from(frame as string); // a copy
  const index = Math.floor(at * bytes.length);
  const end = index + Math.floor(to * 8);
  const put = (inserted: Uint8Array, from = index): Buffer =>
    Buffer.concat([bytes.subarray(0, index), inserted, bytes.subarray(from)]);
  const give = (edited: Buffer): string | Uint8Array => (isText ? edited.toString() : new Uint8Array(edited));
  switch (kind) {
    case 'flip':
      bytes[index] = (bytes[index] ?? 0) ^ (1 << (byte & 7));
      return give(bytes);
    case 'set':
      bytes[index] = isText ? '[]{}",:0-1e\\tn\0'.charCodeAt(byte % 15) : byte;
      return give(bytes);
    case 'length':
      bytes[index] = isText ? 57 : (heads[byte % heads.length] ?? 0);
      return give(bytes);
    case 'cut':
      return give(put(new Uint8Array(), end + 1));
    case 'insert':
      return give(put(Uint8Array.from(isText ? [44, 91, 93] : [byte, byte ^ 0x80])));
    case 'splice':
      return give(put(bytes.subarray(end, end + 12)));
    case 'deep':
      return give(put(new Uint8Array(byte < 128 ? 1500 : 20_000).fill(isText ? 91 : byte % 2 === 0 ? 0x91 : 0x81)));
    case 'other type':
      return isText ? new Uint8Array(bytes) : bytes.toString('latin1');
    default:
      return kind satisfies never;
  }
}

/** Puts `__proto__` where `PROTO` stands. */
export function withProto(frame: string | Uint8Array): string | Uint8Array {
  if (typeof frame === 'string') return frame.includes(PROTO) ? frame.replaceAll(PROTO, '__proto__') : frame;
  const buffer = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  for (let at = buffer.indexOf(PROTO); at >= 0; at = buffer.indexOf(PROTO, at + 9)) buffer.write('__proto__', at);
  return frame;
}
