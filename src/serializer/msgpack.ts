/*
 * MessagePack by our own codec: the reader is msgpack-reader.ts, the writer msgpack-writer.ts. What they share with CBOR is
 * in bytes-reader.ts and bytes-writer.ts. It has no extensions that would have to be refused.
 */
import { checkOptions, int64 } from '../base/options.ts';
import { binary } from './binary.ts';
import { MsgpackReader } from './codecs/msgpack-reader.ts';
import { MsgpackWriter } from './codecs/msgpack-writer.ts';
import type { Serializer } from './serializer.ts';

export interface MsgpackOptions {
  /**
   * What integers beyond 2^53 in payloads become: `number`, which rounds them, or `bigint`. Default `number`. Choose `bigint`
   * when the other side sends exact 64-bit integers. With both settings a BigInt may be sent if it fits into 64 bits.
   */
  readonly int64?: 'number' | 'bigint' | undefined;
}

/**
 * The MessagePack serializer, `wamp.2.msgpack`. Payloads are as with JSON; bytes need no base64.
 *
 * @throws TypeError for options that do not exist, and for wrong values of options.
 * @example new Connection({ url, realm, serializers: [msgpack(), json()] });
 */
export function msgpack(options: MsgpackOptions = {}): Serializer {
  checkOptions('msgpack()', options, int64);
  return binary('msgpack', MsgpackWriter, MsgpackReader, options.int64 === 'bigint');
}
