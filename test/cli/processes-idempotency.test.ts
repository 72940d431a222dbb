/* A request of the HTTP bridge that is sent again, with the same Idempotency-Key, to another process. */
import { describe, expect, test } from 'vitest';
import { childrenOf, type Started, start } from './processes-bench.ts';
import { PATIENCE } from './up-bench.ts';

interface Answered {
  readonly status: number;
  readonly body: string;
  readonly isReplayed: boolean;
}

interface Bridged extends Started {
  /** Each time at another process. */
  send(procedure: string, key: string, body?: string): Promise<Answered>;
}

/** So that each process gets several of them. */
const MANY = 12;

async function bridged(): Promise<Bridged> {
  const started = await start(3, '--http');
  const base = started.url.replace(/^ws/, 'http').replace(/ws$/, '');
  const send = async (procedure: string, key: string, body = '[]'): Promise<Answered> => {
    const headers = { connection: 'close', 'content-type': 'application/json', 'idempotency-key': `"${key}"` };
    const response = await fetch(`${base}call/${procedure}`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text(), isReplayed: response.headers.has('idempotent-replayed') };
  };
  return { ...started, send };
}

async function several<T>(one: () => Promise<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let i = 0; i < MANY; i++) all.push(await one());
  return all;
}

describe.skipIf(process.platform === 'win32')('[L2] Idempotency-Key at several processes', { timeout: 120_000 }, () => {
  test('a request that comes again to any process gets the same answer, and is not carried out again', async () => {
    const { connect, send } = await bridged();
    let count = 0;
    await connect().register('com.example.next', () => `number ${++count}`).ready;
    expect(await send('com.example.next', 'a')).toEqual({ status: 200, body: '"number 1"', isReplayed: false });
    const again = await several(() => send('com.example.next', 'a'));
    expect(new Set(again.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify({ status: 200, body: '"number 1"', isReplayed: true })]),
    );
    expect(await send('com.example.next', 'b')).toMatchObject({ status: 200, body: '"number 2"' });
    const others = await several(() => send('com.example.next', 'a', '[1]'));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([422]));
    expect(count).toBe(2);
  });

  test('of many that come at once to all processes, one is carried out', async () => {
    const { connect, send } = await bridged();
    let count = 0;
    let answer: (() => void) | undefined;
    const wait = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await connect().register('com.example.wait', () => {
      count++;
      return wait;
    }).ready;
    let refused = 0;
    const all = Array.from({ length: MANY }, async () => {
      const { status } = await send('com.example.wait', 'a');
      if (status === 409) refused++;
      return status;
    });
    await expect.poll(() => refused, PATIENCE).toBe(MANY - 1);
    expect(count).toBe(1);
    answer?.();
    expect((await Promise.all(all)).filter((status) => status !== 409)).toEqual([204]);
    expect(new Set((await several(() => send('com.example.wait', 'a'))).map(({ status }) => status))).toEqual(new Set([204]));
    expect(count).toBe(1);
  });

  test('a request of which nothing was done is carried out when it comes again', async () => {
    const { connect, send } = await bridged();
    const refused = await several(() => send('com.example.later', 'a'));
    expect(new Set(refused.map(({ status, isReplayed }) => `${status} ${isReplayed}`))).toEqual(new Set(['404 false']));
    await connect().register('com.example.later', () => 'done').ready;
    expect(await send('com.example.later', 'a')).toEqual({ status: 200, body: '"done"', isReplayed: false });
  });

  test('a request is not carried out again when its process was killed in the middle of it', async () => {
    const { command, connect, send } = await bridged();
    let count = 0;
    const callee = connect();
    await callee.register('com.example.pay', () => {
      count++;
      return new Promise(() => {});
    }).ready;
    const first = send('com.example.pay', 'a').catch(() => 'failed');
    await expect.poll(() => count, PATIENCE).toBe(1);
    const before = childrenOf(command);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    expect(await first).toBe('failed');
    await expect.poll(() => childrenOf(command).filter((pid) => !before.includes(pid)).length, PATIENCE).toBe(3);
    await expect.poll(() => callee.session?.isOpen, PATIENCE).toBe(true);
    // Node.js may still give a request to one that has just ended.
    const again = (): Promise<unknown> => send('com.example.pay', 'a').catch(() => 'failed');
    await expect.poll(again, PATIENCE).toMatchObject({
      status: 409,
      body: expect.stringContaining('may have been carried out: the process that had it has ended'),
    });
    expect(count).toBe(1);
  });
});
