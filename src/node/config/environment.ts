/* `{ "env": "NAME" }` in a configuration stands for the value of that environment variable. */
import { isDict } from '../../base/checks.ts';
import { within } from '../../router/config/config-path.ts';
import type { Complaint } from './faults.ts';

/** Places for an object whose only key may really be called `env`. */
const OBJECTS: readonly string[] = ['realms', 'authroles', 'users', 'authextra', 'limits', 'components', 'env'];
/** These are numbers, and an environment has texts only. */
const NUMBERS: readonly string[] = ['port'];

/** @param missing - Called for each variable that is not there. */
export function withEnvironment(value: unknown, path: string, missing: (complaint: Complaint) => void, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item, i) => withEnvironment(item, `${path}[${i}]`, missing));
  if (!isDict(value)) return value;
  const { env } = value;
  if (typeof env === 'string' && Object.keys(value).length === 1 && !OBJECTS.includes(name)) {
    const found = process.env[env];
    if (found === undefined) missing({ path, text: `expected the environment to have ${env}, got nothing` });
    return NUMBERS.includes(name) && /^\d+$/.test(found ?? '') ? Number(found) : found;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withEnvironment(item, within(path, key), missing, key)]),
  );
}
