/*
 * From values to MessagePack that all WAMP implementations accept: heads of minimal width, strings as str, bytes as bin,
 * integers as integers up to and including 2^53 (routers in Python refuse ids that are floats), and all other numbers as
 * float64.
 */
import { BytesWriter, Kind, NOT_PLAIN } from './bytes-writer.ts';

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

export class MsgpackWriter extends BytesWriter {
  protected headSize(kind: Kind, length: number): number {
    if (kind === Kind.TEXT) return length < 32 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
    return length < 16 ? 1 : length < 0x10000 ? 3 : 5;
  }

  protected head(kind: Kind, length: number): void {
    if (kind === Kind.TEXT) {
      if (length < 32) this.slab[this.at++] = 0xa0 | length;
      else this.sized(0xd9, length);
    } else if (kind === Kind.BYTES) this.sized(0xc4, length);
    else if (length < 16) this.slab[this.at++] = (kind === Kind.LIST ? 0x90 : 0x80) | length;
    // Lists and maps have no code for a length of 8 bits.
    else this.sized(kind === Kind.LIST ? 0xdb : 0xdd, length, false);
  }

  protected simple(value: boolean | null): void {
    this.byte(value === null ? 0xc0 : value ? 0xc3 : 0xc2);
  }

  protected number(value: number): void {
    this.reserve(5);
    if (value >= 0 && value < TWO_32 && value >>> 0 === value) {
      if (value < 0x80) this.slab[this.at++] = value;
      else this.sized(0xcc, value);
    } else if (Math.floor(value) === value && value <= TWO_53 && value >= -TWO_53) this.integer(value);
    else if (Number.isFinite(value)) this.double(0xcb, value);
    else this.byte(0xc0);
  }

  /** Writes an integer of more than 32 bits, or a negative one. */
  private integer(value: number): void {
    if (value > 0 || value < -(2 ** 31)) this.words(value < 0 ? 0xd3 : 0xcf, Math.floor(value / TWO_32), value);
    else if (value >= -32) this.byte(value & 0xff);
    else this.sized(0xd0, value >= -0x80 ? value & 0xff : value >= -0x8000 ? value & 0xffff : value >>> 0);
  }

  protected bigint(value: bigint): void {
    const high = Number(value >> BigInt(32));
    if (high >= TWO_32 || high < -TWO_32 / 2) throw NOT_PLAIN;
    this.words(value < 0 ? 0xd3 : 0xcf, high, Number(value & BigInt(0xffffffff)));
  }

  /** Writes a code and a value. `initial` is the code for 8 bits; those for 16 and 32 follow it. Room has been reserved. */
  private sized(initial: number, value: number, isNarrow = value < 0x100): void {
    const { slab } = this;
    let at = this.at;
    if (isNarrow) slab[at++] = initial;
    else if (value < 0x10000) {
      slab[at++] = initial + 1;
      slab[at++] = value >> 8;
    } else {
      slab[at++] = initial + 2;
      slab[at++] = value >>> 24;
      slab[at++] = value >> 16;
      slab[at++] = value >> 8;
    }
    slab[at++] = value;
    this.at = at;
  }
}
