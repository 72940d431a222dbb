/*
 * One long-poll transport, the router's end: the messages that wait for a poll, the poll that waits for messages, and the time without polls. It knows
 * nothing of HTTP.
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf, ProtocolError } from '../../base/errors.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import { checkSize, MAX_MESSAGES, type Separator, separatorOf, splitBatch } from '../../transport/batch.ts';
import { TOO_BIG } from '../../transport/close-codes.ts';
import { byteLength } from '../../transport/frame-length.ts';
import { defer } from '../../transport/platform/tick.ts';
import type { Closed, Frame, Transport, TransportReceiver } from '../../transport/transport.ts';
import { HeldMessages } from './held-messages.ts';

export interface LongPollLineOptions {
  /** For single messages. */
  readonly serializer: Serializer;
  readonly isBatched: boolean;
  readonly maxMessageBytes: number;
  /** How long a poll is held while there is no message. */
  readonly holdMs: number;
  /** How long the client may stay without a poll. */
  readonly idleMs: number;
  readonly clock: Clock;
  /** Called once, when the transport is over. */
  gone(): void;
}

/** Takes the answer to a poll; no body means no message. */
export type Finish = (body: Frame | undefined) => void;

/** How long remaining messages may still be fetched after `close`. */
const LINGER_MS = 1000;
/** A batch may have several times the bytes of a message. Our clients put at most 64 KiB, or one message, into it. */
export const MESSAGES_IN_BATCH = 2;
/** Of each message in a batch: a length, or a separator. */
const BATCH_PREFIX = 4;

export class LongPollLine implements Transport {
  readonly serializer: Serializer;
  private readonly options: LongPollLineOptions;
  private receiver: TransportReceiver | undefined;
  private state: 'open' | 'closing' | 'closed' = 'open';
  private ending: Closed = { clean: true, code: 1000, reason: '' };
  private readonly held = new HeldMessages();
  /** Answers on their way. */
  private leavingBytes = 0;
  private finish: Finish | undefined;
  /** While a poll is held: until it is answered. Otherwise: until the next poll. */
  private timer: unknown;
  private isDeferred = false;
  private separator: Separator | undefined;
  /** Of one message. */
  private maxBytes: number;
  /** While the router takes nothing. */
  private rest: { readonly over: Promise<void>; end(): void } | undefined;

  constructor(options: LongPollLineOptions) {
    this.options = options;
    this.serializer = options.serializer;
    this.maxBytes = options.maxMessageBytes;
    this.awaitPoll();
  }

  get isBatched(): boolean {
    return this.options.isBatched;
  }

  /** The limit of one post, in bytes. */
  get maxPostBytes(): number {
    const { maxBytes, options } = this;
    if (!options.isBatched) return maxBytes;
    // Before a session the client sends one message at a time, so there are no batches.
    return maxBytes < options.maxMessageBytes ? maxBytes + BATCH_PREFIX : maxBytes * MESSAGES_IN_BATCH;
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  get bufferedBytes(): number {
    return this.held.bytes + this.leavingBytes;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }

  send(frame: Frame): void {
    if (this.state !== 'open') return;
    this.held.add(frame);
    if (!this.finish) return;
    if (!this.options.isBatched) return this.flush();
    if (this.isDeferred) return;
    this.isDeferred = true;
    defer(() => {
      this.isDeferred = false;
      this.flush();
    });
  }

  limitMessages(maxBytes: number): void {
    this.maxBytes = Math.min(maxBytes, this.options.maxMessageBytes);
  }

  pause(): void {
    if (this.rest || this.state === 'closed') return;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.rest = { over, end };
  }

  resume(): void {
    this.rest?.end();
    this.rest = undefined;
  }

  /** What to await before `deliver`. Undefined: deliver now. */
  get resting(): Promise<void> | undefined {
    return this.rest?.over;
  }

  close(code = 1000, reason = ''): void {
    if (this.state !== 'open') return;
    this.wait(LINGER_MS, () => this.end());
    this.state = 'closing';
    this.ending = { clean: true, code, reason };
    this.flush();
    if (this.held.isEmpty) this.end();
  }

  /**
   * A poll. A held poll is finished empty: its client has lost it, or it would not poll again.
   *
   * @returns A function to call at the end of the answer, whether it was sent or not.
   */
  receive(finish: Finish): () => void {
    this.release(undefined);
    let bytes = 0;
    const own: Finish = (body) => {
      bytes = body === undefined ? 0 : byteLength(body);
      this.leavingBytes += bytes;
      finish(body);
    };
    this.finish = own;
    this.wait(this.options.holdMs, () => this.release(undefined));
    this.flush();
    return () => {
      this.leavingBytes -= bytes;
      bytes = 0;
      if (this.finish === own) this.finish = undefined;
      if (!this.finish) this.awaitPoll();
    };
  }

  /**
   * A post of the client: a message, or a batch of messages.
   *
   * @throws {@link ProtocolError}, {@link TransportError} when it is invalid or too long; then the transport has failed.
   */
  deliver(body: Frame): void {
    let frames: Frame[];
    try {
      frames = this.split(body);
    } catch (error) {
      this.fail(error instanceof ProtocolError ? 1002 : TOO_BIG, error);
      throw error;
    }
    if (typeof body === 'string' && this.options.isBatched) this.separator ??= separatorOf(body);
    for (const frame of frames) this.receiver?.frame(frame);
  }

  /** Ends it at once. Waiting messages are lost. */
  fail(code: number, error: unknown): void {
    if (this.state === 'closed') return;
    this.ending = { clean: false, code, reason: messageOf(error), error };
    this.end();
  }

  private split(body: Frame): Frame[] {
    const { maxBytes } = this;
    if (this.options.isBatched) return splitBatch(body, maxBytes, MAX_MESSAGES);
    if (body.length === 0) throw new ProtocolError('expected a message, got nothing');
    checkSize(body, maxBytes);
    return [body];
  }

  /** Answers the poll, if there are a poll and a message: WAMP "HTTP Longpoll Transport", one message, or all in a batch. */
  private flush(): void {
    const { held } = this;
    if (!this.finish || held.isEmpty) return;
    this.release(this.options.isBatched ? held.takeAll(this.separator ?? '\x1e') : held.takeOne());
    if (this.state === 'closing' && held.isEmpty) this.end();
  }

  private release(body: Frame | undefined): void {
    const { finish } = this;
    if (!finish) return;
    this.finish = undefined;
    finish(body);
    this.awaitPoll();
  }

  private awaitPoll(): void {
    const { idleMs } = this.options;
    // A client that is still reading a large answer cannot poll yet.
    const ms = this.leavingBytes > 0 ? 4 * idleMs : idleMs;
    this.wait(ms, () => this.fail(1001, new Error(`nobody polled for ${ms} ms`)));
  }

  /** Replaces the timer before it; a transport that is closing only waits for its end. */
  private wait(ms: number, then: () => void): void {
    const { clock } = this.options;
    if (this.state !== 'open') return;
    clock.clearTimeout(this.timer);
    this.timer = clock.setTimeout(then, ms);
  }

  private end(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.resume();
    this.options.clock.clearTimeout(this.timer);
    this.held.drop();
    this.release(undefined);
    this.options.gone();
    const { receiver, ending } = this;
    this.receiver = undefined;
    // Later: `close` may have been called while the router was doing something else.
    defer(() => receiver?.closed(ending));
  }
}
