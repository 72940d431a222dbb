/*
 * From values to CBOR (RFC 8949): definite lengths, heads of minimal width, dicts in their own order, integers as integers up
 * to and including 2^53, and all other numbers as float64.
 */
import { BytesWriter, type Kind, NOT_PLAIN } from './bytes-writer.ts';

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

export class CborWriter extends BytesWriter {
  protected headSize(_kind: Kind, length: number): number {
    return length < 24 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
  }

  protected head(kind: Kind, length: number): void {
    this.narrow(kind << 5, length);
  }

  protected simple(value: boolean | null): void {
    this.byte(value === null ? 0xf6 : value ? 0xf5 : 0xf4);
  }

  protected number(value: number): void {
    this.reserve(5);
    if (value >= 0 && value < TWO_32 && value >>> 0 === value) this.narrow(0, value);
    else if (Math.floor(value) === value && value <= TWO_53 && value >= -TWO_53) {
      const argument = value < 0 ? -1 - value : value;
      const high = Math.floor(argument / TWO_32);
      this.wide(value < 0 ? 0x20 : 0, high, argument - high * TWO_32);
    } else if (Number.isFinite(value)) this.double(0xfb, value);
    else this.byte(0xf6);
  }

  protected bigint(value: bigint): void {
    const isNegative = value < 0;
    const argument = isNegative ? BigInt(-1) - value : value;
    const high = Number(argument / BigInt(TWO_32));
    // The limit is that of MessagePack, because a router must be able to translate the value.
    if (high >= (isNegative ? TWO_32 / 2 : TWO_32)) throw NOT_PLAIN;
    this.reserve(5);
    this.wide(isNegative ? 0x20 : 0, high, Number(argument % BigInt(TWO_32)));
  }

  /**
   * RFC 8949 section 3: writes the major type, which is in its high bits already, and its argument in 64 bits, or fewer if
   * possible.
   */
  private wide(major: number, high: number, low: number): void {
    if (high === 0) this.narrow(major, low);
    else this.words(major | 27, high, low);
  }

  private narrow(major: number, argument: number): void {
    const { slab } = this;
    let at = this.at;
    if (argument < 24) slab[at++] = major | argument;
    else if (argument < 0x100) {
      slab[at++] = major | 24;
      slab[at++] = argument;
    } else if (argument < 0x10000) {
      slab[at++] = major | 25;
      slab[at++] = argument >> 8;
      slab[at++] = argument;
    } else {
      slab[at++] = major | 26;
      slab[at++] = argument >>> 24;
      slab[at++] = argument >> 16;
      slab[at++] = argument >> 8;
      slab[at++] = argument;
    }
    this.at = at;
  }
}
