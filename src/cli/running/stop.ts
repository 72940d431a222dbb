/*
 * The ends of a command from outside: Ctrl-C, SIGTERM, and a reader of our output that has gone. One signal for all of them.
 */
import { Interrupted, OutputClosed } from './exit.ts';

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** How long SIGTERM waits for calls that are running, unless the configuration says it. */
export const DRAIN_MS = 5000;

export interface Stop {
  /** Its reason is `Interrupted` or `OutputClosed`. */
  readonly signal: AbortSignal;
  /** Rejects with that reason. */
  readonly asked: Promise<never>;
  dispose(): void;
}

/** The first signal asks, a second one ends the process at once. */
export function watchForStop(host: NodeJS.Process): Stop {
  const controller = new AbortController();
  const { signal } = controller;
  const removers = signals.map(([name, code]) => {
    const listener = (): void => {
      dispose();
      controller.abort(new Interrupted(name, code));
    };
    host.on(name, listener);
    return () => host.off(name, listener);
  });
  const dispose = (): void => {
    for (const remove of removers.splice(0)) remove();
  };
  host.stdout.on('error', () => controller.abort(new OutputClosed()));
  host.stderr.on('error', () => {}); // there is nowhere to report it
  const asked = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  asked.catch(() => {}); // code that does not await it looks at the signal
  return { signal, asked, dispose };
}
