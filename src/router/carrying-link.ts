/*
 * The router's end of a line. It reads and writes the envelope of a message and hands on the payload as bytes, where the serializer is one of
 * ours; what another serializer gives and takes are values.
 */
import { messageOf, ProtocolError, SerializationError } from '../errors.ts';
import { type FrameCache, Link } from '../link.ts';
import { parseMessage } from '../protocol/codec.ts';
import {
  type Call,
  Code,
  type ErrorMessage,
  type FromClient,
  type FromRouter,
  type Publish,
  type Yield,
} from '../protocol/messages.ts';
import { routerSide } from '../protocol/wire.ts';
import { Carried } from '../serializer/formats/carried.ts';
import type { Format, Layout } from '../serializer/formats/format.ts';
import type { Frame, Transport } from '../transport/transport.ts';

/** Where the payload begins in the messages of a client that have one. ABORT's is read: nobody else gets it. */
const payloadAt: { readonly [code: number]: number } = { [Code.CALL]: 4, [Code.PUBLISH]: 4, [Code.YIELD]: 3, [Code.ERROR]: 5 };

export class CarryingLink extends Link<FromClient, FromRouter> {
  readonly format: Format | undefined;
  protected override readonly wantsUtf8: boolean;
  private readonly maxDepth: number;
  private readonly encoder = new TextEncoder();
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(transport: Transport, format: Format | undefined, maxDepth: number) {
    super(transport, routerSide);
    this.format = format;
    this.wantsUtf8 = this.format !== undefined && transport.hasUtf8 === true;
    this.maxDepth = maxDepth;
  }

  protected override read(frame: Frame): FromClient {
    const { format } = this;
    const isText = typeof frame === 'string';
    // A frame of the wrong kind is refused below.
    if (!format || (isText ? format.name !== 'json' : format.name === 'json' && !this.wantsUtf8)) return super.read(frame);
    const bytes = isText ? this.encoder.encode(frame) : frame;
    try {
      return this.message(format, bytes, format.scan(bytes, this.maxDepth));
    } catch (cause) {
      if (!(cause instanceof SerializationError)) throw cause;
      throw new ProtocolError(`cannot decode a frame as ${format.name}: ${messageOf(cause)}`, { cause });
    }
  }

  private message(format: Format, frame: Uint8Array, layout: Layout, isPlain = false): FromClient {
    const { count, unfit, unfitAt, starts, ends } = layout;
    const at = count > 3 ? payloadAt[codeOf(format, frame, layout)] : undefined;
    const isCarried = at !== undefined && count > at && count <= at + 2;
    if (unfit !== undefined && !(isCarried && unfitAt >= at)) throw new SerializationError(unfit);
    if (!isCarried) return parseMessage(format.value(frame), this.side.inbound);
    const args = frame.subarray(starts[at], ends[at]);
    const kwargs = count > at + 1 ? frame.subarray(starts[at + 1], ends[at + 1]) : undefined;
    const kinds = [format.kind(args), kwargs ? format.kind(kwargs) : 'null'] as const;
    let reason = unfit;
    if (!isPlain && reason === undefined && (layout.hasReferences || (kinds.includes('other') && format.name === 'cbor'))) {
      // No slice of it stands alone.
      const plain = withoutReferences(format, frame);
      if (typeof plain !== 'string') return this.message(format, plain, format.scan(plain, this.maxDepth), true);
      reason = plain;
    }
    // The table is shown the envelope, and of the payload only what is no payload.
    const list = format.values(frame, layout, at);
    list.push(kinds[0] === 'list' || kinds[0] === 'null' ? null : format.value(args));
    if (kwargs) list.push(kinds[1] === 'dict' || kinds[1] === 'null' ? null : format.value(kwargs));
    const message = parseMessage(list, this.side.inbound);
    const carried =
      reason !== undefined
        ? Carried.unfit(format, reason)
        : Carried.of(format, kinds[0] === 'list' ? args : undefined, kinds[1] === 'dict' ? kwargs : undefined);
    return carried && bearsPayload(message) ? { ...message, carried } : message;
  }

  protected override write(message: FromRouter, shared?: FrameCache): Frame {
    const key = this.wantsUtf8 ? this.format : this.transport.serializer;
    const known = shared?.get(key);
    if (known instanceof SerializationError) throw known;
    if (known !== undefined) return known;
    try {
      const frame = this.frame(message);
      shared?.set(key, frame);
      return frame;
    } catch (error) {
      // What cannot be encoded for one cannot be for the others either, and finding that out costs more than an encoding.
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
    return format.name === 'json' && !this.wantsUtf8 ? this.decoder.decode(bytes) : bytes;
  }
}

function bearsPayload(message: FromClient): message is Call | Publish | Yield | ErrorMessage {
  return payloadAt[message.type] !== undefined;
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
  return Number(value(frame.subarray(start, end)));
}

/** The same frame with what it refers to written out; or why that cannot be. */
function withoutReferences(format: Format, frame: Uint8Array): Uint8Array | string {
  const maxBytes = Math.max(1024, frame.length * 8);
  try {
    return format.write(format.read(frame, maxBytes), maxBytes);
  } catch (error) {
    return messageOf(error);
  }
}
