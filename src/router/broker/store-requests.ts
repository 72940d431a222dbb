/*
 * Requests to the store of a realm, each with an answer in time. A store may answer at once, late or never, or throw; here none of that is an exception.
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { type Awaitable, isThenable } from '../../base/words.ts';
import type { LogEntry } from '../turns/log.ts';
import type { Soon, StoreAnswer, StoreFault } from './store-answer.ts';

/** How long a store may take. */
const TIMEOUT_MS = 10_000;

const STORE_FAILED = 'autostrada.error.store_failed';

/** What the store said is for the log, not for clients. */
export const FAULT: { readonly fault: StoreFault } = {
  fault: { uri: STORE_FAILED, text: "the router's store failed, or did not answer in time: its log says why" },
};

export class StoreRequests {
  private readonly clock: Clock;
  private readonly log: (entry: LogEntry) => void;
  /** Changes without an answer. */
  private readonly changes = new Set<Promise<unknown>>();
  /** A failure is logged when it begins and when it is over. */
  private isFailing = false;

  constructor(clock: Clock, log: (entry: LogEntry) => void) {
    this.clock = clock;
    this.log = log;
  }

  /** Resolves when the store has answered all changes that were asked of it before. */
  async settled(): Promise<void> {
    await Promise.all(this.changes);
  }

  /** Undefined: it failed. */
  begin<T>(what: string, request: () => T): T | undefined {
    try {
      return request();
    } catch (error) {
      this.failed(what, error);
      return undefined;
    }
  }

  /** A request that changes what the store has. */
  change<T>(what: string, request: () => Awaitable<T>): Soon<StoreAnswer<T>> {
    const answer = this.ask(what, request);
    if (answer instanceof Promise) {
      this.changes.add(answer);
      void answer.then(() => this.changes.delete(answer));
    }
    return answer;
  }

  ask<T>(what: string, request: () => Awaitable<T>): Soon<StoreAnswer<T>> {
    try {
      const answer = request();
      if (isThenable(answer)) return this.inTime(what, answer);
      if (this.isFailing) this.works();
      return { value: answer };
    } catch (error) {
      return this.failed(what, error);
    }
  }

  private inTime<T>(what: string, answer: PromiseLike<T>): Promise<StoreAnswer<T>> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimeout(() => resolve(this.failed(what, new Error(`no answer in ${TIMEOUT_MS} ms`))), TIMEOUT_MS);
      const done = (known: StoreAnswer<T>): void => {
        this.clock.clearTimeout(timer);
        resolve(known);
      };
      answer.then(
        (value) => {
          this.works();
          done({ value });
        },
        (error: unknown) => done(this.failed(what, error)),
      );
    });
  }

  private works(): void {
    if (!this.isFailing) return;
    this.isFailing = false;
    this.log({ level: 'warn', message: 'the store works again' });
  }

  failed(what: string, error: unknown): { readonly fault: StoreFault } {
    if (!this.isFailing) {
      this.isFailing = true;
      const message = `the store failed to ${what} (further failures are not logged until it works again): ${messageOf(error)}`;
      this.log({ level: 'error', message, error });
    }
    return FAULT;
  }
}
