/* `autostrada inspect` and `--inspect`, from dist/: the inspector's server. test/browser/inspector.test.ts has its page. */
import { anonymous, Connection, ticket } from 'autostrada';
import { webSocket } from 'autostrada/node';
import type { Explanation, RunningCalls } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { InspectedRealm, Tried, TriedEvent } from '../../src/cli/inspector/words.ts';
import { run, stopAll } from '../browser/processes.ts';
import { runUp, startUp } from './up-bench.ts';

const config = {
  realms: {
    shop: {
      anonymous: 'guest',
      authroles: {
        guest: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: 'all' }] },
        staff: { permissions: 'all' },
      },
    },
    other: 'open',
  },
  components: {},
};

/** A page's address as `autostrada inspect` prints it. */
const ADDRESS = /^(http:\/\/127\.0\.0\.1:\d+\/)#token=([\w-]{32})$/;

interface Login {
  readonly token?: string;
  readonly cookie?: string;
  readonly origin?: string;
}

function connectionTo(page: string, { token, cookie, origin }: Login): Connection {
  const headers = { ...(cookie === undefined ? {} : { cookie }), ...(origin === undefined ? {} : { origin }) };
  const connection = new Connection({
    url: webSocket(`${page.replace('http', 'ws')}ws`, { headers }),
    realm: 'inspect',
    auth: [anonymous(), ...(token === undefined ? [] : [ticket({ authid: 'inspector', ticket: token })])],
    retry: false,
  });
  onTestFinished(() => connection.close());
  return connection;
}

async function openInspector(): Promise<{
  up: Awaited<ReturnType<typeof startUp>>;
  page: string;
  token: string;
  inspector: Connection;
}> {
  const up = await startUp(config);
  const { stdout, code } = await up.also('inspect').ended;
  expect(code).toBe(0);
  const [, page = '', token = ''] = ADDRESS.exec(stdout.trim()) ?? [];
  expect(page).not.toBe('');
  const inspector = connectionTo(page, { token });
  await inspector.open();
  return { up, page, token, inspector };
}

async function guestOf(url: string): Promise<Connection> {
  const guest = new Connection({ url, realm: 'shop', retry: false });
  onTestFinished(() => guest.close());
  await guest.open();
  return guest;
}

