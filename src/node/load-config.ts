/*
 * The router's configuration from a file. A secret need not be in it: `{ "env": "NAME" }` in place of a string is what the environment says.
 */
import { promises } from 'node:fs';
import { messageOf } from '../errors.ts';
import { isDict } from '../protocol/checks.ts';
import { parseConfig, type RouterConfig } from '../router/config.ts';

/**
 * Reads and checks a JSON file; `{ "env": "NAME" }` in place of a string reads the environment, so that no secret is in the file.
 *
 * @throws TypeError that names the file, the path in it and what was expected, and shows no value of it; Node's error when it cannot be read.
 * @example const router = new Router(await loadConfig('router.json'));
 */
export async function loadConfig(file: string): Promise<RouterConfig> {
  const text = await promises.readFile(file, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`${file}: expected JSON${whereIn(text, messageOf(error))}`); // the parser's message shows what is there
  }
  try {
    return parseConfig(filledIn(json, 'config'));
  } catch (error) {
    throw new TypeError(`${file}: ${messageOf(error)}`);
  }
}

/** Where an object belongs, and its only key may be called `env`. */
const OBJECTS: readonly string[] = ['realms', 'authroles', 'users', 'authextra', 'limits'];

function filledIn(value: unknown, path: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item, i) => filledIn(item, `${path}[${i}]`));
  if (!isDict(value)) return value;
  const { env } = value;
  if (typeof env === 'string' && Object.keys(value).length === 1 && !OBJECTS.includes(key)) {
    const found = process.env[env];
    if (!found)
      throw new TypeError(`${path}: expected the environment variable '${env}', which is ${found === '' ? 'empty' : 'not set'}`);
    return found;
  }
  const isWord = (name: string): boolean => /^[A-Za-z]\w*$/.test(name);
  const below = (name: string): string => (isWord(name) && !OBJECTS.includes(key) ? `.${name}` : `[${JSON.stringify(name)}]`);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filledIn(item, path + below(name), name)]));
}

function whereIn(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` in line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
