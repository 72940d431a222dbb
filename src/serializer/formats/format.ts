/*
 * A format as a router sees it: bytes that are checked and cut, not understood. One object each for JSON, MessagePack and CBOR.
 *
 * `scan` looks at a frame once and makes no value. What a router has to read, the envelope, is made into values by `values`; a payload
 * stays a slice of the frame, and `frame` writes a new envelope around it. From one format to another a payload goes value by value: `read` of
 * the one tells a `writer` of the other what it finds.
 */
import type { ValueWriter } from './value-writer.ts';

/** How many elements of the outer list a layout tells of: no message of WAMP has more. */
export const MAX_ELEMENTS = 8;

/** What a scan found. The next scan of the same format uses the object again. */
export interface Layout {
  /** How many elements the outer list has. */
  readonly count: number;
  /** Where the first `MAX_ELEMENTS` of them begin and end in the frame, without white space around them. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** It is well-formed, but nobody can be given it: what is wrong (nested too deeply, invalid UTF-8), and in which element first. */
  readonly unfit: string | undefined;
  readonly unfitAt: number;
  /** CBOR: something in it refers to another part of the frame, so that no slice of it stands alone. */
  readonly hasReferences: boolean;
}

/** What the scans of all formats find. */
export abstract class Scan implements Layout {
  count = 0;
  readonly starts: Int32Array = new Int32Array(MAX_ELEMENTS);
  readonly ends: Int32Array = new Int32Array(MAX_ELEMENTS);
  unfit: string | undefined;
  unfitAt = 0;
  hasReferences = false;
}

export function tooDeep(maxDepth: number): string {
  return `expected a value nested no deeper than ${maxDepth}`;
}

/** What an element is, by its first bytes. */
export type Kind = 'list' | 'dict' | 'null' | 'other';

export interface Format {
  readonly name: 'json' | 'msgpack' | 'cbor';
  /**
   * Checks that these bytes are one list of this format.
   *
   * @param maxDepth - How deep lists and dicts may be in each other, the outer list counted as 1. Deeper ones are `unfit`.
   * @throws {@link SerializationError} for bytes that are not well-formed, or no list.
   */
  scan(frame: Uint8Array, maxDepth: number): Layout;
  kind(element: Uint8Array): Kind;
  /** Of a list or dict. */
  isEmpty(element: Uint8Array): boolean;
  /** An element as the serializer of this name decodes it. The bytes have been scanned. */
  value(element: Uint8Array): unknown;
  /** The first `count` elements of the outer list as the serializer of this name decodes them: the envelope. */
  values(frame: Uint8Array, layout: Layout, count: number): unknown[];
  /** A value of the router's own (the payload model) as bytes. @throws {@link SerializationError} */
  encode(value: unknown): Uint8Array;
  /** A whole message: the values of the envelope, then `args` and `kwargs` as they are. Where there is no `kwargs`, none is written. */
  frame(envelope: readonly unknown[], args: Uint8Array | undefined, kwargs: Uint8Array | undefined): Uint8Array;
  /** Elements → the bytes of a list of them. */
  list(items: readonly Uint8Array[]): Uint8Array;
  /** Elements → the bytes of a dict of them. */
  dict(members: readonly (readonly [key: string, value: Uint8Array])[]): Uint8Array;
  /** The first `MAX_ELEMENTS` elements of a list, each as a slice. */
  items(list: Uint8Array): Uint8Array[];
  /**
   * Tells a writer what an element (or a whole frame, with its references in it) holds.
   *
   * @throws {@link SerializationError} for what no other format has, as an extension of MessagePack.
   */
  read(element: Uint8Array, writer: ValueWriter): void;
  /** What writes this format. It throws a `SerializationError` for what the format does not have, and beyond `maxBytes`. */
  writer(maxBytes: number): ValueWriter;
}
