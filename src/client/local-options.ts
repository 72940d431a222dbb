/*
 * Which options go on the wire: a key with a capital letter, or `signal`, is ours and stays here; every other key is sent verbatim.
 */
import { isDict, show } from '../protocol/checks.ts';
import type { Dict } from '../words.ts';

const CAPITAL = /[A-Z]/;
const NONE: Dict = {};

/**
 * The options that are sent.
 *
 * @param ours - The local keys that this verb has.
 * @throws TypeError for a key that looks like one of ours and is none.
 */
export function wireOptions(options: object | undefined, ours: readonly string[], verb: string): Dict {
  if (options === undefined || options === null) return NONE;
  if (!isDict(options)) throw new TypeError(`expected options of ${verb} to be an object, got ${show(options)}`);
  const wire: { [key: string]: unknown } = {};
  for (const key of Object.keys(options)) {
    if (key === 'signal' || CAPITAL.test(key)) {
      if (!ours.includes(key)) throw new TypeError(`expected an option of ${verb} (${ours.join(', ')}), got '${key}'`);
      if (key === 'timeoutMs' && !isDuration(options[key]))
        throw new TypeError(`expected timeoutMs in milliseconds, got ${show(options[key])}`);
    } else if (options[key] !== undefined) {
      wire[key] = options[key];
    }
  }
  return wire;
}

function isDuration(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0);
}
