import { expect, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

const examples = examplesOf('meta-api.md');

test('the guide to the meta API shows four examples', () => expect(examples.length).toBe(4));

test.each(examples)('the example $# of the guide to the meta API does what its comments say', async ({ run, promised }) => {
  expect(promised.length).toBeGreaterThan(0);
  expect(await run()).toEqual(promised);
});
