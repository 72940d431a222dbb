import { expect, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

const examples = examplesOf('router.md');

test('[R04] [R62] the guide to the router has two examples, which do what they say', async () => {
  expect(examples.length).toBe(2);
  for (const example of examples)
    expect(await example.run()).toEqual(example.promised.filter((said) => !said.startsWith('the authrole of')));
});