describe.skipIf(process.platform === 'win32')('autostrada inspect', { timeout: 60_000 }, () => {
  test('[M3] lets one browser in by each address, once', async () => {
    const { up, page, token } = await openInspector();
    await expect(connectionTo(page, { token }).open()).rejects.toThrow(/auth/);
    await expect(connectionTo(page, {}).open()).rejects.toThrow(/auth/);
    await expect(connectionTo(page, { token: 'x'.repeat(32) }).open()).rejects.toThrow(/auth/);
    const again = await up.also('inspect').ended;
    const [, samePage, other = ''] = ADDRESS.exec(again.stdout.trim()) ?? [];
    expect([samePage, other === token]).toEqual([page, false]);
    await connectionTo(page, { token: other }).open();
  });

  test('[M3] refuses pages of other sites, and other names of this machine', async () => {
    const { up, page } = await openInspector();
    const { stdout } = await up.also('inspect').ended;
    const token = ADDRESS.exec(stdout.trim())?.[2] ?? '';
    await expect(connectionTo(page, { token, origin: 'https://evil.example' }).open()).rejects.toThrow();
    // Browsers send cookies to all ports of this machine.
    for (const other of ['http://127.0.0.1:1', 'http://localhost:1', 'null'])
      await expect(connectionTo(page, { token, origin: other }).open()).rejects.toThrow();
    await connectionTo(page, { token, origin: page.slice(0, -1) }).open();
    const response = await fetch(page, { headers: { host: 'evil.example' } }).catch(() => undefined);
    if (response?.url.includes('evil')) expect(response.status).toBeGreaterThanOrEqual(400);
  });

  test('[M3] serves the page with headers that let nothing else in', async () => {
    const { page } = await openInspector();
    const response = await fetch(page);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html;charset=utf-8']);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await response.text()).toContain('<script type="module" src="inspector.js">');
    for (const file of ['inspector.js', 'inspector.css']) expect((await fetch(page + file)).status).toBe(200);
  });

  test('[M3] says which realms and authroles there are, and explains rules', async () => {
    const { inspector } = await openInspector();
    expect(await inspector.call<readonly InspectedRealm[]>('autostrada.inspect.realms')).toEqual([
      { name: 'shop', authroles: ['guest', 'staff'] },
      { name: 'other', authroles: [] },
    ]);
    const question = { realm: 'shop', action: 'call', uri: 'com.other', as: 'guest' };
    expect(await inspector.call<Explanation>('autostrada.inspect.explain', [question])).toMatchObject({
      allowed: false,
      by: 'no rule',
    });
  });

  test('[M3] tries a call with progress, errors and cancel, as anybody, and the log has each action', async () => {
    const { up, inspector } = await openInspector();
    const guest = await guestOf(up.url);
    await guest.register('com.example.add', ([a, b]: readonly number[]) => (a ?? 0) + (b ?? 0)).ready;
    let canceled = false;
    await guest.register('com.example.slow', async (_args, _kwargs, { sendProgress, signal }) => {
      sendProgress(1);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      canceled = true;
      throw signal.reason;
    }).ready;
    const call = (given: object, options = {}) =>
      inspector.call<Tried>('autostrada.try.call', [{ realm: 'shop', ...given }], {}, options);
    expect(await call({ uri: 'com.example.add', args: [2, 3], authrole: 'guest' })).toEqual({
      error: null,
      args: [5],
      kwargs: {},
      afterMs: expect.any(Number),
    });
    expect(await call({ uri: 'com.secret', authrole: 'guest' })).toMatchObject({ error: 'wamp.error.not_authorized' });
    expect(await call({ uri: 'com.secret' })).toMatchObject({ error: 'wamp.error.no_such_procedure' });
    const stopping = new AbortController();
    const progress: unknown[] = [];
    const slow = call(
      { uri: 'com.example.slow' },
      {
        signal: stopping.signal,
        onProgress: (news: unknown) => {
          progress.push(news);
          stopping.abort();
        },
      },
    );
    await expect(slow).rejects.toThrow();
    await expect.poll(() => canceled).toBe(true);
    expect(progress).toMatchObject([{ error: null, args: [1] }]);
    expect(await call({ uri: 'com.example.slow', timeoutMs: 20 })).toMatchObject({ error: 'wamp.error.timeout' });
    expect(up.command.stderr).toMatch(/inspector: calls com\.example\.add in shop as inspector \(guest\)/);
    expect(up.command.stderr).toMatch(/inspector: calls com\.secret in shop as inspector \(all rights\)/);
  });

  test('[M3] tries publications and subscriptions', async () => {
    const { up, inspector } = await openInspector();
    const guest = await guestOf(up.url);
    const heard: unknown[] = [];
    await guest.subscribe('com.example.news', (args, kwargs) => heard.push([args, { ...kwargs }])).ready;
    const given = { realm: 'shop', uri: 'com.example.news', args: ['hello'], kwargs: { n: 1 }, retain: true };
    expect(await inspector.call<Tried>('autostrada.try.publish', [given])).toMatchObject({ error: null });
    await expect.poll(() => heard).toEqual([[['hello'], { n: 1 }]]);
    expect(
      await inspector.call<Tried>('autostrada.try.publish', [{ realm: 'shop', uri: 'com.secret', authrole: 'guest' }]),
    ).toMatchObject({
      error: 'wamp.error.not_authorized',
    });
    const events: (TriedEvent | null)[] = [];
    const stopping = new AbortController();
    const asked = { realm: 'shop', uri: 'com.example.', match: 'prefix', retained: true };
    const following = inspector.call(
      'autostrada.try.subscribe',
      [asked],
      {},
      { signal: stopping.signal, onProgress: (news) => void events.push(news as TriedEvent | null) },
    );
    following.catch(() => {});
    await expect.poll(() => events.length).toBe(2);
    await guest.publish('com.example.other', ['now'], {}, { acknowledge: true });
    await expect.poll(() => events).toContainEqual({ topic: 'com.example.other', args: ['now'], kwargs: {}, isRetained: false });
    expect(events).toContainEqual({ topic: 'com.example.news', args: ['hello'], kwargs: { n: 1 }, isRetained: true });
    stopping.abort();
    await expect(following).rejects.toThrow();
    await expect.poll(() => guest.call('wamp.session.count').catch(String)).toBeDefined();
  });

  test('[M3] ends a session, and says it if there is none', async () => {
    const { up, inspector } = await openInspector();
    const guest = await guestOf(up.url);
    const { id } = await guest.open();
    const ended = new Promise((resolve) => guest.on('status', ({ state }) => state === 'closed' && resolve(state)));
    expect(await inspector.call('autostrada.session.kill', [{ realm: 'shop', session: id, message: 'enough' }])).toBe(true);
    await ended;
    expect(await inspector.call('autostrada.session.kill', [{ realm: 'shop', session: id }])).toBe(false);
    expect(up.command.stderr).toContain(`inspector: ends session ${id} in shop (wamp.close.killed)`);
  });

  test.each<[string, string, readonly unknown[], string]>([
    ['nothing', 'autostrada.try.call', [], 'expected an object as the first argument, got nothing'],
    ['no URI', 'autostrada.try.call', [{ realm: 'shop' }], 'expected uri, got nothing'],
    ['another realm', 'autostrada.try.call', [{ realm: 'no', uri: 'a.b' }], 'expected realm to be one of shop, other, got "no"'],
    [
      'a property of all objects as realm',
      'autostrada.try.call',
      [{ realm: 'constructor', uri: 'a.b' }],
      'expected realm to be one of shop, other',
    ],
    [
      'another role',
      'autostrada.try.call',
      [{ realm: 'shop', uri: 'a.b', authrole: 'king' }],
      'expected authrole to be one of guest, staff',
    ],
    [
      'arguments that are no list',
      'autostrada.try.publish',
      [{ realm: 'shop', uri: 'a.b', args: 5 }],
      'expected args to be a list, got 5',
    ],
    ['an unknown option', 'autostrada.try.publish', [{ realm: 'shop', uri: 'a.b', retained_: true }], 'got "retained_"'],
    [
      'a subscription without progress',
      'autostrada.try.subscribe',
      [{ realm: 'shop', uri: 'a.b' }],
      'expected a call that asks for progressive results',
    ],
    [
      'a session that is no number',
      'autostrada.session.kill',
      [{ realm: 'shop', session: 'x' }],
      'expected session to be the id of a session, got "x"',
    ],
  ])('[M3] given %s says what it expects', async (_, procedure, args, text) => {
    const { inspector } = await openInspector();
    await expect(inspector.call(procedure, args)).rejects.toThrow(text);
  });

  test('[M3] has a realm of its own: clients of the router do not get in, and the inspector registers nothing', async () => {
    const { up, page, inspector } = await openInspector();
    await expect(new Connection({ url: up.url, realm: 'inspect', retry: false }).open()).rejects.toThrow(/realm/);
    await expect(inspector.register('com.example.mine', () => 1).ready).rejects.toThrow(/not_authorized|permission|may/i);
    await expect(inspector.call('wamp.session.list')).rejects.toThrow();
    for (const realm of ['shop', 'other', 'local']) {
      const elsewhere = new Connection({ url: `${page.replace('http', 'ws')}ws`, realm, retry: false });
      await expect(elsewhere.open()).rejects.toThrow();
    }
  });

  test('[M2] lists retained events, and has the payload of one', async () => {
    const { up, inspector } = await openInspector();
    const guest = await guestOf(up.url);
    await guest.publish('com.example.lamp', ['on'], { by: 'joe' }, { acknowledge: true, retain: true });
    expect(await inspector.call('autostrada.inspect.uris', [{ realm: 'shop', retained: true }])).toMatchObject({
      retained: [{ uri: 'com.example.lamp', session: null }],
      retainedCount: 1,
    });
    const retained = 'autostrada.payloads.retained';
    expect(await inspector.call(retained, [{ realm: 'shop', uri: 'com.example.lamp' }])).toMatchObject({
      uri: 'com.example.lamp',
      payload: '["on"] {"by":"joe"}',
    });
    expect(await inspector.call(retained, [{ realm: 'shop', uri: 'com.example.none' }])).toBeNull();
    await expect(inspector.call(retained, [{ realm: 'shop' }])).rejects.toThrow('expected uri of retained, got nothing');
  });

  test('[M3] router --inspect prints the address; with several processes it says what to do', async () => {
    onTestFinished(stopAll);
    const router = run(['dist/cli.js', 'router', '--port', '0', '--inspect']);
    const address = await router.until(/inspector at (http:\S+)\n/);
    const [, page = '', token = ''] = ADDRESS.exec(address) ?? [];
    const inspector = connectionTo(page, { token });
    await inspector.open();
    expect(await inspector.call('autostrada.inspect.realms')).toEqual([{ name: 'realm1', authroles: [] }]);
    expect(await router.stop('SIGTERM')).toBe(0);
    const several = run(['dist/cli.js', 'router', '--port', '0', '--inspect', '--processes', '2']);
    expect(await several.ended).not.toBe(0);
    expect(several.err()).toContain('expected --inspect with one process');
    const wrong = run(['dist/cli.js', 'router', '--port', '0', '--inspect-port', '99999']);
    expect(await wrong.ended).not.toBe(0);
    expect(wrong.err()).toContain("expected a port from 0 to 65535, got '99999'");
  });

  test('[M3] shows all processes of autostrada up', async () => {
    const up = await startUp(config, { args: ['--processes', '2'] });
    const { stdout } = await up.also('inspect').ended;
    const [, page = '', token = ''] = ADDRESS.exec(stdout.trim()) ?? [];
    const inspector = connectionTo(page, { token });
    await inspector.open();
    const all = await Promise.all(Array.from({ length: 6 }, () => guestOf(up.url)));
    await all[0]?.register('com.example.hang', () => new Promise(() => {})).ready;
    for (const each of all) await each.subscribe('com.example.news', () => {}).ready;
    for (const each of all) each.call('com.example.hang').catch(() => {});
    const calls = async () => (await inspector.call<RunningCalls>('autostrada.inspect.calls', [{ realm: 'shop' }])).calls.length;
    await expect.poll(calls).toBe(6);
    expect(await inspector.call('autostrada.inspect.uris', [{ realm: 'shop' }])).toMatchObject({
      topics: [{ uri: 'com.example.news', sessions: 6 }],
      procedures: [{ uri: 'com.example.hang', running: 6 }],
    });
    const id = all[3]?.session?.id;
    expect(await inspector.call('autostrada.session.kill', [{ realm: 'shop', session: id }])).toBe(true);
    await expect.poll(calls).toBe(5);
  });

  test.each<[string, object, RegExp]>([
    [
      'a realm without users',
      { realm: 'other', inspector: { port: 0 } },
      /config\.control\.inspector: expected users in "other", got a realm that is open to anybody/,
    ],
    ['no port', { realm: 'shop', inspector: {} }, /config\.control\.inspector.*port/],
    ['an unknown option', { realm: 'shop', inspector: { port: 0, tsl: {} } }, /config\.control\.inspector.*tsl/],
  ])('[M3] the file is refused if its inspector has %s', async (_, control, text) => {
    const up = runUp({ ...config, control });
    const { code, stderr } = await up.command.ended;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(text);
  });

  test('[M3] is for a router of this machine only', async () => {
    const up = await startUp(config);
    const { stderr, code } = await up.also('inspect', '--url', up.url).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('expected a router of this machine');
  });
});
