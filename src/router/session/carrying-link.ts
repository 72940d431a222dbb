/*
 * The router's end of a connection. It reads and writes the envelope of a message, and passes on the payload as bytes if the serializer is one of
 * ours. With any other serializer payloads are values.
 */
import { messageOf, ProtocolError, SerializationError } from '../../base/errors.ts';
import { type FrameCache, Link } from '../../link/link.ts';
import { parseMessage } from '../../protocol/codec.ts';
import {
  type Call,
  Code,
  type ErrorMessage,
  type FromClient,
  type FromRouter,
  type Publish,
  type Yield,
} from '../../protocol/messages.ts';
import { PAYLOAD_SIZE_EXCEEDED } from '../../protocol/uris.ts';
import { routerSide } from '../../protocol/wire.ts';
import { Utf8 } from '../../serializer/bytes/utf8.ts';
import { Carried, mostWritten } from '../../serializer/formats/carried.ts';
import type { Format } from '../../serializer/formats/format.ts';
import type { Layout } from '../../serializer/formats/scan/layout.ts';
import { Slab } from '../../serializer/formats/slab.ts';
import { byteLength } from '../../transport/frame-length.ts';
import type { Frame, Transport } from '../../transport/transport.ts';
import { since, type Traffic } from '../limits/traffic.ts';
import type { EventSeries, SeriesFrames } from './event-series.ts';

/** The index of the payload in the messages of a client that have one. ABORT's is decoded, because it is not passed on. */
const payloadAt: { readonly [code: number]: number } = { [Code.CALL]: 4, [Code.PUBLISH]: 4, [Code.YIELD]: 3, [Code.ERROR]: 5 };

/** A series of more bytes is sent event by event: the queue of a session is looked at before each. */
const LONG_SERIES = 2 ** 17;

/** Up to this length a text gets three bytes of room per character. */
const SHORT = 512;

// They keep nothing from one text to the next, so one is enough for all connections.
const utf8 = /* @__PURE__ */ new Utf8();
const slab = /* @__PURE__ */ new Slab();

export class CarryingLink extends Link<FromClient, FromRouter> {
  readonly format: Format | undefined;
  protected override readonly wantsUtf8: boolean;
  private readonly maxDepth: number;
  private receivedBytes = 0;
  /** What was counted until the last `count`. */
  private countedTraffic: Traffic | undefined;

  constructor(transport: Transport, format: Format | undefined, maxDepth: number) {
    super(transport, routerSide);
    this.format = format;
    this.wantsUtf8 = this.format !== undefined && transport.hasUtf8 === true;
    this.maxDepth = maxDepth;
  }

  protected override read(frame: Frame): FromClient {
    const { format } = this;
    const isText = typeof frame === 'string';
    this.receivedBytes += frame.length;
    // A frame of the wrong kind is refused below.
    if (!format || (isText ? format.name !== 'json' : format.name === 'json' && !this.wantsUtf8)) return super.read(frame);
    const bytes = isText ? bytesOf(frame) : frame;
    try {
      return this.message(format, bytes, format.scan(bytes, this.maxDepth));
    } catch (cause) {
      if (!(cause instanceof SerializationError)) throw cause;
      throw new ProtocolError(`cannot decode a frame as ${format.name}: ${messageOf(cause)}`, { cause });
    }
  }

  private message(
    format: Format,
    frame: Uint8Array,
    layout: Layout,
    form: 'as it came' | 'written out' = 'as it came',
  ): FromClient {
    const isPlain = form === 'written out';
    const { count, unfit, unfitAt, starts, ends } = layout;
    const at = count > 3 ? payloadAt[codeOf(format, frame, layout)] : undefined;
    const isCarried = at !== undefined && count > at && count <= at + 2;
    if (unfit !== undefined && !(isCarried && unfitAt >= at)) throw new SerializationError(unfit);
    // CBOR: a value that refers to another part of the frame cannot be cut out.
    const plain = layout.hasReferences && !isPlain && unfit === undefined ? withoutReferences(format, frame) : undefined;
    if (typeof plain === 'object') return this.message(format, plain, format.scan(plain, this.maxDepth), 'written out');
    if (!isCarried) return parseMessage(format.value(frame), this.side.inbound);
    const args = frame.subarray(starts[at], ends[at]);
    const kwargs = count > at + 1 ? frame.subarray(starts[at + 1], ends[at + 1]) : undefined;
    const hasArgs = is(format, args, 'list');
    const hasKwargs = kwargs ? is(format, kwargs, 'dict') : false;
    let reason = unfit ?? plain;
    if (hasArgs === undefined || hasKwargs === undefined) {
      // Under a tag of CBOR they may still have the right type. If not, the table reports it.
      const untagged = format.name === 'cbor' && !isPlain ? withoutReferences(format, frame) : undefined;
      if (typeof untagged === 'object') return this.message(format, untagged, format.scan(untagged, this.maxDepth), 'written out');
      if (untagged === undefined) return parseMessage(format.value(frame), this.side.inbound);
      reason ??= untagged;
    }
    const message = parseMessage(format.values(frame, layout, at), this.side.inbound);
    const carried =
      reason === undefined
        ? Carried.of(format, hasArgs ? args : undefined, hasKwargs ? kwargs : undefined)
        : Carried.unfit(format, reason);
    // Only this call uses the message, so it need not be copied.
    const target: { carried?: Carried | undefined } = bearsPayload(message) ? message : {};
    target.carried = carried;
    return message;
  }

