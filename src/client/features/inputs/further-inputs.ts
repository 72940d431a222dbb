/*
 * WAMP "Progressive Call Invocations", the callee's side: the inputs after the first, kept until the endpoint reads them.
 */

interface Reader {
  resolve(step: IteratorResult<unknown, undefined>): void;
  reject(reason: unknown): void;
}

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

export class FurtherInputs {
  private kept: unknown[] = [];
  /** How many of those are read. */
  private read = 0;
  private readers: Reader[] = [];
  private isOver = false;
  private failure: { readonly reason: unknown } | undefined;
  /** The last input has not come. */
  hasMore = false;

  push(input: unknown): void {
    if (this.isOver) return;
    const reader = this.readers.shift();
    if (reader) reader.resolve({ done: false, value: input });
    else this.kept.push(input);
  }

  /** No more will come. What is kept can still be read. */
  end(): void {
    this.isOver = true;
    for (const reader of this.readers.splice(0)) reader.resolve(DONE);
  }

  /** Nothing can be read any more. */
  fail(reason: unknown): void {
    this.failure ??= { reason };
    for (const reader of this.readers.splice(0)) reader.reject(reason);
    this.discard();
  }

  /** Nobody will read them. */
  discard(): void {
    this.kept = [];
    this.read = 0;
    this.end();
  }

  /** What the endpoint iterates. */
  iterable(): AsyncIterable<unknown> {
    const iterator: AsyncIterableIterator<unknown, undefined> = {
      next: () => this.next(),
      return: () => {
        this.discard();
        return Promise.resolve(DONE);
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  private next(): Promise<IteratorResult<unknown, undefined>> {
    const step = new Promise<IteratorResult<unknown, undefined>>((resolve, reject) => {
      if (this.failure) reject(this.failure.reason);
      else if (this.read < this.kept.length) resolve({ done: false, value: this.take() });
      else if (this.isOver) resolve(DONE);
      else this.readers.push({ resolve, reject });
    });
    step.catch(() => {}); // whoever does not look at it any more must not bring the process down when the caller gives up
    return step;
  }

  private take(): unknown {
    const input = this.kept[this.read];
    this.kept[this.read++] = undefined;
    if (this.read === this.kept.length || this.read > 1000) {
      this.kept = this.kept.slice(this.read);
      this.read = 0;
    }
    return input;
  }
}
