/* `autostrada tail`, and the procedures behind it, from dist/. */
import { Connection, ticket } from 'autostrada';
import type { Conversation, WatchNews } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startUp } from './up-bench.ts';

const config = {
  realms: {
    shop: {
      anonymous: 'guest',
      authroles: { guest: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: 'all' }] } },
    },
    ops: {
      users: { ann: { authrole: 'operator', ticket: 'secret of ann' }, bob: { authrole: 'reader', ticket: 'secret of bob' } },
      authroles: {
        operator: { permissions: [{ uri: 'autostrada.', match: 'prefix', allow: 'all' }] },
        reader: { permissions: [{ uri: 'autostrada.inspect.', match: 'prefix', allow: ['call'] }] },
      },
    },
  },
  control: { realm: 'ops' },
  components: {},
};

type Up = Awaited<ReturnType<typeof startUp>>;

async function guest(up: Up): Promise<Connection> {
  const connection = new Connection({ url: up.url, realm: 'shop' });
  onTestFinished(() => connection.close());
  await connection.open();
  return connection;
}

/** Once it watches: it says nothing about that, so something is published until it shows. */
async function tailing(up: Up, ...args: readonly string[]) {
  const tail = up.also('tail', ...args);
  onTestFinished(() => tail.kill('SIGKILL'));
  const connection = await guest(up);
  await expect
    .poll(
      () => {
        connection.publish('com.example.begin');
        return tail.stdout;
      },
      { timeout: 20_000 },
    )
    .toContain('com.example.begin');
  return { tail, connection };
}

