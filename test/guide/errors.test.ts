/* docs/guide/errors.md has a row for every URI that the library says, and none for others. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/guide/errors.md'), 'utf8');
const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join(root, 'src', file), 'utf8'));

/** In a text of its own; what only others say stands before the comma of a pair of synonyms. */
const said = sources
  .flatMap((source) => [
    ...source.replace(/^ {2}\['[^']+', /gm, '').matchAll(/'((?:wamp|autostrada|crossbar)\.(?:error|close)\.[\w.]+)'/g),
  ])
  .map(([, uri = '']) => uri);
const rows = [...page.matchAll(/^\| `((?:wamp|autostrada|crossbar)\.(?:error|close)\.[\w.]+)` \|/gm)].map(([, uri = '']) => uri);

test('[H12] the page of errors has one row for every URI that we use', () => {
  expect(said.length).toBeGreaterThan(100);
  expect([...new Set(rows)]).toEqual(rows);
  expect([...rows].sort()).toEqual([...new Set(said)].sort());
});
