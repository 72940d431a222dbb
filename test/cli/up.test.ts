/* `autostrada up` and the commands that look at it, from dist/. States are awaited, times are not. */
import { Connection } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { isAlive, untilGone } from '../node/components/stage.ts';
import { Command, cli } from './command.ts';
import { folderWith, marked, PATIENCE, runUp, startUp } from './up-bench.ts';

const STAYS = [process.execPath, '-e', 'setInterval(() => {}, 1e6)'];
const open = { realms: { realm1: 'open' } };
const shut = {
  realms: {
    shop: {
      anonymous: 'visitor',
      authroles: {
        visitor: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: ['call'] }] },
        service: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: 'all' }] },
        ops: { permissions: [{ uri: 'autostrada.component.', match: 'prefix', allow: ['call', 'subscribe'] }] },
      },
      users: { olga: { authrole: 'ops', ticket: 'secret' } },
    },
  },
};
const GREETER = `export default async (connection) => {
  console.log('greeting as', (await connection.open()).authid);
  await connection.register('com.example.greet', ([name]) => 'hello ' + name).ready;
};`;

describe.skipIf(process.platform === 'win32')('autostrada up', { timeout: 60_000 }, () => {
  test('[K1] runs a module with a connection that is logged in, and a guest after it; ps lists both', async () => {
    const components = {
      loop: { command: STAYS, waitsFor: [{ procedure: 'com.example.greet' }] },
      greeter: { module: 'greeter.mjs', authrole: 'service' },
    };
    const up = await startUp({ ...shut, components }, { files: { 'greeter.mjs': GREETER } });
    await up.until('loop', 'ready');
    expect(await up.ps()).toMatchObject([
      { name: 'loop', state: 'ready', authid: null },
      { name: 'greeter', state: 'ready', authid: 'greeter', authrole: 'service', realm: 'shop', restarts: 0 },
    ]);
    const visitor = new Connection({ url: up.url, realm: 'shop' });
    expect(await visitor.call('com.example.greet', ['joe'])).toBe('hello joe');
    await visitor.close();
    expect(up.command.stdout).toContain('greeter | greeting as greeter\n');
    up.command.kill('SIGTERM');
    expect(await up.command.ended).toMatchObject({ code: 0, signal: null });
    expect(up.command.stderr).toMatch(/loop {4}\| stopped\n[\s\S]*greeter \| stopped\n/);
  });

  test('[K1] kill -9 of any component: it is back, and callable again', async () => {
    const components = { greeter: { module: 'greeter.mjs', authrole: 'service' }, guest: { command: STAYS } };
    const up = await startUp({ ...shut, components }, { files: { 'greeter.mjs': GREETER } });
    for (const name of ['greeter', 'guest']) {
      const { pid } = await up.until(name, 'ready');
      process.kill(pid!, 'SIGKILL');
      expect(await up.until(name, 'ready', pid)).toMatchObject({ restarts: 1 });
    }
    const visitor = new Connection({ url: up.url, realm: 'shop' });
    expect(await visitor.call('com.example.greet', ['joe'])).toBe('hello joe');
    await visitor.close();
  });

  test('[K1] nobody else can log in as a component, and its key ends with the run', async () => {
    const program = "console.log('key', process.env.WAMP_PRIVATE_KEY); setInterval(() => {}, 1e6)";
    const file = {
      ...shut,
      components: { guest: { command: [process.execPath, '-e', program], authrole: 'service', authid: 'g' } },
    };
    const up = await startUp(file);
    await expect.poll(() => up.command.stdout, PATIENCE).toMatch(/key [0-9a-f]{64}\n/);
    const key = /key ([0-9a-f]{64})/.exec(up.command.stdout)?.[1] ?? '';
    const login = (url: string, privateKey: string) =>
      new Command([cli, 'call', 'wamp.session.count', '--url', url, '--realm', 'shop'], {
        WAMP_AUTHID: 'g',
        WAMP_PRIVATE_KEY: privateKey,
      }).ended;
    expect(await login(up.url, key)).toMatchObject({ stderr: expect.stringContaining('service may not call') });
    expect(await login(up.url, '11'.repeat(32))).toMatchObject({ code: 3 });
    up.command.kill('SIGTERM');
    await up.command.ended;
    const again = await startUp(file, { folder: up.folder });
    expect(await login(again.url, key)).toMatchObject({ code: 3 });
  });

  test('[K1] restart, stop and start through the command line; a name that does not exist is refused with those that do', async () => {
    const up = await startUp({ ...open, components: { guest: { command: STAYS } } });
    const { pid } = await up.until('guest', 'ready');
    const restarted = await up.also('restart', 'guest').ended;
    expect([restarted.code, restarted.stderr, JSON.parse(restarted.stdout).name]).toEqual([0, '', 'guest']);
    await up.until('guest', 'ready', pid);
    await untilGone(pid!);
    expect(JSON.parse((await up.also('stop', 'guest').ended).stdout)).toMatchObject({ state: 'stopped', pid: null });
    expect((await up.also('start', 'guest').ended).code).toBe(0);
    await up.until('guest', 'ready');
    expect(await up.also('restart', 'gast').ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("expected the name of a component (guest), got 'gast'"),
    });
  });

  test('[K1] logs prints the last lines, and with -f those that come', async () => {
    const program = 'let i = 0; setInterval(() => console.log("line", ++i), 20)';
    const up = await startUp({ ...open, components: { guest: { command: [process.execPath, '-e', program] } } });
    await expect.poll(() => up.command.stdout, PATIENCE).toContain('guest | line 3\n');
    const { stdout } = await up.also('logs', 'guest', '-n', '2').ended;
    expect(stdout).toMatch(/^line \d+\nline \d+\n$/);
    const following = up.also('logs', 'guest', '-f', '-n', '3');
    const lines = await following.lines(30);
    const numbers = lines.map((line) => Number(/\d+/.exec(line)?.[0]));
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
    following.kill('SIGINT');
    expect((await following.ended).code).toBe(130);
  });

  test('[K1] by WAMP: procedures and topics in a realm of the file, for the authroles that may', async () => {
    const up = await startUp({ ...shut, control: { realm: 'shop' }, components: { guest: { command: STAYS } } });
    await up.until('guest', 'ready');
    const olga = { WAMP_URL: up.url, WAMP_REALM: 'shop', WAMP_AUTHID: 'olga', WAMP_TICKET: 'secret' };
    const states = new Command([cli, 'subscribe', 'autostrada.component.on_state'], olga);
    await states.says('subscribed');
    const restarted = await new Command([cli, 'call', 'autostrada.component.restart', 'guest'], olga).ended;
    expect(restarted).toMatchObject({ code: 0, stderr: '' });
    expect((await states.lines(4)).map((line) => JSON.parse(line).state)).toEqual(['stopping', 'stopped', 'starting', 'starting']);
    expect((await new Command([cli, 'ps'], olga).ended).stdout).toContain('"name":"guest"');
    const missing = await new Command([cli, 'call', 'autostrada.component.get', 'nobody'], olga).ended;
    expect(missing.stderr).toContain("autostrada.error.no_such_component: there is no component 'nobody'; there is guest");
    const wrong = await new Command([cli, 'call', 'autostrada.component.log', '{}'], olga).ended;
    expect(wrong.stderr).toContain('wamp.error.invalid_argument: expected the name of a component as first argument, got object');
    const visitor = await new Command([cli, 'call', 'autostrada.component.list', '--url', up.url, '--realm', 'shop']).ended;
    expect(visitor.stderr).toContain('wamp.error.not_authorized');
  });

  test('[K1] a module that throws on import, or has no function, fails after its restarts, and says why', async () => {
    const restart = { limit: 1, minMs: 1 };
    const up = await startUp(
      { ...open, components: { throws: { module: 'throws.mjs', restart }, empty: { module: 'empty.mjs', restart } } },
      { files: { 'throws.mjs': "throw new Error('broken import')", 'empty.mjs': 'export const a = 1;' } },
    );
    expect((await up.until('throws', 'failed')).reason).toMatch(
      /^it ended with code 1, 2 times in a row; start it with: autostrada restart throws$/,
    );
    await up.until('empty', 'failed');
    expect(up.command.stderr).toContain('throws | Error: broken import\n');
    expect(up.command.stderr).toMatch(
      /empty {2}\| TypeError: expected the default export of \S+empty.mjs to be a function, got nothing\n/,
    );
  });

  test.each([
    [{ a: { command: STAYS, waitsFor: ['b'] }, b: { command: STAYS, waitsFor: ['a'] } }, 'got a cycle: a waits for b waits for a'],
    [
      { a: { command: STAYS, waitsFor: ['c'] } },
      'config.components.a.waitsFor[0]: expected the name of a component or a probe, got "c"',
    ],
    [{ a: {} }, 'config.components.a: expected command or module, got neither'],
    [{ a: { module: 'a.mjs', realm: 'shop' } }, 'expected a realm of this file, got "shop"'],
    [{ a: { command: STAYS, restart: { minMs: 5, maxMs: 1 } } }, 'to be at most maxMs'],
    [{ 'a b': { command: STAYS } }, 'expected names of components to have letters, digits and _ - . /, got "a b"'],
  ])('[K1] refuses at the start: %j', async (components, text) => {
    const { command } = runUp({ ...open, components });
    const { code, stderr, stdout } = await command.ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(text);
  });

  test('[K1] a second one on the same port says so, ends with 1, and leaves the first alone', async () => {
    const up = await startUp({ ...open, components: { guest: { command: STAYS } } });
    const { pid } = await up.until('guest', 'ready');
    const port = new URL(up.url).port;
    const { code, stderr } = await runUp({ ...open, components: { guest: { command: STAYS } } }, { args: ['--port', port] }).command
      .ended;
    expect([code, stderr]).toEqual([
      1,
      `autostrada: port ${port} is taken: choose another with --port, or with the variable PORT\n`,
    ]);
    expect(await up.until('guest', 'ready')).toMatchObject({ pid });
  });

  test('[K1] two of one user: ps lists both, and restart wants --pid for a name that both have', async () => {
    const first = await startUp({ ...open, components: { guest: { command: STAYS } } });
    const env = { AUTOSTRADA_RUNTIME_DIR: `${first.folder}/run` };
    const second = await startUp({ ...open, components: { guest: { command: STAYS }, other: { command: STAYS } } }, { env });
    await second.until('other', 'ready');
    expect((await first.ps()).map(({ name }) => name).sort()).toEqual(['guest', 'guest', 'other']);
    const { code, stderr } = await first.also('restart', 'guest').ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/2 autostrada up have a component 'guest': choose one by --pid \d+, --pid \d+\n/),
    ]);
    const pid = /--pid (\d+)/.exec(stderr)?.[1] ?? '';
    expect(await first.also('restart', 'guest', '--pid', pid).ended).toMatchObject({ code: 0, stderr: '' });
    expect((await first.also('stop', 'other').ended).code).toBe(0);
  });

  test('[K1] --output json prints everything as documents', async () => {
    const program = "console.log('out'); console.error('err'); setInterval(() => {}, 1e6)";
    const { command } = runUp(
      { ...open, components: { guest: { command: [process.execPath, '-e', program] } } },
      { args: ['--output', 'json'] },
    );
    await expect.poll(() => command.stdout, PATIENCE).toContain('"text":"out"');
    await expect.poll(() => command.stderr, PATIENCE).toContain('"text":"err"');
    await expect.poll(() => command.stderr, PATIENCE).toContain('"state":"ready"');
    for (const line of `${command.stdout}${command.stderr}`.split('\n').filter(Boolean))
      expect(JSON.parse(line)).toHaveProperty('time');
  });

  test('[K1] without a running one, ps says what to do', async () => {
    const folder = folderWith({});
    const { code, stderr } = await new Command([cli, 'ps'], { AUTOSTRADA_RUNTIME_DIR: folder }).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('no autostrada up of this user runs here: start one, or name a router'),
    ]);
  });

  test('[K1] a second signal ends everything at once, also a guest that ignores SIGTERM', async () => {
    const deaf = "process.on('SIGTERM', () => console.log('deaf')); console.log('up'); setInterval(() => {}, 1e6)";
    const up = await startUp({
      ...open,
      components: { guest: { command: [process.execPath, '-e', deaf], stopTimeoutMs: 600_000 } },
    });
    const { pid } = await up.until('guest', 'ready');
    await expect.poll(() => up.command.stdout, PATIENCE).toContain('guest | up');
    up.command.kill('SIGTERM');
    await expect.poll(() => up.command.stdout, PATIENCE).toContain('guest | deaf');
    expect(isAlive(pid!)).toBe(true);
    up.command.kill('SIGTERM');
    expect(await up.command.ended).toMatchObject({ signal: 'SIGTERM' });
    await untilGone(pid!);
  });
});

