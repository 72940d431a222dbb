/*
 * How fast values are taken from an iterator of the user's and sent: no faster than the transport takes them, and never so many in a row
 * that nothing else has its turn.
 */
import type { Clock } from '../../base/clock.ts';
import type { KernelSession } from './kernel.ts';

/** With more than this waiting in the transport nothing is added: enough to keep a fast connection busy from one look to the next. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** Transports do not tell when they have room again, so one looks. */
const LOOK_MS = 20;
/** An iterator that always has a value would never let a timer or a socket have its turn. */
const IN_A_ROW = 100;

/** What to wait for before the next value. Undefined: go on. */
export type Pace = () => Promise<void> | undefined;

export function createPace(clock: Clock, link: KernelSession['link']): Pace {
  let inARow = 0;
  const isFull = (): boolean => link.transport.bufferedBytes > HIGH_WATER_BYTES;
  const pause = async (ms: number): Promise<void> => {
    do await new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
    while (isFull() && link.state === 'established');
  };
  return () => {
    if (!isFull() && inARow++ < IN_A_ROW) return undefined;
    inARow = 0;
    return pause(isFull() ? LOOK_MS : 0);
  };
}
