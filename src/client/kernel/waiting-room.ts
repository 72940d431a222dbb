/*
 * Requests that wait for a session, or for their turn: first in, first out, each for as long as it says.
 */
import type { Clock } from '../../base/clock.ts';
import type { WaitOptions } from '../api/options.ts';
import { limit } from './limit.ts';
import { type Settle, throwIfAborted } from './settle.ts';

export interface Waiting<T> {
  readonly settle: Pick<Settle<never>, 'reject'>;
  readonly options: WaitOptions;
  /** What was waited for is there. What this throws rejects. */
  enter(admission: T): void;
  /** The error when the time is over. */
  late(timeoutMs: number): unknown;
  /** Called after it has gone, by time or signal. */
  gaveUp?(): void;
}

interface Place<T> {
  enter(admission: T): void;
  leave(error: unknown): void;
}

export interface WaitingRoom<T> {
  readonly size: number;
  /** @throws The reason of its signal, when that is aborted already. */
  wait(waiting: Waiting<T>): void;
  /** What was waited for is there: all go in, in order. */
  admit(admission: T): void;
  /** It will not come. */
  dismiss(error: unknown): void;
}

export function waitingRoom<T>(clock: Clock): WaitingRoom<T> {
  let places: readonly Place<T>[] = [];
  return {
    get size() {
      return places.length;
    },
    wait({ settle, options, enter, late, gaveUp }) {
      throwIfAborted(options);
      const stop = (): void => {
        places = places.filter((each) => each !== place);
        off();
      };
      const place: Place<T> = {
        enter(admission) {
          stop();
          try {
            enter(admission);
          } catch (error) {
            settle.reject(error);
          }
        },
        leave(error) {
          stop();
          settle.reject(error);
        },
      };
      const giveUp = (reason: unknown): void => {
        place.leave(reason);
        gaveUp?.();
      };
      const off = limit(clock, options, giveUp, late);
      places = [...places, place];
    },
    admit(admission) {
      for (const place of places) place.enter(admission);
    },
    dismiss(error) {
      for (const place of places) place.leave(error);
    },
  };
}
