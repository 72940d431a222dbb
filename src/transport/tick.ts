/*
 * When the current work is over. Tests replace `process.nextTick` and `queueMicrotask` (Jest's and Sinon's fake timers), and what is deferred by a
 * replacement waits until the test moves its clock.
 */
interface Ticks {
  readonly nextTick?: (task: () => void) => void;
}

const { process } = globalThis as { readonly process?: Ticks };
/** A replacement carries its clock. */
const isReal = process?.nextTick !== undefined && !('clock' in process.nextTick);
// Taken when this file is loaded: a test replaces it later.
const nextTick = isReal ? process.nextTick : undefined;

/** After what is running now. Node's ticks come before its microtasks or after them, but before any other socket is read. */
export function defer(task: () => void): void {
  if (nextTick) nextTick(task);
  else inMicrotask(task);
}

export function inMicrotask(task: () => void): void {
  void Promise.resolve().then(task);
}
