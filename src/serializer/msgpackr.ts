/*
 * MessagePack by msgpackr, an optional peer dependency. msgpackr has more than MessagePack (records, of which it makes code, references, bundled
 * text, extensions for classes), and reads all of it, whatever its options are. So it gets what is plain (msgpackr-plain.ts), and our own codec
 * the rest: both serializers write what the other one reads, and mean the same.
 */
import { Packr, Unpackr } from 'msgpackr';
import { checkOptions, int64 } from '../base/options.ts';
import { msgpack } from './msgpack.ts';
import { isPlainFrame, isPlainMessage } from './msgpackr-plain.ts';
import type { Serializer } from './serializer.ts';

export interface MsgpackrOptions {
  /**
   * What integers beyond 2^53 in payloads become: `bigint`, which is exact, or `number`, which rounds them. Default `bigint`. Choose
   * `number` where a program cannot do with BigInt, for example in `JSON.stringify`. Either way a BigInt may be sent, if 64 bits hold it.
   */
  readonly int64?: 'number' | 'bigint' | undefined;
}

/**
 * The MessagePack serializer by `msgpackr`, which is to be installed: `wamp.2.msgpack`, as `msgpack()` has it. Payloads are as with JSON;
 * bytes need no base64. No records, no references, no extensions: what of those a peer sends is read as `msgpack()` reads it.
 *
 * @throws TypeError for options that do not exist, and values that they do not have.
 * @example new Connection({ url, realm, serializers: [msgpackr(), json()] });
 */
export function msgpackr(options: MsgpackrOptions = {}): Serializer {
  checkOptions('msgpackr()', options, int64);
  const own = msgpack({ int64: options.int64 ?? 'bigint' });
  const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true, useToJSON: false });
  // Records cannot be kept in a frozen list, so none would be read, even if one got as far as that.
  const structures: object[] = [];
  const unpackr = new Unpackr({ useRecords: false, structures, structuredClone: false, copyBuffers: true, int64AsType: 'number' });
  Object.freeze(structures);
  return {
    name: own.name,
    isBinary: true,
    // Plain MessagePack in both directions, so a router carries payloads as bytes, between this and any other MessagePack. It reads and writes
    // envelopes by its own format (formats/msgpack.ts) then: by values, each message would be decoded and encoded, for nothing.
    isStandard: true,
    encode(message) {
      if (isPlainMessage(message)) {
        try {
          return packr.pack(message);
        } catch {
          // A getter that throws, or gives something else the second time: our own codec says what is wrong.
        }
      }
      return own.encode(message);
    },
    decode(frame) {
      if (typeof frame === 'string' || !isPlainFrame(frame)) return own.decode(frame);
      // A view of our own: msgpackr leaves a property on what it reads, and of a Buffer it would give Buffers.
      return unpackr.unpack(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength)) as unknown[];
    },
  };
}
