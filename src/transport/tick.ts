interface NodeProcess {
  readonly process?: { nextTick?(task: () => void): void };
}

/** After what is running now. Node's ticks come before its microtasks or after them, but before any other socket is read. */
export function defer(task: () => void): void {
  const { process } = globalThis as NodeProcess;
  if (process?.nextTick) process.nextTick(task);
  else void Promise.resolve().then(task);
}
