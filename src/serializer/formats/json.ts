/* The format JSON, for a router. */

import { byteAt } from '../bytes/byte-at.ts';
import { Utf8 } from '../bytes/utf8.ts';
import { json } from '../json.ts';
import type { Format, Kind } from './format.ts';
import { append } from './frame-writer.ts';
import { JsonScan } from './scan/json-scan.ts';
import { Slab } from './slab.ts';
import { readJson } from './translate/json-read.ts';
import { JsonValueWriter } from './translate/json-write.ts';

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_DICT = 0x7b;
const CLOSE_DICT = 0x7d;

export function jsonFormat(): Format {
  const serializer = json();
  const utf8 = new Utf8();
  const layout = new JsonScan();
  const slab = new Slab();
  const textOf = (bytes: Uint8Array, start = 0, end = bytes.length): string => utf8.read(bytes, start, end);
  const bytesOf = (text: string): Uint8Array => {
    const room = slab.room(text.length * 3);
    return slab.take(utf8.write(text, room.bytes, room.start));
  };
  const decode = (text: string): unknown[] => serializer.decode(text);
  const encode = (value: unknown): Uint8Array => {
    const text = String(serializer.encode([value]));
    return bytesOf(text.slice(1, -1));
  };
  /** Joins elements with commas. */
  const joined = (opener: number, elements: readonly Uint8Array[], closer: number, keys?: readonly Uint8Array[]): Uint8Array => {
    let size = 2 + Math.max(0, elements.length - 1);
    for (const element of elements) size += element.length;
    for (const key of keys ?? []) size += key.length + 1;
    const bytes = new Uint8Array(size);
    let at = 0;
    bytes[at++] = opener;
    for (const [i, element] of elements.entries()) {
      if (i > 0) bytes[at++] = COMMA;
      const key = keys?.[i];
      if (key) {
        bytes.set(key, at);
        at += key.length;
        bytes[at++] = COLON;
      }
      bytes.set(element, at);
      at += element.length;
    }
    bytes[at] = closer;
    return bytes;
  };
  return {
    name: 'json',
    scan(frame, maxDepth) {
      layout.scan(frame, maxDepth);
      return layout;
    },
    kind(element): Kind {
      const first = element[0];
      return first === OPEN_LIST ? 'list' : first === OPEN_DICT ? 'dict' : first === 0x6e ? 'null' : 'other';
    },
    isEmpty(element) {
      let at = 1;
      while (at < element.length && byteAt(element, at) <= 0x20) at++;
      return element[at] === CLOSE_LIST || element[at] === CLOSE_DICT;
    },
    value: (element) => decode(`[${textOf(element)}]`)[0],
    values: (frame, { starts, ends }, count) => decode(`[${textOf(frame, starts[0], ends[count - 1])}]`),
    encode,
    frame(envelope, args, kwargs) {
      const text = envelopeText(envelope) ?? String(serializer.encode(envelope));
      const length = (args ? args.length + 1 : 0) + (kwargs ? kwargs.length + 1 : 0);
      const { bytes, start } = slab.room(text.length * 3 + length);
      let at = utf8.write(text, bytes, start);
      if (args) {
        bytes[at - 1] = COMMA; // replaces the bracket
        at = append(bytes, at, args);
        if (kwargs) {
          bytes[at++] = COMMA;
          at = append(bytes, at, kwargs);
        }
        bytes[at++] = CLOSE_LIST;
      }
      return slab.take(at);
    },
    list: (items) => joined(OPEN_LIST, items, CLOSE_LIST),
    dict: (members) =>
      joined(
        OPEN_DICT,
        members.map(([, value]) => value),
        CLOSE_DICT,
        members.map(([key]) => encode(key)),
      ),
    items(list) {
      layout.scan(list, Number.POSITIVE_INFINITY);
      const { starts, ends } = layout;
      return Array.from({ length: Math.min(layout.count, starts.length) }, (_, i) => list.subarray(starts[i], ends[i]));
    },
    read: readJson,
    writer: (maxBytes) => new JsonValueWriter(maxBytes),
  };
}

/** Most envelopes contain only numbers, text and empty dicts. Undefined: this one contains more. */
function envelopeText(envelope: readonly unknown[]): string | undefined {
  let text = '';
  for (let i = 0; i < envelope.length; i++) {
    const value = envelope[i];
    text += i === 0 ? '[' : ',';
    if (typeof value === 'number') text += String(value);
    else if (typeof value === 'string') text += JSON.stringify(value);
    else if (typeof value === 'object' && value !== null && isEmptyDict(value)) text += '{}';
    else return undefined;
  }
  return `${text}]`;
}

function isEmptyDict(value: object): boolean {
  if (Array.isArray(value)) return false;
  for (const _ in value) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}
