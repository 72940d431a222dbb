import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { payloadsPage } from '../interop/fidelity/page.ts';

test('[G4] docs/payloads.md has the same content as the table of payloads', () => {
  expect(readFileSync('docs/payloads.md', 'utf8')).toBe(payloadsPage());
});
