/*
 * The requests of one session: their ids, and who waits for which answer. Settling is synchronous, by callback, so that what an answer
 * brings is in place before the next message of the same read; promises are made of it further out.
 */
import type { Clock } from '../../clock.ts';
import { ProtocolError, TimeoutError } from '../../errors.ts';
import { complain, ms } from '../../options.ts';
import { type Check, isDict } from '../../protocol/checks.ts';
import { IdMap } from '../../protocol/id-map.ts';
import { nextId } from '../../protocol/ids.ts';
import { Code, nameOf } from '../../protocol/messages.ts';
import type { Id, Off } from '../../words.ts';
import type { WaitOptions } from '../api/options.ts';
import type { Bounds } from './bounds.ts';
import { limit, reasonOf } from './limit.ts';

/** Who wants the outcome. */
export interface Settle<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
  /** Part of the answer came, and more will. */
  progress?(value: T): void;
  /** The answer came, be it that nobody waits for it any more. Runs last. `value`: undefined after an ERROR. */
  answered?(value: T | undefined): void;
}

/** A request that was sent. */
export class Wait<T = unknown> {
  readonly type: Code;
  readonly settle: Settle<T>;
  /** See `abandon`. */
  isAbandoned = false;
  private disarm: (() => void) | undefined;
  private restart: (() => void) | undefined;

  constructor(type: Code, settle: Settle<T>) {
    this.type = type;
    this.settle = settle;
  }

  resolve(value: T): void {
    this.disarm?.();
    if (!this.isAbandoned) this.settle.resolve(value);
    this.settle.answered?.(value);
  }

  reject(error: unknown): void {
    this.disarm?.();
    if (!this.isAbandoned) this.settle.reject(error);
    this.settle.answered?.(undefined);
  }

  /** An answer that is not the last: the time begins anew (WAMP "Call Timeout"). */
  progress(value: T): void {
    this.restart?.();
    if (!this.isAbandoned) this.settle.progress?.(value);
  }

  /** Watches signal and time. */
  arm(options: WaitOptions, clock: Clock, giveUp: (reason: unknown) => void): void {
    let off: Off | undefined;
    const start = (): void => {
      off?.();
      off = limit(clock, options, giveUp, (ms) => new TimeoutError(`no answer to ${nameOf(this.type)} in ${ms} ms`));
    };
    start();
    this.disarm = () => {
      this.disarm = this.restart = undefined;
      off?.();
    };
    if (options.timeoutMs) this.restart = start;
  }

  /** Nobody waits any more. The answer is still to come, and to be dropped. */
  abandon(): void {
    this.disarm?.();
    this.isAbandoned = true;
  }
}

export class Requests implements Bounds {
  /** Somebody does not wait any more. */
  onGiveUp: (() => void) | undefined;
  readonly clock: Clock;
  readonly held: Bounds['held'] = new Set();
  private readonly waits = new IdMap<Wait>();
  /** Whoever has given up, or was answered already. */
  private readonly nobody = new Wait(Code.CALL, { resolve: () => {}, reject: () => {} });
  private last: Id = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The id of the next request (WAMP "IDs", session scope). It is used up by `sent`, so what could not be encoded leaves no hole. */
  get next(): Id {
    return nextId(this.last);
  }

  /** Requests whose answer somebody waits for. */
  get pending(): number {
    let count = 0;
    for (const wait of this.waits.values()) if (!wait.isAbandoned) count++;
    return count;
  }

  /** The message with the id `next` went out, and nobody waits. */
  sent(): void {
    this.last = this.next;
  }

  /** The message with the id `next` went out. `onGiveUp` runs once, before the rejection. */
  wait<T>(type: Code, settle: Settle<T>, options: WaitOptions | undefined, onGiveUp?: (request: Id) => void): void {
    const request = this.next;
    this.last = request;
    const wait = new Wait<T>(type, settle);
    if (options?.signal || options?.timeoutMs) {
      wait.arm(options, this.clock, (reason) => {
        wait.abandon();
        onGiveUp?.(request);
        this.giveUp(request, reason);
      });
    }
    this.waits.set(request, wait as Wait);
  }

  /** Rejects at once, whatever becomes of the answer. */
  giveUp(request: Id, reason: unknown): void {
    const wait = this.waits.get(request);
    if (!wait) return;
    wait.abandon();
    wait.settle.reject(reason);
    this.onGiveUp?.();
    // Some routers never answer (Crossbar.io, a CANCEL with `skip`): only what is still to be done with an answer is kept.
    if (!wait.settle.answered) this.waits.delete(request);
  }

  /**
   * Who waits for this answer. `isLast` says whether more may follow.
   *
   * A second answer is dropped, as is a late one: routers answer an input of a progressive call that they got after the end of the call
   * (WAMP "Progressive Call Invocations" leaves it open).
   *
   * @throws {@link ProtocolError} when no such request was made, or one of another type waits.
   */
  take(request: Id, type: number, answer: Code, isLast = true): Wait {
    const wait = this.waits.get(request) ?? (request <= this.last ? this.nobody : undefined);
    if (wait === undefined || (wait.type !== type && wait !== this.nobody)) {
      throw new ProtocolError(
        `got ${nameOf(answer)} for request ${request}, but no ${nameOf(type)} with that id waits for an answer`,
      );
    }
    if (isLast) this.waits.delete(request);
    return wait;
  }

  rejectAll(error: unknown): void {
    const waits = this.waits.values();
    this.waits.clear();
    for (const wait of waits) wait.reject(error);
    for (const give of this.held) give(error);
  }
}

/** A promise of what `start` begins; what it throws rejects. */
export function promised<T>(start: (settle: Settle<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => start({ resolve, reject }));
}

/** What everything has that waits for an answer. A signal is known by its shape: polyfills and other realms have their own. */
export const waiting: { readonly signal: Check; readonly timeoutMs: Check } = {
  signal: (value) =>
    isDict(value) && typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function'
      ? undefined
      : 'an AbortSignal',
  timeoutMs: /* @__PURE__ */ ms(),
};

/** Nothing is sent for who has given up already. @throws TypeError for what is no signal, and no time. */
export function throwIfAborted(options: WaitOptions | undefined): void {
  const { signal, timeoutMs } = options ?? {};
  if (signal) complain('signal', waiting.signal, signal);
  if (timeoutMs !== undefined && timeoutMs !== null) complain('timeoutMs', waiting.timeoutMs, timeoutMs);
  if (signal?.aborted) throw reasonOf(signal);
}
