/* What `autostrada up` and `autostrada router` take over from a file that is read again: components, the log, the time of draining. From dist/. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { untilGone } from '../node/components/stage.ts';
import { autostrada, Command, cli, root } from './command.ts';
import { folderWith, PATIENCE, startUp, type Up } from './up-bench.ts';

const STAYS = 'setInterval(() => {}, 1e6)';
const node = (program: string) => ({ command: [process.execPath, '-e', program] });
const prints = (text: string) => node(`console.log(${JSON.stringify(text)}, process.env.WAMP_PRIVATE_KEY); ${STAYS}`);
const realms = {
  shop: {
    authroles: {
      service: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: 'all' }] },
      other: { permissions: [] },
    },
  },
};
const serves = (uri: string) => `export default async (connection) => {
  await connection.register('${uri}', () => '${uri}').ready;
};`;

async function reload(up: Up, file: object): Promise<{ readonly ended: number; readonly needsRestart: readonly string[] }> {
  writeFileSync(path.join(up.folder, 'router.json'), JSON.stringify({ listen: { port: 0 }, ...file }));
  const { stdout, stderr } = await up.also('reload').ended;
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe.skipIf(process.platform === 'win32')('[K2] a reload of autostrada up', { timeout: 120_000 }, () => {
  test.each<[string, readonly string[]]>([
    ['in one process', []],
    ['in several processes', ['--processes', '2']],
  ])(
    'starts new components with a login, restarts changed ones, stops those that are gone, and lets the rest run: %s',
    async (_, args) => {
      const files = { 'a.mjs': serves('com.example.a'), 'b.mjs': serves('com.example.b') };
      const up = await startUp(
        {
          ...{ realms },
          components: {
            same: { module: 'a.mjs', authrole: 'service' },
            changed: { ...prints('first'), authrole: 'service' },
            gone: { ...prints('gone'), authrole: 'service' },
          },
        },
        { files, args },
      );
      const same = await up.until('same', 'ready');
      const changed = await up.until('changed', 'ready');
      const gone = await up.until('gone', 'ready');
      await expect.poll(() => up.command.stdout, PATIENCE).toMatch(/gone [0-9a-f]{64}\n/);
      const result = await reload(up, {
        ...{ realms },
        components: {
          fresh: { module: 'b.mjs', authrole: 'service', authid: 'fresh one' },
          changed: { ...prints('second'), authrole: 'service' },
          same: { authrole: 'service', module: 'a.mjs' },
        },
      });
      expect(result).toEqual({ ended: 0, needsRestart: [] });
      await untilGone(gone.pid!);
      await up.until('changed', 'ready', changed.pid);
      expect(await up.until('fresh', 'ready')).toMatchObject({ authid: 'fresh one', realm: 'shop' });
      expect(await up.until('same', 'ready')).toMatchObject({ pid: same.pid, restarts: 0 });
      expect((await up.ps()).map(({ name }) => name)).toEqual(['fresh', 'changed', 'same']);
      // The one that was restarted has the key that it had. The key of the one that is gone counts no more.
      const keyOf = (text: string): string => new RegExp(`${text} ([0-9a-f]{64})`).exec(up.command.stdout)?.[1] ?? '';
      await expect.poll(() => keyOf('second'), PATIENCE).toBe(keyOf('first'));
      const login = (authid: string, key: string) =>
        new Command([cli, 'call', 'com.example.b', '--url', up.url, '--realm', 'shop'], {
          WAMP_AUTHID: authid,
          WAMP_PRIVATE_KEY: key,
        }).ended;
      expect(await login('changed', keyOf('first'))).toMatchObject({ code: 0, stdout: '"com.example.b"\n' });
      expect(await login('gone', keyOf('gone'))).toMatchObject({ code: 3 });
    },
  );

  test('lets a component that goes use its session until its end', async () => {
    const says = `import { Connection } from '${path.join(root, 'dist/index.mjs')}';
      import { cryptosign } from '${path.join(root, 'dist/cryptosign.mjs')}';
      const { WAMP_URL: url, WAMP_REALM: realm, WAMP_AUTHID: authid, WAMP_PRIVATE_KEY: privateKey } = process.env;
      const connection = new Connection({ url, realm, auth: cryptosign({ authid, privateKey }) });
      await connection.register('com.example.says', () => 'ready').ready;
      process.once('SIGTERM', () => setTimeout(async () => {
        console.log('still', await connection.call('com.example.answer'));
        process.exit(0);
      }, 50));`;
    const answer = `export default async (connection) => {
      await connection.register('com.example.answer', () => 'there').ready;
    };`;
    const components = {
      answer: { module: 'answer.mjs', authrole: 'service' },
      says: { command: [process.execPath, 'says.mjs'], authrole: 'service', ready: { procedure: 'com.example.says' } },
    };
    const up = await startUp({ realms, components }, { files: { 'says.mjs': says, 'answer.mjs': answer } });
    await up.until('says', 'ready');
    expect(await reload(up, { realms, components: { answer: components.answer } })).toEqual({ ended: 0, needsRestart: [] });
    await expect.poll(() => up.command.stdout, PATIENCE).toContain('says   | still there\n');
  });

  test('with a mistake in it changes nothing; one that was corrected starts what had failed', async () => {
    const once = { restart: 'never' };
    const up = await startUp({ realms, components: { a: { command: ['no-such-program'], ...once }, b: node(STAYS) } });
    await up.until('a', 'failed');
    const { pid } = await up.until('b', 'ready');
    const wrong = { listen: { port: 0 }, realms, components: { a: { ...node(STAYS), waitsFor: ['c'] } } };
    writeFileSync(path.join(up.folder, 'router.json'), JSON.stringify(wrong));
    expect(await up.also('reload').ended).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('config.components.a.waitsFor[0]: expected the name of a component or a probe, got "c"'),
    });
    up.command.kill('SIGHUP');
    await up.command.says('error: not reloaded: ');
    await up.command.says('config.components.a.waitsFor[0]: expected the name of a component');
    expect((await up.ps()).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await reload(up, { realms, components: { a: { ...node(STAYS), ...once }, b: node(STAYS) } })).toEqual({
      ended: 0,
      needsRestart: [],
    });
    await up.until('a', 'ready');
    expect(await up.until('b', 'ready')).toMatchObject({ pid });
  });

  test('keeps to --only, for new components as well', async () => {
    const up = await startUp({ realms, components: { 'shop/a': node(STAYS), b: node(STAYS) } }, { args: ['--only', 'shop'] });
    await up.until('shop/a', 'ready');
    await reload(up, { realms, components: { 'shop/b': node(STAYS), c: node(STAYS) } });
    expect((await up.ps()).map(({ name }) => name)).toEqual(['shop/b']);
    await reload(up, { realms, components: { c: node(STAYS) } });
    expect(await up.ps()).toEqual([]);
  });

  test('takes over the level and the format of the log, but not against the command line; control needs a restart', async () => {
    const file = { realms: { realm1: 'open' } };
    const up = await startUp(file);
    const join = async (): Promise<void> => {
      const connection = new Connection({ url: up.url, realm: 'realm1' });
      await connection.open();
      await connection.close();
    };
    await join();
    expect(up.command.stderr).toBe('');
    await reload(up, { ...file, log: { level: 'info' } });
    await join();
    await expect.poll(() => up.command.stderr, PATIENCE).toMatch(/^info: .*\n/);
    await reload(up, { ...file, log: { level: 'info', format: 'json' }, components: { guest: prints('hello') } });
    await up.until('guest', 'ready');
    const before = up.command.stderr.length;
    await join();
    await expect.poll(() => up.command.stderr.slice(before), PATIENCE).toMatch(/^\{.*"level":"info".*\}\n/);
    await expect
      .poll(() => up.command.stdout, PATIENCE)
      .toMatch(/^\{"time":.*"component":"guest","stream":"stdout","text":"hello/m);
    expect(await reload(up, { ...file, control: { realm: 'realm1' } })).toEqual({ ended: 0, needsRestart: ['config.control'] });

    const given = await startUp(file, { args: ['--log-level', 'error', '--log-format', 'text'] });
    await reload(given, { ...file, log: { level: 'debug', format: 'json' } });
    const connection = new Connection({ url: given.url, realm: 'realm1' });
    await connection.open();
    await connection.close();
    expect(given.command.stderr).toBe('');
  });
});

describe('[K2] a reload of autostrada router', () => {
  test('takes over the log and the time of draining, and says nothing of components, which are not its own', async () => {
    const folder = folderWith({});
    const file = path.join(folder, 'router.json');
    const write = (more: object): void =>
      writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, listen: { port: 0 }, drainMs: 600_000, ...more }));
    write({});
    const router = autostrada('router', '--config', file);
    const [, url = ''] = /^router at (\S+),/.exec(await router.line()) ?? [];
    write({ drainMs: 0, log: { level: 'info', format: 'json' }, components: { a: node(STAYS) } });
    router.kill('SIGHUP');
    await router.says('autostrada: reloaded, 0 sessions ended\n');
    const service = new Connection({ url, realm: 'realm1', retry: false });
    service.on('error', () => {});
    await service.register('com.example.never', () => new Promise(() => {})).ready;
    await router.says('"level":"info"');
    const call = service.call('com.example.never').catch((error: unknown) => error);
    await expect.poll(() => service.call('wamp.session.count')).toBe(1);
    router.kill('SIGTERM');
    expect((await router.ended).code).toBe(0);
    await call;
    await service.close();
  });
});
