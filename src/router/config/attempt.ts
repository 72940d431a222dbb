/** Runs a check. If it throws, that is the end, or it is noted and the next one runs. */
export type Attempt = (check: () => void) => void;

/** The first fault is the end. */
export const atOnce: Attempt = (check) => check();
