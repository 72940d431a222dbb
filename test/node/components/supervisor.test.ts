/* Guests as a supervisor runs them: real processes of this machine. States are awaited, times are not. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isAlive, node, STAYS, sh, stage, untilGone } from './stage.ts';

describe.skipIf(process.platform === 'win32')('a guest', () => {
  test('[K1] runs in its folder, with its arguments and its environment, and its output is kept line by line', async () => {
    const program = `console.log(process.cwd()); console.error(process.env.COLOUR, ...process.argv.slice(1)); process.stdout.write('no line end'); ${STAYS}`;
    const guest = { command: [process.execPath, '-e', program, 'one', 'two words'], env: { COLOUR: 'grün' } };
    const { until, lines, folder, supervisor } = stage({ guest });
    await until('guest', 'ready');
    await expect.poll(() => lines('guest')).toContain('grün one two words');
    await supervisor.stopOne('guest');
    expect(lines('guest')).toHaveLength(3);
    expect(lines('guest')).toEqual(expect.arrayContaining([folder, 'no line end']));
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const)('[K1] that is ended by %s is back, as another process', async (signal) => {
    const { until, supervisor } = stage({ guest: node(STAYS) });
    const { pid } = await until('guest', 'ready');
    process.kill(pid!, signal);
    const second = await until('guest', 'ready', pid);
    expect(second.restarts).toBe(1);
    expect(supervisor.list()).toHaveLength(1);
  });

  test('[K1] that ends too often in a row has failed, says why, and starts again when it is told to', async () => {
    const { until, states, supervisor } = stage({
      guest: { ...sh('echo no luck >&2; exit 3'), restart: { minMs: 1, maxMs: 4, limit: 3 } },
    });
    const failed = await until('guest', 'failed');
    expect(failed).toMatchObject({
      pid: null,
      restarts: 3,
      reason: 'it ended with code 3, 4 times in a row; start it with: autostrada restart guest',
    });
    const before = states('guest').length;
    await supervisor.restart('guest');
    await expect.poll(() => states('guest').slice(before + 1), { timeout: 20_000 }).toContain('failed');
  });

  test.each([
    ['never', 0, 'ended', 'it ended with code 0'],
    ['never', 1, 'failed', 'it ended with code 1'],
    ['on-failure', 0, 'ended', 'it ended with code 0'],
  ] as const)('[K1] with the policy %s that ends with code %i is %s', async (restart, code, state, reason) => {
    const { until, states } = stage({ guest: { ...sh(`exit ${code}`), restart } });
    expect(await until('guest', state)).toMatchObject({ reason, restarts: 0, pid: null });
    expect(states('guest')).not.toContain('delayed');
  });

  test('[K1] with the policy always is started again, whatever its code', async () => {
    const { until } = stage({ guest: { ...sh('exit 0'), restart: { policy: 'always', minMs: 1, maxMs: 1, limit: 2 } } });
    expect((await until('guest', 'failed')).reason).toMatch(/^it ended with code 0, 3 times in a row/);
  });

  test('[K1] that was well for a while may fail again as often', async () => {
    const restart = { minMs: 1, maxMs: 1, limit: 1, healthyMs: 0 };
    const { until, supervisor } = stage({ guest: { ...sh('exit 1'), restart } });
    await expect.poll(() => supervisor.get('guest')?.restarts, { timeout: 20_000 }).toBeGreaterThan(4);
    await supervisor.stopOne('guest');
    await until('guest', 'stopped');
  });

  test('[K1] that ignores SIGTERM gets SIGKILL', async () => {
    const { until, lines, supervisor } = stage({
      guest: { ...node(`process.on('SIGTERM', () => console.log('no')); console.log('up'); ${STAYS}`), stopTimeoutMs: 100 },
    });
    const { pid } = await until('guest', 'ready');
    await expect.poll(() => lines('guest')).toContain('up');
    await supervisor.stopOne('guest');
    expect(isAlive(pid!)).toBe(false);
    expect(lines('guest')).toEqual(['up', 'no', 'autostrada: it did not end in 100 ms after SIGTERM, so it was sent SIGKILL']);
  });

  test('[K1] that starts processes ends with all of them, also when only the first of them is killed', async () => {
    const script = 'sleep 1000 & echo $!; (trap "" TERM; sleep 1000) & echo $!; wait';
    const { until, lines, supervisor } = stage({ guest: { ...sh(script), stopTimeoutMs: 100 } });
    const { pid } = await until('guest', 'ready');
    await expect.poll(() => lines('guest')).toHaveLength(2);
    const children = lines('guest').map(Number);
    expect(children.map(isAlive)).toEqual([true, true]);
    process.kill(pid!, 'SIGKILL');
    await until('guest', 'ready', pid);
    for (const child of children) await untilGone(child);
    await expect.poll(() => lines('guest').filter((line) => /^\d+$/.test(line))).toHaveLength(4);
    await supervisor.stopOne('guest');
    for (const child of lines('guest')
      .filter((line) => /^\d+$/.test(line))
      .map(Number))
      await untilGone(child);
  });

  test.each([
    [{ command: ['no-such-program'] }, "expected a program on the PATH, got 'no-such-program', which is not there"],
    [{ command: ['./missing'] }, /^expected a program that may be run, got '.*\/missing'/],
    [{ command: ['sh'], cwd: 'nowhere' }, /^expected cwd to be a folder, got '.*\/nowhere'/],
  ])('[K1] that cannot be run has failed, and says why: %j', async (guest, reason) => {
    const { until } = stage({ guest: { ...guest, restart: 'never' } });
    expect(await until('guest', 'failed')).toMatchObject({ reason: expect.stringMatching(reason) });
  });

  test('[K1] that floods is read to the last line, more slowly, and its last lines are kept', async () => {
    const count = 60_000;
    const { until, lines } = stage({
      guest: {
        ...node(`for (let i = 1; i <= ${count}; i++) console.log(i + ' ' + 'x'.repeat(50)); console.log('done')`),
        restart: 'never',
      },
    });
    await until('guest', 'ended');
    await expect.poll(() => lines('guest').at(-1), { timeout: 30_000 }).toBe('done');
    expect(lines('guest')).toHaveLength(1000);
    expect(lines('guest')[0]).toMatch(new RegExp(`^${count - 998} x+$`));
  });

  test('[K1] that writes without line ends is cut into lines', async () => {
    const { until, lines } = stage({ guest: { ...node("process.stdout.write('y'.repeat(40000))"), restart: 'never' } });
    await until('guest', 'ended');
    await expect.poll(() => lines('guest').map((line) => line.length)).toEqual([16_384, 16_384, 7232]);
  });
});

describe.skipIf(process.platform === 'win32')('readiness and health', () => {
  test('[K1] a guest that never becomes ready is ended, and says what was expected', async () => {
    const { until } = stage({
      guest: { ...node(STAYS), ready: { procedure: 'com.example.never', realm: 'realm1' }, readyTimeoutMs: 50, restart: 'never' },
    });
    expect((await until('guest', 'failed')).reason).toBe(
      'it did not become ready: expected procedure com.example.never in realm1 to be registered within 50 ms: it is not registered',
    );
  });

  test('[K1] a guest is ready when its port accepts, and another that waits for the port starts after it', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const { until, states, supervisor } = stage({
      second: { ...node(STAYS), waitsFor: [{ port }] },
      first: { ...node(`setTimeout(() => require('net').createServer().listen(${port}, '127.0.0.1'), 100)`), ready: { port } },
    });
    await expect
      .poll(() => supervisor.get('second')?.reason)
      .toMatch(`waits for port ${port} of 127.0.0.1 to accept connections: `);
    await until('second', 'ready');
    await until('first', 'ready');
    expect(states('second')[0]).toBe('waiting');
  });

  test('[K1] a component waits for a procedure, and for another component that is ready', async () => {
    const { until, supervisor, registered } = stage({
      third: { ...node(STAYS), waitsFor: ['second'] },
      second: { ...node(STAYS), waitsFor: [{ procedure: 'com.example.add', realm: 'realm1' }] },
    });
    expect((await until('third', 'waiting')).reason).toMatch(/^waits for second, which is /);
    await expect
      .poll(() => supervisor.get('second')?.reason)
      .toBe('waits for procedure com.example.add in realm1 to be registered: it is not registered');
    registered.add('realm1 com.example.add');
    await until('third', 'ready');
  });

  test('[K1] what waits for a component that has failed says so, and starts when it is there after all', async () => {
    const { until, supervisor, folder } = stage({
      second: { ...node(STAYS), waitsFor: ['first'] },
      first: { command: ['./missing'], restart: 'never' },
    });
    await expect
      .poll(() => supervisor.get('second')?.reason)
      .toMatch(/^waits for first, which is failed: expected a program that may be run, got /);
    await until('second', 'waiting');
    writeFileSync(path.join(folder, 'missing'), '#!/bin/sh\nsleep 1000\n', { mode: 0o755 });
    await supervisor.restart('first');
    await until('second', 'ready');
  });

  test('[K1] a component that is not healthy any more is ended and started again', async () => {
    const answers = createServer((socket) => socket.end('HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n')).listen(0, '127.0.0.1');
    onTestFinished(() => {
      answers.close();
    });
    await new Promise((resolve) => answers.once('listening', resolve));
    const { port } = answers.address() as { port: number };
    const health = { probe: { url: `http://127.0.0.1:${port}/` }, intervalMs: 5, failures: 2 };
    const { until } = stage({ guest: { ...node(STAYS), health, restart: { limit: 1, minMs: 1 } } });
    expect((await until('guest', 'failed')).reason).toMatch(
      `it is not healthy: expected http://127.0.0.1:${port}/ to answer with a status from 200 to 399, and it failed 2 times in a row: status 503, 2 times in a row`,
    );
  });
});

describe.skipIf(process.platform === 'win32')('order', () => {
  test('[K1] components stop in the reverse order: each after those that wait for it', async () => {
    const says = (name: string) => ({
      ...node(`process.on('SIGTERM', () => { setTimeout(() => process.exit(), 30) }); console.log('${name}'); ${STAYS}`),
    });
    const order: string[] = [];
    const { until, supervisor, lines, states } = stage({
      c: { ...says('c'), waitsFor: ['b'] },
      b: { ...says('b'), waitsFor: ['a'] },
      a: says('a'),
    });
    await until('c', 'ready');
    for (const name of ['a', 'b', 'c']) await expect.poll(() => lines(name)).toEqual([name]);
    const closed = supervisor.close();
    const look = setInterval(() => {
      for (const { name, state } of supervisor.list()) if (state === 'stopped' && !order.includes(name)) order.push(name);
    }, 1);
    await closed;
    clearInterval(look);
    for (const { name } of supervisor.list()) if (!order.includes(name)) order.push(name);
    expect(order).toEqual(['c', 'b', 'a']);
    expect(states('a').at(-1)).toBe('stopped');
  });

  test('[K1] what is asked for during a stop or a start is done in order', async () => {
    const { until, supervisor } = stage({ guest: node(STAYS) });
    const { pid } = await until('guest', 'ready');
    await Promise.all([
      supervisor.restart('guest'),
      supervisor.stopOne('guest'),
      supervisor.restart('guest'),
      supervisor.startOne('guest'),
    ]);
    const second = await until('guest', 'ready');
    expect(second.pid).not.toBe(pid);
    await untilGone(pid!);
  });

  test('[K1] a component that waits, or is about to start again, can be stopped at once', async () => {
    const { until, supervisor } = stage({
      waits: { ...node(STAYS), waitsFor: [{ port: 1 }] },
      fails: { ...sh('exit 1'), restart: { minMs: 1e6, maxMs: 1e6 } },
    });
    await until('waits', 'waiting');
    await until('fails', 'delayed');
    await Promise.all([supervisor.stopOne('waits'), supervisor.stopOne('fails')]);
    expect(supervisor.list().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });
});

describe.skipIf(process.platform === 'win32')('watch', () => {
  test('[K1] a file or a folder that changes restarts the component, once for several changes', async () => {
    const files = { 'guest.js': STAYS, 'other.js': '1' };
    const { until, folder, supervisor, warnings } = stage({ guest: { ...node(STAYS), watch: ['guest.js', 'lib'] } }, files);
    expect(warnings).toEqual([expect.stringMatching(/^guest: cannot watch .*\/lib: ENOENT/)]);
    const { pid } = await until('guest', 'ready');
    writeFileSync(path.join(folder, 'other.js'), '2');
    writeFileSync(path.join(folder, 'guest.new'), `${STAYS};`);
    renameSync(path.join(folder, 'guest.new'), path.join(folder, 'guest.js')); // as editors save
    const second = await until('guest', 'ready', pid);
    expect(second.restarts).toBe(0); // it did not end by itself
    await supervisor.stopOne('guest');
  });

  test('[K1] files in folders of a folder count, too, those that come later as well', async () => {
    const { until, folder } = stage({ guest: { ...node(STAYS), watch: ['.'] } }, { 'a.js': '1' });
    const { pid } = await until('guest', 'ready');
    mkdirSync(path.join(folder, 'deep'));
    const second = await until('guest', 'ready', pid);
    writeFileSync(path.join(folder, 'deep', 'b.js'), '1');
    await until('guest', 'ready', second.pid);
  });
});

describe.skipIf(process.platform === 'win32')('the watcher', () => {
  test('[K1] is started again when somebody kills it, and still knows all groups', async () => {
    const { until, supervisor } = stage({ guest: node(STAYS) });
    await until('guest', 'ready');
    const watchers = () =>
      readdirSync('/proc').filter((id) => {
        try {
          const stat = readFileSync(`/proc/${id}/stat`, 'latin1')
            .replace(/^.*\) /s, '')
            .split(' ');
          return (
            stat[0] !== 'Z' && stat[1] === String(process.pid) && readFileSync(`/proc/${id}/cmdline`, 'latin1').includes('is_ours')
          );
        } catch {
          return false;
        }
      });
    if (process.platform !== 'linux') return;
    const [first] = watchers();
    process.kill(Number(first), 'SIGKILL');
    await expect.poll(() => watchers().filter((id) => id !== first)).toHaveLength(1);
    await supervisor.close();
    await expect.poll(watchers).toEqual([]);
  });
});
