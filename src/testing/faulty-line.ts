/*
 * A transport that can fail: it stands between the router and a real transport. test-router.ts decides what fails, and when.
 */
import type { Clock, Closed, Frame, Serializer, Transport, TransportReceiver, Uri } from '../index.ts';
import type { SeenMessage } from '../router/index.ts';
import { Pipe } from './pipe.ts';
import { identify, nobody, type Who } from './where.ts';

/** A close code for applications (RFC 6455, 7.4.2), so that the other end sees why. */
const CUT_CODE = 4000;

export interface LineHooks {
  readonly clock: Clock;
  read(frame: Frame): SeenMessage | undefined;
  isBlocked(line: FaultyLine): boolean;
  delayMs(line: FaultyLine): number;
  /** Whether the connection is lost instead of carrying this message. */
  isCutBy(line: FaultyLine, type: string): boolean;
  saw(line: FaultyLine, direction: 'in' | 'out', seen: SeenMessage): void;
  moved(): void;
  closed(line: FaultyLine): void;
}

export class FaultyLine implements Transport {
  /** Whose connection it is: this changes with each HELLO. */
  who: Who = nobody();
  private readonly inner: Transport;
  private readonly hooks: LineHooks;
  private readonly inward: Pipe;
  private readonly outward: Pipe;
  private receiver: TransportReceiver | undefined;
  /** Open for the router. */
  private isOpen = true;
  /** The other end is gone. */
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
    if (this.isDead) this.endSoon('the connection was dead');
    else this.outward.push(0, () => this.inner.close(code, reason));
  }

  /** Sends bytes that are not a message to the other end. */
  sendGarbage(): void {
    // In MessagePack a byte that is never used, in CBOR half an item.
    const frame = this.serializer.isBinary ? Uint8Array.of(0xc1) : '}{';
    if (!this.isDead) this.outward.push(frame.length, () => this.inner.send(frame));
  }

  /** Called when a fault has ended. */
  flow(): void {
    this.inward.flow();
    this.outward.flow();
  }

  /** Delivers everything that waits for its time. */
  hurry(): void {
    this.inward.hurry();
    this.outward.hurry();
  }

  /** Both ends lose the connection. */
  cut(): void {
    if (this.isDead) return; // the router must not notice
    this.kill();
    this.endSoon('cut');
  }

  /** The other end loses the connection, and the router does not notice. */
  kill(): void {
    this.isDead = true;
    this.inward.clear();
    this.outward.clear();
    this.inner.close(CUT_CODE, 'cut');
  }

  /** The router notices, too. Later, because its code may be sending just now, and rely on the session. */
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
