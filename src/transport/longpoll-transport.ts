/*
 * An open long-poll transport, the client's end: one poll at a time, one send at a time, and how both end.
 */
import { memberOf } from '../base/checks.ts';
import { messageOf, ProtocolError, TransportError } from '../base/errors.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { joinBatch, splitBatch } from './batch.ts';
import { MAX_BATCH } from './batched.ts';
import { type Answer, type PostOptions, post } from './platform/http-post.ts';
import type { Closed, Frame, Transport, TransportReceiver } from './transport.ts';

export interface LongPollSettings {
  readonly headers: PostOptions['headers'];
  readonly credentials: PostOptions['credentials'];
  readonly timeoutMs: number;
  /** The base URL without a slash at the end, and its query with `?`. */
  readonly base: string;
  readonly query: string;
}

/** For durations: the system's clock may be set back. */
const elapsed = (): number => (typeof performance === 'object' ? performance : Date).now();

/** Platforms do not say how much of a request was sent. It is assumed that the network is at least as fast as this. */
const SLOW_BYTES_PER_MS = 64;
/** With a longer delay, a platform's timer fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** How long the last requests may take after `close`. */
const CLOSE_TIMEOUT_MS = 1000;

export function urlOf({ base, query }: LongPollSettings, verb: string, transport?: string): string {
  return `${base}/${transport === undefined ? '' : `${encodeURIComponent(transport)}/`}${verb}${query}`;
}

export function unreachable(name: string, cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause;
  // In Node.js the error of `fetch` has the reason in its cause.
  const inner = memberOf(cause, 'cause');
  return new TransportError(`cannot reach ${name}: ${memberOf(inner, 'message') || memberOf(inner, 'code') || messageOf(cause)}`, {
    cause,
  });
}

export class LongPollTransport implements Transport {
  readonly serializer: Serializer;
  private readonly settings: LongPollSettings;
  private readonly transport: string;
  private readonly isBatched: boolean;
  /**
   * The controllers of pending requests. Each request has its own, because a common signal would keep a listener for each
   * request that was ever made.
   */
  private controllers: readonly AbortController[] = [];
  private receiver: TransportReceiver | undefined;
  private ending: Closed | undefined;
  private waiting: Frame[] = [];
  private waitingBytes = 0;
  private leavingBytes = 0;
  private isSending = false;
  receivedBytes = 0;
  /** Set by `close`. */
  private farewell: Closed | undefined;
  private isLeaving = false;
  private closeTimer: ReturnType<typeof setTimeout> | undefined;
  private pollTimer: ReturnType<typeof setTimeout> | undefined;
  /** The number of empty answers in a row. */
  private empty = 0;

  constructor(settings: LongPollSettings, transport: string, serializer: Serializer, isBatched: boolean) {
    this.settings = settings;
    this.transport = transport;
    this.serializer = serializer;
    this.isBatched = isBatched;
  }

  get bufferedBytes(): number {
    return this.waitingBytes + this.leavingBytes;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    if (this.ending) receiver.closed(this.ending);
    else this.poll();
  }

  send(frame: Frame): void {
    if (this.farewell || this.ending) return;
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
    // It is sent later, so that all messages of one tick go together.
    if (this.waiting.length === 1) void Promise.resolve().then(this.pump);
  }

  close(code = 1000, reason = ''): void {
    if (this.farewell || this.ending) return;
    this.farewell = { clean: true, code, reason };
    this.closeTimer = setTimeout(() => this.end({ ...this.farewell, clean: false }), CLOSE_TIMEOUT_MS);
    this.pump();
  }

  /** Sends one request at a time, so that they arrive in order (WAMP does not say how to do that). */
  private readonly pump = (): void => {
    if (this.isSending || this.isLeaving || this.ending) return;
    const body = this.next();
    if (body === undefined) {
      if (this.farewell) this.leave(this.farewell);
      return;
    }
    this.isSending = true;
    this.leavingBytes = body.length;
    this.request('send', body).then(
      () => {
        this.isSending = false;
        this.leavingBytes = 0;
        this.pump();
      },
      (error: unknown) => this.fail(error),
    );
  };

