/* `autostrada explain`, from dist/. */
import path from 'node:path';
import { Connection } from 'autostrada';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Command, cli } from './command.ts';
import { folderWith, PATIENCE, runUp, startUp } from './up-bench.ts';

const config = {
  realms: {
    shop: {
      anonymous: 'guest',
      authroles: { guest: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: ['publish', 'subscribe'] }] } },
    },
    ops: {
      anonymous: 'operator',
      authroles: {
        operator: { permissions: [{ uri: 'autostrada.inspect.', match: 'prefix', allow: ['call'] }] },
        visitor: { permissions: [{ uri: '', match: 'prefix', allow: 'all' }] },
      },
    },
  },
  control: { realm: 'ops' },
  components: {},
};

describe.skipIf(process.platform === 'win32')('autostrada explain', { timeout: 60_000 }, () => {
  test.each<[string, readonly string[]]>([
    ['one process', []],
    ['several processes', ['--processes', '2']],
  ])('[M4] says why, without a login on this machine, and by WAMP where the file allows it: %s', async (_, args) => {
    const up = await startUp(config, { args });
    const guest = new Connection({ url: up.url, realm: 'shop' });
    onTestFinished(() => guest.close());
    await guest.subscribe('com.example.news', () => {}).ready;
    const question = ['explain', 'publish', 'com.example.nwes', '--as', 'guest', '--in', 'shop'];
    const { stdout, stderr, code } = await up.also(...question).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ allowed: true, by: 'rules', near: [{ uri: 'com.example.news' }] });
    const text = await up.also(...question, '--output', 'pretty', '--url', up.url, '--realm', 'ops').ended;
    expect(text.stdout.split('\n')).toEqual([
      "a user with the authrole guest may publish com.example.nwes: the rule { uri: 'com.example.', match: 'prefix' } allows publish, subscribe.",
      'Nobody subscribes to com.example.nwes.',
      expect.stringMatching(/^com\.example\.news has (1 subscriber|subscribers at another router): it is spelt nearly the same\.$/),
      '',
    ]);
    // Of the router's own URIs only a rule that names them is enough.
    const asVisitor = await up.also('explain', 'call', 'autostrada.inspect.explain', '--as', 'visitor', '--in', 'ops').ended;
    expect(JSON.parse(asVisitor.stdout)).toMatchObject({ allowed: false, by: 'no rule' });
  });

  test.each<[string, readonly string[], string]>([
    ['nothing', [], "expected call, register, publish, subscribe and a URI, got ''"],
    ['another action', ['delete', 'com.x', '--as', 'guest'], "got 'delete com.x'"],
    ['nobody', ['call', 'com.x'], 'expected --as NAME'],
    ['an unknown name', ['call', 'com.x', '--as', 'gest', '--in', 'shop'], "got 'gest'; did you mean 'guest'?"],
    ['no realm of several', ['call', 'com.x', '--as', 'guest'], '(shop, ops), got nothing'],
  ])('[M4] given %s says what it expects', async (_, args, text) => {
    const up = await startUp(config);
    const { stderr, code } = await up.also('explain', ...args).ended;
    expect(stderr).toContain(text);
    expect(code).not.toBe(0);
  });

  test('[M4] says that several processes of autostrada router cannot', async () => {
    const folder = folderWith({ 'router.json': JSON.stringify({ realms: { shop: 'open' } }) });
    const env = { AUTOSTRADA_RUNTIME_DIR: path.join(folder, 'run') };
    const args = ['router', '--config', path.join(folder, 'router.json'), '--port', '0', '--processes', '2'];
    const router = new Command([cli, ...args], env);
    await expect.poll(() => router.stdout, PATIENCE).toContain('ws://');
    const { stderr } = await new Command([cli, 'explain', 'call', 'com.x', '--as', 'joe'], env).ended;
    expect(stderr).toContain('autostrada router --processes cannot');
  });

  test('[M4] says where there is nothing to ask', async () => {
    const { command, also } = runUp({ realms: { shop: 'open' }, listen: { port: 70_000 } });
    await command.ended;
    expect((await also('explain', 'call', 'com.x', '--as', 'joe').ended).stderr).toContain('runs here');
  });
});
