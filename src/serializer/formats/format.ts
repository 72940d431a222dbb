/*
 * A format for a router: bytes are checked and cut, but not decoded. JSON, MessagePack and CBOR have one object each.
 *
 * `scan` looks at a frame once and makes no value. The router reads only the envelope, which `values` decodes. A payload
 * stays a slice of the frame, and `frame` writes a new envelope around it. To translate a payload, `read` of one format calls
 * the `writer` of the other for each value.
 */
import type { Layout } from './scan/layout.ts';
import type { ValueWriter } from './translate/value-writer.ts';

/** The kind of an element, known by its first bytes. */
export type Kind = 'list' | 'dict' | 'null' | 'other';

export interface Format {
  readonly name: 'json' | 'msgpack' | 'cbor';
  /**
   * Checks that these bytes are one list of this format.
   *
   * @param maxDepth - The most depth of lists and dicts; the outer list counts as 1. A deeper frame is `unfit`.
   * @throws {@link SerializationError} if the bytes are not well-formed, or not a list.
   */
  scan(frame: Uint8Array, maxDepth: number): Layout;
  kind(element: Uint8Array): Kind;
  /** Whether a list or dict is empty. */
  isEmpty(element: Uint8Array): boolean;
  /** Decodes an element as the serializer of this name does. The bytes have been scanned. */
  value(element: Uint8Array): unknown;
  /** Decodes the first `count` elements of the outer list as the serializer of this name does: the envelope. */
  values(frame: Uint8Array, layout: Layout, count: number): unknown[];
  /** Encodes a value of the router's own (of the payload model). @throws {@link SerializationError} */
  encode(value: unknown): Uint8Array;
  /**
   * Makes a whole message: the values of the envelope, then `args` and `kwargs` unchanged. If `kwargs` is undefined, it is
   * not written.
   */
  frame(envelope: readonly unknown[], args: Uint8Array | undefined, kwargs: Uint8Array | undefined): Uint8Array;
  /** Makes a list from its elements. */
  list(items: readonly Uint8Array[]): Uint8Array;
  /** Makes a dict from its members. */
  dict(members: readonly (readonly [key: string, value: Uint8Array])[]): Uint8Array;
  /** The first `MAX_ELEMENTS` elements of a list, each as a slice. */
  items(list: Uint8Array): Uint8Array[];
  /**
   * Calls a writer for each value in an element (or in a whole frame with references).
   *
   * @throws {@link SerializationError} for values that no other format has, such as an extension of MessagePack.
   */
  read(element: Uint8Array, writer: ValueWriter): void;
  /**
   * Makes a writer of this format. It throws a `SerializationError` for values that the format does not have, and for more
   * than `maxBytes`.
   */
  writer(maxBytes: number): ValueWriter;
}
