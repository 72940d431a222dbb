/*
 * When the current work is over. Tests replace `process.nextTick` and `queueMicrotask` (Jest's and Sinon's fake timers), and what is deferred by a
 * replacement waits until the test moves its clock.
 */
interface Ticks {
  readonly nextTick?: (task: () => void) => void;
}

/** What is the platform's own. A replacement carries its clock. */
export function real<T extends object>(given: T | undefined): T | undefined {
  return given && !('clock' in given) ? given : undefined;
}

// Taken when this file is loaded: a test replaces it later.
const nextTick = /* @__PURE__ */ real((globalThis as { readonly process?: Ticks }).process?.nextTick);

/** After what is running now. Node's ticks come before its microtasks or after them, but before any other socket is read. */
export function defer(task: () => void): void {
  if (nextTick) nextTick(task);
  else inMicrotask(task);
}

export function inMicrotask(task: () => void): void {
  void Promise.resolve().then(task);
}