describe.skipIf(process.platform !== 'linux')('orphans', () => {
  test('[K1] none is left over when up is killed by SIGKILL at twenty random moments', { timeout: 300_000 }, async () => {
    const fork = '(trap "" TERM; sleep 1000) & sleep 1000 & echo up; wait';
    const components = {
      module: { module: 'greeter.mjs' },
      guest: { command: STAYS },
      forks: { command: ['sh', '-c', fork] },
      crashes: { command: ['sh', '-c', 'sleep 1000 & sleep 0.05; exit 1'], restart: { minMs: 1, maxMs: 20, limit: 1e6 } },
      last: {
        command: ['sh', '-c', 'trap "" TERM; echo last; while :; do sleep 1; done'],
        waitsFor: ['module'],
        stopTimeoutMs: 2000,
      },
    };
    const files = { 'greeter.mjs': GREETER };
    for (let round = 0; round < 20; round++) {
      const marker = `up-orphans-${process.pid}-${round}`;
      const { command, also } = runUp({ ...open, components }, { files, env: { UP_ORPHANS: marker } });
      if (round % 4 === 1) await expect.poll(() => command.stdout, PATIENCE).toContain('last');
      if (round % 4 === 2) {
        await expect.poll(() => command.stdout, PATIENCE).toContain('last');
        void also('restart', 'forks');
      }
      if (round % 4 === 3) {
        await expect.poll(() => command.stdout, PATIENCE).toContain('router at');
        command.kill('SIGTERM');
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * (round % 4 === 0 ? 1500 : 300)));
      command.kill('SIGKILL');
      await command.ended;
      await expect.poll(() => marked(marker), PATIENCE).toEqual([]);
    }
  });
});
