/*
 * The end of something that lives for a while, as a state and as a promise that resolves with why and never rejects.
 */
import type { WampError } from '../../base/errors.ts';

export interface Ending {
  readonly isOpen: boolean;
  /** Undefined when the user ended it. */
  readonly ended: Promise<WampError | undefined>;
  /** Only the first end counts. */
  end(error: WampError | undefined): void;
}

export function ending(): Ending {
  let isOpen = true;
  let resolve: (error: WampError | undefined) => void;
  const ended = new Promise<WampError | undefined>((settle) => {
    resolve = settle;
  });
  return {
    get isOpen() {
      return isOpen;
    },
    ended,
    end(error) {
      if (!isOpen) return;
      isOpen = false;
      resolve(error);
    },
  };
}

/** An end with an error that nobody hears: Node.js then ends with 1, so that a supervisor starts the program again or tells somebody. */
export function failProcess(): void {
  const { process }: { readonly process?: { exitCode?: unknown } } = globalThis;
  if (process) process.exitCode ||= 1;
}
