/* The number of processes in the configuration file, and `autostrada up` with several processes. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection, ticket } from 'autostrada';
import { describe, expect, onTestFinished, test } from 'vitest';
import { autostrada, Command, cli } from './command.ts';
import { childrenOf, folder, isThere, start } from './processes-bench.ts';
import { startUp } from './up-bench.ts';

const open = { realms: { realm1: 'open' } };
const shop = {
  realms: {
    shop: {
      anonymous: 'visitor',
      authroles: {
        visitor: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: ['call'] }] },
        service: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: 'all' }] },
        ops: { permissions: 'all' },
      },
      users: { olga: { authrole: 'ops', ticket: 'secret' } },
    },
  },
};
const WHO = `let calls = 0;
export default async (connection) => {
  console.log('started as', process.pid);
  await connection.register('com.example.who', () => [process.pid, ++calls].join(' ')).ready;
};`;

function fileWith(config: object): string {
  const file = path.join(folder(), 'router.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

function visitor(url: string, realm: string): Connection {
  const connection = new Connection({ url, realm });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  return connection;
}

describe.skipIf(process.platform === 'win32')('[L2] the number of processes', { timeout: 60_000 }, () => {
  test('comes from the configuration file of autostrada router', async () => {
    const { command, connect } = await start(3, '--config', fileWith({ ...open, processes: 3 }));
    expect(childrenOf(command).length).toBe(3);
    expect(await connect().call('wamp.session.count')).toBe(1);
  });

  test('on the command line wins over that of the file', async () => {
    const config = fileWith({ ...open, processes: 3 });
    const env = { AUTOSTRADA_RUNTIME_DIR: folder() };
    const two = new Command([cli, 'router', '--port', '0', '--config', config, '--processes', '2'], env);
    expect(await two.line()).toMatch(/^2 processes: router at /);
    expect(childrenOf(two).length).toBe(2);
    const one = new Command([cli, 'router', '--port', '0', '--config', config, '--processes', '1'], env);
    expect(await one.line()).toMatch(/^router at /);
    expect(childrenOf(one)).toEqual([]);
  });

  test.each([0, 1.5, 'two', 1000])('%s in the file is refused', async (processes) => {
    const { code, stdout } = await autostrada('check', fileWith({ ...open, processes })).ended;
    expect(code).toBe(1);
    expect(stdout).toContain('config.processes: expected');
  });

  test('that is changed counts after a restart, and reload says it', async () => {
    const file = fileWith({ ...open, processes: 2 });
    const { command } = await start(2, '--config', file);
    writeFileSync(file, JSON.stringify({ ...open, processes: 3 }));
    command.kill('SIGHUP');
    await command.says('after a restart: config.processes');
    expect(childrenOf(command).length).toBe(2);
  });
});

describe.skipIf(process.platform === 'win32')('[L2] autostrada up with several processes', { timeout: 60_000 }, () => {
  test('starts each component once, which serves the clients of all processes', async () => {
    const components = { who: { module: 'who.mjs', authrole: 'service' } };
    const up = await startUp({ ...shop, components, processes: 3 }, { files: { 'who.mjs': WHO } });
    const { pid } = await up.until('who', 'ready');
    const visitors = Array.from({ length: 9 }, () => visitor(up.url, 'shop'));
    const answers = await Promise.all(visitors.map((each) => each.call('com.example.who')));
    expect(new Set(answers)).toEqual(new Set(visitors.map((_, i) => `${pid} ${i + 1}`)));
    expect(up.command.stdout.match(/started as/g)).toHaveLength(1);
    expect(up.command.stdout).toContain('3 processes: router at ');
    expect(up.command.stderr).not.toContain('error');
    up.command.kill('SIGTERM');
    expect(await up.command.ended).toMatchObject({ code: 0, signal: null });
    expect(isThere(pid ?? 0)).toBe(false);
  });

  test('serves its pages from all processes, and is ready only when its components are', async () => {
    const components = {
      slow: { command: [process.execPath, '-e', 'setInterval(() => {}, 1e6)'], ready: { procedure: 'com.example.slow' } },
    };
    const files = { 'index.html': '<p>hello</p>' };
    const listen = { port: 0, web: '.', ops: { path: '/ops', metrics: false } };
    const up = await startUp({ ...shop, listen, components }, { files, args: ['--processes', '3'] });
    const base = up.url.replace(/^ws/, 'http').replace(/ws$/, '');
    const pages = await Promise.all(Array.from({ length: 9 }, () => fetch(base, { headers: { connection: 'close' } })));
    expect(await Promise.all(pages.map((page) => page.text()))).toEqual(pages.map(() => '<p>hello</p>'));
    const ready = async (): Promise<readonly number[]> =>
      (await Promise.all(Array.from({ length: 6 }, () => fetch(`${base}ops/readyz`, { headers: { connection: 'close' } })))).map(
        ({ status }) => status,
      );
    expect(await ready()).toEqual([503, 503, 503, 503, 503, 503]);
    expect(await (await fetch(`${base}ops/readyz`)).text()).toMatch(/^slow is starting/);
    const ops = new Connection({ url: up.url, realm: 'shop', auth: ticket({ authid: 'olga', ticket: 'secret' }) });
    onTestFinished(() => ops.close());
    await ops.register('com.example.slow', () => 1).ready;
    await expect.poll(ready).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test('its control works from all processes; one that is killed is replaced, and the component stays', async () => {
    const components = { who: { module: 'who.mjs', authrole: 'service' } };
    const control = { realm: 'shop' };
    const up = await startUp({ ...shop, components, control, processes: 2 }, { files: { 'who.mjs': WHO } });
    const first = await up.until('who', 'ready');
    const routers = childrenOf(up.command).filter((each) => each !== first.pid);
    const ops = new Connection({ url: up.url, realm: 'shop', auth: ticket({ authid: 'olga', ticket: 'secret' }) });
    ops.on('error', () => {});
    onTestFinished(() => ops.close());
    const states: unknown[] = [];
    await ops.subscribe('autostrada.component.on_state', ([{ state }]: [{ state: string }]) => states.push(state)).ready;
    await ops.call('autostrada.component.restart', ['who']);
    await expect.poll(() => states).toContain('ready');
    const { pid } = await up.until('who', 'ready');
    for (const router of routers.slice(-2)) {
      try {
        process.kill(router, 'SIGKILL');
      } catch {
        continue; // not a router, and over
      }
      await expect
        .poll(() => ops.call('com.example.who').catch(() => undefined), { timeout: 20_000 })
        .toMatch(new RegExp(`^${pid} `));
    }
    expect(await ops.call('autostrada.component.list')).toMatchObject([{ name: 'who', state: 'ready', pid }]);
    expect(up.command.stdout.match(/started as/g)).toHaveLength(2);
  });

  test('nothing is left when it is killed', async () => {
    const components = { who: { module: 'who.mjs', authrole: 'service' } };
    const up = await startUp({ ...shop, components, processes: 2 }, { files: { 'who.mjs': WHO } });
    const { pid } = await up.until('who', 'ready');
    const all = [...childrenOf(up.command), pid ?? 0];
    up.command.kill('SIGKILL');
    await expect.poll(() => all.filter(isThere), { timeout: 20_000 }).toEqual([]);
  });
});
