/*
 * The transport as the router uses it: everything that a connection sends or receives passes here. No exception of a transport
 * reaches the router, and no exception of the router reaches a transport. So neither a socket's event nor a timer can end the process:
 * the exception is logged, and that connection ends, in the same way as every other. Incoming messages are handled in turns (lane.ts).
 */

import type { Clock } from '../../base/clock.ts';
import { TransportError } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import { PAYLOAD_SIZE_EXCEEDED } from '../../protocol/uris.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import { byteLength } from '../../transport/frame-length.ts';
import { inMicrotask } from '../../transport/platform/tick.ts';
import type { Closed, Frame, Transport, TransportReceiver } from '../../transport/transport.ts';
import { LIMIT_EXCEEDED } from '../limits/bounds.ts';
import { Lane, type LaneHost } from './lane.ts';
import { type Pace, Pacing } from './pacing.ts';
import type { Turns } from './turns.ts';

/** Each further frame length of this many bytes is one more unit of work. */
const UNIT_BYTES = 4096;
/** The overhead of a waiting message beside its bytes. */
const OVERHEAD_BYTES = 100;
/** How many messages of the maximum length may wait if the transport cannot pause. */
const MAX_WAITING = 64;

/** The reason of a session that ends by a fault of the router. WAMP has no URI for it. */
export const INTERNAL_ERROR = 'autostrada.error.internal_error';

type Item =
  | { readonly kind: 'broken'; readonly reason: Uri; readonly text: string }
  | { readonly kind: 'closed'; readonly why: Closed };

export interface InletHost {
  readonly turns: Turns;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Counts what comes and goes. Text that is not UTF-8 yet counts by its characters. */
  readonly tally: { bytesIn: number; bytesOut: number };
  readonly maxMessageBytes: number;
  /** Reports an exception, for the log. */
  threw(where: string, error: unknown): void;
}

export class Inlet implements Transport, LaneHost<Frame | Item> {
  readonly serializer: Serializer;
  readonly lane: Lane<Frame | Item>;
  readonly hasUtf8?: boolean;
  private readonly transport: Transport;
  private readonly host: InletHost;
  private readonly canRest: boolean;
  private receiver: TransportReceiver | undefined;
  private waitingBytes = 0;
  /** The limit of later messages. Our transports check it earlier; the one in memory does not. */
  private maxBytes: number;
  private isStranger = false;
  /** No more messages come: `closed` has come, or waits in the lane. */
  private hasClosed = false;
  private isClosing = false;
  private lastBuffered = 0;
  private pacing: Pacing | undefined;

  constructor(transport: Transport, host: InletHost) {
    this.transport = transport;
    this.host = host;
    this.maxBytes = host.maxMessageBytes;
    this.serializer = transport.serializer;
    this.canRest = transport.pause !== undefined;
    if (transport.hasUtf8 !== undefined) this.hasUtf8 = transport.hasUtf8;
    this.lane = new Lane(host.turns, this);
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    this.attempt('start', () =>
      this.transport.start({
        ...(receiver.wantsUtf8 === undefined ? {} : { wantsUtf8: receiver.wantsUtf8 }),
        frame: (frame) => this.receive(frame),
        broken: (reason, text) => this.lane.add({ kind: 'broken', reason, text }),
        closed: (why) => this.end(why),
      }),
    );
  }

  /**
   * Before a session there is a shorter limit. If the transport supports it, it refuses a longer message before all of it has come.
   *
   * @param maxBytes - Undefined: the limit of all messages.
   */
  limitMessages(maxBytes: number | undefined): void {
    this.isStranger = maxBytes !== undefined;
    this.maxBytes = Math.min(this.host.maxMessageBytes, maxBytes ?? Number.POSITIVE_INFINITY);
    this.attempt('limitMessages', () => this.transport.limitMessages?.(this.maxBytes));
  }

  /** How fast it may send from now on. `tooFast` is called once, at the first message that comes too early. */
  limitPace(pace: Pace | undefined, tooFast: () => void = () => {}): void {
    this.pacing?.end();
    this.pacing = pace && new Pacing(pace, this.lane, this.host.clock, tooFast);
  }

  get bufferedBytes(): number {
    try {
      this.lastBuffered = this.transport.bufferedBytes;
    } catch (error) {
      this.fail('bufferedBytes', error);
    }
    return this.lastBuffered;
  }

  get maxFrameBytes(): number | undefined {
    let bytes: number | undefined;
    this.attempt('maxFrameBytes', () => {
      bytes = this.transport.maxFrameBytes;
    });
    return bytes;
  }

  /** The connection is lost. Earlier messages are still handled, in their turn. */
  get isLost(): boolean {
    return this.hasClosed;
  }

