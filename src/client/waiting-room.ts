/*
 * Requests that wait for a session: bounded in number and time, first in, first out. Nothing waits for ever.
 */
import type { Clock } from '../clock.ts';
import { ConnectionLostError, TimeoutError, type WampError } from '../errors.ts';
import { NETWORK_FAILURE } from '../protocol/uris.ts';
import { limit } from './limit.ts';
import type { Settle } from './requests.ts';
import type { SessionCore } from './session.ts';
import type { WaitOptions } from './verbs.ts';

export interface WaitingRoomLimits {
  readonly maxWaiting: number;
  readonly timeoutMs: number;
}

interface Guest {
  enter(session: SessionCore): void;
  leave(error: unknown): void;
}

export class WaitingRoom {
  private readonly clock: Clock;
  private readonly limits: WaitingRoomLimits;
  private guests: readonly Guest[] = [];

  constructor(clock: Clock, limits: WaitingRoomLimits) {
    this.clock = clock;
    this.limits = limits;
  }

  get size(): number {
    return this.guests.length;
  }

  /**
   * Waits for a session, then runs `start` with what is left of the time.
   *
   * @throws ConnectionLostError when the room is full.
   */
  wait<T>(
    settle: Settle<T>,
    options: WaitOptions | undefined,
    start: (session: SessionCore, timeoutMs: number | undefined) => void,
  ): void {
    const { maxWaiting, timeoutMs: limitMs } = this.limits;
    if (this.guests.length >= maxWaiting) {
      const text = `the connection is down and ${maxWaiting} requests wait already (offline.maxWaiting)`;
      throw new ConnectionLostError(NETWORK_FAILURE, text, { delivery: 'not-sent' });
    }
    const { signal, timeoutMs } = options ?? {};
    if (signal?.aborted) throw signal.reason;
    const since = this.clock.now();
    const stop = (): void => {
      off();
      this.guests = this.guests.filter((each) => each !== guest);
    };
    const guest: Guest = {
      enter: (session) => {
        stop();
        const leftMs = timeoutMs ? Math.max(1, timeoutMs - (this.clock.now() - since)) : timeoutMs;
        try {
          start(session, leftMs);
        } catch (error) {
          settle.reject(error);
        }
      },
      leave: (error) => {
        stop();
        settle.reject(error);
      },
    };
    const isOwnLimit = timeoutMs ? timeoutMs <= limitMs : false;
    const off = limit(this.clock, { signal, timeoutMs: isOwnLimit ? timeoutMs : Math.max(1, limitMs) }, guest.leave, (waitMs) => {
      const text = `the connection was down for ${waitMs} ms; nothing was sent`;
      return isOwnLimit ? new TimeoutError(text) : new ConnectionLostError(NETWORK_FAILURE, text, { delivery: 'not-sent' });
    });
    this.guests = [...this.guests, guest];
  }

  /** There is a session: all go in, in order. */
  admit(session: SessionCore): void {
    for (const guest of this.guests) guest.enter(session);
  }

  dismiss(error: WampError): void {
    for (const guest of this.guests) guest.leave(error);
  }
}
