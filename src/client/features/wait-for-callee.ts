/*
 * Calls that wait for a callee (`waitForCalleeMs`): a caller may be back before it. The router's registration meta events end the waiting;
 * where it has none, or we may not hear them, the call is made again, less and less often.
 */

import { isDict } from '../../base/checks.ts';
import { type Clock, elapsed } from '../../base/clock.ts';
import { ApplicationError } from '../../base/errors.ts';
import { ms } from '../../base/options.ts';
import type { CallOptions } from '../api/options.ts';
import type { Subscription } from '../api/session-api.ts';
import type { Feature, KernelSession } from '../kernel/kernel.ts';
import { limit, reasonOf } from '../kernel/limit.ts';
import { promised } from '../kernel/settle.ts';
import { timeLeft } from '../kernel/time-left.ts';

const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 2000;

export const waitForCallee: Feature = {
  name: 'waitForCallee',
  call: { waitForCalleeMs: /* @__PURE__ */ ms() },
  install({ clock, verbs }) {
    verbs.push((inner, { session }) => ({
      ...inner,
      call(read, procedure, args, kwargs, options) {
        const { waitForCalleeMs, inputsFrom } = options ?? {};
        // Anything but a duration is refused where all options are checked. Inputs can be taken only once.
        if (typeof waitForCalleeMs !== 'number' || !(waitForCalleeMs > 0) || inputsFrom !== undefined)
          return inner.call(read, procedure, args, kwargs, options);
        return wait(clock, procedure, { ...options, waitForCalleeMs }, session, (left) =>
          inner.call(read, procedure, args, kwargs, left),
        );
      },
    }));
  },
};

async function wait<T>(
  clock: Clock,
  procedure: string,
  given: CallOptions & { readonly waitForCalleeMs: number },
  session: () => KernelSession | undefined,
  once: (left: CallOptions | undefined) => Promise<T>,
): Promise<T> {
  const { waitForCalleeMs } = given;
  const options = { ...given, waitForCalleeMs: 0 };
  const since = elapsed(clock);
  const bell = new Bell(procedure);
  try {
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, MAX_DELAY_MS)) {
      const left = timeLeft(clock, options, since);
      try {
        return await once(left);
      } catch (error) {
        const leftMs = Math.min(waitForCalleeMs, options.timeoutMs || waitForCalleeMs) - (elapsed(clock) - since);
        const isMissing = error instanceof ApplicationError && error.uri === 'wamp.error.no_such_procedure';
        if (!isMissing || leftMs <= 0) throw error;
        bell.at(session());
        await bell.rung(clock, options.signal, bell.isHeard ? leftMs : Math.min(delayMs, leftMs));
      }
    }
  } finally {
    bell.at(undefined);
  }
}

/** Rings when the procedure may have come. */
class Bell {
  /** The router tells. */
  isHeard = false;
  private readonly procedure: string;
  private session: KernelSession | undefined;
  private subscription: Subscription | undefined;
  private isRinging = false;
  private wake: (() => void) | undefined;

  constructor(procedure: string) {
    this.procedure = procedure;
  }

  /** Listens in this session, and in no other. */
  at(session: KernelSession | undefined): void {
    if (this.session === session) return;
    void this.subscription?.unsubscribe();
    this.session = session;
    this.subscription = undefined;
    this.isHeard = false;
    if (!session?.features.dealer?.registration_meta_api) return;
    const created = ([, registration]: readonly unknown[]): void => {
      const { uri, match } = isDict(registration) ? registration : {};
      if (uri === this.procedure || match !== 'exact') this.ring();
    };
    const resolve = (subscription: Subscription): void => {
      if (this.session !== session) return void subscription.unsubscribe();
      this.subscription = subscription;
      this.isHeard = true;
      void subscription.ended.then(() => {
        if (this.session === session) this.at(undefined);
        this.ring();
      });
      this.ring(); // it may have come before we listened
    };
    session.subscriber.subscribe({ resolve, reject: () => {} }, 'wamp.registration.on_create', created, undefined);
  }

  rung(clock: Clock, signal: AbortSignal | undefined, timeoutMs: number): Promise<void> {
    return promised<void>(({ resolve, reject }) => {
      const end = (settle: () => void): void => {
        off();
        this.wake = undefined;
        this.isRinging = false;
        settle();
      };
      const done = (): void => end(resolve);
      const off = limit(
        clock,
        { signal, timeoutMs },
        (reason) => (reason ? end(() => reject(reason)) : done()),
        () => undefined,
      );
      this.wake = done;
      if (signal?.aborted) end(() => reject(reasonOf(signal)));
      else if (this.isRinging) done();
    });
  }

  private ring(): void {
    this.isRinging = true;
    this.wake?.();
  }
}
