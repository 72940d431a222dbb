/* What MessagePack and CBOR have in common as serializers of bytes: each has a writer and a reader. */
import { SerializationError } from '../base/errors.ts';
import { FloatBytes } from './bytes/float-bytes.ts';
import { Utf8 } from './bytes/utf8.ts';
import type { BytesContext, BytesReader } from './codecs/bytes-reader.ts';
import type { BytesWriter } from './codecs/bytes-writer.ts';
import { payloadWalk } from './payload.ts';
import type { Serializer } from './serializer.ts';

/**
 * Plain values up to this depth are written without a walk. Deeper ones are walked first; the walk finds cycles and says
 * where they are.
 */
const DEPTH = 100;

export function binary(
  name: string,
  Writer: new (utf8: Utf8, floats: FloatBytes) => BytesWriter,
  Reader: new (frame: Uint8Array, context: BytesContext) => BytesReader,
  hasBigInt: boolean,
): Serializer {
  const utf8 = new Utf8();
  const floats = new FloatBytes();
  const context: BytesContext = { utf8, floats, hasBigInt, keys: [] };
  const own = new Writer(utf8, floats);
  const walk = payloadWalk({
    bigint: (value) => (value >= BigInt('-9223372036854775808') && value < BigInt('18446744073709551616') ? value : undefined),
  });
  return {
    name,
    isBinary: true,
    isStandard: true,
    encode(message) {
      const writer = own.isBusy ? new Writer(utf8, floats) : own;
      const frame = writer.write(message, DEPTH) ?? writer.write(walk(message), Number.POSITIVE_INFINITY);
      if (!frame) throw new SerializationError('expected JSON values and Uint8Array');
      return frame;
    },
    decode(frame) {
      if (typeof frame === 'string') throw new SerializationError('expected bytes, got text');
      // The payload of a Buffer would be Buffers.
      const bytes = frame.constructor === Uint8Array ? frame : new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
      return new Reader(bytes, context).read() as unknown[];
    },
  };
}
