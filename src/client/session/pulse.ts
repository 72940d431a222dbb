/*
 * Signs of life of a session: when it was last heard of, and how to ask. WAMP has no ping of its own, so where the transport has none
 * either, a call that costs the router nothing takes its place.
 */
import { elapsed } from '../../clock.ts';
import { ApplicationError, TimeoutError, type WampError } from '../../errors.ts';
import { checkOptions } from '../../options.ts';
import type { Uri } from '../../words.ts';
import type { WaitOptions } from '../api/options.ts';
import { limit } from '../core/limit.ts';
import { type Settle, throwIfAborted, waiting } from '../core/requests.ts';
import type { Role } from '../core/role.ts';
import type { Caller } from '../roles/caller.ts';

/** Slower lines are taken for dead, in the middle of a large message. */
const SLOW_BYTES_PER_MS = 64;
/** So much, at most, systems take and keep until it is sent. */
const SYSTEM_BYTES = 8 * 2 ** 20;

export class Pulse {
  /** When the last message came, on the clock for durations. */
  heardAt: number;
  private readonly role: Role;
  private readonly caller: Caller;
  private readonly probe: Uri;
  private last: { readonly [what in 'at' | 'received' | 'buffered' | 'unsent' | 'gone']: number } | undefined;
  private moves = 0;
  /** What had been sent in large messages when the last message came. */
  private largeThen = 0;
  /** What the line is trusted with: at least that of a slow one, and a part of what was seen. */
  private bytesPerMs = SLOW_BYTES_PER_MS;
  private readonly askers = new Set<(error: WampError) => void>();

  /** @param probe - What to call for a sign of life where there is no ping. */
  constructor(role: Role, caller: Caller, probe: Uri) {
    this.role = role;
    this.caller = caller;
    this.probe = probe;
    this.heardAt = elapsed(role.clock);
  }

  heard(): void {
    this.largeThen = this.role.link.largeBytes;
    this.heardAt = elapsed(this.role.clock);
  }

  /**
   * Another number whenever bytes have moved since one looked last, as far as the platform tells. What is sent on a line without a backlog
   * does not count: the system takes it, whether or not anybody is there.
   */
  get moved(): number {
    const { link, clock } = this.role;
    const { bufferedBytes: buffered, receivedBytes: received = 0, unsentBytes: unsent = 0 } = link.transport;
    const look = { at: elapsed(clock), received, buffered, unsent, gone: link.sentBytes - buffered };
    const { last } = this;
    this.last = look;
    if (last) {
      const gone = last.buffered > 0 ? look.gone - last.gone : 0;
      if (gone > 0) this.bytesPerMs = Math.max(this.bytesPerMs, gone / (look.at - last.at + 1) / 4);
      if (gone > 0 || received !== last.received || (last.unsent > 0 && unsent !== last.unsent)) this.moves++;
    }
    return this.moves;
  }

  /**
   * How long what was sent may take without a sign, in milliseconds: where the platform tells of a message only when all of it is gone; and
   * the end of a large one, which the system has taken and nobody sees.
   */
  get neededMs(): number {
    const { largeBytes, transport } = this.role.link;
    const { bufferedBytes, unsentBytes } = transport;
    const hidden = Math.min(largeBytes - this.largeThen, SYSTEM_BYTES);
    return ((unsentBytes === undefined ? bufferedBytes : 0) + hidden) / this.bytesPerMs;
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
    checkOptions('rtt', options, waiting);
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
