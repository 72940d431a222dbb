/*
 * What docs/guide/transports.md shows runs as it stands there, with the built package; only ports are put in.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ListenOptions, listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { authority } from '../fixtures/certificates.ts';

const root = path.resolve(import.meta.dirname, '../..');
const guide = readFileSync(path.join(root, 'docs/guide/transports.md'), 'utf8');
const blocks = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');

const ours = authority();
const [server, client] = [ours.issue('router'), ours.issue('client')];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'autostrada-transports-'));
  mkdirSync(path.join(folder, 'node_modules'));
  mkdirSync(path.join(folder, 'public'));
  symlinkSync(root, path.join(folder, 'node_modules', 'autostrada'), 'junction');
  const files = {
    'ca.pem': ours.cert,
    'router-cert.pem': server.cert,
    'router-key.pem': server.key,
    'client-cert.pem': client.cert,
    'client-key.pem': client.key,
  };
  for (const [name, pem] of Object.entries(files)) writeFileSync(path.join(folder, name), pem);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the block with this in it. What it prints is to be polled for; it is ended with the test. */
function start(fragment: string, port = 0): () => string {
  const code = blocks.find((block) => block.includes(fragment));
  if (code === undefined) throw new Error(`the guide has no code with ${fragment}`);
  const file = path.join(folder, `program-${blocks.indexOf(code)}.mjs`);
  writeFileSync(file, code.replace(/8080|8443/g, String(port)));
  const child = spawn(process.execPath, ['--preserve-symlinks-main', file], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  onTestFinished(() => void child.kill('SIGKILL'));
  return () => output;
}

async function routerOnPort(options: ListenOptions = {}): Promise<number> {
  const router = new Router({ realms: { realm1: 'open' } });
  const listener = await listen(router, { port: 0, ...options });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
  });
  return listener.port;
}

const patience = { timeout: 10_000 };

test('the guide’s router listens, for WebSocket and RawSocket', async () => {
  await expect.poll(start("web: './public'"), patience).toMatch(/^ws:\/\/127\.0\.0\.1:(\d+)\/ws\nrs:\/\/127\.0\.0\.1:\1\n$/);
});

test('the guide’s router speaks TLS', async () => {
  await expect.poll(start('router-cert.pem'), patience).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/ws\n$/);
});

test('the guide’s client joins by RawSocket', async () => {
  await expect.poll(start("rawSocket('rs:", await routerOnPort()), patience).toBe('joined realm1\n');
});

test('the guide’s client joins over TLS, with its own certificate', async () => {
  const port = await routerOnPort({ tls: { ...server, ca: ours.cert } });
  const said = `joined by wss://127.0.0.1:${port}/ws\njoined by rss://127.0.0.1:${port}\n`;
  await expect.poll(start('client-cert.pem', port), patience).toBe(said);
});

test('the guide’s client joins with headers', async () => {
  await expect.poll(start('headers:', await routerOnPort()), patience).toBe('joined\n');
});

test.skipIf(process.platform === 'win32')('the guide’s client and router meet at a unix socket', async () => {
  await expect.poll(start('socketPath'), patience).toBe('joined by unix:./router.sock\n');
});

test('the guide shows no other code', () => {
  expect(blocks).toHaveLength(6);
});
