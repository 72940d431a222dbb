/* Plain English: the words that docs/CONTRIBUTING.md bans are in no page, no source file and no test name. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { banned, files, isPending, pending, violations } from './words.mjs';

const root = path.resolve(import.meta.dirname, '../..');

test.each(files().filter((file) => !isPending(file)))('%s has no banned word', (file) => {
  expect(violations(file)).toEqual([]);
});

test.each(pending)('%s is still pending, or must leave the list', (room) => {
  expect(
    files()
      .filter((file) => file === room || file.startsWith(`${room}/`))
      .flatMap(violations),
  ).not.toEqual([]);
});

test('the list for readers has every banned word', () => {
  const page = readFileSync(path.join(root, 'docs/CONTRIBUTING.md'), 'utf8');
  const part = /<!-- banned -->([\s\S]*)<!-- \/banned -->/.exec(page)?.[1] ?? '';
  for (const [word] of banned) expect(part).toContain(`| ${word} |`);
});
