/* Several processes that share the port of one router, from the command line. */
import { longPoll } from 'autostrada/longpoll';
import { describe, expect, test } from 'vitest';
import { autostrada, cli, Command as Program } from './command.ts';
import { childrenOf, folder, isThere, start } from './processes-bench.ts';

describe.skipIf(process.platform === 'win32')('[L2] autostrada router --processes', { timeout: 60_000 }, () => {
  test('serves calls and events between clients of all processes', async () => {
    const { connect } = await start(3);
    const connections = Array.from({ length: 9 }, () => connect());
    const heard: number[] = [];
    for (const [i, connection] of connections.entries()) {
      await connection.subscribe('com.example.news', () => heard.push(i)).ready;
      await connection.register(`com.example.who${i}`, () => i).ready;
    }
    for (const connection of connections)
      expect(await Promise.all(connections.map((_, i) => connection.call(`com.example.who${i}`)))).toEqual(
        connections.map((_, i) => i),
      );
    await connections[4]?.publish('com.example.news', ['hello'], null, { acknowledge: true });
    await expect.poll(() => heard.sort()).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
    expect(await connections[0]?.call('wamp.session.count')).toBe(9);
  });

  test('a process that is killed is replaced, and what was retained is still there', async () => {
    const { command, connect } = await start(2);
    await connect().publish('com.example.news', ['kept'], null, { acknowledge: true, retain: true });
    for (const pid of childrenOf(command)) {
      process.kill(pid, 'SIGKILL');
      await command.says(`has ended (SIGKILL)`);
      await expect.poll(() => childrenOf(command).filter((each) => each !== pid).length, { timeout: 20_000 }).toBe(2);
    }
    for (let i = 0; i < 4; i++) {
      const heard: unknown[] = [];
      await connect().subscribe('com.example.news', ([headline]: [string]) => heard.push(headline), { get_retained: true }).ready;
      await expect.poll(() => heard).toEqual(['kept']);
    }
  });

  test('goes on when all its processes are killed at once, again and again', async () => {
    const { command, connect } = await start(2);
    for (let round = 0; round < 2; round++) {
      const children = childrenOf(command);
      for (const pid of children) process.kill(pid, 'SIGKILL');
      await expect.poll(() => childrenOf(command).filter((pid) => !children.includes(pid)).length, { timeout: 20_000 }).toBe(2);
    }
    expect(await connect().call('wamp.session.count')).toBe(1);
  });

  test('ends when it is told to before it listens', async () => {
    const env = { AUTOSTRADA_RUNTIME_DIR: folder() };
    const command = new Program([cli, 'router', '--port', '0', '--processes', '2'], env);
    await expect.poll(() => childrenOf(command).length, { interval: 5 }).toBeGreaterThan(0);
    const children = childrenOf(command);
    command.kill('SIGTERM');
    const { stderr } = await command.ended;
    expect(stderr).not.toContain('ReferenceError');
    await expect.poll(() => children.filter(isThere)).toEqual([]);
  });

  test('ends with all its processes at SIGTERM, and when it is killed itself', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const { command, connect } = await start(2);
      await connect().open();
      const children = childrenOf(command);
      expect(children.length).toBe(2);
      command.kill(signal);
      const { code } = await command.ended;
      expect(code).toBe(signal === 'SIGTERM' ? 0 : null);
      await expect.poll(() => children.filter(isThere)).toEqual([]);
    }
  });

  test('a first process that stood still ends none of the others, and neither does SIGHUP', async () => {
    const { command, connect } = await start(2);
    const connection = connect();
    await connection.open();
    const children = childrenOf(command);
    for (const pid of children) process.kill(pid, 'SIGHUP');
    command.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    command.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(childrenOf(command)).toEqual(children);
    expect(await connection.call('wamp.session.count')).toBe(1);
  });

  test('long-poll finds the process that has its transport', async () => {
    const { url, connect } = await start(3);
    const url2 = url.replace(/^ws/, 'http').replace(/\/ws$/, '/lp');
    const connections = Array.from({ length: 6 }, () => connect({ url: longPoll(url2) }));
    await Promise.all(connections.map((connection) => connection.open()));
    await connections[0]?.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
    for (let i = 0; i < 10; i++)
      expect(await Promise.all(connections.map((each) => each.call('com.example.add', [i, 1])))).toEqual(
        connections.map(() => i + 1),
      );
    await Promise.all(connections.map((connection) => connection.close()));
    const forged = await fetch(`${url2}/w1p0.xxxxxxxx/receive`, { method: 'POST' });
    expect(forged.status).toBe(404);
    expect((await fetch(`${url2}/..%2F..%2Fhub.xxxx/receive`, { method: 'POST' })).status).toBe(404);
  });

  test('a port that is taken is said once, and nothing is left', async () => {
    const { url } = await start(2);
    const { port } = new URL(url);
    const env = { AUTOSTRADA_RUNTIME_DIR: folder() };
    const { code, stdout, stderr } = await new Program([cli, 'router', '--port', port, '--processes', '2'], env).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.match(new RegExp(`port ${port} is taken`, 'g'))?.length).toBe(1);
  });

  test.each(['0', 'two', '1.5'])('a number such as %s is refused', async (count) => {
    const { code, stderr } = await autostrada('router', '--processes', count).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`expected a number of processes from 1 to 999, got '${count}'`);
  });
});