  private next(): Frame | undefined {
    let count = this.isBatched ? 0 : 1;
    let bytes = 0;
    if (this.isBatched) {
      for (const { length } of this.waiting) {
        if (count > 0 && bytes + length > MAX_BATCH.bytes) break;
        bytes += length;
        count++;
      }
    }
    const frames = this.waiting.splice(0, count);
    if (frames.length === 0) return undefined;
    for (const { length } of frames) this.waitingBytes -= length;
    return this.isBatched ? joinBatch(frames, '\x1e') : frames[0];
  }

  private leave(farewell: Closed): void {
    this.isLeaving = true;
    const end = (): void => this.end(farewell);
    this.request('close').then(end, end);
  }

  private poll(): void {
    const at = elapsed();
    this.request('receive').then(
      (body) => {
        if (this.ending) return;
        // A proxy may answer instead of the router, at once and with an empty answer. Without a pause, the client would ask
        // again and again.
        this.empty = body.length > 0 ? 0 : this.empty + 1;
        const waitMs = this.empty && Math.min(2 ** this.empty * 50, 5000) - (elapsed() - at);
        try {
          if (body.length > 0) this.take(body);
        } catch (error) {
          return this.fail(error);
        }
        if (this.isLeaving || this.ending) return;
        if (waitMs > 0) this.pollTimer = setTimeout(() => this.isLeaving || this.poll(), waitMs);
        else this.poll();
      },
      (error: unknown) => {
        if (!this.isLeaving) this.fail(error);
      },
    );
  }

  private take(body: Frame): void {
    for (const frame of this.isBatched ? splitBatch(body) : [body]) this.receiver?.frame(frame);
  }

  /** Resolves with the body of a good answer. The specification says 202; routers send 204. */
  private async request(verb: 'receive' | 'send' | 'close', body?: Frame): Promise<Frame> {
    const { timeoutMs } = this.settings;
    const what = `long-poll ${verb}`;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = (neededMs = 0): void => {
      clearTimeout(timer);
      if (timeoutMs <= 0) return;
      const ms = Math.min(timeoutMs + neededMs, MAX_DELAY_MS);
      timer = setTimeout(() => this.fail(new TransportError(`${what}: no answer in ${ms} ms`)), ms);
    };
    watch(Math.ceil((body?.length ?? 0) / SLOW_BYTES_PER_MS));
    const moved = (received: number): void => {
      this.receivedBytes += received;
      watch();
    };
    const controller = new AbortController();
    this.controllers = [...this.controllers, controller];
    let answer: Answer;
    try {
      answer = await post(this.urlOf(verb), body, { ...this.postOptions(controller.signal), moved });
    } catch (cause) {
      throw unreachable(what, cause);
    } finally {
      clearTimeout(timer);
      this.controllers = this.controllers.filter((each) => each !== controller);
    }
    if (answer.status === 200 || answer.status === 202 || answer.status === 204) return answer.body;
    throw new StatusError(`${what}: expected HTTP 200, 202 or 204, got ${answer.status}`, answer.status);
  }

  private urlOf(verb: string): string {
    return urlOf(this.settings, verb, this.transport);
  }

  private postOptions(signal: AbortSignal): PostOptions {
    const { headers, credentials } = this.settings;
    return { headers, credentials, isBinary: this.serializer.isBinary, signal };
  }

  private fail(error: unknown): void {
    if (this.ending) return;
    const isViolation = error instanceof ProtocolError;
    this.end({ clean: false, code: isViolation ? 1002 : 1006, reason: messageOf(error), error });
    // After 404 the router has no session any more. Otherwise the session, with its registrations, would stay at the router
    // until it times out.
    if (!(error instanceof StatusError && error.status === 404)) this.abandon();
  }

  private abandon(): void {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), CLOSE_TIMEOUT_MS);
    const done = (): void => clearTimeout(timer);
    post(this.urlOf('close'), undefined, this.postOptions(controller.signal)).then(done, done);
  }

  private end(why: Closed): void {
    if (this.ending) return;
    this.ending = why;
    clearTimeout(this.closeTimer);
    clearTimeout(this.pollTimer);
    this.waiting = [];
    this.waitingBytes = 0;
    this.leavingBytes = 0;
    for (const controller of this.controllers) controller.abort();
    this.receiver?.closed(why);
  }
}

/** The answer has a status that means a failure. */
class StatusError extends TransportError {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
