/* `autobahn.when`: the part of when.js that Autobahn's documentation and most programs use. */
import type { Any } from '../base/any.ts';
import { defer, LegacyPromise } from './deferred.ts';

function adopt<T>(value: T | PromiseLike<T>): LegacyPromise<T> {
  return value instanceof LegacyPromise ? value : new LegacyPromise(Promise.resolve(value));
}

interface When {
  <T>(value: T | PromiseLike<T>): LegacyPromise<T>;
  <T, A>(
    value: T | PromiseLike<T>,
    fulfilled: (value: T) => A | PromiseLike<A>,
    rejected?: (reason: Any) => A | PromiseLike<A>,
    progressed?: (value: Any) => unknown,
  ): LegacyPromise<A>;
  defer: typeof defer;
  resolve: typeof adopt;
  reject(reason?: unknown): LegacyPromise<never>;
  promise<T>(start: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: unknown) => void) => void): LegacyPromise<T>;
  all(values: PromiseLike<readonly Any[]> | readonly Any[]): LegacyPromise<Any[]>;
  join(...values: readonly Any[]): LegacyPromise<Any[]>;
}

const all = (values: PromiseLike<readonly Any[]> | readonly Any[]): LegacyPromise<Any[]> =>
  new LegacyPromise(Promise.resolve(values).then((list) => Promise.all(list)));

export const when: When = /* @__PURE__ */ Object.assign(
  <T, A>(
    value: T | PromiseLike<T>,
    fulfilled?: (value: T) => A | PromiseLike<A>,
    rejected?: (reason: Any) => A | PromiseLike<A>,
    progressed?: (value: Any) => unknown,
  ): Any => (fulfilled || rejected || progressed ? adopt(value).then(fulfilled, rejected, progressed) : adopt(value)),
  {
    defer,
    all,
    resolve: adopt,
    reject: (reason?: unknown) => new LegacyPromise<never>(Promise.reject(reason)),
    promise: <T>(start: ConstructorParameters<typeof Promise<T>>[0]) => new LegacyPromise(new Promise<T>(start)),
    join: (...values: readonly Any[]) => all(values),
  },
);
