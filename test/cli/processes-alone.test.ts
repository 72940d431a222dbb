/* One of several processes ends, or is started, while the others go on. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Command, cli } from './command.ts';
import { childrenOf, folder, isThere, type Started, start } from './processes-bench.ts';
import { PATIENCE } from './up-bench.ts';

const open = { realms: { realm1: 'open' }, listen: { ops: { path: '/ops', metrics: false } } };
const closed = { ...open, realms: { realm1: { authroles: { all: { permissions: 'all' } } } } };
const openAgain = { ...open, realms: { realm1: 'open', realm2: 'open' } };

function fileWith(config: object): string {
  const file = path.join(folder(), 'router.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Of many connections, one after the other. */
async function outcomes({ connect }: Pick<Started, 'connect'>, realm = 'realm1'): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let i = 0; i < 12; i++) {
    const connection = connect({ retry: false, realm });
    await connection.open().then(
      () => found.add('open'),
      () => found.add('refused'),
    );
    await connection.close();
  }
  return [...found].sort();
}

async function killOne({ command }: Pick<Started, 'command'>, count: number): Promise<void> {
  const [pid = 0] = childrenOf(command);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => childrenOf(command).filter((each) => each !== pid).length, PATIENCE).toBe(count);
}

const readiness = async (url: string): Promise<number | undefined> => {
  const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(3000) };
  // A connection may be given to a process that was just killed: Node.js loses it.
  return fetch(new URL('/ops/readyz', url.replace(/^ws/, 'http')), options).then(
    ({ status }) => status,
    () => undefined,
  );
};

describe.skipIf(process.platform === 'win32')('[L2] one of several processes', { timeout: 60_000 }, () => {
  test('that is started later has the configuration of the others, whatever is in the file now', { timeout: 120_000 }, async () => {
    const file = fileWith({ ...open, processes: 2 });
    const started = await start(2, '--config', file);
    const { command } = started;
    writeFileSync(file, '{ "realms": {'); // somebody is editing it
    await killOne(started, 2);
    await expect.poll(() => outcomes(started), PATIENCE).toEqual(['open']);
    command.kill('SIGHUP');
    await command.says('not reloaded');
    writeFileSync(file, JSON.stringify({ ...closed, processes: 2 }));
    await killOne(started, 2);
    await expect.poll(() => outcomes(started), PATIENCE).toEqual(['open']);
    command.kill('SIGHUP');
    await command.says('reloaded, ');
    expect(await outcomes(started)).toEqual(['refused']);
    writeFileSync(file, JSON.stringify({ ...open, processes: 2 }));
    await killOne(started, 2);
    expect(await outcomes(started)).toEqual(['refused']);
  });

  test('that starts while the others reload has what they have', { timeout: 120_000 }, async () => {
    const file = fileWith({ ...open, processes: 2 });
    const started = await start(2, '--config', file);
    const { command } = started;
    for (let round = 0; round < 2; round++) {
      const said = command.stderr.length;
      await killOne(started, 2); // the next one has just been started
      writeFileSync(file, JSON.stringify({ ...(round === 0 ? openAgain : open), processes: 2 }));
      command.kill('SIGHUP');
      await expect.poll(() => command.stderr.slice(said), PATIENCE).toContain('reloaded, ');
      await expect.poll(() => outcomes(started), PATIENCE).toEqual(['open']);
      expect(await outcomes(started, 'realm2')).toEqual([round === 0 ? 'open' : 'refused']);
    }
  });

  test('that restarts takes no other one out of service', async () => {
    const started = await start(3, '--config', fileWith({ ...open, processes: 3 }));
    await expect.poll(() => readiness(started.url), PATIENCE).toBe(200);
    const [pid = 0] = childrenOf(started.command);
    process.kill(pid, 'SIGKILL');
    const heard: (number | undefined)[] = [];
    while (childrenOf(started.command).filter((each) => each !== pid).length < 3) heard.push(await readiness(started.url));
    for (let i = 0; i < 12; i++) heard.push(await readiness(started.url));
    expect(heard.filter((status) => status === 200).length).toBeGreaterThan(12);
    // The new one is not ready before it listens, and then nobody can ask it.
    expect(heard.filter((status) => status === 503)).toEqual([]);
  });

  test('that drains takes no new connections; the others take all', async () => {
    const started = await start(2, '--config', fileWith({ ...open, processes: 2 }));
    const { command, connect } = started;
    const connections = Array.from({ length: 8 }, () => connect());
    let begun = 0;
    const answers: (() => void)[] = [];
    for (const [i, connection] of connections.entries())
      await connection.register(`com.example.slow${i}`, async () => {
        begun++;
        await new Promise<void>((resolve) => answers.push(resolve));
        return i;
      }).ready;
    const calls = connections.map((connection, i) => connection.call(`com.example.slow${i}`));
    await expect.poll(() => begun).toBe(8);
    const [pid = 0] = childrenOf(command);
    process.kill(pid, 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await outcomes(started)).toEqual(['open']);
    expect(await Promise.all(Array.from({ length: 12 }, () => readiness(started.url)))).toEqual(Array(12).fill(200));
    expect(isThere(pid)).toBe(true);
    for (const answer of answers) answer();
    expect(await Promise.all(calls)).toEqual(connections.map((_, i) => i));
    await expect.poll(() => isThere(pid), PATIENCE).toBe(false);
    await expect.poll(() => childrenOf(command).length, PATIENCE).toBe(2);
    expect(command.stderr).not.toContain('has ended');
  });

  test('is told to stop while it starts, and does', async () => {
    const command = new Command([cli, 'router', '--port', '0', '--processes', '3'], { AUTOSTRADA_RUNTIME_DIR: folder() });
    await command.line();
    const [pid = 0] = childrenOf(command);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => childrenOf(command).filter((each) => each !== pid).length, { ...PATIENCE, interval: 5 }).toBe(3);
    command.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
  });
});

