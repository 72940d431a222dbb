/*
 * MessagePack by msgpackr, an optional peer dependency. msgpackr has more than MessagePack (records, which it turns into
 * code, references, bundled text, extensions for classes), and reads all of it with any options. So it only gets plain values
 * (msgpackr-plain.ts), and our own codec does the rest. Each of the two serializers can read what the other writes, with the
 * same result.
 */
import { Packr, Unpackr } from 'msgpackr';
import { checkOptions, int64 } from '../base/options.ts';
import { msgpack } from './msgpack.ts';
import { isPlainFrame, isPlainMessage } from './msgpackr-plain.ts';
import type { Serializer } from './serializer.ts';

export interface MsgpackrOptions {
  /**
   * What integers beyond 2^53 in payloads become: `bigint`, which is exact, or `number`, which rounds them. Default `bigint`.
   * Choose `number` if a program cannot use BigInt, for example in `JSON.stringify`. With both settings a BigInt may be sent
   * if it fits into 64 bits.
   */
  readonly int64?: 'number' | 'bigint' | undefined;
}

/**
 * The MessagePack serializer by `msgpackr`, which must be installed. It is `wamp.2.msgpack`, like `msgpack()`. Payloads are
 * as with JSON; bytes need no base64. It has no records, references and extensions: if a peer sends them, they are read as
 * `msgpack()` reads them.
 *
 * @throws TypeError for options that do not exist, and for wrong values of options.
 * @example new Connection({ url, realm, serializers: [msgpackr(), json()] });
 */
export function msgpackr(options: MsgpackrOptions = {}): Serializer {
  checkOptions('msgpackr()', options, int64);
  const own = msgpack({ int64: options.int64 ?? 'bigint' });
  const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true, useToJSON: false });
  // A frozen list cannot keep records, so msgpackr would read none, even if it got one.
  const structures: object[] = [];
  const unpackr = new Unpackr({ useRecords: false, structures, structuredClone: false, copyBuffers: true, int64AsType: 'number' });
  Object.freeze(structures);
  return {
    name: own.name,
    isBinary: true,
    // It is plain MessagePack in both directions. So a router passes payloads on as bytes, to and from all peers with
    // MessagePack. For envelopes it uses its own format (formats/msgpack.ts). Otherwise each message would be decoded and
    // encoded for nothing.
    isStandard: true,
    encode(message) {
      if (isPlainMessage(message)) {
        try {
          return packr.pack(message);
        } catch {
          // A getter throws, or its value has changed the second time. Our own codec says what is wrong.
        }
      }
      return own.encode(message);
    },
    decode(frame) {
      if (typeof frame === 'string' || !isPlainFrame(frame)) return own.decode(frame);
      // It gets a new view: msgpackr adds a property to the object that it reads, and from a Buffer it would make Buffers.
      return unpackr.unpack(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength));
    },
  };
}
