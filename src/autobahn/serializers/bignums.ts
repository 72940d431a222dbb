/* CBOR as Autobahn|JS has it: a BigInt of any size is sent as a bignum. Bignums, and integers beyond 2^53, arrive as BigInt. */
import type { Serializer } from '../../index.ts';
import { binary } from '../../serializer/binary.ts';
import { NOT_PLAIN } from '../../serializer/codecs/bytes-writer.ts';
import { MAX_BIGNUM } from '../../serializer/codecs/cbor-numbers.ts';
import { CborReader } from '../../serializer/codecs/cbor-reader.ts';
import { CborWriter } from '../../serializer/codecs/cbor-writer.ts';

/** RFC 8949, 3.4.3: the tags of a bignum from 0 on, and of a negative one, which is -1 minus the bytes. */
const POSITIVE = 2;
const NEGATIVE = 3;

class BignumWriter extends CborWriter {
  protected override bigint(value: bigint): void {
    const hex = (value < 0 ? BigInt(-1) - value : value).toString(16);
    const digits = hex.length % 2 ? `0${hex}` : hex;
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    if (bytes.length > MAX_BIGNUM) throw NOT_PLAIN; // our readers refuse it
    this.byte(0xc0 | (value < 0 ? NEGATIVE : POSITIVE));
    this.reserve(5);
    this.bytes(bytes);
  }
}

class BignumReader extends CborReader {
  protected override tagged(info: number, depth: number): unknown {
    const value = super.tagged(info, depth);
    const isShort = typeof value === 'number' && Number.isSafeInteger(value);
    return isShort && (info === POSITIVE || info === NEGATIVE) ? BigInt(value) : value;
  }
}

export function cborWithBignums(): Serializer {
  return binary('cbor', BignumWriter, BignumReader, true);
}
