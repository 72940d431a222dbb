import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

test('[H12] the guide to debugging prints what it shows', async () => {
  const page = readFileSync(new URL('../../docs/guide/debugging.md', import.meta.url), 'utf8');
  const [printed = ''] = /(?<=^```text\n)[\s\S]*?(?=^```$)/m.exec(page) ?? [];
  const [example, ...others] = examplesOf('debugging.md');
  expect(others).toEqual([]);
  expect(await example?.run()).toEqual(printed.trim().split('\n'));
});