  /** Since the last `count`. */
  get traffic(): Traffic {
    return since(this.total, this.countedTraffic);
  }

  /** @returns What has come and gone since the last time. */
  count(): Traffic {
    const { traffic } = this;
    this.countedTraffic = this.total;
    return traffic;
  }

  private get total(): Traffic {
    const { frames, receivedBytes: bytesIn, sentBytes: bytesOut } = this;
    return { messagesIn: frames.received, messagesOut: frames.sent, bytesIn, bytesOut };
  }

  /**
   * Makes the frame of a message that is sent later, with the same cache.
   *
   * @returns Its length, in bytes.
   * @throws {@link SerializationError} as `send` does.
   */
  prepare(message: FromRouter, shared: FrameCache): number {
    const bytes = byteLength(this.write(message, shared));
    if (bytes <= this.maxFrameBytes) return bytes;
    const text = `a message takes ${bytes} bytes, and the other side takes at most ${this.maxFrameBytes}`;
    throw new SerializationError(text, { uri: PAYLOAD_SIZE_EXCEEDED });
  }

  /** Undefined: they have to be sent one by one. */
  framesOf(series: EventSeries): SeriesFrames | undefined {
    let known = series.frames.get(this.key);
    if (known === undefined) {
      known = this.makeFrames(series);
      series.frames.set(this.key, known);
    }
    if (known instanceof SerializationError || known.length > LONG_SERIES) return undefined;
    // A character takes at most three bytes.
    return this.state === 'established' && known.longest * 3 <= this.maxFrameBytes ? known : undefined;
  }

  /** Sends what `framesOf` gave. */
  sendFrames({ frames, length }: SeriesFrames): void {
    const { transport } = this;
    this.frames.sent += frames.length;
    this.sentBytes += length;
    if (transport.sendAll) transport.sendAll(frames);
    else for (const frame of frames) transport.send(frame);
  }

  private makeFrames({ events }: EventSeries): SeriesFrames | SerializationError {
    const frames: Frame[] = [];
    let [longest, length] = [0, 0];
    try {
      for (const { event, frames: shared } of events) {
        const frame = this.write(event, shared);
        frames.push(frame);
        longest = Math.max(longest, frame.length);
        length += frame.length;
      }
    } catch (error) {
      if (error instanceof SerializationError) return error;
      throw error;
    }
    return { frames, longest, length };
  }

  private get key(): unknown {
    return this.wantsUtf8 ? this.format : this.transport.serializer;
  }

  protected override write(message: FromRouter, shared?: FrameCache): Frame {
    const { key } = this;
    const known = shared?.get(key);
    if (known instanceof SerializationError) throw known;
    if (known !== undefined) return known;
    try {
      const frame = this.frame(message);
      shared?.set(key, frame);
      return frame;
    } catch (error) {
      // If it cannot be encoded for one session, it cannot be for the others either, and another attempt costs more than an encoding.
      if (error instanceof SerializationError) shared?.set(key, error);
      throw error;
    }
  }

  private frame(message: FromRouter): Frame {
    const { format } = this;
    const carried = 'carried' in message ? message.carried : undefined;
    if (!carried) return super.write(message);
    if (!format) return super.write({ ...message, ...carried.values() });
    const { args, kwargs } = carried.in(format);
    const bytes = format.frame(this.side.toWire(message), args, kwargs);
    return format.name === 'json' && !this.wantsUtf8 ? utf8.read(bytes, 0, bytes.length) : bytes;
  }
}

function bytesOf(text: string): Uint8Array {
  // Counting a short text is not worth it; a long one must not take three times its size.
  const { bytes, start } = slab.room(text.length < SHORT ? text.length * 3 : byteLength(text));
  return slab.take(utf8.write(text, bytes, start));
}

function bearsPayload(message: FromClient): message is Call | Publish | Yield | ErrorMessage {
  return payloadAt[message.type] !== undefined;
}

/** Null counts as absent. Undefined: it is something else. */
function is(format: Format, element: Uint8Array, wanted: 'list' | 'dict'): boolean | undefined {
  const kind = format.kind(element);
  return kind === wanted || (kind === 'null' ? false : undefined);
}

/** The first element. */
function codeOf({ name, value }: Format, frame: Uint8Array, { starts, ends }: Layout): number {
  const start = starts[0] ?? 0;
  const end = ends[0] ?? 0;
  const first = frame[start] ?? 0;
  if (name === 'json') {
    if (end - start === 2) return first * 10 + (frame[start + 1] ?? 0) - 528; // two digits
    if (end - start === 1) return first - 48;
  } else if (first < 24) return first;
  else if (name === 'msgpack' ? first < 0x80 : first === 0x18) return name === 'msgpack' ? first : (frame[start + 1] ?? 0);
  const code = value(frame.subarray(start, end));
  return typeof code === 'number' ? code : -1;
}

/** The same frame with all references written out; or why that is impossible. */
function withoutReferences(format: Format, frame: Uint8Array): Uint8Array | string {
  const writer = format.writer(mostWritten(frame.length));
  try {
    format.read(frame, writer);
    return writer.written;
  } catch (error) {
    return messageOf(error);
  }
}
