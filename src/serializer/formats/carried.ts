/*
 * A payload that a router passes on: the bytes of `args` and of `kwargs`, each a slice that can be used alone. Receivers with
 * the same format get these bytes. For another format they are translated once, however many receivers there are.
 */
import { messageOf, SerializationError } from '../../base/errors.ts';
import type { Format } from './format.ts';

/** The error URI for a payload that cannot be translated. */
const INVALID_ARGUMENT = 'wamp.error.invalid_argument';

/**
 * Text and numbers may take more bytes in another format, but not more than this many times as many. Only references can make
 * it grow further.
 */
const GROWTH = 8;

/** The most bytes that a payload of so many bytes may take in another format. */
export function mostWritten(bytes: number): number {
  return Math.max(1024, bytes * GROWTH);
}

/** The empty list that comes before keywords if there are no arguments. */
const empty: { readonly [format in Format['name']]: Uint8Array } = {
  json: Uint8Array.of(0x5b, 0x5d),
  msgpack: Uint8Array.of(0x90),
  cbor: Uint8Array.of(0x80),
};

export class Carried {
  readonly format: Format;
  /** A list. Undefined: there is no payload at all. */
  readonly args: Uint8Array | undefined;
  /** A dict that is not empty. */
  readonly kwargs: Uint8Array | undefined;
  /** Why no receiver can be given this payload. */
  readonly unfit: SerializationError | undefined;
  /** The payload is kept longer than its message. Then its translations are not kept. */
  private readonly isKept: boolean;
  /** The same payload in other formats, or the error if it cannot be translated. */
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

  /**
   * WAMP "Application Payloads": empty `args` and `kwargs` are left out, but `args` is present when `kwargs` is. Undefined:
   * there is no payload.
   */
  static of(format: Format, args: Uint8Array | undefined, kwargs: Uint8Array | undefined): Carried | undefined {
    const keywords = kwargs && !format.isEmpty(kwargs) ? kwargs : undefined;
    const items = args && !format.isEmpty(args) ? args : keywords && empty[format.name];
    return items && new Carried(format, items, keywords, undefined, false);
  }

  /** A payload that was kept, by `kept` or in a store. */
  static again(format: Format, args: Uint8Array | undefined, kwargs: Uint8Array | undefined): Carried {
    return new Carried(format, args, kwargs, undefined, true);
  }

  /** A payload that is well-formed, but cannot be given to any receiver. `why` is the text for the error. */
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
   * @throws {@link SerializationError} `wamp.error.invalid_argument`: the format cannot represent a value in it. Each call
   * throws it again.
   */
  in(format: Format): Carried {
    if (this.unfit) throw this.unfit;
    if (format === this.format) return this;
    const other = this.others?.get(format) ?? this.written(format);
    if (other instanceof Carried) return other;
    throw other;
  }

  /**
   * The payload as JavaScript values.
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
    const payload: { args?: unknown; kwargs?: unknown } = {};
    if (this.args) payload.args = read(this.args);
    if (this.kwargs) payload.kwargs = read(this.kwargs);
    return payload as ReturnType<Carried['values']>;
  }

  /** A copy that can be kept: it does not hold the frame that it came in, and has no translations. */
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
