/*
 * The common part of `subscribe` and `register`: a durable handle that stays until it has done its work, is taken away, or we are
 * told to stop.
 */
import { type Connection, type DurableRegistration, type DurableSubscription, TimeoutError } from '../../index.ts';
import type { Run } from './command.ts';
import { timer } from './timer.ts';

type Handle = DurableSubscription | DurableRegistration;

export interface Stay<H extends Handle> {
  readonly reconnects: boolean;
  /** The command ends after this time. If `missing` returns a text then, that is the error. */
  readonly timeoutMs?: number | undefined;
  missing?(): string | undefined;
  /** `done`: the work is done. */
  start(connection: Connection, done: () => void): H;
  /** Called once the handle is active. */
  readonly ready: string;
  /** Called before the session is left. It has two seconds. */
  finish?(handle: H): Promise<void>;
}

/** For requests to a router or a command that may no longer answer. */
const FINISH_TIMEOUT_MS = 2000;

/** @throws The error that refused the handle, took it away, or ended the connection or the wait. */
export async function stay<H extends Handle>(run: Pick<Run<{}>, 'connect' | 'stopped' | 'note'>, options: Stay<H>): Promise<void> {
  const { connection } = await run.connect({ stays: options.reconnects });
  let done = (): void => {};
  const isDone = new Promise<void>((resolve) => {
    done = resolve;
  });
  const handle = options.start(connection, done);
  const time = timer(options.timeoutMs);
  const timeUp = time.up.then(() => {
    const missing = options.missing?.();
    if (missing !== undefined) throw new TimeoutError(missing);
  });
  const ends = [isDone, timeUp, run.stopped, takenAway(handle), endOf(connection)];
  try {
    await Promise.race([handle.ready, ...ends]);
    run.note(options.ready);
    await Promise.race(ends);
  } finally {
    time.clear();
    if (options.finish) {
      const limit = timer(FINISH_TIMEOUT_MS);
      await Promise.race([options.finish(handle), limit.up]);
      limit.clear();
    }
    await connection.close();
  }
}

/** Rejects when the router takes it away, or refuses it after a reconnect. */
function takenAway(handle: Handle): Promise<never> {
  return new Promise((_, reject) => {
    handle.on('state', (state) => {
      if (state === 'closed' && handle.error) reject(handle.error);
    });
  });
}

/** Rejects when it has ended for good. */
async function endOf(connection: Connection): Promise<void> {
  const error = await connection.closed;
  if (error) throw error;
}
