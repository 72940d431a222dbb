/*
 * The keys of `using` and `await using`. Where the platform lacks them, a method keyed by `Symbol.asyncDispose` itself would be called
 * "undefined"; so this is the one place that names them.
 */
/// <reference lib="esnext.disposable" />

export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** Gives a class's instance what `await using` calls, and `using` where that makes sense. The class only declares the members. */
export function makeDisposable(target: object, end: () => Promise<void>, isSyncToo = false): void {
  Object.defineProperty(target, asyncDispose, { value: end, configurable: true });
  if (isSyncToo) Object.defineProperty(target, dispose, { value: () => void end(), configurable: true });
}
