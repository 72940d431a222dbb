/*
 * What comes by callback, as an async iterator: bounded, with a policy for slow readers. It does not know where the values come from;
 * `release` is called once when nobody wants any more of it.
 */
import { makeDisposable } from '../../base/dispose.ts';
import { ApplicationError } from '../../base/errors.ts';
import { checkGiven } from '../../base/given.ts';
import type { Off } from '../../base/words.ts';
import { onAbort } from '../kernel/limit.ts';
import type { Settle } from '../kernel/settle.ts';

const policies = ['drop-oldest', 'drop-newest', 'latest', 'error'] as const;

/** What is kept for a loop that is slower than what comes. */
export interface BufferOptions {
  /** How many are kept. Default 256. */
  readonly maxBuffered?: number | undefined;
  /**
   * What happens beyond that. Default `drop-oldest`. `latest` keeps one. `error` ends the stream: what is kept is still read, then it throws
   * `autostrada.error.slow_consumer`.
   */
  readonly onOverflow?: (typeof policies)[number] | undefined;
  /** Called once per spell of dropping, which lasts until all that was kept is read. `dropped`: so far, over all spells. */
  readonly onSlow?: ((dropped: number) => void) | undefined;
}

export interface Source {
  /** For errors: `events of com.example.news`. */
  readonly what: string;
  readonly signal: AbortSignal | undefined;
  /** Once, and not after `end`. `why`: the signal's reason or our error; undefined when the loop was left. */
  release(why: unknown): void;
}

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

export class StreamBuffer<T> implements AsyncIterableIterator<T, undefined>, AsyncDisposable {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  // Not a method: the oldest browsers load this, too, and have no symbols.
  declare readonly [Symbol.asyncIterator]: () => this;
  /** What did not fit. */
  dropped = 0;
  private readonly source: Source;
  private readonly options: BufferOptions;
  private readonly limit: number;
  private items: T[] = [];
  /** How many of those are read. */
  private read = 0;
  private readers: readonly Settle<IteratorResult<T, undefined>>[] = [];
  private isOver = false;
  /** Thrown once, when all is read. */
  private failure: { readonly error: unknown } | undefined;
  private isDropping = false;
  private readonly offAbort: Off;

  constructor(options: BufferOptions, source: Source) {
    const { onOverflow = 'drop-oldest', maxBuffered = 256, onSlow } = options;
    if (!policies.includes(onOverflow))
      throw new TypeError(`expected onOverflow to be one of ${policies.join(', ')}, got ${String(onOverflow)}`);
    if (!(typeof maxBuffered === 'number' && Math.floor(maxBuffered) === maxBuffered && maxBuffered >= 1))
      throw new TypeError(`expected maxBuffered to be a whole number from 1, got ${String(maxBuffered)}`);
    if (onSlow) checkGiven('onSlow to be a function', onSlow, 'call');
    if (source.signal) checkGiven('signal to be an AbortSignal', source.signal, 'addEventListener');
    this.options = options;
    this.limit = onOverflow === 'latest' ? 1 : maxBuffered;
    this.source = source;
    makeDisposable(this, () => this.return().then(() => {}));
    Object.defineProperty(this, Symbol.asyncIterator, { value: () => this });
    this.offAbort = onAbort(source.signal, (reason) => this.abort(reason));
  }

  /** @returns What `onSlow` gives: a promise of it may reject, and whoever pushes has to hand it on. */
  push(item: T): unknown {
    if (this.isOver) return undefined;
    const [reader, ...others] = this.readers;
    if (reader) {
      this.readers = others;
      return reader.resolve({ done: false, value: item });
    }
    const { onOverflow, onSlow } = this.options;
    if (this.items.length - this.read < this.limit) {
      this.items.push(item);
      return undefined;
    }
    if (onOverflow === 'error') return this.overflow();
    this.dropped++;
    if (onOverflow !== 'drop-newest') {
      this.take();
      this.items.push(item);
    }
    if (this.isDropping) return undefined;
    this.isDropping = true;
    return onSlow?.(this.dropped);
  }

  /** No more will come. What is kept can still be read. */
  end(failure?: { readonly error: unknown }): void {
    if (this.isOver) return;
    this.isOver = true;
    this.offAbort();
    this.failure = failure;
    const { readers } = this;
    this.readers = [];
    for (const { resolve, reject } of readers) this.finish(resolve, reject);
  }

  /** Nobody wants any more of it. */
  abort(error: unknown): void {
    if (this.isOver) return;
    this.forget();
    this.end({ error });
    this.source.release(error);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const step = new Promise<IteratorResult<T, undefined>>((resolve, reject) => {
      if (this.read < this.items.length) resolve({ done: false, value: this.take() });
      else if (this.isOver) this.finish(resolve, reject);
      else this.readers = [...this.readers, { resolve, reject }];
    });
    if (this.read === this.items.length) this.isDropping = false;
    step.catch(() => {}); // a step that nobody awaits any more must not end the process when the connection is lost
    return step;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.forget();
    this.failure = undefined;
    if (!this.isOver) {
      this.end();
      this.source.release(undefined);
    }
    return Promise.resolve(DONE);
  }

  private overflow(): void {
    const text = `over ${this.limit} ${this.source.what} waited to be read (maxBuffered, onOverflow)`;
    const error = new ApplicationError('autostrada.error.slow_consumer', [text]);
    this.end({ error });
    this.source.release(error);
  }

  private finish(resolve: (step: IteratorResult<T, undefined>) => void, reject: (error: unknown) => void): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) reject(failure.error);
    else resolve(DONE);
  }

  private take(): T {
    const item = this.items[this.read++] as T;
    if (this.read === this.items.length || this.read > 1000) {
      this.items = this.items.slice(this.read);
      this.read = 0;
    }
    return item;
  }

  private forget(): void {
    this.items = [];
    this.read = 0;
  }
}
