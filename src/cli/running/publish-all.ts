/*
 * Publishes events in their order, no faster than the router takes them.
 */
import { setMaxListeners } from 'node:events';
import { ConnectionLostError, type PublishOptions, type Session } from '../../index.ts';
import type { Payload } from '../text/payload.ts';
import { roundTrip } from './round-trip.ts';

/** How many may wait for an answer. */
const WINDOW = 64;

export interface Publishing {
  readonly session: Session;
  readonly topic: string;
  readonly options: PublishOptions;
  readonly acknowledge: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  print(value: unknown): void;
  note(text: string): void;
}

/**
 * Resolves when the router has taken the last one.
 *
 * @param events - Called once, with a signal that aborts when no more events are needed.
 * @throws What `events` throws, or the error of the first event that was refused. Events right behind that one may have been published.
 */
export async function publishAll(
  events: (signal: AbortSignal) => AsyncIterable<Payload>,
  { session, topic, options, acknowledge, timeoutMs, signal: outer, print, note }: Publishing,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([outer, failure.signal]);
  setMaxListeners(WINDOW * 2, signal); // each pending publication listens
  const ended = (error: unknown): void =>
    failure.abort(error ?? new ConnectionLostError('wamp.close.normal', 'the session was left'));
  let isOver = false;
  void session.ended.then((error) => isOver || ended(error));
  const pending = new Set<Promise<void>>();
  let count = 0;
  const refused = (number: number, error: unknown): void => {
    if (count > 1 && !signal.aborted) note(`event ${number} was not taken`);
    failure.abort(error);
  };
  try {
    for await (const { args, kwargs } of events(signal)) {
      count++;
      if (acknowledge) {
        const number = count;
        const answer = session
          .publish(topic, args, kwargs, { ...options, acknowledge: true, timeoutMs, signal })
          .then(({ id }) => print({ publication: id }))
          .catch((error) => refused(number, error))
          .finally(() => pending.delete(answer));
        pending.add(answer);
        if (pending.size >= WINDOW) await Promise.race(pending);
      } else {
        void session.publish(topic, args, kwargs, options);
        if (count % WINDOW === 0) await roundTrip(session, { timeoutMs, signal });
      }
      signal.throwIfAborted();
    }
    await Promise.all(pending);
    signal.throwIfAborted();
    if (!acknowledge) await roundTrip(session, { timeoutMs, signal });
  } finally {
    await Promise.all(pending); // so that their answers are printed, even if a later one fails
    isOver = true;
  }
}
