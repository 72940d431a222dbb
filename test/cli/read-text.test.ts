import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { secretFrom } from '../../src/cli/running/login.ts';
import { readText } from '../../src/cli/text/read-text.ts';

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'autostrada-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const name = join(folder, 'file');
  writeFileSync(name, text);
  return name;
}

test('[G2] a file is read without its byte order mark, and so is a secret', () => {
  const name = file('\ufeffpencil\r\n');
  expect(readText(name)).toBe('pencil\r\n');
  const secret = secretFrom({ name: 'ticket', file: name, variable: undefined, usual: 'WAMP_TICKET' }, {});
  expect(typeof secret === 'function' ? (secret as () => unknown)() : secret).toBe('pencil');
});

test('[G2] the error names a file that cannot be read', () => {
  expect(() => readText(tmpdir())).toThrow(`${tmpdir()}: EISDIR`);
  expect(() => readText('/nowhere/file')).toThrow(/^ENOENT: .*\/nowhere\/file/);
});
