/* What the formats of MessagePack and CBOR have in common: they cut bytes and put them together. */

import { FloatBytes } from '../bytes/float-bytes.ts';
import { Utf8 } from '../bytes/utf8.ts';
import type { BytesContext, BytesReader } from '../codecs/bytes-reader.ts';
import type { BytesWriter } from '../codecs/bytes-writer.ts';
import type { Serializer } from '../serializer.ts';
import type { Format, Kind } from './format.ts';
import { Written } from './frame-writer.ts';
import type { Layout } from './scan/layout.ts';
import type { ValueWriter } from './translate/value-writer.ts';

/** Values up to this depth in an envelope are written without a walk first. */
const DEPTH = 100;

/** A payload of at least this many bytes is not written into the memory that frames share. Measured. */
const LARGE = 2048;

/** What differs between the two formats. */
export interface BinaryFormat {
  readonly name: 'msgpack' | 'cbor';
  readonly serializer: Serializer;
  readonly scan: Layout & { scan(frame: Uint8Array, maxDepth: number): void };
  /** Reads several values, one after the other, from a place in the frame. */
  readonly Reader: new (
    frame: Uint8Array,
    context: BytesContext,
  ) => BytesReader & { some(at: number, count: number): unknown[] };
  readonly Writer: new (utf8: Utf8, floats: FloatBytes) => BytesWriter;
  kind(element: Uint8Array): Kind;
  isEmpty(element: Uint8Array): boolean;
  /** The first bytes of a list or dict with so many elements or members. */
  head(kind: 'list' | 'dict', length: number): readonly number[];
  read(element: Uint8Array, writer: ValueWriter): void;
  readonly ValueWriter: new (maxBytes: number) => ValueWriter;
}

export function binaryFormat({
  name,
  serializer,
  scan: layout,
  Reader,
  Writer,
  kind,
  isEmpty,
  head,
  read,
  ValueWriter,
}: BinaryFormat): Format {
  const context: BytesContext = { utf8: new Utf8(), floats: new FloatBytes(), hasBigInt: false, keys: [] };
  const writer = new Writer(context.utf8, context.floats);
  const bytesOf = (value: readonly unknown[]): Uint8Array => {
    const bytes = writer.write(value, DEPTH) ?? serializer.encode(value);
    if (typeof bytes === 'string') throw new TypeError(`expected bytes of ${name}`);
    return bytes;
  };
  /** For an envelope with a value that is not plain, or a large payload: makes a frame with exactly the memory that it needs. */
  const around = (envelope: readonly unknown[], args: Uint8Array | undefined, kwargs: Uint8Array | undefined): Uint8Array => {
    const parts = [bytesOf(envelope).subarray(1), ...(args ? [args] : []), ...(kwargs ? [kwargs] : [])];
    return joined(head('list', envelope.length + parts.length - 1), parts);
  };
  /** In both formats a list of up to 15 elements begins with one byte. */
  const encode = (value: unknown): Uint8Array => bytesOf([value]).subarray(1);
  const joined = (first: readonly number[], parts: readonly Uint8Array[]): Uint8Array => {
    let { length } = first;
    for (const part of parts) length += part.length;
    const bytes = new Uint8Array(length);
    bytes.set(first);
    let at = first.length;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  };
  return {
    name,
    scan(frame, maxDepth) {
      layout.scan(frame, maxDepth);
      return layout;
    },
    kind,
    isEmpty,
    value: (element) => new Reader(element, context).read(),
    values: (frame, { starts }, count) => new Reader(frame, context).some(starts[0] ?? 0, count),
    encode,
    frame(envelope, args, kwargs) {
      if ((args?.length ?? 0) + (kwargs?.length ?? 0) > LARGE) return around(envelope, args, kwargs);
      const list = [...envelope];
      if (args) list.push(new Written(args));
      if (kwargs) list.push(new Written(kwargs));
      return writer.write(list, DEPTH) ?? around(envelope, args, kwargs);
    },
    list: (items) => joined(head('list', items.length), items),
    dict: (members) =>
      joined(
        head('dict', members.length),
        members.flatMap(([key, value]) => [encode(key), value]),
      ),
    items(list) {
      layout.scan(list, Number.POSITIVE_INFINITY);
      const { starts, ends } = layout;
      return Array.from({ length: Math.min(layout.count, starts.length) }, (_, i) => list.subarray(starts[i], ends[i]));
    },
    read,
    writer: (maxBytes) => new ValueWriter(maxBytes),
  };
}
