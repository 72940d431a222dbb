/*
 * The keys of `using` and `await using`. On a platform without them `Symbol.asyncDispose` is undefined, and a method with
 * that key would be called "undefined". So only this file names them.
 */
/// <reference lib="esnext.disposable" />

export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** Makes an instance of a class work with `await using`, and with `using` if `isSyncToo`. The class only declares the members. */
export function makeDisposable(target: object, end: () => Promise<void>, isSyncToo = false): asserts target is AsyncDisposable {
  Object.defineProperty(target, asyncDispose, { value: end, configurable: true });
  if (isSyncToo) Object.defineProperty(target, dispose, { value: () => void end(), configurable: true });
}
