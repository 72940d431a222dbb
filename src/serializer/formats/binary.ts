/* What MessagePack and CBOR have in common as a router sees them: bytes that are cut and put together. */
import type { BytesContext, BytesReader } from '../bytes-reader.ts';
import { FloatBytes } from '../float-bytes.ts';
import type { Serializer } from '../serializer.ts';
import { Utf8 } from '../utf8.ts';
import type { Exact } from './exact.ts';
import type { Format, Kind, Layout } from './format.ts';
import { Slab } from './slab.ts';

/** What differs. */
export interface BinaryFormat {
  readonly name: 'msgpack' | 'cbor';
  readonly serializer: Serializer;
  readonly scan: Layout & { scan(frame: Uint8Array, maxDepth: number): void };
  /** Reads some values, one after the other, from a place in the frame on. */
  readonly Reader: new (
    frame: Uint8Array,
    context: BytesContext,
  ) => BytesReader & { some(at: number, count: number): unknown[] };
  kind(element: Uint8Array): Kind;
  isEmpty(element: Uint8Array): boolean;
  /** What a list or dict of so many elements or members begins with. */
  head(kind: 'list' | 'dict', length: number): readonly number[];
  read(element: Uint8Array): Exact;
  write(value: Exact, maxBytes: number): Uint8Array;
}

export function binaryFormat({ name, serializer, scan: layout, Reader, kind, isEmpty, head, read, write }: BinaryFormat): Format {
  const context: BytesContext = { utf8: new Utf8(), floats: new FloatBytes(), hasBigInt: false, keys: [] };
  const slab = new Slab();
  const bytesOf = (value: readonly unknown[]): Uint8Array => {
    const bytes = serializer.encode(value);
    if (typeof bytes === 'string') throw new TypeError(`expected bytes of ${name}`);
    return bytes;
  };
  /** A list of up to 15 elements begins with one byte in both. */
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
      const values = bytesOf(envelope);
      const count = envelope.length + (args ? 1 : 0) + (kwargs ? 1 : 0);
      const { bytes, start } = slab.room(values.length + (args?.length ?? 0) + (kwargs?.length ?? 0));
      bytes.set(values, start);
      bytes[start] = head('list', count)[0] ?? 0;
      let at = start + values.length;
      if (args) {
        bytes.set(args, at);
        at += args.length;
      }
      if (kwargs) {
        bytes.set(kwargs, at);
        at += kwargs.length;
      }
      return slab.take(at);
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
    read: (element) => read(element),
    write,
  };
}
