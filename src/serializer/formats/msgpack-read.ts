/* MessagePack → exact values. The bytes have been scanned: they are MessagePack. */
import { SerializationError } from '../../errors.ts';
import { FloatBytes } from '../float-bytes.ts';
import { MsgpackReader } from '../msgpack-reader.ts';
import { Utf8 } from '../utf8.ts';
import { type Exact, enterExact, Float, isoTime, keyText } from './exact.ts';

const TWO_32 = 2 ** 32;
/** What a number means that stands for an extension: -1 is a timestamp, 0 is what wampy and msgpackr write for undefined. */
const TIMESTAMP = 0xff;
const UNDEFINED = 0;

/** @throws {@link SerializationError} for an extension that no other format has, and for keys that are no text and no number. */
export function readMsgpack(element: Uint8Array): Exact {
  return new ExactReader(element, { utf8: new Utf8(), floats: new FloatBytes(), hasBigInt: true, keys: [] }).exact(0);
}

/** Integers, bytes, text and what is simple are read as ever; floats stay floats, and dicts hold any key. */
class ExactReader extends MsgpackReader {
  exact(depth: number): Exact {
    const initial = this.byte();
    if (initial < 0x80) return initial;
    if (initial < 0x90) return this.members(initial & 0x0f, depth);
    if (initial < 0xa0) return this.items(initial & 0x0f, depth);
    if (initial < 0xc0) return this.text(initial & 0x1f);
    if (initial >= 0xe0) return initial - 0x100;
    switch (initial) {
      case 0xc7: // ext 8, 16, 32
      case 0xc8:
      case 0xc9:
        return this.extension(this.uint(1 << (initial - 0xc7)));
      case 0xca:
        return new Float(this.single());
      case 0xcb:
        return new Float(this.double());
      case 0xd4: // fixext 1, 2, 4, 8, 16
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (initial - 0xd4));
      case 0xdc: // array 16, 32
      case 0xdd:
        return this.items(this.uint(2 << (initial - 0xdc)), depth);
      case 0xde: // map 16, 32
      case 0xdf:
        return this.members(this.uint(2 << (initial - 0xde)), depth);
      default:
        return this.coded(initial, depth) as Exact;
    }
  }

  private items(length: number, depth: number): Exact {
    enterExact(depth);
    const items: Exact[] = [];
    for (let i = 0; i < length; i++) items.push(this.exact(depth + 1));
    return items;
  }

  private members(length: number, depth: number): Exact {
    enterExact(depth);
    const members = new Map<string, Exact>();
    for (let i = 0; i < length; i++) {
      const key = keyText(this.exact(depth + 1));
      members.set(key, this.exact(depth + 1));
    }
    return members;
  }

  private extension(length: number): Exact {
    const type = this.byte();
    const start = this.at;
    if (type === TIMESTAMP && (length === 4 || length === 8 || length === 12)) return this.timestamp(length);
    this.take(length);
    if (type === UNDEFINED) return null;
    throw new SerializationError(
      `expected no extension of MessagePack but 0 and timestamps, got ${(type << 24) >> 24} at byte ${start}`,
    );
  }

  /** Of 32 bits: seconds. Of 64: nanoseconds in 30 bits, seconds in 34. Of 96: nanoseconds in 32, seconds in 64, signed. */
  private timestamp(length: 4 | 8 | 12): Exact {
    if (length === 4) return isoTime(this.uint(4), 0);
    const first = this.uint(4);
    if (length === 12) {
      const high = this.uint(4) | 0;
      return time(high * TWO_32 + this.uint(4), first);
    }
    const low = this.uint(4);
    return time((first & 3) * TWO_32 + low, Math.floor(first / 4));
  }
}

function time(seconds: number, nanoseconds: number): string {
  if (nanoseconds > 999_999_999)
    throw new SerializationError(`expected less than 1,000,000,000 ns in a timestamp, got ${nanoseconds}`);
  return isoTime(seconds, nanoseconds);
}
