/*
 * A line that can fail: it stands between the router and the line that it would have. What fails, and when, is decided in test-router.ts.
 */
import type { Clock, Closed, Frame, Serializer, Transport, TransportReceiver, Uri } from '../index.ts';
import type { SeenMessage } from '../router/index.ts';
import { Pipe } from './pipe.ts';
import { identify, nobody, type Who } from './where.ts';

/** What a socket may be closed with (RFC 6455, 7.4.2), so that the other end sees why. */
const CUT_CODE = 4000;

export interface LineHooks {
  readonly clock: Clock;
  read(frame: Frame): SeenMessage | undefined;
  isBlocked(line: FaultyLine): boolean;
  delayMs(line: FaultyLine): number;
  /** Whether the line drops instead of carrying this one. */
  isCutBy(line: FaultyLine, type: string): boolean;
  saw(line: FaultyLine, direction: 'in' | 'out', seen: SeenMessage): void;
  moved(): void;
  closed(line: FaultyLine): void;
}

export class FaultyLine implements Transport {
  /** Who is on it: another one after each HELLO. */
  who: Who = nobody();
  private readonly inner: Transport;
  private readonly hooks: LineHooks;
  private readonly inward: Pipe;
  private readonly outward: Pipe;
  private receiver: TransportReceiver | undefined;
  /** The router still believes in it. */
  private isOpen = true;
  /** The far end is gone. */
  private isDead = false;

  constructor(inner: Transport, hooks: LineHooks) {
    this.inner = inner;
    this.hooks = hooks;
    const obstacles = { isBlocked: () => hooks.isBlocked(this), delayMs: () => hooks.delayMs(this), moved: () => hooks.moved() };
    this.inward = new Pipe(hooks.clock, obstacles);
    this.outward = new Pipe(hooks.clock, obstacles);
  }

  get serializer(): Serializer {
    return this.inner.serializer;
  }

  get maxFrameBytes(): number | undefined {
    return this.inner.maxFrameBytes;
  }

  get bufferedBytes(): number {
    return this.inner.bufferedBytes + this.outward.bytes;
  }

  /** Something is on its way and will arrive. */
  get isBusy(): boolean {
    return this.inward.isBusy || this.outward.isBusy;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    this.inner.start({
      frame: (frame) => this.fromFarEnd(frame.length, () => this.deliver(frame)),
      broken: (reason, message) => this.fromFarEnd(0, () => this.broken(reason, message)),
      closed: (why) => this.fromFarEnd(0, () => this.end(why)),
    });
  }

  send(frame: Frame): void {
    if (!this.isOpen) return;
    const seen = this.hooks.read(frame);
    if (seen?.type === 'WELCOME') identify(this.who, seen.message);
    if (seen) this.hooks.saw(this, 'out', seen);
    if (this.isDead) return;
    if (seen && this.hooks.isCutBy(this, seen.type)) this.cut();
    else this.outward.push(frame.length, () => this.inner.send(frame));
  }

  pause(): void {
    this.inner.pause?.();
  }

  resume(): void {
    this.inner.resume?.();
  }

  channelBinding(type: string): Uint8Array | undefined {
    return this.inner.channelBinding?.(type);
  }

  close(code?: number, reason?: string): void {
    if (this.isDead) this.endSoon('the line was dead');
    else this.outward.push(0, () => this.inner.close(code, reason));
  }

  /** Bytes that are no message, to the far end. */
  sendGarbage(): void {
    // In MessagePack a byte that is never used, in CBOR half an item.
    const frame = this.serializer.isBinary ? Uint8Array.of(0xc1) : '}{';
    if (!this.isDead) this.outward.push(frame.length, () => this.inner.send(frame));
  }

  /** An obstacle has gone. */
  flow(): void {
    this.inward.flow();
    this.outward.flow();
  }

  /** Nothing waits for its time any more. */
  hurry(): void {
    this.inward.hurry();
    this.outward.hurry();
  }

  /** Both ends lose it. */
  cut(): void {
    if (this.isDead) return; // the router is not to know
    this.kill();
    this.endSoon('cut');
  }

  /** The far end loses it, and the router does not notice. */
  kill(): void {
    this.isDead = true;
    this.inward.clear();
    this.outward.clear();
    this.inner.close(CUT_CODE, 'cut');
  }

  /** The router notices, too. Later: whoever sends is in the middle of something, and may count on the session. */
  endSoon(reason: string): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    void Promise.resolve().then(() => this.told({ clean: false, reason }));
  }

  private fromFarEnd(bytes: number, pass: () => void): void {
    if (!this.isDead) this.inward.push(bytes, pass);
  }

  private deliver(frame: Frame): void {
    const seen = this.hooks.read(frame);
    if (seen && this.hooks.isCutBy(this, seen.type)) return this.cut();
    if (seen?.type === 'HELLO') this.who = nobody();
    if (seen) this.hooks.saw(this, 'in', seen);
    this.receiver?.frame(frame);
  }

  private broken(reason: Uri, message: string): void {
    this.receiver?.broken?.(reason, message);
  }

  private end(why: Closed): void {
    this.isOpen = false;
    this.isDead = true;
    this.outward.clear();
    this.told(why);
  }

  private told(why: Closed): void {
    this.hooks.closed(this);
    this.receiver?.closed(why);
  }
}
