/* Several processes that share the port of one router are told to stop while calls run. */
import { ApplicationError, type Connection } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { childrenOf, isThere, start } from './processes-bench.ts';

const COUNT = 8;

/** Endpoints that answer when they are told to, one for each connection. */
async function slowCallees(callees: readonly Connection[]): Promise<{ readonly begun: () => number; answer(): void }> {
  let begun = 0;
  const answers: (() => void)[] = [];
  for (const [i, callee] of callees.entries())
    await callee.register(`com.example.slow${i}`, async () => {
      begun++;
      await new Promise<void>((resolve) => answers.push(resolve));
      return i;
    }).ready;
  return {
    begun: () => begun,
    answer: () => {
      for (const answer of answers.splice(0)) answer();
    },
  };
}

describe.skipIf(process.platform === 'win32')('[L2] --processes at its end', { timeout: 60_000 }, () => {
  test('SIGTERM waits for the calls of all processes, also if the callee is at another one', async () => {
    const { command, connect } = await start(3);
    const callees = Array.from({ length: COUNT }, () => connect({ retry: false }));
    const callers = Array.from({ length: COUNT }, () => connect({ retry: false }));
    const { begun, answer } = await slowCallees(callees);
    const calls = callers.flatMap((caller) => callees.map((_, i) => caller.call(`com.example.slow${i}`)));
    await expect.poll(begun).toBe(COUNT * COUNT);
    command.kill('SIGTERM');
    // New connections are refused, so all processes have heard it.
    await expect
      .poll(() =>
        connect({ retry: false })
          .open()
          .then(
            () => 'open',
            () => 'refused',
          ),
      )
      .toBe('refused');
    answer();
    expect(await Promise.all(calls)).toEqual(callers.flatMap(() => callees.map((_, i) => i)));
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
  });

  test('SIGTERM for all processes at once, as systemd sends it, loses no call either', async () => {
    const { command, connect } = await start(3);
    const callees = Array.from({ length: COUNT }, () => connect({ retry: false }));
    const callers = Array.from({ length: COUNT }, () => connect({ retry: false }));
    const { begun, answer } = await slowCallees(callees);
    const calls = callers.flatMap((caller) => callees.map((_, i) => caller.call(`com.example.slow${i}`)));
    await expect.poll(begun).toBe(COUNT * COUNT);
    const children = childrenOf(command);
    for (const pid of [...children, command.pid]) process.kill(pid, 'SIGTERM');
    setTimeout(answer, 300);
    expect(await Promise.all(calls)).toEqual(callers.flatMap(() => callees.map((_, i) => i)));
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
    expect(children.filter(isThere)).toEqual([]);
  });

  test('SIGTERM for one process waits for calls from others to its callees; then it is replaced', async () => {
    const { command, connect } = await start(2);
    const callees = Array.from({ length: COUNT }, () => connect());
    const callers = Array.from({ length: COUNT }, () => connect());
    const { begun, answer } = await slowCallees(callees);
    const calls = callers.flatMap((caller) => callees.map((_, i) => caller.call(`com.example.slow${i}`)));
    await expect.poll(begun).toBe(COUNT * COUNT);
    const [one = 0] = childrenOf(command);
    process.kill(one, 'SIGTERM');
    setTimeout(answer, 300);
    expect(await Promise.all(calls)).toEqual(callers.flatMap(() => callees.map((_, i) => i)));
    await expect.poll(() => childrenOf(command).filter((pid) => pid !== one).length, { timeout: 20_000 }).toBe(2);
    expect(isThere(one)).toBe(false);
  });

  test.each([
    ['all', 3],
    ['one', 2],
  ] as const)(
    'SIGTERM for %s of %d, while callers go on calling, loses no call that has reached its callee',
    async (which, count) => {
      const { command, connect } = await start(count);
      let begun = 0;
      for (let i = 0; i < COUNT; i++) {
        const callee = connect({ retry: false });
        await callee.register(
          'com.example.busy',
          async () => {
            begun++;
            await new Promise((resolve) => setTimeout(resolve, 5));
            return 'done';
          },
          { invoke: 'roundrobin' },
        ).ready;
      }
      let answered = 0;
      let isOver = false;
      const loop = async (): Promise<void> => {
        const caller = connect({ retry: false });
        while (!isOver && (await caller.call('com.example.busy').catch(() => 'failed')) === 'done') answered++;
      };
      const loops = Array.from({ length: 20 }, loop);
      await expect.poll(() => begun, { timeout: 20_000 }).toBeGreaterThan(200);
      const [one = 0] = childrenOf(command);
      process.kill(which === 'all' ? command.pid : one, 'SIGTERM');
      if (which === 'all') expect(await command.ended).toMatchObject({ code: 0, signal: null });
      else await expect.poll(() => isThere(one), { timeout: 20_000 }).toBe(false);
      isOver = true;
      await Promise.all(loops);
      expect(answered).toBe(begun);
    },
  );

  test('a call that never ends is waited for no longer than drainMs, and a second SIGTERM ends all at once', async () => {
    const { command, connect } = await start(2);
    const callee = connect({ retry: false });
    const { begun } = await slowCallees([callee]);
    const ended = connect({ retry: false })
      .call('com.example.slow0')
      .catch((error: unknown) => error);
    await expect.poll(begun).toBe(1);
    command.kill('SIGTERM');
    await expect
      .poll(() =>
        connect({ retry: false })
          .open()
          .then(
            () => 'open',
            () => 'refused',
          ),
      )
      .toBe('refused');
    const children = childrenOf(command);
    command.kill('SIGTERM');
    await command.ended;
    expect(await ended).not.toBeInstanceOf(ApplicationError);
    await expect.poll(() => children.filter(isThere)).toEqual([]);
  });
});
