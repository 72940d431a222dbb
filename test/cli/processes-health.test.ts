/* The port for operators of several processes: it answers whatever one of them does. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Command } from './command.ts';
import { childrenOf, folder, type Started, start } from './processes-bench.ts';
import { PATIENCE, startUp } from './up-bench.ts';

interface Watched extends Started {
  readonly file: string;
  readonly ops: string;
}

const configOf = (ops: object): string =>
  JSON.stringify({ realms: { realm1: 'open' }, processes: 2, drainMs: 60_000, listen: { ops } });

async function startWatched(): Promise<Watched> {
  const file = path.join(folder(), 'router.json');
  writeFileSync(file, configOf({ port: 0 }));
  const started = await start(2, '--config', file);
  return { ...started, file, ops: opsOf(started.command) };
}

const opsOf = ({ stdout }: Command): string => /health at ([^\s,]+)/.exec(stdout)?.[1] ?? '';

async function get(at: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(at);
  return { status: response.status, text: await response.text() };
}

const OK = { status: 200, text: 'ok\n' };
const READY = { status: 200, text: 'ready\n' };

/** Until it is told to go on, or is killed. */
function stop(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  onTestFinished(() => signal(pid, 'SIGKILL'));
}

function signal(pid: number, name: 'SIGCONT' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}

describe.skipIf(process.platform === 'win32')('[L2] the port for operators of several processes', { timeout: 120_000 }, () => {
  test('answers all requests while a process stands still, and names it', async () => {
    const { command, ops } = await startWatched();
    await expect.poll(() => get(`${ops}/healthz`), PATIENCE).toEqual(OK);
    await expect.poll(() => get(`${ops}/readyz`), PATIENCE).toEqual(READY);
    const [pid = 0] = childrenOf(command);
    stop(pid);
    const silent = { status: 503, text: `process ${pid} does not answer\n` };
    // More than there are processes, so one would be given to that which stands still.
    const all = (): Promise<unknown> =>
      Promise.all(['healthz', 'readyz', 'healthz', 'readyz', 'healthz'].map((name) => get(`${ops}/${name}`)));
    // On a busy machine the other one may be late once. After ten seconds it is replaced.
    await expect.poll(all, { timeout: 15_000 }).toEqual(Array.from({ length: 5 }, () => silent));
    expect((await get(`${ops}/metrics`)).status).toBe(200);
    signal(pid, 'SIGCONT');
    await expect.poll(() => get(`${ops}/healthz`), PATIENCE).toEqual(OK);
    await expect.poll(() => get(`${ops}/readyz`), PATIENCE).toEqual(READY);
  });

  test('has the sums of all processes, also when one of them stands still', async () => {
    const { command, connect, ops } = await startWatched();
    const six = Array.from({ length: 6 }, () => connect({ retry: false }));
    await Promise.all(six.map((each) => each.open()));
    const shown = async (): Promise<readonly (string | undefined)[]> => {
      const { text } = await get(`${ops}/metrics`);
      return ['processes', 'silent_processes', 'sessions_begun_total'].map((name) => {
        const lines = text.split('\n').filter((line) => new RegExp(`^autostrada_${name}[ {]`).test(line));
        return String(lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0));
      });
    };
    await expect.poll(shown, PATIENCE).toEqual(['2', '0', '6']);
    const [pid = 0] = childrenOf(command);
    stop(pid);
    await expect.poll(shown, { timeout: 15_000 }).toEqual(['1', '1', '6']);
    signal(pid, 'SIGCONT');
    await expect.poll(shown, PATIENCE).toEqual(['2', '0', '6']);
  });

  test('is well again when a process that stood still for long has been replaced', async () => {
    const { command, ops } = await startWatched();
    const [pid = 0] = childrenOf(command);
    stop(pid);
    await expect.poll(() => childrenOf(command).filter((each) => each !== pid).length, PATIENCE).toBe(2);
    expect(command.stderr).toContain(`a process of the router does not answer (${pid}), and is ended`);
    await expect.poll(() => get(`${ops}/healthz`), PATIENCE).toEqual(OK);
    await expect.poll(() => get(`${ops}/readyz`), PATIENCE).toEqual(READY);
  });

  test('says that no process is there while all are replaced; it lives itself', async () => {
    const { command, ops } = await startWatched();
    const killed = async (): Promise<string> => {
      for (const pid of childrenOf(command)) signal(pid, 'SIGKILL');
      return (await get(`${ops}/readyz`)).text;
    };
    await expect.poll(killed, PATIENCE).toBe('no process of the router listens\n');
    expect(await get(`${ops}/healthz`)).toEqual(OK);
    await expect.poll(() => get(`${ops}/readyz`), PATIENCE).toEqual(READY);
  });

  test('says that they shut down while they wait for calls', async () => {
    const { command, connect, ops } = await startWatched();
    let answer: (() => void) | undefined;
    const wait = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let hasBegun = false;
    await connect({ retry: false }).register('com.example.slow', () => {
      hasBegun = true;
      return wait;
    }).ready;
    const call = connect({ retry: false }).call('com.example.slow');
    await expect.poll(() => hasBegun, PATIENCE).toBe(true);
    command.kill('SIGTERM');
    await expect.poll(() => get(`${ops}/readyz`), PATIENCE).toEqual({ status: 503, text: 'the router is shutting down\n' });
    expect(await get(`${ops}/healthz`)).toEqual(OK);
    answer?.();
    await call;
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
  });

  test('moves by a reload; if the other port is taken, nothing changes', async () => {
    const { command, file, ops } = await startWatched();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    writeFileSync(file, configOf({ port }));
    command.kill('SIGHUP');
    await command.says('EADDRINUSE');
    await expect.poll(() => get(`${ops}/readyz`), PATIENCE).toEqual(READY);
    await new Promise((resolve) => server.close(resolve));
    command.kill('SIGHUP');
    await command.says('reloaded, ');
    await expect.poll(() => get(`http://127.0.0.1:${port}/readyz`), PATIENCE).toEqual(READY);
    await expect(fetch(`${ops}/readyz`)).rejects.toThrow();
  });

  test('that is taken ends the start, and the error says it', async () => {
    const { ops } = await startWatched();
    const { port } = new URL(ops);
    const file = path.join(folder(), 'router.json');
    writeFileSync(file, configOf({ port: Number(port) }));
    await expect(start(2, '--config', file)).rejects.toThrow(`port ${port} is taken`);
  });

  test('of autostrada up waits for the components', async () => {
    const slow = { command: [process.execPath, '-e', 'setInterval(() => {}, 1e6)'], ready: { procedure: 'com.example.slow' } };
    const realms = { realm1: 'open' };
    const up = await startUp({ realms, components: { slow }, processes: 2, listen: { port: 0, ops: { port: 0 } } });
    const ops = opsOf(up.command);
    await expect
      .poll(() => get(`${ops}/readyz`), PATIENCE)
      .toEqual({ status: 503, text: expect.stringMatching(/^slow is starting/) });
    await expect.poll(() => get(`${ops}/healthz`), PATIENCE).toEqual(OK);
  });
});
