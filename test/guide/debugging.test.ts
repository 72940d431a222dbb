import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

test('[H12] the guide to debugging prints what it shows', async () => {
  const page = readFileSync(new URL('../../docs/guide/debugging.md', import.meta.url), 'utf8');
  const texts = page.match(/(?<=^```text\n)[\s\S]*?(?=^```$)/gm) ?? [];
  const examples = examplesOf('debugging.md');
  expect(examples).toHaveLength(3);
  for (const example of examples) {
    const printed = (await example.run()).map(String).join('\n');
    expect(texts.map((text) => text.trim())).toContain(printed);
  }
});
