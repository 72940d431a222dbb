import { elapsed } from '../../base/clock.ts';
import { checkGiven } from '../../base/given.ts';
import type { DurableRegistration, DurableSubscription } from '../api/handles.ts';
import type { WaitOptions } from '../api/options.ts';
import type { Registration, Subscription } from '../api/session-api.ts';
import type { Drainable } from './peers.ts';

export interface DrainReport {
  /** Something was still running, or waited for a session, when the time was over, the signal aborted, or the connection was lost. */
  readonly interrupted: boolean;
  /** Milliseconds. */
  readonly elapsedMs: number;
}

/**
 * Closes a connection without breaking off what runs: takes no new work (unregisters, unsubscribes), lets running invocations and
 * unanswered requests finish, flushes, says GOODBYE. Requests that wait for a session are waited for as well. For SIGTERM.
 *
 * Of what is still running when the time is over, callers get `wamp.error.canceled`. Event handlers are not waited for: nobody waits for an answer
 * from them, and a handler that awaits `drain` would wait for itself. The router may take up to 2 s more for its GOODBYE.
 *
 * @param options - `timeoutMs`: milliseconds, default 10 000, 0: no limit. `signal`: closes at once.
 * @returns Resolves when the connection is closed; rejects only with a TypeError, for anything but a connection and for wrong options.
 * @example process.once('SIGTERM', () => drain(connection, { timeoutMs: 20_000 }));
 */
export async function drain(connection: Drainable, options: WaitOptions = {}): Promise<DrainReport> {
  checkGiven('drain of a connection', connection, 'reconnect');
  checkGiven('options of drain to be an object', options ?? {});
  const { signal, timeoutMs = 10_000, ...others } = options ?? {};
  const [other] = Object.keys(others);
  if (other) throw new TypeError(`expected an option of drain (signal, timeoutMs), got '${other}'`);
  if (signal) checkGiven('signal of drain to be an AbortSignal', signal, 'addEventListener');
  if (!(typeof timeoutMs === 'number' && timeoutMs >= 0))
    throw new TypeError(`expected timeoutMs of drain to be milliseconds from 0 on, got ${String(timeoutMs)}`);
  if (connection.session) checkGiven('drain of a connection whose sessions have idle()', connection.session, 'idle');
  const { clock } = connection;
  const since = elapsed(clock);
  let interrupted = false;
  for (const handle of connection.handles) giveUp(handle);
  // What waits for a session goes out with the next one.
  if (!connection.session && connection.stats().waiting > 0) {
    await connection.open({ signal, timeoutMs }).catch(() => {
      interrupted = true;
    });
  }
  const { session } = connection;
  if (session && !interrupted) {
    for (const handle of [...session.registrations, ...session.subscriptions]) giveUp(handle);
    const left = timeoutMs && Math.max(1, timeoutMs - (elapsed(clock) - since));
    await session.idle({ signal, timeoutMs: left }).catch(() => {
      interrupted = true;
    });
  }
  await connection.close();
  return { interrupted, elapsedMs: elapsed(clock) - since };
}

/** `idle` waits for the answer. */
function giveUp(handle: DurableSubscription | DurableRegistration | Subscription | Registration): void {
  const released = 'unregister' in handle ? handle.unregister() : handle.unsubscribe();
  released.catch(() => {}); // the connection was lost, or the router had taken it away already
}
