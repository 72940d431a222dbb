/* The metrics of several processes are those of one router, whichever of them is asked. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { childrenOf, folder, type Started, start } from './processes-bench.ts';
import { startUp } from './up-bench.ts';

interface Measured extends Started {
  readonly file: string;
  /** Of one of them, each time another one. */
  metrics(): Promise<string>;
}

async function startMeasured(processes: number): Promise<Measured> {
  const file = path.join(folder(), 'router.json');
  writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, processes, listen: { ops: { path: '/ops' } } }));
  const started = await start(processes, '--config', file);
  return { ...started, file, metrics: () => metricsAt(started.url) };
}

async function metricsAt(url: string): Promise<string> {
  const response = await fetch(new URL('/ops/metrics', url.replace(/^ws/, 'http')), {
    headers: { connection: 'close' },
    // Node.js loses a connection that was being given to a process when it was killed.
    signal: AbortSignal.timeout(5000),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return response.text();
}

/** All samples of a metric with these labels, added up. */
function sum(text: string, name: string, labels = ''): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.filter((line) => line.includes(labels)).reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}

describe.skipIf(process.platform === 'win32')('[L2] metrics of several processes', { timeout: 60_000 }, () => {
  test('are sums over all processes, whichever is asked', async () => {
    const { connect, metrics } = await startMeasured(3);
    const nine = Array.from({ length: 9 }, () => connect());
    await Promise.all(nine.map((each) => each.open()));
    await nine[0]?.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
    for (const each of nine) expect(await each.call('com.example.add', [1, 2])).toBe(3);
    for (const each of nine) await each.publish('com.example.news', ['x'], null, { acknowledge: true });
    for (let i = 0; i < 6; i++) {
      const text = await metrics();
      expect(sum(text, 'autostrada_sessions')).toBe(9);
      expect(sum(text, 'autostrada_sessions_begun_total')).toBe(9);
      expect(sum(text, 'autostrada_registrations')).toBe(1);
      expect(sum(text, 'autostrada_publications_total')).toBe(9);
      expect(sum(text, 'autostrada_calls_total', 'outcome="result"')).toBe(9);
      expect(sum(text, 'autostrada_call_duration_seconds_count')).toBe(9);
      expect(sum(text, 'autostrada_call_duration_seconds_bucket', 'le="+Inf"')).toBe(9);
      expect(sum(text, 'autostrada_processes')).toBe(3);
      expect(sum(text, 'autostrada_silent_processes')).toBe(0);
      expect(sum(text, 'process_resident_memory_bytes')).toBeGreaterThan(2 ** 26);
      // Limits are those of all together.
      expect(sum(text, 'autostrada_limit', 'maxSessions')).toBe(10_000);
      expect(sum(text, 'autostrada_limit', 'maxQueuedBytes')).toBe(2 ** 22);
    }
  });

  test('are text that can be read line by line, with each name once', async () => {
    const { connect, metrics } = await startMeasured(2);
    await connect().open();
    const body = await metrics();
    const line =
      /^(# (HELP|TYPE) [a-zA-Z_:][\w:]* .+|[a-zA-Z_:][\w:]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? ([-+.\deE]+|Na[Nn]|\+Inf)|)$/;
    expect(body.split('\n').filter((each) => !line.test(each))).toEqual([]);
    const names = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('do not fall when a process is killed: its counters stay, its sessions do not', async () => {
    const { command, connect, metrics } = await startMeasured(2);
    const six = Array.from({ length: 6 }, () => connect({ retry: false }));
    await Promise.all(six.map((each) => each.open()));
    for (const each of six) await each.publish('com.example.news', ['x'], null, { acknowledge: true });
    expect(sum(await metrics(), 'autostrada_publications_total')).toBe(6);
    for (let round = 1; round <= 2; round++) {
      const before = childrenOf(command);
      process.kill(before[0] ?? 0, 'SIGKILL');
      await expect.poll(() => childrenOf(command).filter((pid) => pid !== before[0]).length, { timeout: 20_000 }).toBe(2);
      await expect.poll(async () => sum(await metrics(), 'autostrada_processes'), { timeout: 20_000 }).toBe(2);
      const text = await metrics();
      expect(sum(text, 'autostrada_publications_total')).toBe(6);
      expect(sum(text, 'autostrada_sessions_begun_total')).toBe(6);
      expect(sum(text, 'autostrada_sessions')).toBe(six.filter((each) => each.session).length);
    }
  });

  test('come while processes are killed, and never fall', { timeout: 90_000 }, async () => {
    const { command, connect, metrics } = await startMeasured(3);
    let isOver = false;
    let last = 0;
    const answers: number[] = [];
    const reads = async (): Promise<void> => {
      while (!isOver) {
        // One that is killed may have just taken the request.
        const text = await metrics().catch(() => undefined);
        if (text === undefined) continue;
        const now = sum(text, 'autostrada_publications_total');
        expect(now).toBeGreaterThanOrEqual(last);
        last = now;
        answers.push(sum(text, 'autostrada_processes'));
      }
    };
    const reading = reads();
    const publisher = connect();
    for (let i = 0; i < 2; i++) {
      for (let n = 0; n < 20; n++) await publisher.publish('com.example.news', [n], null, { acknowledge: true }).catch(() => {});
      const [pid = 0] = childrenOf(command);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => childrenOf(command).filter((each) => each !== pid).length, { timeout: 20_000 }).toBe(3);
    }
    await expect.poll(() => answers.at(-1), { timeout: 20_000 }).toBe(3);
    isOver = true;
    await reading;
    expect(last).toBeGreaterThan(0);
  });

  test('do not fall when a reload changes ops', { timeout: 90_000 }, async () => {
    const { command, connect, metrics, file } = await startMeasured(2);
    const six = Array.from({ length: 6 }, () => connect());
    for (const [i, each] of six.entries()) await each.register(`com.example.p${i}`, () => i).ready;
    const names = ['autostrada_calls_total', 'autostrada_sessions_begun_total', 'autostrada_call_duration_seconds_count'];
    const sums = async (): Promise<readonly number[]> => {
      const text = await metrics();
      return names.map((name) => sum(text, name));
    };
    let calls = 0;
    for (const procedures of [undefined, ['com.example.p1'], ['com.example.p2', 'com.example.'], undefined]) {
      const ops = { path: '/ops', ...(procedures ? { procedures } : {}) };
      writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, processes: 2, listen: { ops } }));
      const said = command.stderr.length;
      command.kill('SIGHUP');
      await expect.poll(() => command.stderr.slice(said)).toContain('reloaded, ');
      expect(await sums()).toEqual([calls, 6, calls]);
      for (const [i, each] of six.entries()) await each.call(`com.example.p${5 - i}`);
      calls += 6;
      expect(await sums()).toEqual([calls, 6, calls]);
    }
  });

  test('come in time when a process stands still, and say so; its last numbers count', { timeout: 60_000 }, async () => {
    const { command, connect, metrics } = await startMeasured(2);
    const six = Array.from({ length: 6 }, () => connect({ retry: false }));
    await Promise.all(six.map((each) => each.open()));
    expect(sum(await metrics(), 'autostrada_sessions_begun_total')).toBe(6);
    const [pid = 0] = childrenOf(command);
    process.kill(pid, 'SIGSTOP');
    try {
      // It may still be given a connection, which it does not answer. On a busy machine the other one may be late once.
      const read = (): Promise<string> =>
        Promise.race([metrics().catch(() => ''), new Promise<string>((done) => setTimeout(done, 3000, ''))]);
      const shown = async (): Promise<readonly number[]> => {
        const text = (await Promise.all([read(), read(), read()])).find((each) => each !== '') ?? '';
        return ['processes', 'silent_processes', 'sessions_begun_total'].map((name) => sum(text, `autostrada_${name}`));
      };
      await expect.poll(shown, { timeout: 20_000 }).toEqual([1, 1, 6]);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await expect.poll(async () => sum(await metrics(), 'autostrada_silent_processes')).toBe(0);
  });

  test('of autostrada up have the components, too', async () => {
    const up = await startUp(
      {
        realms: { realm1: 'open' },
        components: { who: { module: 'who.mjs' } },
        listen: { port: 0, ops: { path: '/ops' } },
        processes: 2,
      },
      { files: { 'who.mjs': "export default (connection) => connection.register('com.example.who', () => 1).ready;" } },
    );
    await expect.poll(async () => sum(await metricsAt(up.url), 'autostrada_sessions'), { timeout: 20_000 }).toBeGreaterThan(0);
    // The first process has the components, and no port: it is counted no more than that of autostrada router, but its numbers are.
    expect(sum(await metricsAt(up.url), 'autostrada_processes')).toBe(2);
  });
});
