/*
 * `node test/package/spec-coverage.mjs` writes the last column of docs/spec-coverage.md: which tests name a duty. What a row says and how far it is,
 * people write; a test (spec-coverage.test.ts) compares the two.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const page = path.join(root, 'docs/spec-coverage.md');

/** @returns {Map<string, string[]>} The test files that name a duty, by its id. */
export function namedDuties() {
  const named = new Map();
  const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' });
  for (const file of files.map((each) => each.replaceAll('\\', '/')).sort()) {
    if (!file.endsWith('.test.ts')) continue;
    const ids = new Set(
      [...readFileSync(path.join(root, 'test', file), 'utf8').matchAll(/\[([CR]\d\d|[NPD]\d\d?)\]/g)].map(([, id]) => id),
    );
    for (const id of ids) named.set(id, [...(named.get(id) ?? []), `test/${file}`]);
  }
  return named;
}

if (process.argv[1] === import.meta.filename) {
  const named = namedDuties();
  const link = (file) => `[${file.slice('test/'.length, -'.test.ts'.length)}](../${file})`;
  const text = readFileSync(page, 'utf8').replace(
    /^(\| ([CR]\d\d|[NPD]\d\d?) \|[^|]+\| \w+ \|)[^|]*\|$/gm,
    (_, row, id) => `${row} ${(named.get(id) ?? []).map(link).join(', ')} |`,
  );
  writeFileSync(page, text);
}
