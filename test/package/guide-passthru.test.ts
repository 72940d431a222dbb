/* What docs/guide/payload-passthru.md shows runs as it stands there, with the built package. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireBuild } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const guide = readFileSync(path.join(root, 'docs/guide/payload-passthru.md'), 'utf8');
const programs = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');

let folder: string;
beforeAll(() => {
  requireBuild();
  folder = mkdtempSync(path.join(tmpdir(), 'autostrada-guide-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'autostrada'), 'junction');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['first', 'called with 21 packed in msgpack\n42\npassed through\n'],
  ['second', '6 by x_xor\n'],
])('the %s program of the guide prints what it should', async (which, output) => {
  expect(programs).toHaveLength(2);
  const file = path.join(folder, `${which}.mjs`);
  writeFileSync(file, programs[which === 'first' ? 0 : 1] ?? '');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--preserve-symlinks-main', file]);
  expect([stdout, stderr]).toEqual([output, '']);
});
