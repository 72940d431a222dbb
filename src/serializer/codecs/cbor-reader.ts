/*
 * From CBOR (RFC 8949) to values. The bytes may come from anybody, so no memory is allocated for more than the bytes contain.
 * The reader also accepts what our writer never writes: indefinite lengths, floats of any width, bignums, decimal fractions,
 * tags (the content is used), keys of any kind (as text), and simple values without a meaning (as null).
 */
import { SerializationError } from '../../base/errors.ts';
import { halfOf } from '../bytes/float-bytes.ts';
import { BytesReader, keyOf } from './bytes-reader.ts';
import { bignumOf, fractionOf } from './cbor-numbers.ts';

const INDEFINITE = 31;
const BREAK = 0xff;

export class CborReader extends BytesReader {
  protected value(depth: number): unknown {
    const initial = this.byte();
    const info = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return info < 24 ? info : this.integer(info, false);
      case 1:
        return info < 24 ? -1 - info : this.integer(info, true);
      case 2:
        return info === INDEFINITE ? this.chunks(2) : this.bytes(this.argument(info));
      case 3:
        return this.string(info);
      case 4:
        return info === INDEFINITE ? this.endlessList(depth) : this.list(this.argument(info), depth);
      case 5:
        return info === INDEFINITE ? this.endlessDict(depth) : this.dict(this.argument(info), depth);
      case 6:
        return this.tagged(info, depth);
      default:
        return this.simple(initial);
    }
  }

  protected key(depth: number): string {
    const initial = this.frame[this.at];
    if (initial === undefined || initial >> 5 !== 3) return keyOf(this.value(depth));
    this.at++;
    return initial < 0x78 ? this.shortKey(initial & 0x1f) : this.string(initial & 0x1f);
  }

  private endlessList(depth: number): unknown[] {
    const list = this.emptyList(depth);
    while (!this.isBreak()) list.push(this.item(depth));
    return list;
  }

  private endlessDict(depth: number): { [key: string]: unknown } {
    this.enter(depth);
    const dict: { [key: string]: unknown } = {};
    while (!this.isBreak()) this.member(dict, depth);
    return dict;
  }

  protected string(info: number): string {
    if (info !== INDEFINITE) return this.text(this.argument(info));
    let text = '';
    while (!this.isBreak()) text += this.text(this.argument(this.chunk(3)));
    return text;
  }

  /** The content of a string that comes in chunks. `major` is its type. */
  protected chunks(major: number): Uint8Array {
    const start = this.at;
    let size = 0;
    while (!this.isBreak()) {
      const length = this.argument(this.chunk(major));
      this.take(length);
      size += length;
    }
    const bytes = new Uint8Array(size);
    const end = this.at;
    this.at = start;
    for (let done = 0; done < size; ) {
      const length = this.argument(this.chunk(major));
      const from = this.take(length);
      bytes.set(this.frame.subarray(from, this.at), done);
      done += length;
    }
    this.at = end;
    return bytes;
  }

  /** RFC 8949, 3.2.3: each chunk has the type of the whole string, and a definite length. */
  private chunk(major: number): number {
    const initial = this.byte();
    const info = initial & 0x1f;
    if (initial >> 5 !== major || info === INDEFINITE) throw new SerializationError('expected chunks of one type in a string');
    return info;
  }

  protected integer(info: number, isNegative: boolean): number | bigint {
    if (info !== 27) {
      const value = this.argument(info);
      return isNegative ? -1 - value : value;
    }
    const high = this.uint(4);
    const low = this.uint(4);
    return isNegative ? this.wide(-1 - high, 0xffffffff - low) : this.wide(high, low);
  }

  /** RFC 8949, 3.4: a decoder that does not know a tag may use its content. Only references have no meaning without their tag. */
  protected tagged(info: number, depth: number): unknown {
    this.enter(depth);
    const tag = this.argument(info);
    if (tag === 25 || tag === 29) this.refuse('expected JSON values and bytes, got a CBOR reference');
    const content = this.value(depth + 1);
    if ((tag === 2 || tag === 3) && content instanceof Uint8Array) return bignumOf(content, tag === 3, this.context.hasBigInt);
    if (tag === 4 || tag === 5) return fractionOf(content, tag === 4 ? 10 : 2) ?? content;
    return content;
  }

  private simple(initial: number): unknown {
    switch (initial) {
      case 0xf4:
        return false;
      case 0xf5:
        return true;
      case 0xf6:
        return null;
      case 0xf7:
        return undefined;
      case 0xf9:
        return halfOf(this.uint(2));
      case 0xfa:
        return this.single();
      case 0xfb:
        return this.double();
      case BREAK:
        throw new SerializationError('expected a value, got the end of one of indefinite length');
      default:
        // RFC 8949, 3.3: a simple value has one byte, or two bytes if it is at least 32.
        if (initial > 0xf8 || (initial === 0xf8 && this.byte() < 32)) {
          throw new SerializationError('expected a value of CBOR, got a reserved one');
        }
        return null;
    }
  }

  protected isBreak(): boolean {
    if (this.frame[this.at] !== BREAK) return false;
    this.at++;
    return true;
  }

  protected argument(info: number): number {
    if (info < 24) return info;
    if (info > 27) throw new SerializationError('expected an argument of 1, 2, 4 or 8 bytes in CBOR');
    return this.uint(1 << (info - 24));
  }
}
