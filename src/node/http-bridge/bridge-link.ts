/*
 * The bridge's end of a session, and the router's. Payloads stay the bytes of JSON that came, in both directions, so that nothing in them changes: long integers, bytes,
 * the order of members.
 */
import { Link } from '../../link/link.ts';
import { parseMessage } from '../../protocol/codec.ts';
import {
  Code,
  type ErrorMessage,
  type Event,
  type FromClient,
  type FromRouter,
  type ResultMessage,
} from '../../protocol/messages.ts';
import { clientSide, type Ending } from '../../protocol/wire.ts';
import { Carried } from '../../serializer/formats/carried.ts';
import type { Format } from '../../serializer/formats/format.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import type { Frame, Transport, TransportReceiver } from '../../transport/transport.ts';

/** The index of the payload in the messages of a router that have one. ABORT's is decoded. */
const payloadAt: ReadonlyMap<unknown, number> = new Map([
  [Code.RESULT, 3],
  [Code.EVENT, 4],
  [Code.ERROR, 5],
]);

/** The last event of all sessions: an event for many streams comes to each of them as the same frame, and is read once. */
export interface LastEvent {
  frame?: Frame;
  message?: FromRouter;
}

export class BridgeLink extends Link<FromRouter, FromClient> {
  private readonly format: Format;
  private readonly last: LastEvent;

  constructor(transport: Transport, format: Format, last: LastEvent) {
    super(transport, clientSide);
    this.format = format;
    this.last = last;
  }

  protected override read(frame: Frame): FromRouter {
    const { format, last } = this;
    if (last.message && last.frame === frame) return last.message;
    const bytes = typeof frame === 'string' ? Buffer.from(frame) : frame;
    const layout = format.scan(bytes, Number.POSITIVE_INFINITY);
    const { count, starts, ends } = layout;
    const [code] = format.values(bytes, layout, 1);
    const at = payloadAt.get(code);
    if (at === undefined || count <= at) return parseMessage(format.value(bytes), this.side.inbound);
    const args = bytes.subarray(starts[at], ends[at]);
    const kwargs = count > at + 1 ? bytes.subarray(starts[at + 1], ends[at + 1]) : undefined;
    const message = parseMessage(format.values(bytes, layout, at), this.side.inbound);
    // Only this call uses the message, so it need not be copied.
    const target: { carried?: Carried | undefined } = bearsPayload(message) ? message : {};
    target.carried = Carried.of(format, args, kwargs);
    if (message.type === Code.EVENT) Object.assign(last, { frame, message });
    return message;
  }

  protected override write(message: FromClient | Ending): Frame {
    const carried = 'carried' in message ? message.carried : undefined;
    if (!carried) return super.write(message);
    return this.format.frame(this.side.toWire(message), carried.args, carried.kwargs);
  }
}

function bearsPayload(message: FromRouter): message is ResultMessage | Event | ErrorMessage {
  return payloadAt.has(message.type);
}

/** The router's end. It takes JSON as bytes, and counts what waits for the HTTP client as its queue. */
export class BackedLine implements Transport {
  readonly serializer: Serializer;
  readonly hasUtf8 = true;
  private readonly inner: Transport;
  private readonly backlog: () => number;

  /** @param backlog - The bytes of this session that the HTTP client has not read. */
  constructor(inner: Transport, backlog: () => number) {
    this.inner = inner;
    this.serializer = inner.serializer;
    this.backlog = backlog;
  }

  get bufferedBytes(): number {
    return this.inner.bufferedBytes + this.backlog();
  }

  start(receiver: TransportReceiver): void {
    this.inner.start(receiver);
  }

  send(frame: Frame): void {
    this.inner.send(frame);
  }

  close(code?: number, reason?: string): void {
    this.inner.close(code, reason);
  }
}
