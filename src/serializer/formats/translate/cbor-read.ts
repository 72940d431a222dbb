/*
 * From CBOR to a writer of another format, or of CBOR without references. The bytes have been scanned, so they are valid
 * CBOR. References to strings (tags 25 and 256) and to values (tags 28 and 29) are replaced by what they refer to. The writer
 * limits how much they can grow.
 */
import { SerializationError } from '../../../base/errors.ts';
import { byteAt } from '../../bytes/byte-at.ts';
import { FloatBytes, halfOf } from '../../bytes/float-bytes.ts';
import { Utf8 } from '../../bytes/utf8.ts';
import type { BytesContext } from '../../codecs/bytes-reader.ts';
import { CborReader } from '../../codecs/cbor-reader.ts';
import {
  epoch,
  fraction,
  isArrayTag,
  isFractionTag,
  isScalarTag,
  isTimeTag,
  refuseFraction,
  taggedScalar,
  writeArray,
} from './cbor-tags.ts';
import { enterExact, Float, keyText, refuseKey, type Scalar } from './exact.ts';
import { UNKNOWN_LENGTH, type ValueWriter } from './value-writer.ts';

const INDEFINITE = 31;
const BYTES = 2;
const TEXT = 3;
const LIST = 4;
const DICT = 5;
const TAG = 6;
const STRING_REFERENCE = 25;
const SHAREABLE = 28;
const SHARED = 29;
const NAMESPACE = 256;

/** A string: a part of the frame or, if it came in chunks, separate bytes. */
interface Text {
  readonly major: number;
  readonly from: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** @throws {@link SerializationError} for values that no other format has. */
export function readCbor(element: Uint8Array, writer: ValueWriter): void {
  const context = { utf8: new Utf8(), floats: new FloatBytes(), hasBigInt: true, keys: [] };
  new PayloadReader(element, context, writer).rewrite(0);
}

class PayloadReader extends CborReader {
  private readonly writer: ValueWriter;
  /** The strings of the current namespace to which references are possible. */
  private strings: Text[] | undefined;
  /**
   * The begin and end of values to which references are possible, in what is written. Undefined: such a value has not ended
   * yet.
   */
  private readonly shared: (readonly [start: number, end: number] | undefined)[] = [];

  constructor(frame: Uint8Array, context: BytesContext, writer: ValueWriter) {
    super(frame, context);
    this.writer = writer;
  }

  rewrite(depth: number): void {
    const { writer } = this;
    const initial = this.byte();
    const info = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return writer.integer(info < 24 ? info : this.integer(info, false));
      case 1:
        return writer.integer(info < 24 ? -1 - info : this.integer(info, true));
      case TEXT:
        if (info >= 24 || this.strings) return this.write(this.stringOf(initial));
        writer.text(this.frame, this.take(info), this.at);
        return;
      case BYTES:
        return this.write(this.stringOf(initial));
      case LIST:
        return this.items(info, depth);
      case DICT:
        return this.members(info, depth);
      case TAG:
        return this.content(this.argument(info), depth);
      default:
        return this.writeScalar(this.plain(initial));
    }
  }

  private items(info: number, depth: number): void {
    enterExact(depth);
    const { writer } = this;
    const length = info === INDEFINITE ? UNKNOWN_LENGTH : this.argument(info);
    const list = writer.list(length);
    let count = 0;
    while (length === UNKNOWN_LENGTH ? !this.isBreak() : count < length) {
      writer.item(count++);
      this.rewrite(depth + 1);
    }
    writer.endList(list, length, count);
  }

  private members(info: number, depth: number): void {
    enterExact(depth);
    const { writer } = this;
    const length = info === INDEFINITE ? UNKNOWN_LENGTH : this.argument(info);
    const dict = writer.dict(length);
    let count = 0;
    while (length === UNKNOWN_LENGTH ? !this.isBreak() : count < length) {
      writer.key(count++);
      this.rewriteKey(depth + 1);
      writer.endKey();
      this.rewrite(depth + 1);
    }
    writer.endDict(dict, length, count);
  }

  private rewriteKey(depth: number): void {
    const major = byteAt(this.frame, this.at) >> 5;
    if (major === TEXT) return this.write(this.stringOf(this.byte()));
    if (major === LIST) refuseKey('a list');
    if (major === DICT) refuseKey('a dict');
    const key = this.scalar(depth);
    if (key === undefined) refuseKey('a list or a dict');
    if (key === null) refuseKey('null');
    if (key instanceof Uint8Array) refuseKey('bytes');
    this.writer.string(keyText(key));
  }

  private content(tag: number, depth: number): void {
    enterExact(depth);
    const { writer, shared } = this;
    if (tag === NAMESPACE) this.inNamespace(() => this.rewrite(depth + 1));
    else if (tag === SHAREABLE) {
      const index = shared.push(undefined) - 1;
      const start = writer.length;
      this.rewrite(depth + 1);
      shared[index] = [start, writer.length];
    } else if (tag === SHARED) {
      const [start, end] = found(shared, this.scalar(depth + 1));
      writer.repeat(start, end);
    } else if (tag === STRING_REFERENCE) this.write(found(this.strings, this.scalar(depth + 1)));
    else if (isArrayTag(tag)) this.array(tag, depth + 1);
    else if (isTimeTag(tag)) epoch(this.scalar(depth + 1), (seconds, nanoseconds) => writer.time(seconds, nanoseconds));
    else if (isScalarTag(tag) || isFractionTag(tag)) this.writeScalar(this.underTag(tag, depth));
    else this.rewrite(depth + 1);
  }

