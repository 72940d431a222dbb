/*
 * From MessagePack to values, in all widths. The payload model has no extensions: a timestamp becomes text, extension 0
 * becomes null, and any other extension becomes its bytes.
 */
import { SerializationError } from '../../base/errors.ts';
import { isoTime } from '../bytes/iso-time.ts';
import { BytesReader, keyOf } from './bytes-reader.ts';

const TWO_32 = 2 ** 32;
/** The types of extensions with a meaning: wampy and msgpackr write 0 for undefined, and -1 is a timestamp. */
const UNDEFINED = 0;
const TIMESTAMP = 0xff;

/** The content of a timestamp. */
export interface Time {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export class MsgpackReader extends BytesReader {
  protected value(depth: number): unknown {
    const initial = this.byte();
    if (initial < 0x80) return initial;
    if (initial < 0x90) return this.dict(initial & 0x0f, depth);
    if (initial < 0xa0) return this.list(initial & 0x0f, depth);
    if (initial < 0xc0) return this.text(initial & 0x1f);
    if (initial >= 0xe0) return initial - 0x100;
    return this.coded(initial, depth);
  }

  protected key(depth: number): string {
    const initial = this.frame[this.at];
    if (initial === undefined || initial < 0xa0 || initial >= 0xc0) return keyOf(this.value(depth));
    this.at++;
    return this.shortKey(initial & 0x1f);
  }

  protected coded(initial: number, depth: number): unknown {
    switch (initial) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4: // bin 8, 16, 32
      case 0xc5:
      case 0xc6:
        return this.bytes(this.uint(1 << (initial - 0xc4)));
      case 0xca:
        return this.single();
      case 0xcb:
        return this.double();
      case 0xcc: // uint 8, 16, 32
      case 0xcd:
      case 0xce:
        return this.uint(1 << (initial - 0xcc));
      case 0xcf:
        return this.wide(this.uint(4), this.uint(4));
      case 0xd0: // int 8, 16, 32
        return (this.uint(1) << 24) >> 24;
      case 0xd1:
        return (this.uint(2) << 16) >> 16;
      case 0xd2:
        return this.uint(4) | 0;
      case 0xd3:
        return this.wide(this.uint(4) | 0, this.uint(4));
      case 0xd9: // str 8, 16, 32
      case 0xda:
      case 0xdb:
        return this.text(this.uint(1 << (initial - 0xd9)));
      case 0xdc: // array 16, 32
      case 0xdd:
        return this.list(this.uint(2 << (initial - 0xdc)), depth);
      case 0xde: // map 16, 32
      case 0xdf:
        return this.dict(this.uint(2 << (initial - 0xde)), depth);
      case 0xc7: // ext 8, 16, 32
      case 0xc8:
      case 0xc9:
        return this.extension(this.uint(1 << (initial - 0xc7)));
      case 0xd4: // fixext 1, 2, 4, 8, 16
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (initial - 0xd4));
      default:
        throw new SerializationError('expected a value of MessagePack, got 0xc1');
    }
  }

  protected extension(length: number): unknown {
    const type = this.byte();
    const start = this.at;
    const time = type === TIMESTAMP ? this.timestamp(length) : undefined;
    const text = time && isoTime(time.seconds, time.nanoseconds);
    if (text !== undefined) return text;
    this.at = start;
    const bytes = this.bytes(length);
    return type === UNDEFINED ? null : bytes;
  }

  /**
   * The content of a timestamp. With 32 bits it has seconds. With 64 bits it has nanoseconds in 30 bits and seconds in 34.
   * With 96 bits it has nanoseconds in 32 and signed seconds in 64. Undefined: it is not a valid timestamp.
   */
  protected timestamp(length: number): Time | undefined {
    if (length === 4) return { seconds: this.uint(4), nanoseconds: 0 };
    if (length !== 8 && length !== 12) return undefined;
    const first = this.uint(4);
    const high = length === 8 ? first & 3 : this.uint(4) | 0;
    return { seconds: high * TWO_32 + this.uint(4), nanoseconds: length === 8 ? Math.floor(first / 4) : first };
  }
}
