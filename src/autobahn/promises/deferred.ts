/*
 * Promises like those of when.js 3, as far as programs written for Autobahn|JS use them. `then` takes a third function for progress, which is passed
 * down the chain. A rejection without a handler is written to the console, and never ends a Node.js process. A program may choose native promises,
 * or those of a library, instead.
 */
import type { Any } from '../base/any.ts';

/** What a factory such as `when.defer`, `Q.defer` or `jQuery.Deferred` gives. */
export interface Deferred {
  readonly promise: Any;
  resolve(value?: unknown): void;
  reject(reason?: unknown): void;
  notify?(value: unknown): void;
}
export type DeferFactory = () => Any;

type Fulfilled<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined;
type Rejected<B> = ((reason: Any) => B | PromiseLike<B>) | null | undefined;
type Progressed = ((value: Any) => unknown) | null | undefined;

/** As when.js does: listeners of `unhandledRejection` in Node.js are called; without any it is written to the console. */
function complain(reason: unknown, promise: unknown): void {
  const { process }: { process?: { emit?(event: string, ...given: unknown[]): boolean } } = globalThis;
  if (!process?.emit?.('unhandledRejection', reason, promise)) console.error('Potentially unhandled rejection', reason);
}

/** A promise with progress. */
export class LegacyPromise<T> implements Promise<T> {
  readonly [Symbol.toStringTag]: string = 'Promise';
  private readonly inner: Promise<T>;
  private readonly listeners: ((value: unknown) => void)[] = [];
  private isWatched = false;

  constructor(inner: Promise<T>) {
    this.inner = inner;
    inner.then(undefined, (reason: unknown) => {
      // Later, since code that rejects at once has not returned the promise yet.
      if (!this.isWatched) setTimeout(() => this.isWatched || complain(reason, this), 0);
    });
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = T, B = never>(fulfilled?: Fulfilled<T, A>, rejected?: Rejected<B>, progressed?: Progressed): LegacyPromise<A | B> {
    this.isWatched = true;
    const next = new LegacyPromise(this.inner.then(fulfilled, rejected));
    this.listeners.push((value) => {
      const passed = progressed ? progressed(value) : value;
      void Promise.resolve().then(() => next.tell(passed)); // one turn for each promise of the chain, as in when.js
    });
    return next;
  }

  catch<B = never>(rejected?: Rejected<B>): LegacyPromise<T | B> {
    return this.then(undefined, rejected);
  }

  otherwise<B = never>(rejected?: Rejected<B>): LegacyPromise<T | B> {
    return this.then(undefined, rejected);
  }

  finally(settled?: (() => void) | null): LegacyPromise<T> {
    const run = (): unknown => settled?.();
    return this.then(
      (value) => Promise.resolve(run()).then(() => value),
      (reason) => Promise.resolve(run()).then(() => Promise.reject(reason)),
    );
  }

  ensure(settled?: () => void): LegacyPromise<T> {
    return this.finally(settled);
  }

  tap(look: (value: T) => unknown): LegacyPromise<T> {
    return this.then((value) => Promise.resolve(look(value)).then(() => value));
  }

  spread<A>(take: (...values: Any[]) => A | PromiseLike<A>): LegacyPromise<A> {
    return this.then((values: Any) => take(...values));
  }

  progress(progressed: Progressed): LegacyPromise<T> {
    return this.then(undefined, undefined, progressed);
  }

  done(fulfilled?: Fulfilled<T, unknown>, rejected?: Rejected<unknown>): void {
    this.then(fulfilled, rejected);
  }

  /** Called by `defer`, and by the promise before this one in the chain. */
  tell(value: unknown): void {
    for (const listener of this.listeners) {
      try {
        listener(value);
      } catch (thrown) {
        console.error('Exception raised in progress handler:', thrown);
      }
    }
  }
}

interface LegacyDeferred extends Required<Deferred> {
  readonly promise: LegacyPromise<Any>;
  readonly resolver: Pick<LegacyDeferred, 'resolve' | 'reject' | 'notify'>;
}

/** Also with `new`, as Autobahn's documentation has it. */
export function defer(): LegacyDeferred {
  let settle: Pick<Deferred, 'resolve' | 'reject'> | undefined;
  let isPending = true;
  const inner = new Promise<Any>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const promise = new LegacyPromise(inner);
  const over = (how: 'resolve' | 'reject') => (value?: unknown) => {
    isPending = false;
    settle?.[how](value);
  };
  const resolver = {
    resolve: over('resolve'),
    reject: over('reject'),
    notify: (value: unknown): void => {
      if (isPending) void Promise.resolve().then(() => promise.tell(value));
    },
  };
  return { promise, ...resolver, resolver };
}

/** With native promises, which have no progress. */
function deferNatively(): Deferred {
  const deferred: { -readonly [key in keyof Deferred]?: Deferred[key] } = {};
  deferred.promise = new Promise((resolve, reject) => {
    deferred.resolve = resolve;
    deferred.reject = reject;
  });
  return deferred as Deferred;
}

export interface DeferOptions {
  readonly use_es6_promises?: boolean | undefined;
  readonly use_deferred?: DeferFactory | undefined;
}

export function deferred_factory(options?: DeferOptions): DeferFactory {
  if (options?.use_es6_promises) return deferNatively;
  return options?.use_deferred || defer;
}

/** What a user gets of a deferred: with jQuery it is the deferred itself. */
export function promise(deferred: Deferred): Any {
  return deferred.promise.then ? deferred.promise : deferred;
}
