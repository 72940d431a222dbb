/*
 * A durable subscription made whole after each SUBSCRIBED: live events are held back while the user's `recoverWith` runs, then delivered,
 * each publication once.
 *
 * A gap lasts until a recovery has settled on the connection that it began on. What was held over a connection that is lost meanwhile lies within that
 * gap: a later recovery that succeeds stands for it; if it fails, it is delivered like all that is held.
 */

import { type Clock, elapsed } from '../../../base/clock.ts';
import { ApplicationError, type WampError } from '../../../base/errors.ts';
import { type Id, isThenable } from '../../../base/words.ts';
import type { WampEvent } from '../../api/payload.ts';
import type { Gap, Recovery } from '../../api/recovery.ts';
import type { Registration, Subscription } from '../../api/session-api.ts';
import type { Feature, HandlePart, KernelSession, MakeGate, Pass } from '../../kernel/kernel.ts';
import { asSession } from '../../session/session.ts';

export const recovery: Feature = {
  name: 'recovery',
  install(kernel) {
    kernel.handleParts.push((kind, topic, options) => {
      const { recoverWith } = options;
      if (kind !== 'subscription') return undefined;
      delete options.recoverWith;
      if (recoverWith === undefined) return undefined;
      return new Recoverer(kernel.clock, recoverWith as Recovery, (error) => kernel.report(error, 'recovery', topic));
    });
  },
};

const MAX_HELD = 10_000;
/** At least so many, and at most twice as many. */
const REMEMBERED = 1000;

class Recoverer implements HandlePart {
  private readonly recoverWith: Recovery;
  private readonly clock: Clock;
  private readonly report: (error: unknown) => void;
  /** Calls the handler. */
  private pass: Pass | undefined;
  private session: KernelSession | undefined;
  /** The recovery that runs. */
  private current: AbortController | undefined;
  private held: WampEvent[] = [];
  /** How many of them came over lines that are lost. */
  private stale = 0;
  /** Publications that were delivered. */
  private recent = new Set<Id>();
  private older = new Set<Id>();
  private last: Id | undefined;
  private isWhole = false;
  private since: { readonly elapsedMs: number; readonly lastPublication: Gap['lastPublication'] } | undefined;

  constructor(clock: Clock, recoverWith: Recovery, report: (error: unknown) => void) {
    this.clock = clock;
    this.recoverWith = recoverWith;
    this.report = report;
  }

  check(): void {
    if (typeof this.recoverWith !== 'function')
      throw new TypeError(`expected recoverWith to be a function, got ${typeof this.recoverWith}`);
  }

  readonly makeGate: MakeGate = (pass) => {
    this.pass = pass;
    return (event) => this.take(event);
  };

  active(session: KernelSession, subscription: Subscription | Registration): void {
    if (!('topic' in subscription)) return;
    const current = new AbortController();
    this.session = session;
    this.current = current;
    const fail = (error: unknown): void => {
      // The program left the session, so the failure is no news.
      if (session.isOpen) this.settle(current, { error });
    };
    try {
      const outcome = this.recoverWith({
        gap: this.since && gapOf(this.clock, this.since.elapsedMs, this.since.lastPublication),
        session: asSession(session),
        subscription,
        signal: current.signal,
        deliver: (event) => {
          if (this.current === current) this.give(event);
        },
      });
      if (isThenable(outcome)) outcome.then(() => this.settle(current), fail);
      else this.settle(current);
    } catch (error) {
      fail(error);
    }
  }

  lost(error: WampError): void {
    const { current, session } = this;
    if (!session) return;
    if (this.isWhole) this.since ??= { elapsedMs: session.heardAt, lastPublication: this.last };
    this.stale = this.held.length;
    this.session = this.current = undefined;
    current?.abort(error);
  }

  /** Nothing is delivered any more. */
  closed(): void {
    const { current } = this;
    this.held = [];
    this.pass = this.session = this.current = undefined;
    current?.abort();
  }

  private take(event: WampEvent): void {
    const { current } = this;
    if (!current) return this.give(event);
    if (this.held.push(event) <= MAX_HELD) return;
    // Too many events are held: they are kept, and the recovery is aborted.
    const error = new ApplicationError('autostrada.error.slow_consumer', [
      `the recovery was given up: over ${MAX_HELD} events waited for it`,
    ]);
    this.settle(current, { error });
    current.abort(error);
  }

  private settle(current: AbortController, failure?: { readonly error: unknown }): void {
    if (this.current !== current) return;
    const events = failure ? this.held : this.held.slice(this.stale);
    this.held = [];
    this.stale = 0;
    this.isWhole = true;
    this.since = this.current = undefined;
    if (failure) this.report(failure.error);
    for (const event of events) this.give(event);
  }

  private give(event: WampEvent): void {
    const { publication, retained } = event.details;
    if (this.recent.has(publication) || this.older.has(publication)) return;
    // While something is recovered, all of it is remembered.
    if (this.recent.size >= REMEMBERED && !this.current) {
      this.older = this.recent;
      this.recent = new Set();
    }
    this.recent.add(publication);
    if (!retained) this.last = publication;
    this.pass?.(event);
  }
}

/** On the clock as it is now: it may have been set since. */
function gapOf(clock: Clock, sinceMs: number, lastPublication: Gap['lastPublication']): Gap {
  const now = clock.now();
  return { from: new Date(now - (elapsed(clock) - sinceMs)), to: new Date(now), lastPublication };
}
