/* What a node asks all others: the meta procedures. */
import { type Clock, within } from '../../base/clock.ts';
import { ApplicationError, messageOf } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import type { Carried } from '../../serializer/formats/carried.ts';
import type { Outcome } from '../elsewhere/elsewhere.ts';
import type { NodeId } from '../elsewhere/engine.ts';
import type { Cluster } from './cluster.ts';

/** How long other nodes may take to answer, in milliseconds. Those that are later do not count. */
const ANSWER_MS = 2000;

export class Questions {
  private readonly cluster: Cluster;
  private readonly clock: Clock;
  /** What has been answered, by tag. */
  private readonly outcomes = new Map<number, Outcome[]>();

  constructor(cluster: Cluster, clock: Clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /** @param send - Sends the question to all. @returns The answers. */
  async ask(send: (tag: number) => void): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    let asked = 0;
    const all = this.cluster.wait((tag) => {
      asked = tag;
      this.outcomes.set(tag, outcomes);
      send(tag);
    });
    if (all) await within(this.clock, ANSWER_MS, all);
    this.outcomes.delete(asked);
    return outcomes;
  }

  /** @param error - Empty: it has succeeded. */
  answered(from: NodeId, tag: number, error: Uri, payload: Carried | undefined): void {
    this.outcomes.get(tag)?.push(outcomeOf(error, payload));
    this.cluster.answer(from, tag);
  }
}

/** @param error - Empty: it has succeeded. */
function outcomeOf(error: Uri, payload: Carried | undefined): Outcome {
  try {
    const { args = [], kwargs } = payload?.values() ?? {};
    return error === '' ? { value: { args, kwargs } } : { error: new ApplicationError(error, args) };
  } catch (unfit) {
    return { error: new ApplicationError('wamp.error.invalid_argument', [messageOf(unfit)]) };
  }
}
