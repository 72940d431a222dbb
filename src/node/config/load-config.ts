/*
 * A router's configuration from a JSON file. Secrets need not be in it: `{ "env": "NAME" }` instead of a string reads it from the environment.
 */

import { isDict } from '../../base/checks.ts';
import { messageOf } from '../../base/errors.ts';
import { parseConfig, type RouterConfig } from '../../router/config/config.ts';
import { within } from '../../router/config/config-path.ts';
import { jsonComplaint } from './json-complaint.ts';
import { readTextFile } from './text-file.ts';

/**
 * Reads and checks a JSON file. `{ "env": "NAME" }` instead of a string reads the environment, so that no secret is in the file.
 *
 * @throws TypeError that names the file, the place or the path in it, what was expected and what came; a key that an object has twice is one, too.
 *   Node's error when the file cannot be read.
 * @example const router = new Router(await loadConfig('router.json'));
 */
export async function loadConfig(file: string): Promise<RouterConfig> {
  const text = await readTextFile(file);
  const complaint = jsonComplaint(text, 'config');
  if (complaint !== undefined) throw new TypeError(`${file}: ${complaint}`);
  const json: unknown = JSON.parse(text);
  try {
    return parseConfig(withEnvironment(json, 'config'));
  } catch (error) {
    throw new TypeError(`${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** Places for an object whose only key may really be called `env`. */
const OBJECTS: readonly string[] = ['realms', 'authroles', 'users', 'authextra', 'limits'];

function withEnvironment(value: unknown, path: string, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item, i) => withEnvironment(item, `${path}[${i}]`));
  if (!isDict(value)) return value;
  const { env } = value;
  if (typeof env === 'string' && Object.keys(value).length === 1 && !OBJECTS.includes(name)) {
    const found = process.env[env];
    if (found === undefined) throw new TypeError(`${path}: expected the environment to have ${env}, got nothing`);
    return found;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withEnvironment(item, within(path, key), key)]));
}
