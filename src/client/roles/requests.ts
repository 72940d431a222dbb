/*
 * The requests of one session: their ids, and who waits for which answer. Settling is synchronous, by callback (see settle.ts).
 */
import type { Clock } from '../../base/clock.ts';
import { ProtocolError, TimeoutError } from '../../base/errors.ts';
import type { Id, Off } from '../../base/words.ts';
import { IdMap } from '../../protocol/id-map.ts';
import { nextId } from '../../protocol/ids.ts';
import { Code, nameOf } from '../../protocol/messages.ts';
import type { WaitOptions } from '../api/options.ts';
import { limit } from '../kernel/limit.ts';
import type { Settle } from '../kernel/settle.ts';

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

  /** An answer that is not the last: the time begins again (WAMP "Call Timeout"). */
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

export interface Requests {
  /** The id of the next request (WAMP "IDs", session scope). It is used up by `sent` and `wait`: what could not be encoded leaves no gap. */
  readonly next: Id;
  /** Requests whose answer somebody waits for. */
  readonly pending: number;
  /** The message with the id `next` went out, and nobody waits. */
  sent(): void;
  /** The message with the id `next` went out. `onGiveUp` runs once, before the rejection. */
  wait<T>(type: Code, settle: Settle<T>, options: WaitOptions | undefined, onGiveUp?: (request: Id) => void): void;
  /** Rejects at once, whatever becomes of the answer. */
  giveUp(request: Id, reason: unknown): void;
  /**
   * The request that an answer is for. `isLast` says whether more may follow.
   *
   * A second answer is dropped, as is a late one: routers answer an input of a progressive call that they got after the end of the call
   * (WAMP "Progressive Call Invocations" leaves it open).
   *
   * @throws {@link ProtocolError} when no such request was made, or one of another type waits.
   */
  take(request: Id, type: number, answer: Code, isLast?: boolean): Wait;
  rejectAll(error: unknown): void;
}

/** @param gaveUp - Called when somebody does not wait any more. */
export function createRequests(clock: Clock, gaveUp: () => void): Requests {
  const waits = new IdMap<Wait>();
  /** For answers to requests that were given up, or are answered already. */
  const nobody = new Wait(Code.CALL, { resolve: () => {}, reject: () => {} });
  let last: Id = 0;
  const giveUp = (request: Id, reason: unknown): void => {
    const wait = waits.get(request);
    if (!wait) return;
    wait.abandon();
    wait.settle.reject(reason);
    gaveUp();
    // Some routers never answer (Crossbar.io, a CANCEL with `skip`): only what is still to be done with an answer is kept.
    if (!wait.settle.answered) waits.delete(request);
  };
  return {
    get next() {
      return nextId(last);
    },
    get pending() {
      let count = 0;
      for (const wait of waits.values()) if (!wait.isAbandoned) count++;
      return count;
    },
    sent() {
      last = nextId(last);
    },
    wait<T>(type: Code, settle: Settle<T>, options: WaitOptions | undefined, onGiveUp?: (request: Id) => void) {
      const request = nextId(last);
      last = request;
      const wait = new Wait<T>(type, settle);
      if (options?.signal || options?.timeoutMs) {
        wait.arm(options, clock, (reason) => {
          wait.abandon();
          onGiveUp?.(request);
          giveUp(request, reason);
        });
      }
      waits.set(request, wait);
    },
    giveUp,
    take(request, type, answer, isLast = true) {
      const wait = waits.get(request) ?? (request <= last ? nobody : undefined);
      if (wait === undefined || (wait.type !== type && wait !== nobody)) {
        throw new ProtocolError(
          `got ${nameOf(answer)} for request ${request}, but no ${nameOf(type)} with that id waits for an answer`,
        );
      }
      if (isLast) waits.delete(request);
      return wait;
    },
    rejectAll(error) {
      const all = waits.values();
      waits.clear();
      for (const wait of all) wait.reject(error);
    },
  };
}
