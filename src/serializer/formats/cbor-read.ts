/*
 * CBOR → exact values. The bytes have been scanned: they are CBOR. References to strings (tags 25 and 256) and to values (tags 28 and 29)
 * are resolved; the value is the same object then, so that they take no memory, and whoever writes it sees to its size.
 */
import { SerializationError } from '../../errors.ts';
import type { BytesContext } from '../bytes-reader.ts';
import { CborReader } from '../cbor-reader.ts';
import { FloatBytes, halfOf } from '../float-bytes.ts';
import { Utf8 } from '../utf8.ts';
import { isTypedArray, taggedValue } from './cbor-tags.ts';
import { type Exact, enterExact, Float, keyText } from './exact.ts';

const INDEFINITE = 31;
const STRING_REFERENCE = 25;
const SHAREABLE = 28;
const SHARED = 29;
const NAMESPACE = 256;

/**
 * @param maxBytes - Of all typed arrays together. Each that refers to bytes makes a list of its own, in a few bytes of the frame.
 * @throws {@link SerializationError} for what no other format has.
 */
export function readCbor(element: Uint8Array, maxBytes: number): Exact {
  const context = { utf8: new Utf8(), floats: new FloatBytes(), hasBigInt: true, keys: [] };
  return new ExactReader(element, context, maxBytes).exact(0);
}

/** Integers, text and bytes are read as ever; floats stay floats, dicts hold any key, and tags mean something. */
class ExactReader extends CborReader {
  /** The strings of the namespace at hand that may be referred to. */
  private strings: (string | Uint8Array)[] | undefined;
  private readonly shared: (Exact | undefined)[] = [];
  private readonly maxBytes: number;
  private inArrays = 0;

  constructor(frame: Uint8Array, context: BytesContext, maxBytes: number) {
    super(frame, context);
    this.maxBytes = maxBytes;
  }

  exact(depth: number): Exact {
    const initial = this.byte();
    const info = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return this.integer(info, false);
      case 1:
        return this.integer(info, true);
      case 2:
        return info === INDEFINITE ? this.chunksOfBytes() : this.noted(this.bytes(this.argument(info)));
      case 3:
        return info === INDEFINITE ? this.string(info) : this.noted(this.text(this.argument(info)));
      case 4:
        return this.items(info, depth);
      case 5:
        return this.members(info, depth);
      case 6:
        return this.content(this.argument(info), depth);
      default:
        return this.plain(initial);
    }
  }

  private items(info: number, depth: number): Exact {
    enterExact(depth);
    const items: Exact[] = [];
    if (info === INDEFINITE) while (!this.isBreak()) items.push(this.exact(depth + 1));
    else for (let left = this.argument(info); left > 0; left--) items.push(this.exact(depth + 1));
    return items;
  }

  private members(info: number, depth: number): Exact {
    enterExact(depth);
    const members = new Map<string, Exact>();
    const member = (): void => {
      const key = keyText(this.exact(depth + 1));
      members.set(key, this.exact(depth + 1));
    };
    if (info === INDEFINITE) while (!this.isBreak()) member();
    else for (let left = this.argument(info); left > 0; left--) member();
    return members;
  }

  private content(tag: number, depth: number): Exact {
    enterExact(depth);
    if (tag === NAMESPACE) {
      const outer = this.strings;
      this.strings = [];
      const content = this.exact(depth + 1);
      this.strings = outer;
      return content;
    }
    if (tag === SHAREABLE) {
      const index = this.shared.push(undefined) - 1;
      const content = this.exact(depth + 1);
      this.shared[index] = content;
      return content;
    }
    const content = this.exact(depth + 1);
    if (tag === STRING_REFERENCE) return found(this.strings, content);
    if (tag === SHARED) return found(this.shared, content);
    if (isTypedArray(tag) && content instanceof Uint8Array) {
      this.inArrays += content.length;
      if (this.inArrays > this.maxBytes)
        throw new SerializationError(`expected typed arrays of at most ${this.maxBytes} bytes, got more`);
    }
    return taggedValue(tag, content);
  }

  private plain(initial: number): Exact {
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
        throw new SerializationError('expected no simple value of CBOR but false, true, null and undefined, got another');
    }
  }

  /** A string of definite length counts, unless a reference to it would be longer than itself. */
  private noted<S extends string | Uint8Array>(string: S): S {
    const { strings } = this;
    if (!strings) return string;
    const { length: index } = strings;
    const least = index < 24 ? 3 : index < 0x100 ? 4 : index < 0x10000 ? 5 : index < 0x1_0000_0000 ? 7 : 11;
    const size = typeof string === 'string' ? this.lastSize : string.length;
    if (size >= least) strings.push(string);
    return string;
  }

  /** Of the text that was read last, in bytes. */
  private lastSize = 0;

  protected override text(length: number): string {
    this.lastSize = length;
    return super.text(length);
  }
}

function found<T extends Exact>(values: readonly (T | undefined)[] | undefined, index: Exact): T {
  const value = typeof index === 'number' ? values?.[index] : undefined;
  if (value === undefined)
    throw new SerializationError('expected a reference of CBOR to something before it, got one to nothing or to itself');
  return value;
}
