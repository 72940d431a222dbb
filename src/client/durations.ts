import { isDict, show } from '../protocol/checks.ts';

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
