/* What operators meet: logs as JSON, SIGTERM while calls are running, the port for health and metrics. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { expect, onTestFinished, test } from 'vitest';
import { autostrada, Command, cli, startRouter } from './command.ts';

function fileOf(file: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-operations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const name = path.join(folder, 'router.json');
  writeFileSync(name, JSON.stringify(file));
  return name;
}

async function connected(url: string): Promise<Connection> {
  const connection = new Connection({ url, realm: 'realm1', retry: { minMs: 10, maxMs: 20, maxAttempts: 3 } });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  await connection.open();
  return connection;
}

const entries = (text: string): readonly { readonly [name: string]: unknown }[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

test('[K3] autostrada router writes its log as JSON, of the level that is asked for', async () => {
  const { command, url } = await startRouter(['--log-format', 'json', '--log-level', 'info']);
  const connection = await connected(url);
  const { id } = await connection.open();
  await command.says('joined realm1');
  expect(entries(command.stderr)).toMatchObject([
    { time: expect.any(String), level: 'info', message: expect.stringMatching(/joined realm1$/), session: id },
  ]);
});

test('[K3] the file says how the log is written, and options win', async () => {
  const file = fileOf({ realms: { realm1: 'open' }, log: { format: 'json', level: 'info' } });
  const { command, url } = await startRouter(['--config', file, '--log-format', 'text']);
  await connected(url);
  await command.says('joined realm1');
  expect(command.stderr).toMatch(/^info: \S+ joined realm1$/m);
});

test.each([
  [['router', '--log-format', 'yaml'], /expected .*log-format.*text.*json.*yaml/],
  [['router', '--log-level', 'loud'], /expected .*log-level.*debug.*loud/],
  [['up', 'none.json', '--log-level', 'loud'], /./],
])('[K3] autostrada %j ends with code 1', async (args, text) => {
  const { code, stderr } = await autostrada(...args).ended;
  expect([code, stderr]).toEqual([1, expect.stringMatching(text)]);
});

/** A router with a call that has reached its callee. */
async function withRunningCall(drainMs: number) {
  const { command, url } = await startRouter(['--config', fileOf({ realms: { realm1: 'open' }, drainMs })]);
  const [callee, caller] = [await connected(url), await connected(url)];
  let answer: (value: string) => void = () => {};
  let called = (): void => {};
  const isCalled = new Promise<void>((resolve) => {
    called = resolve;
  });
  await callee.register('com.example.slow', () => {
    called();
    return new Promise<string>((resolve) => {
      answer = resolve;
    });
  }).ready;
  const result = caller.call('com.example.slow');
  result.catch(() => {}); // the router may end before
  await isCalled;
  return { command, url, result, answer };
}

test('[K3] SIGTERM waits for the answer of a call that is running, refuses others meanwhile, and ends with 0', async () => {
  const { command, url, result, answer } = await withRunningCall(60_000);
  command.kill('SIGTERM');
  const open = url.replace('ws:', 'http:').replace('/ws', '/lp/open');
  const body = '{"protocols":["wamp.2.json"]}';
  await expect.poll(async () => (await fetch(open, { method: 'POST', body })).status).toBe(503);
  answer('done');
  expect(await result).toBe('done');
  expect(await command.ended).toMatchObject({ code: 0, signal: null });
});

test('[K3] SIGTERM ends no call that runs, although 20 callers go on calling', async () => {
  const { command, url } = await startRouter(['--config', fileOf({ realms: { realm1: 'open' }, drainMs: 60_000 })]);
  const callee = await connected(url);
  let begun = 0;
  await callee.register('com.example.slow', async () => {
    begun++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return 'done';
  }).ready;
  let answered = 0;
  const loop = async (caller: Connection): Promise<void> => {
    while ((await caller.call('com.example.slow').catch(() => 'failed')) === 'done') answered++;
  };
  const callers = await Promise.all(Array.from({ length: 20 }, () => connected(url)));
  const loops = callers.map(loop);
  await expect.poll(() => begun).toBeGreaterThan(100);
  command.kill('SIGTERM');
  const { code, stderr } = await command.ended;
  expect(code).toBe(0);
  expect(stderr).not.toContain('still running'); // a caller that was sent away may have come again, which is logged, too
  await Promise.all(loops);
  expect(answered).toBe(begun);
});

test('[K3] a second SIGTERM ends the router at once', async () => {
  const { command } = await withRunningCall(60_000);
  command.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(command.hasEnded).toBe(false);
  command.kill('SIGTERM');
  expect(await command.ended).toMatchObject({ signal: 'SIGTERM' });
});

test('[K3] SIGTERM does not wait for longer than drainMs, and the log says what was left', async () => {
  const { command } = await withRunningCall(100);
  command.kill('SIGTERM');
  const { code, stderr } = await command.ended;
  expect([code, stderr]).toEqual([0, 'warn: calls that were still running after 100 ms: 1\n']);
});

test('[K3] autostrada up is ready once its components have been, and says at /readyz which are not', async () => {
  const part = createServer();
  onTestFinished(() => void part.close());
  const port = await new Promise<number>((resolve) => {
    part.listen(0, '127.0.0.1', () => {
      const address = part.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  await new Promise((resolve) => part.close(resolve));
  const file = fileOf({
    realms: { realm1: 'open' },
    listen: { port: 0, ops: { port: 0, metrics: false } },
    components: { slow: { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'], ready: { port } } },
  });
  const up = new Command([cli, 'up', file, '--log-format', 'json']);
  const { message } = JSON.parse(await up.line());
  const ops = /health at (http:\/\/[\d.:]+)/.exec(String(message))?.[1] ?? '';
  const ask = async (): Promise<number> => (await fetch(`${ops}/readyz`)).status;
  expect(await ask()).toBe(503);
  expect(await (await fetch(`${ops}/readyz`)).text()).toMatch(/^slow is starting/);
  await new Promise<void>((resolve) => part.listen(port, '127.0.0.1', resolve));
  await expect.poll(ask).toBe(200);
  up.kill('SIGTERM');
  expect(await up.ended).toMatchObject({ code: 0 });
});
