/* Guests in other languages, as `autostrada up` runs them: each logs in with the key that it got, and answers calls. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { folderWith, PATIENCE, startUp } from './up-bench.ts';

const guests = path.join(import.meta.dirname, 'guests');
const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const hasPython = has('python3', '--version');
const hasGo = has('go', 'version');
if (!hasPython) console.warn('SKIPPED: there is no python3, so no guest in Python was tried');
if (!hasGo) console.warn('SKIPPED: there is no go, so no guest in Go was tried');

const realms = {
  shop: {
    anonymous: 'visitor',
    authroles: {
      visitor: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: ['call'] }] },
      service: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: ['register'] }] },
    },
  },
};

async function answers(language: string, command: readonly string[], folder: string): Promise<void> {
  const procedure = `com.example.${language}`;
  const guest = { command, authrole: 'service', ready: { procedure }, readyTimeoutMs: 60_000 };
  const up = await startUp({ realms, components: { guest } }, { folder });
  const { pid } = await up.until('guest', 'ready');
  const visitor = new Connection({ url: up.url, realm: 'shop' });
  expect(await visitor.call(procedure, ['joe'])).toBe(`${language} says joe`);
  process.kill(pid!, 'SIGKILL');
  await up.until('guest', 'ready', pid);
  expect(await visitor.call(procedure, ['jane'])).toBe(`${language} says jane`);
  await visitor.close();
  await expect.poll(() => up.command.stdout.match(/guest \| welcome guest\n/g)?.length, PATIENCE).toBe(2);
  up.command.kill('SIGTERM');
  expect(await up.command.ended).toMatchObject({ code: 0 });
}

describe.skipIf(process.platform === 'win32')('guests in other languages', () => {
  test.skipIf(!hasPython)('[K1] a guest in Python logs in, answers, and is back after kill -9', { timeout: 120_000 }, async () => {
    const folder = folderWith({});
    copyFileSync(path.join(guests, 'guest.py'), path.join(folder, 'guest.py'));
    await answers('python', ['python3', '-u', 'guest.py'], folder);
  });

  test.skipIf(!hasGo)('[K1] a guest in Go does the same', { timeout: 240_000 }, async () => {
    const folder = folderWith({});
    copyFileSync(path.join(guests, 'guest.go'), path.join(folder, 'guest.go'));
    writeFileSync(path.join(folder, 'go.mod'), 'module guest\n\ngo 1.21\n');
    execFileSync('go', ['build', '-o', 'guest', '.'], { cwd: folder });
    await answers('go', ['./guest'], folder);
  });
});
