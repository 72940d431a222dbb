/*
 * Runs a task after the current work. Tests replace `process.nextTick` and `queueMicrotask` (fake timers of Jest and Sinon).
 * A replacement would wait until the test moves its clock, so the platform's own function is used.
 */
interface Ticks {
  readonly nextTick?: (task: () => void) => void;
}

/** The platform's own function, or undefined if it was replaced. A replacement has a member `clock`. */
export function real<T extends object>(given: T | undefined): T | undefined {
  return given && !('clock' in given) ? given : undefined;
}

// It is taken when this file is loaded, before a test replaces it.
const platform: { readonly process?: Ticks } = globalThis;
const nextTick = /* @__PURE__ */ real(platform.process?.nextTick);

/**
 * Runs a task after the current one. The ticks of Node.js come before or after its microtasks, but always before another
 * socket is read.
 */
export function defer(task: () => void): void {
  if (nextTick) nextTick(task);
  else inMicrotask(task);
}

export function inMicrotask(task: () => void): void {
  void Promise.resolve().then(task);
}
