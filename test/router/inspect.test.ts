/* `router.inspect`: what sessions ask for, and what comes of it. */
import { ApplicationError, Connection, type ConnectionOptions, ticket } from 'autostrada';
import { Router, type RouterConfig, type RouterHooks, type WatchFilter } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestCluster } from '../fixtures/nodes.ts';
import { watching } from './watching.ts';

const config: RouterConfig = {
  realms: {
    shop: {
      authroles: {
        user: { permissions: 'all' },
        guest: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: ['call', 'subscribe'] }] },
        asked: { permissions: [], authorizer: 'com.example.may' },
        system: { permissions: 'all' },
      },
      authenticator: 'com.example.login',
    },
  },
};

function open(hooks: RouterHooks = {}, given: RouterConfig = config) {
  const router = new Router(given, { log: () => {}, ...hooks });
  onTestFinished(() => router.close());
  const connect = async (authid: string, authrole = 'user', options: Partial<ConnectionOptions> = {}) => {
    const connection = new Connection({ url: router.as({ authid, authrole }), realm: 'shop', retry: false, ...options });
    connection.on('error', () => {});
    onTestFinished(() => connection.close());
    await connection.open();
    return connection;
  };
  return { router, connect, watch: (filter: WatchFilter = {}) => watching(router, filter) };
}

const failed = (call: PromiseLike<unknown>): Promise<unknown> => Promise.resolve(call).catch((error: unknown) => error);

