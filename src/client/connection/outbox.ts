/*
 * What a connection sends: through the session that is there, or the next one. Until there is one, requests wait, bounded in number and
 * time; nothing waits for ever. Events without `acknowledge` wait for the first session; later they are dropped, and that is told once.
 */
import { type Clock, elapsed } from '../../clock.ts';
import { ConnectionLostError, messageOf, TimeoutError } from '../../errors.ts';
import { NETWORK_FAILURE } from '../../protocol/uris.ts';
import type { ErrorContext } from '../api/environment.ts';
import type { AcknowledgedOptions, CallOptions, UnacknowledgedOptions } from '../api/options.ts';
import { repeat, timeLeft } from '../core/repeat.ts';
import { promised, throwIfAborted } from '../core/requests.ts';
import { type Guest, WaitingRoom } from '../core/waiting-room.ts';
import { checkPublication } from '../roles/publisher.ts';
import { SessionCore } from '../session/session.ts';
import { closedError } from './closed-error.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { Line } from './line.ts';

const defaults = { maxWaiting: 100, timeoutMs: 30_000 } as const;

type Args = readonly unknown[] | null;
type Kwargs = object | null;
type Start<T> = (session: SessionCore, options: CallOptions | undefined) => Promise<T>;

export class Outbox {
  /** Events that had no session, or waited too long for one. */
  dropped = 0;
  /** How many of those that wait are events: nobody would hear why they did not go out. */
  private events = 0;
  private hasTold = false;
  readonly room: WaitingRoom<SessionCore>;
  private readonly line: Line;
  private readonly clock: Clock;
  private readonly limits: NonNullable<ConnectionOptions['offline']>;
  private readonly report: (error: unknown, context: ErrorContext) => void;

  constructor(line: Line, limits: ConnectionOptions['offline'] = {}, report: Outbox['report']) {
    this.line = line;
    this.clock = line.environment.clock;
    this.limits = limits;
    this.report = report;
    this.room = new WaitingRoom(this.clock);
  }

  /** Somebody awaits what waits here. */
  get isAwaited(): boolean {
    return this.room.size > this.events;
  }

  /** @param check - Looks at what would have to wait. What it throws rejects. */
  request<T>(options: CallOptions | undefined, check: () => void, start: Start<T>): Promise<T> {
    if (options?.retryOnLoss === 'unknown') return repeat(this.clock, options, (left) => this.once(left, check, start));
    return this.once(options, check, start);
  }

  publish(
    topic: string,
    args?: Args,
    kwargs?: Kwargs,
    options?: AcknowledgedOptions | UnacknowledgedOptions,
  ): ReturnType<SessionCore['publish']> {
    const send = SessionCore.prototype.publish;
    const check = (): void => void checkPublication(topic, { args, kwargs }, options);
    if (options?.acknowledge === true)
      return this.request(
        options,
        check,
        (to, left) => send.call(to, topic, args, kwargs, left as AcknowledgedOptions) ?? Promise.reject(),
      );
    const { line } = this;
    const session = line.openSession;
    if (session) return send.call(session, topic, args, kwargs, options);
    check();
    throwIfAborted(options);
    const { whenOffline, signal } = options ?? {};
    const drop = (why: unknown): void => {
      this.dropped++;
      // Who said so need not be told; and what ended the connection is told by itself.
      if (this.hasTold || whenOffline === 'drop' || signal?.aborted || why === line.lastError) return;
      this.hasTold = true;
      const text = `an event was dropped, and further ones are only counted (stats): ${messageOf(why)}`;
      this.report(this.notSent(text), { where: 'connection', uri: topic });
    };
    try {
      if (whenOffline !== 'wait' && (whenOffline || !line.isNew)) throw this.notSent('the connection is down');
      this.wait(
        {
          reject: (why) => {
            this.events--;
            drop(why);
          },
        },
        options as CallOptions | undefined, // `fail` was looked at above
        (joined) => {
          this.events--;
          try {
            send.call(joined, topic, args, kwargs, options);
          } catch (error) {
            this.report(error, { where: 'connection', uri: topic });
          }
        },
      );
      this.events++;
    } catch (why) {
      drop(why);
    }
    if (!line.isClosed) line.start();
    return undefined;
  }

  private once<T>(options: CallOptions | undefined, check: () => void, start: Start<T>): Promise<T> {
    const session = this.line.openSession;
    if (session) return start(session, options);
    return promised((settle) => {
      check();
      const since = elapsed(this.clock);
      this.wait(settle, options, (joined) => {
        start(joined, timeLeft(this.clock, options, since)).then(settle.resolve, settle.reject);
      });
    });
  }

  /** @throws Why it cannot wait. */
  private wait(settle: Guest<SessionCore>['settle'], options: CallOptions | undefined, enter: Guest<SessionCore>['enter']): void {
    const { maxWaiting = defaults.maxWaiting, timeoutMs: limitMs = defaults.timeoutMs } = this.limits;
    const { signal, timeoutMs, whenOffline } = options ?? {};
    const { line } = this;
    if (line.isClosed) throw closedError(line.lastError);
    if (whenOffline === 'fail') {
      line.start(); // a call opens the connection, also when it does not wait for it
      throw this.notSent('the connection is down');
    }
    if (this.room.size >= maxWaiting)
      throw this.notSent(`the connection is down and ${maxWaiting} requests wait already (offline.maxWaiting)`);
    const isOwnLimit = timeoutMs ? timeoutMs <= limitMs : false;
    this.room.wait({
      settle,
      options: { signal, timeoutMs: isOwnLimit ? timeoutMs : Math.max(1, limitMs) },
      enter,
      late: (waitedMs) => {
        const text = `the connection was down for ${waitedMs} ms; nothing was sent`;
        return isOwnLimit ? new TimeoutError(text, { cause: line.lastError }) : this.notSent(text);
      },
    });
    line.start();
  }

  /** Its cause: why there is no session. */
  private notSent(text: string): ConnectionLostError {
    return new ConnectionLostError(NETWORK_FAILURE, text, { delivery: 'not-sent', cause: this.line.lastError });
  }
}
