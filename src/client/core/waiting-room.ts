/*
 * Who waits for a session, or for a turn: first in, first out, each for as long as it says.
 */
import type { Clock } from '../../clock.ts';
import type { WaitOptions } from '../api/options.ts';
import { limit } from './limit.ts';
import { type Settle, throwIfAborted } from './requests.ts';

interface Seat<T> {
  enter(admission: T): void;
  leave(error: unknown): void;
}

export interface Guest<T> {
  readonly settle: Pick<Settle<never>, 'reject'>;
  readonly options: WaitOptions;
  /** There is one. What it throws rejects. */
  enter(admission: T): void;
  /** What is wrong when the time is over. */
  late(timeoutMs: number): unknown;
  /** Called after it has gone without a session, by time or signal. */
  gaveUp?(): void;
}

export class WaitingRoom<T> {
  private readonly clock: Clock;
  private seats: readonly Seat<T>[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.seats.length;
  }

  wait({ settle, options, enter, late, gaveUp }: Guest<T>): void {
    throwIfAborted(options);
    const stop = (): void => {
      this.seats = this.seats.filter((each) => each !== seat);
      off();
    };
    const seat: Seat<T> = {
      enter: (admission) => {
        stop();
        try {
          enter(admission);
        } catch (error) {
          settle.reject(error);
        }
      },
      leave: (error) => {
        stop();
        settle.reject(error);
      },
    };
    const giveUp = (reason: unknown): void => {
      seat.leave(reason);
      gaveUp?.();
    };
    const off = limit(this.clock, options, giveUp, late);
    this.seats = [...this.seats, seat];
  }

  /** There is a session: all go in, in order. */
  admit(admission: T): void {
    for (const seat of this.seats) seat.enter(admission);
  }

  /** There will be none. */
  dismiss(error: unknown): void {
    for (const seat of this.seats) seat.leave(error);
  }
}