describe('[M1] inspect shows a call', () => {
  test('as one row of both sides, with its times and payloads', async () => {
    const { connect, watch } = open();
    const [callee, caller] = [await connect('jane'), await connect('joe')];
    await callee.register('com.example.add', ([a, b]: readonly number[]) => Number(a) + Number(b)).ready;
    const { rows } = watch({ payloads: true });
    await caller.call('com.example.add', [1, 2], { unit: 'm' });
    await expect.poll(rows).toEqual([
      {
        row: 1,
        kind: 'call',
        realm: 'shop',
        uri: 'com.example.add',
        match: 'exact',
        at: expect.any(Number),
        from: { session: caller.session?.id, authid: 'joe', authrole: 'user' },
        to: { session: callee.session?.id, authid: 'jane', authrole: 'user' },
        state: 'done',
        invokedMs: expect.any(Number),
        endedMs: expect.any(Number),
        progress: 0,
        receivers: null,
        error: null,
        payload: '[1,2] {"unit":"m"}',
        answer: '[3]',
        says: `answered by jane (${callee.session?.id})`,
      },
    ]);
  });

  test('without payloads, unless they are asked for', async () => {
    const { connect, watch } = open();
    const caller = await connect('joe');
    await caller.register('com.example.echo', ([value]: readonly unknown[]) => value).ready;
    const { rows } = watch();
    await caller.call('com.example.echo', ['secret']);
    await expect.poll(() => rows().map(({ state, payload, answer }) => [state, payload, answer])).toEqual([['done', null, null]]);
  });

  test('cuts long payloads, and shows bytes as their number', async () => {
    const { connect, watch } = open();
    const caller = await connect('joe');
    const { rows } = watch({ payloads: true, uri: 'com.example.x' });
    await failed(caller.call('com.example.x', [new Uint8Array(3), 'x'.repeat(10_000)]));
    await expect.poll(() => rows().length).toBe(1);
    const [{ payload = '' } = {}] = rows();
    expect(payload).toMatch(/^\["<3 bytes>","xxx.*…$/);
    expect(payload?.length).toBe(4097);
  });

  test('while it waits, and again when it ends', async () => {
    const { connect, watch } = open();
    const [callee, caller] = [await connect('jane'), await connect('joe')];
    let answer: (value: string) => void = () => {};
    await callee.register('com.example.slow', () => new Promise<string>((resolve) => (answer = resolve))).ready;
    const { rows } = watch();
    const call = caller.call('com.example.slow');
    await expect
      .poll(() => rows())
      .toMatchObject([{ state: 'waiting', endedMs: null, says: `waits for jane (${callee.session?.id})` }]);
    answer('done');
    await call;
    await expect.poll(() => rows()).toMatchObject([{ row: 1, state: 'done', endedMs: expect.any(Number) }]);
  });

  test('with its progressive results', async () => {
    const { connect, watch } = open();
    const connection = await connect('joe');
    await connection.register('com.example.count', function* () {
      for (let i = 0; i < 3; i++) yield i;
      return 'end';
    }).ready;
    const { rows } = watch({ payloads: true });
    await connection.call('com.example.count', [], {}, { onProgress: () => {} });
    await expect
      .poll(() => rows())
      .toMatchObject([
        { state: 'done', progress: 3, answer: '["end"]', says: expect.stringContaining('after 3 progressive results') },
      ]);
  });

  test('that fails, with the reason', async () => {
    const { connect, watch } = open();
    const [callee, caller, guest] = [await connect('jane'), await connect('joe'), await connect('bob', 'guest')];
    await callee.register('com.example.news', () => 1).ready;
    await callee.register('com.example.bad', () => Promise.reject(new ApplicationError('com.example.error.full', ['no room'])))
      .ready;
    await callee.register('com.example.hang', () => new Promise(() => {})).ready;
    const { says } = watch();
    await failed(caller.call('com.exmaple.news'));
    await failed(guest.call('org.example.news'));
    await failed(caller.call('com.example.bad'));
    await failed(caller.call('com.example.hang', [], {}, { timeoutMs: 20 }));
    await failed(caller.call('com.example.hang', [], {}, { signal: AbortSignal.timeout(20) }));
    const gone = failed(caller.call('com.example.hang'));
    await expect.poll(says).toHaveLength(6);
    await callee.close();
    await gone;
    await expect
      .poll(says)
      .toEqual([
        'call: wamp.error.no_such_procedure: nobody has registered com.exmaple.news; com.example.news has 1 callee: it is spelt nearly the same',
        expect.stringMatching(/^call: wamp\.error\.not_authorized: .*; no rule of guest matches it$/),
        expect.stringMatching(/^call: com\.example\.error\.full from jane \(\d+\)$/),
        expect.stringMatching(/^call: wamp\.error\.(timeout|canceled)/),
        expect.stringMatching(/^call: wamp\.error\.canceled/),
        'call: wamp.error.canceled: the callee is gone',
        expect.stringMatching(/^leave: jane left: /),
      ]);
  });

  test('that the authorizer refuses, and names it', async () => {
    const { connect, watch } = open();
    const system = await connect('sys', 'system');
    await system.register('com.example.may', () => false).ready;
    const asked = await connect('amy', 'asked');
    const { says } = watch();
    await failed(asked.call('com.example.add'));
    await expect
      .poll(says)
      .toEqual([
        expect.stringMatching(
          /^call: wamp\.error\.not_authorized: .*no rule of asked matches it, so the authorizer com\.example\.may decides$/,
        ),
      ]);
  });

  test('that nobody answers, or an event that nobody gets, with two things that were probably meant', async () => {
    const { connect, watch } = open();
    const [joe, jane] = [await connect('joe'), await connect('jane')];
    await jane.subscribe('com.example..changed', () => {}, { match: 'wildcard' }).ready;
    for (const end of ['neus', 'mews', 'nows', 'nets']) await jane.subscribe(`com.example.${end}`, () => {}).ready;
    const { says } = watch();
    await failed(joe.call('wamp.sesion.count'));
    joe.publish('com.example.lamp.a.changed');
    joe.publish('com.example.news');
    await expect
      .poll(says)
      .toEqual([
        'call: wamp.error.no_such_procedure: the router has no wamp.sesion.count; it has wamp.session.count: it is spelt nearly the same',
        "publish: nobody gets it; the wildcard 'com.example..changed' has 1 subscriber: it has another number of components",
        expect.stringMatching(/^publish: nobody gets it(; com\.example\.\w+ has 1 subscriber: it is spelt nearly the same){2}$/),
      ]);
  });

  test('of a caller that leaves before the answer', async () => {
    const { connect, watch } = open();
    const [callee, caller] = [await connect('jane'), await connect('joe')];
    await callee.register('com.example.hang', () => new Promise(() => {})).ready;
    const { rows } = watch({ kinds: ['call'] });
    void failed(caller.call('com.example.hang'));
    await expect.poll(() => rows().length).toBe(1);
    await caller.close();
    await expect.poll(() => rows()).toMatchObject([{ state: 'failed', error: 'wamp.error.canceled' }]);
  });

  test('that goes to another callee, with the last one', async () => {
    const { connect, watch } = open();
    const [first, second, caller] = [await connect('one'), await connect('two'), await connect('joe')];
    const unavailable = () => Promise.reject(new ApplicationError('wamp.error.unavailable'));
    await first.register('com.example.add', unavailable, { invoke: 'first' }).ready;
    await second.register('com.example.add', () => 'here', { invoke: 'first' }).ready;
    const { rows } = watch();
    expect(await caller.call('com.example.add')).toBe('here');
    await expect.poll(() => rows()).toMatchObject([{ row: 1, state: 'done', error: null, to: { authid: 'two' } }]);
  });

  test('to the router itself', async () => {
    const { connect, watch } = open();
    const caller = await connect('joe');
    const { rows } = watch();
    await caller.call('wamp.session.count');
    await expect.poll(() => rows()).toMatchObject([{ uri: 'wamp.session.count', to: null, says: 'answered by the router' }]);
  });
});

describe('[M1] inspect shows a publication', () => {
  test('how many get it, and why others do not', async () => {
    const { connect, watch } = open();
    const [publisher, joe, jane] = [await connect('pub'), await connect('joe'), await connect('jane')];
    for (const each of [publisher, joe, jane]) await each.subscribe('com.example.news', () => {}).ready;
    const { rows } = watch();
    await publisher.publish('com.example.news', [1], {}, { acknowledge: true });
    await publisher.publish('com.example.news', [1], {}, { acknowledge: true, exclude_authid: ['jane'] });
    publisher.publish('com.example.news', [1], {}, { exclude_me: false });
    await expect
      .poll(() => rows().map(({ says, receivers }) => [says, receivers?.sessions]))
      .toEqual([
        ['for 2 sessions, the publisher is left out (exclude_me)', 2],
        ['for 1 session, the publisher is left out (exclude_me), 1 subscriber left out by its options (exclude, eligible, …)', 1],
        ['for 3 sessions', 3],
      ]);
  });

  test('that nobody gets, with what is nearly the same', async () => {
    const { connect, watch } = open();
    const [publisher, joe] = [await connect('pub'), await connect('joe')];
    await joe.subscribe('com.example.news', () => {}).ready;
    await publisher.subscribe('com.example.own', () => {}).ready;
    await joe.subscribe('com.example', () => {}).ready;
    const { says } = watch({ failed: true });
    publisher.publish('com.exmaple.news');
    publisher.publish('com.example.own');
    publisher.publish('com.example.news');
    await expect
      .poll(says)
      .toEqual([
        'publish: nobody gets it; com.example.news has 1 subscriber: it is spelt nearly the same',
        'publish: nobody gets it, the publisher is left out (exclude_me)',
      ]);
  });

  test('that is refused, although the publisher does not learn it', async () => {
    const { connect, watch } = open();
    const guest = await connect('bob', 'guest');
    const { says, rows } = watch();
    guest.publish('com.example.news');
    await failed(guest.publish('com.example.news', [], {}, { acknowledge: true }));
    const text = "; the rule { uri: 'com.example.', match: 'prefix' } allows call, subscribe";
    await expect.poll(says).toEqual([expect.stringContaining(text), expect.stringContaining(text)]);
    expect(rows()).toMatchObject([
      { state: 'failed', error: 'wamp.error.not_authorized' },
      { state: 'failed', error: 'wamp.error.not_authorized' },
    ]);
  });

  test('and of its events to a session that is watched', async () => {
    const { connect, watch } = open();
    const [publisher, joe] = [await connect('pub'), await connect('joe')];
    await joe.subscribe('com.example.', () => {}, { match: 'prefix' }).ready;
    const { rows } = watch({ authid: 'joe', payloads: true });
    publisher.publish('com.example.news', ['hello']);
    await expect
      .poll(() => rows())
      .toMatchObject([{ kind: 'event', uri: 'com.example.news', from: { authid: 'joe' }, payload: '["hello"]', says: 'sent' }]);
  });
});

describe('[M1] inspect', () => {
  test('shows subscriptions, registrations, and sessions', async () => {
    const { connect, watch } = open();
    const { says } = watch();
    const connection = await connect('joe');
    const subscription = await connection.session?.subscribe('com.example.', () => {}, { match: 'prefix' });
    await subscription?.unsubscribe();
    const registration = await connection.session?.register('com.example.add', () => 1);
    await registration?.unregister();
    await connection.close();
    await expect
      .poll(says)
      .toEqual([
        expect.stringMatching(/^join: joe \(\d+\) joined$/),
        'subscribe: subscribed',
        'unsubscribe: unsubscribed',
        'register: registered',
        'unregister: unregistered',
        'leave: joe left: wamp.close.normal',
      ]);
  });

  test('shows only what the filter asks for', async () => {
    const { connect, watch } = open();
    const [joe, jane, bob] = [await connect('joe'), await connect('jane'), await connect('bob', 'guest')];
    await jane.register('com.example.add', () => 1).ready;
    const uris = (filter: WatchFilter) => {
      const { rows } = watch(filter);
      return () => rows().map(({ uri, from }) => `${from.authid} ${uri}`);
    };
    const all = uris({});
    const byRole = uris({ authrole: 'guest' });
    const byCallee = uris({ session: jane.session?.id });
    const byPrefix = uris({ uri: 'org.', match: 'prefix' });
    const byKind = uris({ kinds: ['publish'] });
    const byBoth = uris({ authid: 'joe', uri: 'com.example.add' });
    await joe.call('com.example.add');
    await bob.call('com.example.add');
    joe.publish('org.example.x');
    await expect.poll(() => all().length).toBe(3);
    expect(byRole()).toEqual(['bob com.example.add']);
    expect(byCallee()).toEqual(['joe com.example.add', 'bob com.example.add']);
    expect(byPrefix()).toEqual(['joe org.example.x']);
    expect(byKind()).toEqual(['joe org.example.x']);
    expect(byBoth()).toEqual(['joe com.example.add']);
  });

  test('leaves the sessions alone that nobody watches, and all of them after the end', async () => {
    const { router, connect, watch } = open();
    const [joe, jane] = [await connect('joe'), await connect('jane')];
    const marks = () => router.sessions.map((session) => [session.authid, Reflect.get(session, 'watched') !== undefined]);
    const one = watch({ authid: 'joe' });
    expect(marks()).toEqual([
      ['joe', true],
      ['jane', false],
    ]);
    const all = watch();
    all.off();
    one.off();
    one.off();
    expect(marks()).toEqual([
      ['joe', false],
      ['jane', false],
    ]);
    await Promise.all([joe.call('wamp.session.count'), jane.call('wamp.session.count')]);
    expect([one.rows(), all.rows()]).toEqual([[], []]);
  });

  test('shows at most so many a second, and counts the others', async () => {
    const { connect, watch } = open();
    const joe = await connect('joe');
    const { rows, seen } = watch({ perSecond: 10, uri: 'com.example.x' });
    for (let i = 0; i < 50; i++) joe.publish('com.example.x', [i]);
    await joe.call('wamp.session.count');
    await expect.poll(() => rows().length + seen.skipped).toBe(50);
    expect(seen.skipped).toBeGreaterThan(0);
  });

  test('never shows its own procedures, nor what the router asks an authenticator', async () => {
    const { router, connect, watch } = open();
    const system = await connect('sys', 'system');
    const tickets: unknown[] = [];
    await system.register('com.example.login', ([, , details]: readonly unknown[]) => {
      tickets.push(Reflect.get(details as object, 'ticket'));
      return { role: 'user', extra: { token: 'top secret' } };
    }).ready;
    const { rows } = watch({ authid: 'sys', payloads: true });
    const auth = ticket({ authid: 'joe', ticket: 'secret' });
    const connection = new Connection({ url: router, realm: 'shop', auth, retry: false });
    onTestFinished(() => connection.close());
    await connection.open();
    await failed(system.call('autostrada.inspect.explain', [{}]));
    await expect.poll(() => rows().filter(({ state }) => state === 'done').length).toBe(tickets.length);
    expect(tickets).toContain('secret');
    for (const row of rows())
      expect(row).toMatchObject({ kind: 'call', uri: 'com.example.login', from: { session: null }, payload: null, answer: null });
    expect(JSON.stringify(rows())).not.toContain('secret');
  });

  test('logs what its listener throws, and goes on', async () => {
    const log: string[] = [];
    const { router, connect } = open({ log: ({ message }) => void log.push(message) });
    const joe = await connect('joe');
    let count = 0;
    onTestFinished(
      router.inspect({}, () => {
        count++;
        throw new Error('no');
      }),
    );
    await joe.call('wamp.session.count');
    await expect.poll(() => count).toBe(1);
    await joe.call('wamp.session.count');
    await expect.poll(() => count).toBe(2);
    expect(log).toContain('a listener of the router threw');
  });

  test.each<readonly [WatchFilter | object, string]>([
    [{ realm: 'shpo' }, 'expected realm of watch to be one of "shop", got "shpo"'],
    [{ uri: 'com..x' }, 'uri of watch: expected a URI with no empty component'],
    [{ match: 'prefix' }, 'expected uri of watch beside match'],
    [{ session: 1.5 }, 'expected session of watch to be the id of a session, got 1.5'],
    [{ kinds: ['calls'] }, 'expected kinds of watch to be a list of call, publish'],
    [{ perSecond: 0 }, 'expected perSecond of watch to be an integer from 1 to 10000, got 0'],
    [{ authids: 'x' }, "got 'authids'"],
  ])('refuses the filter %j', (filter, text) => {
    const { router } = open();
    expect(() => router.inspect(filter, () => {})).toThrow(text);
  });

  test('shows a call between two nodes once, as the node of its caller tells it, unless the callee is asked for', async () => {
    const cluster = new TestCluster();
    const node = async () => {
      const opened = open({ cluster: cluster.engine() });
      await opened.router.ready;
      return opened;
    };
    const [near, far] = [await node(), await node()];
    const [caller, callee] = [await near.connect('joe'), await far.connect('jane')];
    await callee.register('com.example.add', () => 1).ready;
    await callee.subscribe('com.example.news', () => {}).ready;
    const [here, atCallee] = [near.watch(), far.watch({ authid: 'jane' })];
    expect(await caller.call('com.example.add')).toBe(1);
    await caller.publish('com.example.news', [], {}, { acknowledge: true });
    await expect
      .poll(() => here.rows())
      .toMatchObject([
        { uri: 'com.example.add', to: { session: callee.session?.id, authid: 'jane' }, state: 'done' },
        { uri: 'com.example.news', receivers: { sessions: 0, routers: 1 }, says: 'for 0 sessions and 1 other router' },
      ]);
    await expect
      .poll(() => atCallee.rows())
      .toMatchObject([
        { kind: 'call', from: { session: null }, to: { authid: 'jane' }, state: 'done' },
        { kind: 'event', uri: 'com.example.news' },
      ]);
  });
});
