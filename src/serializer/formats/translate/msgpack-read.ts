/* From MessagePack to a writer of another format. The bytes have been scanned, so they are valid MessagePack. */
import { SerializationError } from '../../../base/errors.ts';
import { FloatBytes } from '../../bytes/float-bytes.ts';
import { Utf8 } from '../../bytes/utf8.ts';
import { MsgpackReader } from '../../codecs/msgpack-reader.ts';
import { enterExact, exactTime, floatText, refuseKey } from './exact.ts';
import type { ValueWriter } from './value-writer.ts';

/** The types of extensions with a meaning: -1 is a timestamp, and wampy and msgpackr write 0 for undefined. */
const TIMESTAMP = 0xff;
const UNDEFINED = 0;

/**
 * @throws {@link SerializationError} for an extension that no other format has, and for keys that are neither text nor
 * numbers.
 */
export function readMsgpack(element: Uint8Array, writer: ValueWriter): void {
  new PayloadReader(element, writer).rewrite(0);
}

class PayloadReader extends MsgpackReader {
  private readonly writer: ValueWriter;

  constructor(element: Uint8Array, writer: ValueWriter) {
    super(element, { utf8: new Utf8(), floats: new FloatBytes(), hasBigInt: true, keys: [] });
    this.writer = writer;
  }

  rewrite(depth: number): void {
    const { writer } = this;
    const initial = this.byte();
    if (initial < 0x80) return writer.integer(initial);
    if (initial < 0x90) return this.members(initial & 0x0f, depth);
    if (initial < 0xa0) return this.items(initial & 0x0f, depth);
    if (initial < 0xc0) return this.textOf(initial & 0x1f);
    if (initial >= 0xe0) return writer.integer(initial - 0x100);
    switch (initial) {
      case 0xc0:
        return writer.null();
      case 0xc2:
      case 0xc3:
        return writer.boolean(initial === 0xc3);
      case 0xc4: // bin 8, 16, 32
      case 0xc5:
      case 0xc6: {
        const start = this.take(this.uint(1 << (initial - 0xc4)));
        return writer.binary(this.frame, start, this.at);
      }
      case 0xca:
        return writer.float(this.single());
      case 0xcb:
        return writer.float(this.double());
      case 0xd9: // str 8, 16, 32
      case 0xda:
      case 0xdb:
        return this.textOf(this.uint(1 << (initial - 0xd9)));
      case 0xdc: // array 16, 32
      case 0xdd:
        return this.items(this.uint(2 << (initial - 0xdc)), depth);
      case 0xde: // map 16, 32
      case 0xdf:
        return this.members(this.uint(2 << (initial - 0xde)), depth);
      case 0xc7: // ext 8, 16, 32
      case 0xc8:
      case 0xc9:
        return this.writeExtension(this.uint(1 << (initial - 0xc7)));
      case 0xd4: // fixext 1, 2, 4, 8, 16
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.writeExtension(1 << (initial - 0xd4));
      default:
        return writer.integer(this.coded(initial, depth) as number | bigint);
    }
  }

  private textOf(length: number): void {
    const start = this.take(length);
    this.writer.text(this.frame, start, this.at);
  }

  private items(length: number, depth: number): void {
    enterExact(depth);
    const { writer } = this;
    const list = writer.list(length);
    for (let i = 0; i < length; i++) {
      writer.item(i);
      this.rewrite(depth + 1);
    }
    writer.endList(list, length, length);
  }

  private members(length: number, depth: number): void {
    enterExact(depth);
    const { writer } = this;
    const dict = writer.dict(length);
    for (let i = 0; i < length; i++) {
      writer.key(i);
      this.rewriteKey();
      writer.endKey();
      this.rewrite(depth + 1);
    }
    writer.endDict(dict, length, length);
  }

  private rewriteKey(): void {
    const initial = this.byte();
    if (initial < 0x80) return this.writer.string(String(initial));
    if (initial < 0x90 || initial === 0xde || initial === 0xdf) refuseKey('a dict');
    if (initial < 0xa0 || initial === 0xdc || initial === 0xdd) refuseKey('a list');
    if (initial < 0xc0) return this.textOf(initial & 0x1f);
    if (initial >= 0xd9 && initial <= 0xdb) return this.textOf(this.uint(1 << (initial - 0xd9)));
    if (initial >= 0xe0) return this.writer.string(String(initial - 0x100));
    const key = this.coded(initial, 0);
    if (key === null) refuseKey('null');
    if (key instanceof Uint8Array) refuseKey('bytes');
    const isFloat = initial === 0xca || initial === 0xcb;
    this.writer.string(isFloat && typeof key === 'number' ? floatText(key) : String(key));
  }

  private writeExtension(length: number): void {
    const time = this.time(length);
    if (time) this.writer.time(time.seconds, time.nanoseconds);
    else this.writer.null();
  }

  protected override extension(length: number): string | null {
    const time = this.time(length);
    return time && exactTime(time.seconds, time.nanoseconds);
  }

  /** Null: the extension means undefined. */
  private time(length: number): { readonly seconds: number; readonly nanoseconds: number } | null {
    const type = this.byte();
    const start = this.at;
    const time = type === TIMESTAMP ? this.timestamp(length) : undefined;
    if (time) return time;
    this.take(length);
    if (type === UNDEFINED) return null;
    throw new SerializationError(
      `expected no extension of MessagePack but 0 and timestamps, got ${(type << 24) >> 24} at byte ${start}`,
    );
  }
}