  send(frame: Frame): void {
    if (this.hasClosed) return;
    this.host.turns.sent(frame.length);
    this.host.tally.bytesOut += frame.length;
    try {
      this.transport.send(frame);
    } catch (error) {
      this.fail('send', error);
    }
  }

  sendAll(frames: readonly Frame[]): void {
    const { transport } = this;
    if (!transport.sendAll) {
      for (const frame of frames) this.send(frame);
      return;
    }
    if (this.hasClosed) return;
    for (const { length } of frames) {
      this.host.turns.sent(length);
      this.host.tally.bytesOut += length;
    }
    try {
      transport.sendAll(frames);
    } catch (error) {
      this.fail('send', error);
    }
  }

  close(code?: number, reason?: string): void {
    this.isClosing = true;
    this.attempt('resume', () => this.transport.resume?.()); // otherwise the other side's part of closing would not be read
    this.attempt('close', () => this.transport.close(code, reason));
  }

  private receive(frame: Frame): void {
    if (this.hasClosed) return;
    if (!this.canRest && !this.mayWait(frame)) return;
    this.host.tally.bytesIn += frame.length;
    this.lane.add(frame);
  }

  /** Counted only if the transport cannot pause: all others hold back unread messages themselves. */
  private mayWait({ length }: Frame): boolean {
    if (!this.lane.isResting) this.waitingBytes = 0;
    this.waitingBytes += length + OVERHEAD_BYTES;
    if (this.waitingBytes <= MAX_WAITING * this.host.maxMessageBytes) return true;
    this.fail('a sender that cannot be held back', new TransportError('it sends faster than its messages can be handled'));
    return false;
  }

  unitsOf(item: Frame | Item): number {
    return isFrame(item) ? 1 + Math.floor(item.length / UNIT_BYTES) : 1;
  }

  /** In its turn. */
  take(item: Frame | Item): void {
    const { receiver } = this;
    if (isFrame(item)) {
      const { maxBytes } = this;
      if (item.length * 3 > maxBytes && byteLength(item) > maxBytes)
        receiver?.broken?.(PAYLOAD_SIZE_EXCEEDED, tooLong(maxBytes, this.isStranger, byteLength(item)));
      else if (this.pacing) takeInPace(item, this.pacing, receiver);
      else receiver?.frame(item);
    } else if (item.kind === 'broken') receiver?.broken?.(item.reason, item.text);
    else {
      this.receiver = undefined;
      receiver?.closed(item.why);
    }
  }

  /** Earlier messages are handled first. The answer of a pending authorizer no longer matters, that of the store comes in time, and nothing waits because it came too fast. */
  private end(why: Closed): void {
    if (this.hasClosed) return;
    this.hasClosed = true;
    const { lane } = this;
    if (lane.isHeld ? lane.mayDrop : this.pacing?.isPausing) {
      lane.drop();
      lane.free();
    }
    this.limitPace(undefined);
    // The session's unfinished work continues; then everything that it had is removed.
    if (lane.hasItems) lane.add({ kind: 'closed', why });
    else lane.takeNow({ kind: 'closed', why });
  }

  rests(isResting: boolean): void {
    if (this.hasClosed || this.isClosing) return;
    this.attempt(isResting ? 'pause' : 'resume', () => (isResting ? this.transport.pause?.() : this.transport.resume?.()));
  }

  /** Runs code that may throw: then this connection ends. */
  attempt(what: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.fail(what, error);
    }
  }

  /** The fault is the router's own: the session ends with that reason. */
  threw(error: unknown): void {
    this.host.threw('handling a message', error);
    try {
      this.receiver?.broken?.(INTERNAL_ERROR, 'internal error');
    } catch (again) {
      this.fail('ending a session', again);
    }
  }

  /** Treats the connection as lost, because its state is unknown. */
  private fail(where: string, error: unknown): void {
    this.host.threw(where, error);
    if (this.hasClosed) return;
    try {
      this.transport.close();
    } catch {
      // it was reported
    }
    // Later: the code that sends is still running, and may rely on the session.
    inMicrotask(() => this.end({ clean: false, error }));
  }
}

function tooLong(most: number, isStranger: boolean, got: number): string {
  return `expected a message of at most ${most} bytes${isStranger ? ' before WELCOME' : ''}, got one of ${got}`;
}

function takeInPace(frame: Frame, pacing: Pacing, receiver: TransportReceiver | undefined): void {
  const refusal = pacing.refusal();
  if (refusal !== undefined) return receiver?.broken?.(LIMIT_EXCEEDED, refusal);
  receiver?.frame(frame);
  pacing.handled();
}

/** Bytes may come from another realm: under jsdom, sockets give those of Node.js. */
function isFrame(item: Frame | Item): item is Frame {
  return typeof item === 'string' || ArrayBuffer.isView(item);
}
