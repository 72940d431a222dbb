/* Of `autobahn.util`. */
import type { Any } from './any.ts';

/** Fills in what `base` does not have. If the last argument is true, it does so in inner objects, too. */
export function defaults(...given: Any[]): Any {
  const isDeep: boolean = typeof given[given.length - 1] === 'boolean' && given.pop();
  const [base = {}, ...sources] = given;
  sources.forEach((source, i) => {
    if (!source) return;
    if (typeof source !== 'object') throw new Error(`Expected argument at index ${i + 1} to be an object`);
    for (const key of Object.keys(source)) {
      if (!(key in base)) base[key] = source[key];
      else if (isDeep && typeof source[key] === 'object' && typeof base[key] === 'object') defaults(base[key], source[key]);
    }
  });
  return base;
}
