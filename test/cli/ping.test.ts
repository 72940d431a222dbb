import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../src/cli/commands/ping.ts';
import { Code, ERROR, GOODBYE, RESULT } from '../fixtures/messages.ts';
import { scriptedRouter, stage, welcome } from './bench.ts';
import { autostradaAt } from './command.ts';

const documents = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('autostrada ping', () => {
  test('prints each round trip, and statistics at the end', async () => {
    const { url } = await stage();
    const { code, stdout, stderr } = await autostradaAt(url, 'ping', '--count', '3', '--interval', '1ms').ended;
    const ms = expect.any(Number);
    expect([code, stderr]).toEqual([0, '']);
    expect(documents(stdout)).toEqual([
      { seq: 1, ms },
      { seq: 2, ms },
      { seq: 3, ms },
      { sent: 3, received: 3, min: ms, avg: ms, max: ms, mdev: ms },
    ]);
  });

  test('looks like ping on a terminal', async () => {
    const { url } = await stage();
    const { stdout } = await autostradaAt(url, 'ping', '-c', '1', '--output', 'pretty').ended;
    const [first, ...last] = stdout.split('\n');
    expect(first).toMatch(/^answer from ws:\S+: seq=1 time=[\d.]+ ms$/);
    expect(last).toEqual([
      `--- ${url} ---`,
      '1 sent, 1 answered, 0% lost',
      expect.stringMatching(/^min\/avg\/max\/mdev = .* ms$/),
      '',
    ]);
  });

  test('accepts an ERROR as an answer', async () => {
    const { url } = await scriptedRouter((message) =>
      message[0] === Code.HELLO ? welcome : ERROR('CALL', message[1], {}, 'wamp.error.no_such_procedure'),
    );
    const { code, stdout } = await autostradaAt(url, 'ping', '--count', '1').ended;
    expect([code, documents(stdout)[1]]).toMatchObject([0, { sent: 1, received: 1 }]);
  });

  test('ends with code 5 when answers are missing', async () => {
    let count = 0;
    const { url } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      return count++ === 0 ? RESULT(message[1], {}, [1]) : undefined;
    });
    const { code, stdout, stderr } = await autostradaAt(url, 'ping', '-c', '2', '--interval', '1', '--timeout', '300').ended;
    expect([code, stderr]).toEqual([5, 'autostrada: 1 of 2 were not answered in 300 ms\n']);
    expect(documents(stdout).slice(1)).toMatchObject([
      { seq: 2, ms: null },
      { sent: 2, received: 1 },
    ]);
  });

  test('ends with code 2 when the session ends, and prints the statistics', async () => {
    const { url } = await scriptedRouter((message) =>
      message[0] === Code.HELLO ? welcome : GOODBYE({}, 'wamp.close.system_shutdown'),
    );
    const { code, stdout, stderr } = await autostradaAt(url, 'ping').ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('wamp.close.system_shutdown')]);
    expect(documents(stdout)).toMatchObject([{ sent: 1, received: 0 }]);
  });

  test.skipIf(process.platform === 'win32')('continues with --count 0 until Ctrl-C, which prints the statistics', async () => {
    const { url } = await stage();
    const command = autostradaAt(url, 'ping', '--count', '0', '--interval', '1ms');
    await command.lines(6);
    command.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(code).toBe(130);
    const figures = documents(stdout).at(-1);
    expect(figures.received).toBeGreaterThanOrEqual(6);
  });

  test('prints the same statistics as ping', () => {
    expect(figuresOf(4, [1, 2, 3])).toEqual({ sent: 4, received: 3, min: 1, avg: 2, max: 3, mdev: 0.816 });
    expect(figuresOf(1, [])).toEqual({ sent: 1, received: 0, min: null, avg: null, max: null, mdev: null });
  });
});