  private array(tag: number, depth: number): void {
    const info = byteAt(this.frame, this.at) - (BYTES << 5);
    if (info >= 0 && info < 24 && !this.strings) {
      this.at++;
      return writeArray(tag, this.frame, this.take(info), this.at, this.writer);
    }
    const content = this.scalar(depth);
    if (!(content instanceof Uint8Array)) throw new SerializationError('expected bytes in a typed array of CBOR');
    writeArray(tag, content, 0, content.length, this.writer);
  }

  private inNamespace<T>(read: () => T): T {
    const outer = this.strings;
    this.strings = [];
    const value = read();
    this.strings = outer;
    return value;
  }

  /** The next value, if it is a scalar. Undefined: it is a list or a dict, and nothing was read. */
  private scalar(depth: number): Scalar | undefined {
    const initial = this.byte();
    const info = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return this.integer(info, false);
      case 1:
        return this.integer(info, true);
      case BYTES:
      case TEXT:
        return this.scalarOf(this.stringOf(initial));
      case LIST:
      case DICT:
        return undefined;
      case TAG:
        return this.underTag(this.argument(info), depth);
      default:
        return this.plain(initial);
    }
  }

  /** The content of a tag, if it is a scalar. */
  private underTag(tag: number, depth: number): Scalar | undefined {
    enterExact(depth);
    if (tag === STRING_REFERENCE) return this.scalarOf(found(this.strings, this.scalar(depth + 1)));
    if (tag === NAMESPACE) return this.inNamespace(() => this.scalar(depth + 1));
    if (tag === SHAREABLE || tag === SHARED || isArrayTag(tag))
      throw new SerializationError(`expected one value, got one of CBOR with the tag ${tag}`);
    if (isFractionTag(tag)) return new Float(this.fraction(tag, depth + 1));
    const content = this.scalar(depth + 1);
    return isScalarTag(tag) ? taggedScalar(tag, content) : content;
  }

  private fraction(tag: number, depth: number): number {
    const initial = this.byte();
    const info = initial & 0x1f;
    const length = info === INDEFINITE ? UNKNOWN_LENGTH : this.argument(info);
    if (initial >> 5 !== LIST || (length !== 2 && length !== UNKNOWN_LENGTH)) refuseFraction();
    const exponent = this.scalar(depth);
    const mantissa = this.scalar(depth);
    if (length === UNKNOWN_LENGTH && !this.isBreak()) refuseFraction();
    return fraction(tag, exponent, mantissa);
  }

  private plain(initial: number): Scalar {
    switch (initial) {
      case 0xf4:
        return false;
      case 0xf5:
        return true;
      case 0xf6:
      case 0xf7: // undefined
        return null;
      case 0xf9:
        return new Float(halfOf(this.uint(2)));
      case 0xfa:
        return new Float(this.single());
      case 0xfb:
        return new Float(this.double());
      default:
        throw new SerializationError('expected false, true, null or undefined as simple value of CBOR, got another');
    }
  }

  private writeScalar(value: Scalar | undefined): void {
    const { writer } = this;
    if (value === null) writer.null();
    else if (typeof value === 'boolean') writer.boolean(value);
    else if (typeof value === 'string') writer.string(value);
    else if (value instanceof Float) writer.float(value.value);
    else if (typeof value === 'number' || typeof value === 'bigint') writer.integer(value);
  }

  private write({ major, from, start, end }: Text): void {
    if (major === TEXT) this.writer.text(from, start, end);
    else this.writer.binary(from, start, end);
  }

  private scalarOf({ major, from, start, end }: Text): string | Uint8Array {
    return major === TEXT ? this.context.utf8.read(from, start, end) : from.subarray(start, end);
  }

  /** References to a string of definite length are possible, unless such a reference would be longer than the string. */
  private stringOf(initial: number): Text {
    const major = initial >> 5;
    const info = initial & 0x1f;
    if (info === INDEFINITE) {
      const from = this.chunks(major);
      return { major, from, start: 0, end: from.length };
    }
    const start = this.take(this.argument(info));
    const string = { major, from: this.frame, start, end: this.at };
    const index = this.strings?.length ?? 0;
    const least = index < 24 ? 3 : index < 0x100 ? 4 : index < 0x10000 ? 5 : index < 0x1_0000_0000 ? 7 : 11;
    if (string.end - start >= least) this.strings?.push(string);
    return string;
  }
}

function found<T>(values: readonly (T | undefined)[] | undefined, index: Scalar | undefined): T {
  const value = typeof index === 'number' ? values?.[index] : undefined;
  if (value === undefined)
    throw new SerializationError('expected a reference of CBOR to an earlier value, got one to nothing or to itself');
  return value;
}
