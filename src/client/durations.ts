import { isDict, show } from '../protocol/checks.ts';
import { uriComplaint } from '../protocol/uri.ts';

/**
 * Looks at what is in milliseconds, by the ending of its name.
 *
 * @param least - The least that makes sense.
 * @throws TypeError for what is no duration.
 */
export function checkDurations(where: string, options: unknown, least = 0): void {
  if (!isDict(options)) return;
  for (const key of Object.keys(options)) {
    const value = options[key];
    if (!key.endsWith('Ms') || value === undefined || (typeof value === 'number' && value >= least)) continue;
    throw new TypeError(`expected ${where}${key} in milliseconds, from ${least} on, got ${show(value)}`);
  }
}

/** @throws TypeError for liveness options that are none: they are used in a timer, where nobody would hear it. */
export function checkLiveness(options: unknown): void {
  checkDurations('liveness.', options, 1);
  const complaint = isDict(options) && options.probe !== undefined ? uriComplaint(options.probe) : undefined;
  if (complaint !== undefined) throw new TypeError(`liveness.probe: ${complaint}`);
}
