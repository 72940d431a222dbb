/* docs/guide/configuration.md shows router.json with comments; it has every option that a router's configuration has. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from 'autostrada/node';
import { parseConfig, Router } from 'autostrada/router';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numbers } from '../../src/router/limits/limits.ts';

const guide = path.resolve(import.meta.dirname, '../../docs/guide');
const file = path.join(guide, 'router.json');
const page = readFileSync(path.join(guide, 'configuration.md'), 'utf8');
const commented = /^```jsonc\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
const plain = JSON.parse(readFileSync(file, 'utf8'));

const secrets = { MONITORING_TICKET: 'ticket', WAREHOUSE_SECRET: 'secret', ROUTER_KEY: '0'.repeat(64) };
beforeEach(() => void Object.assign(process.env, secrets));
afterEach(() => {
  for (const name of Object.keys(secrets)) delete process.env[name];
});

type Part = { readonly [key: string]: unknown };

/** What a part of the configuration may have: the reader says it when it gets something else. */
function known(change: (part: Part) => unknown): readonly string[] {
  try {
    parseConfig(change({ unheardOf: true }));
  } catch (error) {
    return /expected ([\w, ]+), got 'unheardOf'/.exec(String(error))?.[1]?.split(', ') ?? [String(error)];
  }
  return ['it is taken'];
}
const realm = (part: Part): unknown => ({ realms: { realm1: { authroles: {}, ...part } } });
const role = (part: Part): unknown => realm({ authroles: { user: { permissions: [], ...part } } });
const user = (part: Part): unknown =>
  realm({ authroles: { user: { permissions: [] } }, users: { joe: { authrole: 'user', ticket: 'x', ...part } } });

const { shop } = plain.realms;
const named = (parts: readonly object[]): readonly string[] => [...new Set(parts.flatMap((part) => Object.keys(part)))].sort();

describe('[H12] the file router.json', () => {
  test('is the same as on the page, without the comments', () => {
    expect(JSON.parse(commented.replace(/^\s*\/\/.*$/gm, ''))).toEqual(plain);
  });

  test('can be read as it is, makes a router, and causes no warning', async () => {
    const said: string[] = [];
    const router = new Router(await loadConfig(file), { log: ({ message }) => said.push(message) });
    await router.close();
    expect(said).toEqual([]);
  });

  const roles: readonly Part[] = Object.values(shop.authroles);
  const rules = roles.flatMap(({ permissions }) => (Array.isArray(permissions) ? permissions : []));
  test.each([
    ['the whole', known((part) => ({ realms: {}, ...part })), named([plain])],
    ['a realm', known(realm), named([shop])],
    ['an authrole', known(role), named(roles)],
    ['a permission', known((part) => role({ permissions: [{ uri: 'a', allow: [], ...part }] })), named(rules)],
    ['a user', known(user), named(Object.values(shop.users))],
    ['history', known((part) => realm({ history: [{ uri: 'a', limit: 1, ...part }] })), named(shop.history)],
  ])('has every option of %s', (_, options, shown) => {
    expect(shown).toEqual([...options].sort());
  });

  test('has every limit, with its default', () => {
    const defaults = Object.entries(numbers).map(([name, row]) => [name, row.default]);
    expect(plain.limits).toEqual({ ...Object.fromEntries(defaults), onQueueFull: 'close', onTooFast: 'slow' });
  });

  test('has every value that is a word', () => {
    expect(new Set(rules.map(({ match = 'exact' }) => match))).toEqual(new Set(['exact', 'prefix', 'wildcard']));
  });
});
