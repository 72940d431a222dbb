/* `autostrada bench publish` */
import type { Dict, Session } from '../../index.ts';
import { roundTrip } from '../running/round-trip.ts';
import type { Payload } from '../text/payload.ts';
import { Latency } from './latency.ts';
import { type Load, type Measured, measure, quiet } from './load.ts';
import type { Stand } from './stand.ts';

/** The keyword that says when an event should have been published, and by which run. */
export const STAMP = '_bench';

export interface Publications extends Omit<Load, 'send' | 'signal'> {
  readonly topic: string;
  readonly payload: Payload;
  readonly options: Dict;
  readonly acknowledge: boolean;
  readonly subscribers: number;
}

export interface Received {
  readonly count: number;
  readonly lost: number;
  readonly lastAt: number;
  readonly latency: Latency;
}

export interface Published extends Measured {
  /** Undefined without subscribers. */
  readonly received: Received | undefined;
}

/**
 * One acknowledged publication before all others is not measured.
 *
 * @throws The error of that publication, or what refused a session or a subscription.
 */
export async function measurePublications(stand: Stand, given: Publications, begins: () => void): Promise<Published> {
  const { topic, payload, options, acknowledge, subscribers, connections, inFlight, timeoutMs } = given;
  const { signal } = stand;
  const hearing = new Hearing();
  for (const session of await stand.open(subscribers)) await session.subscribe(topic, hearing.hear);
  const sessions = await stand.open(connections);
  await sessions[0]?.publish(topic, payload.args, payload.kwargs, { ...options, acknowledge: true, signal, timeoutMs });
  const share = Math.floor(inFlight / connections);
  const batches = sessions.map((session) => new Batches(session, Math.max(1, share >> 1)));
  const send = async (connection: number, at: number): Promise<unknown> => {
    const kwargs = subscribers === 0 ? payload.kwargs : { ...payload.kwargs, [STAMP]: hearing.stamp(at) };
    if (acknowledge) return sessions[connection]?.publish(topic, payload.args, kwargs, { ...options, acknowledge: true });
    void sessions[connection]?.publish(topic, payload.args, kwargs, options);
    return batches[connection]?.add();
  };
  begins();
  const measured = await measure({ ...given, signal, send });
  if (subscribers === 0) return { ...measured, received: undefined };
  const expected = (acknowledge ? measured.tally.answered : measured.tally.sent) * subscribers;
  await quiet(() => hearing.count, expected, timeoutMs, signal);
  const { count, lastAt, latency } = hearing;
  return { ...measured, received: { count, lastAt, latency, lost: Math.max(0, expected - count) } };
}

/** The events of this run; others may publish to the same topic. */
class Hearing {
  count = 0;
  lastAt = 0;
  readonly latency: Latency = new Latency();
  private readonly run = Math.floor(Math.random() * 2 ** 32);

  stamp(at: number): readonly [run: number, at: number] {
    return [this.run, at];
  }

  readonly hear = (_: readonly unknown[], kwargs: Dict): void => {
    const stamp = kwargs[STAMP];
    if (!Array.isArray(stamp) || stamp[0] !== this.run || typeof stamp[1] !== 'number') return;
    this.lastAt = performance.now();
    this.count++;
    this.latency.record(this.lastAt - stamp[1]);
  };
}

interface Batch {
  readonly arrived: Promise<void>;
  readonly settle: (arrived: Promise<void>) => void;
}

/** Publications without an answer: one call behind several says that the router has received them. */
class Batches {
  private readonly session: Session;
  private readonly size: number;
  private count = 0;
  private batch: Batch | undefined;

  constructor(session: Session, size: number) {
    this.session = session;
    this.size = size;
  }

  /** Resolves when the router has received the event that was sent last. */
  add(): Promise<void> {
    this.batch ??= this.begin();
    const { arrived } = this.batch;
    if (++this.count >= this.size) this.end();
    return arrived;
  }

  /** It also ends when nothing more is sent now. */
  private begin(): Batch {
    let settle: Batch['settle'] = () => {};
    const arrived = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const batch = { arrived, settle };
    setImmediate(() => {
      if (this.batch === batch) this.end();
    });
    return batch;
  }

  private end(): void {
    const { batch } = this;
    this.batch = undefined;
    this.count = 0;
    batch?.settle(roundTrip(this.session));
  }
}
