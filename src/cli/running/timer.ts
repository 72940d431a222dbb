/* A timer that can be cancelled. */
export interface Timer {
  readonly up: Promise<void>;
  clear(): void;
}

/** Undefined: never. */
export function timer(ms: number | undefined): Timer {
  let timeout: NodeJS.Timeout | undefined;
  const up = new Promise<void>((resolve) => {
    if (ms !== undefined) timeout = setTimeout(resolve, ms);
  });
  return { up, clear: () => clearTimeout(timeout) };
}
