/* docs/spec-coverage.md says where each duty stands; the names of the tests must say the same. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { namedDuties } from './spec-coverage.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/spec-coverage.md'), 'utf8');
const rows = [...page.matchAll(/^\| ([CR]\d\d|[NPD]\d\d?) \| ([^|]+) \| (done|partly|open) \| ([^|]*) \|$/gm)].map(
  ([, id = '', , state = '', tests = '']) => ({
    id,
    state,
    files: [...tests.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file]) => file ?? ''),
  }),
);

const named = namedDuties();

test('every duty has one row', () => {
  const ids = rows.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...named.keys()].filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.filter((id) => id.startsWith('C')).length).toBe(59);
  expect(ids.filter((id) => id.startsWith('R')).length).toBe(54);
});

test('a duty that is done, or partly, is proved by the tests that the row links to', () => {
  const unproved = rows.filter(
    ({ id, state, files }) => state !== 'open' && !(files.length > 0 && files.every((file) => named.get(id)?.includes(file))),
  );
  expect(unproved.map(({ id }) => id)).toEqual([]);
});

test('a duty that a test proves is not called open', () => {
  expect(rows.filter(({ id, state }) => state === 'open' && named.has(id)).map(({ id }) => id)).toEqual([]);
});
