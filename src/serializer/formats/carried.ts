/*
 * A payload that a router hands on: the bytes of `args` and of `kwargs`, each a slice that stands alone. Whoever speaks the same format
 * gets them as they are; for another one they are written anew, once however many receive it.
 */
import { messageOf, SerializationError } from '../../base/errors.ts';
import type { Format } from './format.ts';

/** What a payload that cannot be handed on is answered with. */
const INVALID_ARGUMENT = 'wamp.error.invalid_argument';

/** Text and numbers take more bytes in another format; not more than this many times as many, unless references make it grow. */
const GROWTH = 8;

/** How many bytes there may be when so many are written anew. */
export function mostWritten(bytes: number): number {
  return Math.max(1024, bytes * GROWTH);
}

/** What comes with a payload of nothing but keywords. */
const empty: { readonly [format in Format['name']]: Uint8Array } = {
  json: Uint8Array.of(0x5b, 0x5d),
  msgpack: Uint8Array.of(0x90),
  cbor: Uint8Array.of(0x80),
};

export class Carried {
  readonly format: Format;
  /** A list. Absent: there is no payload at all. */
  readonly args: Uint8Array | undefined;
  /** A dict that is not empty. */
  readonly kwargs: Uint8Array | undefined;
  /** Why nobody can be given it. */
  readonly unfit: SerializationError | undefined;
  /** It outlives its message: then what it is in other formats is not kept beside it. */
  private readonly isKept: boolean;
  /** The same in other formats, or why it is not. */
  private others: Map<Format, Carried | SerializationError> | undefined;

  private constructor(
    format: Format,
    args: Uint8Array | undefined,
    kwargs: Uint8Array | undefined,
    unfit: SerializationError | undefined,
    isKept: boolean,
  ) {
    this.format = format;
    this.args = args;
    this.kwargs = kwargs;
    this.unfit = unfit;
    this.isKept = isKept;
  }

  /** WAMP "Application Payloads": empty `args` and `kwargs` are left out, but `args` is there when `kwargs` is. Undefined: nothing is left. */
  static of(format: Format, args: Uint8Array | undefined, kwargs: Uint8Array | undefined): Carried | undefined {
    const keywords = kwargs && !format.isEmpty(kwargs) ? kwargs : undefined;
    const items = args && !format.isEmpty(args) ? args : keywords && empty[format.name];
    return items && new Carried(format, items, keywords, undefined, false);
  }

  /** A payload that is well-formed, and that nobody can be given. `why` in words. */
  static unfit(format: Format, why: string): Carried {
    return new Carried(format, undefined, undefined, unfit(why), true);
  }

  /** How many bytes it takes. */
  get bytes(): number {
    return (this.args?.length ?? 0) + (this.kwargs?.length ?? 0);
  }

  /**
   * The same payload in this format.
   *
   * @throws {@link SerializationError} `wamp.error.invalid_argument`: the format does not have something in it. It is thrown again each time.
   */
  in(format: Format): Carried {
    if (this.unfit) throw this.unfit;
    if (format === this.format) return this;
    const other = this.others?.get(format) ?? this.written(format);
    if (other instanceof Carried) return other;
    throw other;
  }

  /**
   * As JavaScript values, for who has to understand them.
   *
   * @throws {@link SerializationError} `wamp.error.invalid_argument`
   */
  values(): { readonly args?: readonly unknown[]; readonly kwargs?: { readonly [key: string]: unknown } } {
    if (this.unfit) throw this.unfit;
    const read = (slice: Uint8Array): unknown => {
      try {
        return this.format.value(slice);
      } catch (error) {
        throw unfit(messageOf(error));
      }
    };
    const payload: { args?: readonly unknown[]; kwargs?: { readonly [key: string]: unknown } } = {};
    if (this.args) payload.args = read(this.args) as readonly unknown[];
    if (this.kwargs) payload.kwargs = read(this.kwargs) as { readonly [key: string]: unknown };
    return payload;
  }

  /** A copy to be kept: without the frame that it came in, and without what it is in other formats. */
  kept(): Carried {
    if (this.isKept) return this;
    const { format, args, kwargs } = this;
    return new Carried(format, args && new Uint8Array(args), kwargs && new Uint8Array(kwargs), undefined, true);
  }

  private written(format: Format): Carried | SerializationError {
    const other = this.rewritten(format);
    if (this.isKept) return other;
    this.others ??= new Map();
    this.others.set(format, other);
    return other;
  }

  private rewritten(format: Format): Carried | SerializationError {
    const maxBytes = mostWritten(this.bytes);
    const write = (slice: Uint8Array): Uint8Array => {
      const writer = format.writer(maxBytes);
      this.format.read(slice, writer);
      return writer.written;
    };
    try {
      return new Carried(format, this.args && write(this.args), this.kwargs && write(this.kwargs), undefined, true);
    } catch (error) {
      return unfit(messageOf(error));
    }
  }
}

function unfit(why: string): SerializationError {
  return new SerializationError(why, { uri: INVALID_ARGUMENT });
}
