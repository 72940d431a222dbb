/*
 * Signs of life of a session: when it was last heard of, and how to ask. WAMP has no ping of its own, so where the transport has none
 * either, a call that costs the router nothing takes its place.
 */
import { elapsed } from '../clock.ts';
import { ApplicationError, TimeoutError, type WampError } from '../errors.ts';
import type { Uri } from '../words.ts';
import type { Caller } from './caller.ts';
import { limit } from './limit.ts';
import { type Settle, throwIfAborted } from './requests.ts';
import type { Role } from './role.ts';
import type { WaitOptions } from './verbs.ts';

export class Pulse {
  /** When the last message came, on the clock for durations. */
  heardAt: number;
  private readonly role: Role;
  private readonly caller: Caller;
  private readonly probe: Uri;
  private readonly askers = new Set<(error: WampError) => void>();

  /** @param probe - What to call for a sign of life where there is no ping. */
  constructor(role: Role, caller: Caller, probe: Uri) {
    this.role = role;
    this.caller = caller;
    this.probe = probe;
    this.heardAt = elapsed(role.clock);
  }

  heard(): void {
    this.heardAt = elapsed(this.role.clock);
  }

  /** How long ago that was, in milliseconds. */
  get silenceMs(): number {
    return elapsed(this.role.clock) - this.heardAt;
  }

  /** Another number whenever bytes have moved, as far as the platform tells. */
  get moved(): number {
    const { bufferedBytes, receivedBytes = 0 } = this.role.link.transport;
    return receivedBytes - bufferedBytes;
  }

  /** Asks the router for a sign of life. */
  ask(answered: () => void): void {
    const { transport } = this.role.link;
    if (transport.ping) return transport.ping(answered);
    // Any answer is one; that the session has ended is told otherwise.
    const reject = (error: unknown): void => {
      if (error instanceof ApplicationError) answered();
    };
    this.caller.call({ resolve: answered, reject }, this.probe, {}, undefined);
  }

  /** How long the router takes to answer. */
  measure(settle: Settle<number>, options: WaitOptions): void {
    throwIfAborted(options);
    const { clock } = this.role;
    const since = elapsed(clock);
    const done = (): void => {
      off();
      this.askers.delete(fail);
    };
    const fail = (reason: unknown): void => {
      done();
      settle.reject(reason);
    };
    const off = limit(clock, options, fail, (ms) => new TimeoutError(`no sign of life in ${ms} ms`));
    this.askers.add(fail);
    this.ask(() => {
      done();
      settle.resolve(elapsed(clock) - since);
    });
  }

  /** Nobody will answer any more. */
  end(error: WampError): void {
    for (const fail of [...this.askers]) fail(error);
  }
}
