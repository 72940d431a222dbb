import { expect, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

const examples = ['testing.md', 'streams.md', 'reconnecting.md', 'gaps.md', 'errors.md'].flatMap((page) =>
  examplesOf(page).map((example, i) => ({ ...example, name: `${page} ${i + 1}` })),
);

test('the guides to testing, streams, reconnecting, gaps and errors show thirteen examples', () =>
  expect(examples.length).toBe(13));

test.each(examples)('$name does what its comments say', async ({ run, promised }) => {
  expect(promised.length).toBeGreaterThan(0);
  expect(await run()).toEqual(promised);
});
