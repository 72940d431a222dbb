/* What a call and an event cost does not creep up: npm run bench:check, against a baseline with a generous margin. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('[J2] a call and an event allocate and take no more than the baseline, with a margin', { timeout: 300_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['test/bench/check.mjs'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.split('\n').filter((line) => line.includes('(baseline ')).length).toBe(6);
});
