/* Requests for one topic are sent one after the other, so that a message that must be sent again is not overtaken by a later one; those for others meanwhile. */

import { checkAge } from './line.ts';

/** Resolves when the message is in the stream, with what waits until it is applied here. */
type Send = () => Promise<() => Promise<void>>;

export class Turns {
  private readonly last = new Map<string, Promise<void>>();
  private readonly others = new Set<Promise<void>>();

  take(topic: string, send: Send): { readonly done: Promise<void> } {
    const sent = this.wait([this.last.get(topic), ...this.others], send);
    const over = sent.then(
      () => {},
      () => {},
    );
    this.last.set(topic, over);
    void over.then(() => {
      if (this.last.get(topic) === over) this.last.delete(topic);
    });
    return { done: sent.then((applied) => applied()) };
  }

  /** For all topics: after those that were made before, and before those that are made later. */
  after(send: Send): Promise<void> {
    const sent = this.wait([...this.last.values()], send);
    const over = sent.then(
      () => {},
      () => {},
    );
    this.others.add(over);
    void over.then(() => this.others.delete(over));
    return sent.then((applied) => applied());
  }

  /** Resolves when all that were made before are in the stream, or have failed. */
  async settled(): Promise<void> {
    await Promise.all([...this.last.values(), ...this.others]);
  }

  private async wait(before: readonly (Promise<void> | undefined)[], send: Send): Promise<() => Promise<void>> {
    const since = performance.now();
    await Promise.all(before);
    checkAge(since);
    return send();
  }
}
