import * as node from 'autostrada/node';
import { expect, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

const examples = examplesOf('scaling.md', { 'autostrada/node': node });

test('[L2] [L6] the guide to several processes has an example, which does what it says', async () => {
  expect(examples.length).toBe(1);
  for (const example of examples) expect(await example.run()).toEqual(example.promised);
});
