/*
 * MessagePack by msgpackr, set up so that other languages' WAMP implementations take it: string-keyed maps of minimal width, integers
 * as integers up to and including 2^53, bytes as bin.
 */
import { addExtension, Packr } from 'msgpackr';
import { SerializationError } from '../errors.ts';
import { checkMsgpack } from './msgpack-check.ts';
import { PayloadWalk } from './payload.ts';
import type { Serializer } from './serializer.ts';

export interface MsgpackOptions {
  /**
   * What integers beyond 2^53 in payloads become: `number`, which rounds them, or `bigint`. Default `number`. Choose `bigint` when
   * the other side sends exact 64-bit integers. Either way a BigInt may be sent, if 64 bits hold it.
   */
  readonly int64?: 'number' | 'bigint' | undefined;
}

/** An integer of more than 32 bits: msgpackr alone writes those as float64, which Python's routers refuse as ids. */
class Int64 {
  readonly high: number;
  readonly low: number;
  constructor(high: number, low: number) {
    this.high = high;
    this.low = low;
  }
}

interface Room {
  readonly target: Uint8Array;
  readonly targetView: DataView;
  readonly position: number;
}

/** A packer that knows `Int64`. msgpackr keeps extensions for all packers together, so the class is registered once. */
const Wide: typeof Int64 = /* @__PURE__ */ (() => {
  const extension = {
    Class: Int64,
    type: 0x7e,
    pack({ high, low }: Int64, allocate: (bytes: number) => Room): undefined {
      const { target, targetView, position } = allocate(9);
      target[position] = high < 0 ? 0xd3 : 0xcf; // int 64, uint 64
      targetView.setInt32(position + 1, high);
      targetView.setUint32(position + 5, low);
    },
  };
  // Its declarations know only the form of `pack` that returns a buffer.
  addExtension(extension as unknown as Parameters<typeof addExtension>[0]);
  return Int64;
})();

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

function wide(value: number): unknown {
  if ((value < TWO_32 && value >= -(2 ** 31)) || Math.floor(value) !== value || value > TWO_53 || value < -TWO_53) return value;
  const high = Math.floor(value / TWO_32);
  return new Wide(high, value - high * TWO_32);
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Half a surrogate pair has no UTF-8: strict decoders, as Python's, refuse the whole message for it, and with it the session. It becomes
 * U+FFFD, as wherever JavaScript writes UTF-8.
 */
function wellFormed(text: string): string {
  const native = text as { isWellFormed?(): boolean };
  const isFine = native.isWellFormed ? native.isWellFormed() : !LONE_SURROGATE.test(text);
  if (isFine) return text;
  return Array.from(text, (point) => (point.length === 1 && point >= '\ud800' && point <= '\udfff' ? '\ufffd' : point)).join('');
}

/**
 * The MessagePack serializer, `wamp.2.msgpack`. Payloads are as with JSON; bytes need no base64.
 *
 * @example new Connection({ url, realm, serializers: [msgpack(), json()] });
 */
export function msgpack(options: MsgpackOptions = {}): Serializer {
  const walk = new PayloadWalk({
    number: wide,
    string: wellFormed,
    // A dict without a prototype, or with a `constructor` of its own, is to msgpackr an object whose `toJSON` it calls. A Map is none.
    dict: (value) => ('toJSON' in value ? new Map(Object.entries(value)) : value),
    bigint: (value) => (value >= BigInt('-9223372036854775808') && value < BigInt('18446744073709551616') ? value : undefined),
  });
  const packr = new Packr({
    useRecords: false,
    variableMapSize: true,
    encodeUndefinedAsNil: true,
    copyBuffers: true, // what is handed to the user must not keep the frame alive
    // `auto` (a number where a number is exact) is missing in its declarations.
    int64AsType: (options.int64 === 'bigint' ? 'auto' : 'number') as 'number',
  });
  return {
    name: 'msgpack',
    isBinary: true,
    encode: (message) => packr.pack(walk.plain(message)),
    decode(frame) {
      if (typeof frame === 'string') throw new SerializationError('expected bytes, got text');
      // A Buffer would give Buffers as payload.
      const bytes = frame.constructor === Uint8Array ? frame : new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
      checkMsgpack(bytes);
      return packr.unpack(bytes) as unknown[];
    },
  };
}
