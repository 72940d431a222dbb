/*
 * What docs/guide/long-poll-and-batched.md shows runs as it stands there, with the built package; only the port is put in.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { type ListenOptions, listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const guide = readFileSync(path.join(root, 'docs/guide/long-poll-and-batched.md'), 'utf8');
const blocks = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
const patience = { timeout: 20_000 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'autostrada-long-poll-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'autostrada'), 'junction');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the block with this in it; it is ended with the test. */
function start(fragment: string, port: number): { output(): string; readonly exited: Promise<number | null> } {
  const code = blocks.find((block) => block.includes(fragment));
  if (code === undefined) throw new Error(`the guide has no code with ${fragment}`);
  const file = path.join(folder, `program-${blocks.indexOf(code)}.mjs`);
  writeFileSync(file, code.replaceAll('8080', String(port)));
  const child = spawn(process.execPath, ['--preserve-symlinks-main', file], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { output: () => output, exited: new Promise((resolve) => child.on('exit', resolve)) };
}

/** A router with `com.example.add`. */
async function adder(options: ListenOptions = {}): Promise<number> {
  const router = new Router({ realms: { realm1: 'open' } });
  const listener = await listen(router, { port: 0, ...options });
  const connection = new Connection({ url: router, realm: 'realm1' });
  onTestFinished(async () => {
    await connection.close();
    await listener.close();
    await router.close();
  });
  await connection.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
  return listener.port;
}

test('the guide shows three programs', () => {
  expect(blocks).toHaveLength(3);
});

test('the guide’s connection joins by WebSocket, or by long-poll if there is none', async () => {
  const direct = await adder();
  const first = start('longPoll(', direct);
  expect(await first.exited).toBe(0);
  expect(first.output()).toBe(`joined by ws://127.0.0.1:${direct}/ws\n5\n`);

  const blocked = await adder({ path: '/elsewhere' });
  const second = start('longPoll(', blocked);
  expect(await second.exited).toBe(0);
  expect(second.output()).toBe(`joined by http://127.0.0.1:${blocked}/lp\n5\n`);
});

test('the guide’s batches go in one request', async () => {
  const { output, exited } = start('batched(json())', await adder());
  expect(await exited).toBe(0);
  expect(output()).toBe('[ 2, 4, 6 ]\n');
});

test('the guide’s router refuses pages of other origins, and says so', async () => {
  const { output } = start('origins:', 0);
  await expect.poll(output, patience).toMatch(/router at ws:\/\/127\.0\.0\.1:\d+\/ws/);
  const port = /:(\d+)\/ws/.exec(output())?.[1];
  const open = (origin: string) =>
    new Promise((resolve, reject) => {
      const asked = request(
        `http://127.0.0.1:${port}/poll/open`,
        { method: 'POST', headers: { origin }, agent: false },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      asked.once('error', reject);
      asked.end('{"protocols":["wamp.2.json"]}');
    });
  expect([await open('https://shop.example'), await open('https://evil.example')]).toEqual([200, 403]);
  await expect
    .poll(output, patience)
    .toContain('warn refused a long-poll request: origin https://evil.example may not connect here');
});
