/* The blocks of docs/guide/authentication.md; its page with a form is run in test/browser/logins.test.ts. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseConfig } from 'autostrada/router';
import { describe, expect, it } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

describe('the guide to logins', () => {
  it.each(examplesOf('authentication.md').map((example, i) => [i + 1, example] as const))(
    'says what it does: block %d',
    async (_, example) => {
      expect(await example.run()).toEqual(example.promised);
      expect(example.promised.length).toBeGreaterThan(0);
    },
  );

  it('shows a configuration that is one', () => {
    const text = readFileSync(path.resolve(import.meta.dirname, '../../docs/guide/authentication.md'), 'utf8');
    const [, json = ''] = /^```json\n([\s\S]*?)^```$/m.exec(text) ?? [];
    expect(() => parseConfig(JSON.parse(json.replace('{ "env": "ALICES_TICKET" }', '"secret"')))).not.toThrow();
  });
});
