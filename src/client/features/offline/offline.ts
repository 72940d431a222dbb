/*
 * What a connection sends: through the session that is there, or the next one. Until there is one, requests wait, bounded in number and
 * time; nothing waits for ever. Events without `acknowledge` wait for the first session; later they are dropped, and that is told once.
 */
import { elapsed } from '../../../base/clock.ts';
import { ConnectionLostError, messageOf, TimeoutError } from '../../../base/errors.ts';
import { amount, group, ms, oneOf } from '../../../base/options.ts';
import { NETWORK_FAILURE } from '../../../protocol/uris.ts';
import type { AcknowledgedOptions, CallOptions, WaitOptions } from '../../api/options.ts';
import { closedError } from '../../connection/closed-error.ts';
import type { Feature, Kernel, KernelConnection, KernelSession, Verbs } from '../../kernel/kernel.ts';
import { said } from '../../kernel/said.ts';
import { promised, throwIfAborted } from '../../kernel/settle.ts';
import { timeLeft } from '../../kernel/time-left.ts';
import { type Waiting, waitingRoom } from '../../kernel/waiting-room.ts';
import { repeat } from './repeat.ts';

const defaults = { maxWaiting: 100, timeoutMs: 30_000 } as const;
const retryOnLoss = /* @__PURE__ */ oneOf('never', 'not-sent', 'unknown');
const waitOrFail = /* @__PURE__ */ oneOf('wait', 'fail');
const waitOrDrop = /* @__PURE__ */ oneOf('wait', 'drop');

export const offline: Feature = {
  name: 'offline',
  options: { offline: /* @__PURE__ */ group('offline', { maxWaiting: amount, timeoutMs: /* @__PURE__ */ ms() }) },
  call: { whenOffline: waitOrFail, retryOnLoss },
  // Nobody would hear that an event without `acknowledge` failed, and whoever waits for an answer must get one.
  publish: {
    whenOffline: (value, beside) => (beside?.acknowledge === true ? waitOrFail : waitOrDrop)(value),
    retryOnLoss,
  },
  install(kernel) {
    if (kernel.connection) kernel.requests = createRequests(kernel, kernel.connection);
  },
};

interface Waits extends WaitOptions {
  readonly whenOffline?: 'wait' | 'fail' | 'drop' | undefined;
}

type Start<T> = (session: KernelSession, options: CallOptions | undefined) => Promise<T>;

function createRequests(kernel: Kernel, connection: KernelConnection): Verbs {
  const { clock } = kernel;
  const { maxWaiting = defaults.maxWaiting, timeoutMs: limitMs = defaults.timeoutMs } = kernel.options.offline ?? {};
  const room = waitingRoom<KernelSession>(clock);
  /** How many of those that wait are events: nobody would hear why they did not go out. */
  let events = 0;
  /** Events that had no session, or waited too long for one. */
  let dropped = 0;
  let hasTold = false;

  kernel.stats.push(() => ({ waiting: room.size, droppedPublications: dropped }));
  kernel.waiters.push({
    get size() {
      return room.size;
    },
    get isAwaited() {
      return room.size > events;
    },
    joined: room.admit,
    dismiss: () => room.dismiss,
  });

  /** Its cause: why there is no session. */
  const notSent = (text: string): ConnectionLostError =>
    new ConnectionLostError(NETWORK_FAILURE, text, { delivery: 'not-sent', cause: connection.lastError });

  /** @throws Why it cannot wait. */
  const wait = (
    settle: Waiting<KernelSession>['settle'],
    options: Waits | undefined,
    enter: Waiting<KernelSession>['enter'],
  ): void => {
    const { signal, timeoutMs, whenOffline } = options ?? {};
    if (connection.isClosed) throw closedError(connection.lastError);
    if (whenOffline === 'fail') {
      connection.start(); // a call opens the connection, also when it does not wait for it
      throw notSent('the connection is down');
    }
    if (room.size >= maxWaiting) throw notSent(`there is no session, and ${maxWaiting} requests wait already (offline.maxWaiting)`);
    const isOwnLimit = timeoutMs ? timeoutMs <= limitMs : false;
    room.wait({
      settle,
      options: { signal, timeoutMs: isOwnLimit ? timeoutMs : Math.max(1, limitMs) },
      enter,
      late(waitedMs) {
        const text = `the connection was down for ${waitedMs} ms; nothing was sent`;
        return isOwnLimit ? new TimeoutError(text, { cause: connection.lastError }) : notSent(text);
      },
    });
    connection.start();
  };

  const once = <T>(options: CallOptions | undefined, check: () => void, start: Start<T>): Promise<T> => {
    const { session } = connection;
    if (session) return start(session, options);
    return promised((settle) => {
      check();
      const since = elapsed(clock);
      wait(settle, options, (joined) => {
        start(joined, timeLeft(clock, options, since)).then(settle.resolve, settle.reject);
      });
    });
  };

  /** @param check - Looks at what would have to wait. What it throws rejects. */
  const request = <T>(options: CallOptions | undefined, check: () => void, start: Start<T>): Promise<T> =>
    options?.retryOnLoss === 'unknown' ? repeat(clock, options, (left) => once(left, check, start)) : once(options, check, start);

  return {
    call: (read, procedure, args, kwargs, options) => {
      const answer = request(
        options,
        () => kernel.fit.call(procedure, { args, kwargs }, options),
        (session, left) => session.raw.call(read, procedure, args, kwargs, left),
      );
      return said(answer, 'procedure', procedure);
    },

    publish(topic, args, kwargs, options) {
      const { session } = connection;
      if (session && options?.acknowledge !== true) return session.raw.publish(topic, args, kwargs, options);
      const check = (): void => void kernel.fit.publish(topic, { args, kwargs }, options);
      if (options?.acknowledge === true) {
        const sent = request(
          options,
          check,
          (session, left) => session.raw.publish(topic, args, kwargs, left as AcknowledgedOptions) ?? Promise.reject(),
        );
        return said(sent, 'topic', topic);
      }
      check();
      throwIfAborted(options);
      const { whenOffline, signal } = options ?? {};
      const drop = (why: unknown): void => {
        dropped++;
        // Whoever gave it up need not be told; and what ended the connection is told by itself.
        if (hasTold || whenOffline === 'drop' || signal?.aborted || why === connection.lastError) return;
        hasTold = true;
        const text = `an event was dropped, and further ones are only counted (stats): ${messageOf(why)}`;
        kernel.report(notSent(text), 'connection', topic);
      };
      try {
        if (whenOffline !== 'wait' && (whenOffline || !connection.isNew)) throw notSent('the connection is down');
        const settle = {
          reject(why: unknown) {
            events--;
            drop(why);
          },
        };
        wait(settle, options, (joined) => {
          events--;
          try {
            joined.raw.publish(topic, args, kwargs, options);
          } catch (error) {
            kernel.report(error, 'connection', topic);
          }
        });
        events++;
      } catch (why) {
        drop(why);
      }
      if (!connection.isClosed) connection.start();
      return undefined;
    },
  };
}