const conversations = (text: string): readonly Conversation[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
    .filter(({ uri }) => uri !== 'com.example.begin');

describe.skipIf(process.platform === 'win32')('autostrada tail', { timeout: 60_000 }, () => {
  test('[M4] shows calls and publications of all realms, with why they failed, or why nobody got them', async () => {
    const up = await startUp(config);
    const { tail, connection } = await tailing(up, '--output', 'pretty', '--payloads', 'com.', '--match', 'prefix');
    await connection.register('com.example.add', ([a, b]: readonly number[]) => Number(a) + Number(b)).ready;
    const other = await guest(up);
    await other.subscribe('com.example.news', () => {}).ready;
    await connection.call('com.example.add', [1, 2]);
    connection.publish('com.example.news', ['hello']);
    connection.publish('com.example.nwes', ['\u001b[2J']);
    await connection.call('com.example.ad').catch(() => {});
    connection.publish('com.other.news');
    await expect.poll(() => tail.stdout, { timeout: 20_000 }).toContain('com.other.news');
    const lines = tail.stdout.split('\n').filter((line) => !line.includes('com.example.begin'));
    const shown = lines.map((line) => line.replace(/^[\d:.]+ /, '').replaceAll(/anonymous-\w+/g, 'anonymous'));
    expect(shown).toEqual([
      '✓ register com.example.add (shop, anonymous): registered',
      '✓ subscribe com.example.news (shop, anonymous): subscribed',
      expect.stringMatching(/^✓ call com\.example\.add \(shop, anonymous\) [\d.]+ ms: answered by anonymous \(\d+\)$/),
      '    → [1,2]',
      '    ← [3]',
      '✓ publish com.example.news (shop, anonymous): for 1 session',
      '    → ["hello"]',
      '✓ publish com.example.nwes (shop, anonymous): nobody gets it; com.example.news has 1 subscriber: it is spelt nearly the same',
      '    → ["\\u001b[2J"]',
      expect.stringMatching(
        /^✗ call com\.example\.ad .* wamp\.error\.no_such_procedure: nobody has registered com\.example\.ad; com\.example\.add has 1 callee/,
      ),
      '    ← ["nobody has registered com.example.ad"]',
      expect.stringMatching(/^✗ publish com\.other\.news .*no rule of guest matches it$/),
      '',
    ]);
    tail.kill('SIGINT');
    expect(await tail.ended).toMatchObject({ code: 130, stderr: '' });
  });

  test('[M4] shows a call that hangs before its end, and ends after --count lines', async () => {
    const up = await startUp(config);
    const connection = await guest(up);
    await connection.register('com.example.hang', () => new Promise(() => {})).ready;
    const tail = up.also('tail', '--count', '1', '--calls', 'com.example.hang');
    await expect
      .poll(
        () => {
          connection.call('com.example.hang').catch(() => {});
          return tail.hasEnded;
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true);
    const { code, stdout } = await tail.ended;
    expect(code).toBe(0);
    expect(conversations(stdout)).toMatchObject([{ uri: 'com.example.hang', state: 'waiting', endedMs: null, payload: null }]);
  });

  test('[M4] shows a call with progressive results once before its end, however many come', async () => {
    const up = await startUp(config);
    const { tail, connection } = await tailing(up, '--calls', '--publications');
    await connection.register('com.example.count', async function* () {
      for (let i = 0; i < 12; i++) {
        yield i;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return 'end';
    }).ready;
    await connection.call('com.example.count', [], null, { onProgress: () => {} });
    const calls = () => conversations(tail.stdout).filter(({ uri }) => uri === 'com.example.count');
    await expect.poll(() => calls().map(({ state }) => state), { timeout: 20_000 }).toEqual(['waiting', 'done']);
    expect(calls()[1]).toMatchObject({ progress: 12 });
  });

  test('[M4] shows all of a burst of long payloads, and says once a second how many were left out', async () => {
    const up = await startUp(config);
    const { tail, connection } = await tailing(up, '--payloads', 'com.example.', '--match', 'prefix', '--rate', '600');
    await connection.call('com.example.none').catch(() => {}); // a second may have begun before
    const text = 'x'.repeat(5000);
    const said = () => [...tail.stderr.matchAll(/(\d+) left out \(--rate\)/g)].map(([, many]) => Number(many));
    for (let i = 0; i < 900; i++) connection.publish('com.example.long', [text]);
    const shown = () => conversations(tail.stdout).filter(({ uri }) => uri === 'com.example.long').length;
    await expect.poll(() => shown() + said().reduce((sum, each) => sum + each, 0), { timeout: 30_000 }).toBe(900);
    expect(shown()).toBeGreaterThan(400);
    expect(said().length).toBeLessThan(10);
  });

  test('[M2] by WAMP, payloads need a rule of their own', async () => {
    const up = await startUp(config);
    const login = async (authid: string): Promise<Connection> => {
      const auth = ticket({ authid, ticket: `secret of ${authid}` });
      const connection = new Connection({ url: up.url, realm: 'ops', auth });
      onTestFinished(() => connection.close());
      await connection.open();
      return connection;
    };
    const [ann, bob, one] = [await login('ann'), await login('bob'), await guest(up)];
    const news: Conversation[] = [];
    const watch = (connection: Connection, procedure: string, filter: object) =>
      new Promise<unknown>((resolve) => {
        const onProgress = (value: unknown): void => {
          news.push(...(value as WatchNews).conversations);
          resolve('watches');
        };
        connection.call(procedure, [filter], null, { onProgress }).catch(resolve);
      });
    expect(await watch(bob, 'autostrada.payloads.watch', {})).toMatchObject({ uri: 'wamp.error.not_authorized' });
    expect(await watch(bob, 'autostrada.inspect.watch', { payloads: true })).toMatchObject({
      uri: 'wamp.error.invalid_argument',
      args: ['payloads are told by autostrada.payloads.watch'],
    });
    expect(await watch(bob, 'autostrada.inspect.watch', { kind: ['call'] })).toMatchObject({ uri: 'wamp.error.invalid_argument' });
    for (const filter of [null, 5, 'com.example', ['com.example']])
      expect(
        await bob.call('autostrada.inspect.watch', [filter], null, { onProgress: () => {} }).catch((error: unknown) => error),
      ).toMatchObject({
        uri: 'wamp.error.invalid_argument',
        args: [`expected a filter, which is an object, got ${JSON.stringify(filter)}`],
      });
    expect(await bob.call('autostrada.inspect.watch', [{}]).catch((error: unknown) => error)).toMatchObject({
      args: ['expected a call that asks for progressive results'],
    });
    expect(await watch(bob, 'autostrada.inspect.watch', { uri: 'com.example.one' })).toBe('watches');
    expect(await watch(ann, 'autostrada.payloads.watch', { uri: 'com.example.two' })).toBe('watches');
    one.publish('com.example.one', [1]);
    one.publish('com.example.two', [2]);
    await expect
      .poll(() => news.map(({ uri, payload }) => `${uri} ${payload}`).sort(), { timeout: 20_000 })
      .toEqual(['com.example.one null', 'com.example.two [2]']);
  });

  test('[M4] shows the sessions of all processes of a router, and top has them, too', async () => {
    const up = await startUp(config, { args: ['--processes', '2'] });
    // Each connection comes to one of the processes, by turns.
    const all = await Promise.all(Array.from({ length: 6 }, () => guest(up)));
    await all[0]?.register('com.example.add', ([a = 0, b = 0]: readonly number[]) => a + b).ready;
    const tail = up.also('tail', '--calls');
    onTestFinished(() => tail.kill('SIGKILL'));
    const names = all.map((each) => each.session?.authid ?? '');
    await expect
      .poll(
        () => {
          for (const each of all) each.call('com.example.add', [1, 2]).catch(() => {});
          return names.filter((name) => tail.stdout.includes(`"authid":"${name}"`));
        },
        { timeout: 20_000 },
      )
      .toEqual(names);
    expect(tail.stdout).not.toContain('"session":null');
    const top = await up.also('top', '--count', '2', '--every', '500', '--in', 'shop').ended;
    expect(top.code).toBe(0);
    const last = JSON.parse(top.stdout.trim().split('\n').at(-1) ?? '');
    expect(last.sessions.map(({ authid }: { readonly authid: string }) => authid)).toEqual(expect.arrayContaining(names));
  });

  test.each<[string, readonly string[], string]>([
    ['two URIs', ['com.x', 'com.y'], "expected one URI, got 'com.y' as well"],
    ['a match without a URI', ['--match', 'prefix'], 'expected a URI beside --match'],
    ['another realm', ['--in', 'shpo'], 'expected realm of watch to be one of "shop", "ops", got "shpo"'],
    ['a rate that is too high', ['--rate', '100000'], 'expected perSecond of watch to be an integer from 1 to 10000'],
    ['a session without a number', ['--session', 'x'], '--session'],
  ])('[M4] given %s says what it expects', async (_, args, text) => {
    const up = await startUp(config);
    const { stderr, code } = await up.also('tail', ...args).ended;
    expect(stderr).toContain(text);
    expect(code).not.toBe(0);
  });
});