describe.skipIf(process.platform === 'win32')(
  '[L2] without the process that has started them, all others',
  { timeout: 60_000 },
  () => {
    test('end when the calls of their callers have an answer, and leave nothing behind', async () => {
      const { command, connect, runtime } = await start(2);
      const connections = Array.from({ length: 6 }, () => connect({ retry: false }));
      const answers: (() => void)[] = [];
      for (const [i, connection] of connections.entries())
        await connection.register(`com.example.slow${i}`, async () => {
          await new Promise<void>((resolve) => answers.push(resolve));
          return i;
        }).ready;
      const calls = connections.map((connection, i) => connection.call(`com.example.slow${i}`));
      await expect.poll(() => answers.length).toBe(6);
      const children = childrenOf(command);
      command.kill('SIGKILL');
      await expect.poll(() => isThere(command.pid)).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const answer of answers) answer();
      expect(await Promise.all(calls)).toEqual(connections.map((_, i) => i));
      await expect.poll(() => children.filter(isThere), PATIENCE).toEqual([]);
      expect(readdirSync(runtime)).toEqual([]);
      expect(command.stderr).not.toContain('node:'); // no exception
    });

    test('are killed with it: the next one that starts removes what they have left', async () => {
      const { command, connect, runtime } = await start(2);
      await connect({ retry: false }).open();
      for (const pid of [command.pid, ...childrenOf(command)]) process.kill(pid, 'SIGKILL');
      await command.ended;
      const [left] = readdirSync(runtime);
      expect(left).toMatch(new RegExp(`^p${command.pid}-`));
      const next = new Command([cli, 'router', '--port', '0', '--processes', '2'], { AUTOSTRADA_RUNTIME_DIR: runtime });
      await next.line();
      expect(readdirSync(runtime)).not.toContain(left);
      next.kill('SIGTERM');
      await next.ended;
      expect(readdirSync(runtime)).toEqual([]);
    });

    test('and a process that was killed leaves no socket behind', async () => {
      const started = await start(2);
      const names = (): readonly string[] => readdirSync(started.runtime, { recursive: true }).map(String).sort();
      const before = names().length;
      await killOne(started, 2);
      await expect.poll(() => outcomes(started), PATIENCE).toEqual(['open']);
      await expect.poll(() => names().length, PATIENCE).toBe(before);
    });
  },
);
