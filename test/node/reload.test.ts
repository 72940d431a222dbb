/* `reload` of a router that runs: sessions over WebSocket that stay, that lose and gain rights, and that end. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Connection, type ConnectionOptions, type Session, ticket } from 'autostrada';
import { ConfigFileError, type Served, serve } from 'autostrada/node';
import { type LogEntry, type RealmConfig, Router, type RouterConfig, type RouterHooks } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authority } from '../fixtures/certificates.ts';
import { failure } from '../fixtures/scripted-session.ts';

const all = { permissions: 'all' } as const;
const realm1: RealmConfig = {
  anonymous: 'visitor',
  authroles: {
    visitor: { permissions: [{ uri: 'com.open.', match: 'prefix', allow: 'all' }] },
    user: { permissions: [{ uri: 'com.', match: 'prefix', allow: 'all' }] },
    watcher: all,
  },
  users: {
    joe: { authrole: 'user', ticket: 'joe' },
    jane: { authrole: 'user', ticket: 'jane' },
    watcher: { authrole: 'watcher', ticket: 'watcher' },
  },
};
const config = (change: Partial<RealmConfig> = {}): RouterConfig => ({ realms: { realm1: { ...realm1, ...change } } });

interface Running {
  readonly served: Served;
  readonly log: readonly LogEntry[];
  join(authid: string | undefined, options?: Partial<ConnectionOptions>): Promise<Session>;
}

async function running(before: RouterConfig, hooks: RouterHooks = {}): Promise<Running> {
  const log: LogEntry[] = [];
  const served = await serve({ router: before, listen: [{ port: 0 }] }, { hooks: { log: (entry) => log.push(entry), ...hooks } });
  onTestFinished(() => served.close());
  return {
    served,
    log,
    join: (authid, options = {}) => {
      const auth = authid === undefined ? {} : { auth: ticket({ authid, ticket: authid }) };
      const connection = new Connection({ url: served.listeners[0]!.url, realm: 'realm1', retry: false, ...auth, ...options });
      connection.on('error', () => {});
      onTestFinished(() => connection.close());
      return connection.open();
    },
  };
}

/** The reason of the GOODBYE to a session, and its message. */
const endOf = async (session: Session): Promise<readonly unknown[]> => {
  const error = await session.ended;
  return [error?.uri, /\((.*)\)$/.exec(error?.message ?? '')?.[1]];
};

describe('[K2] a session whose user is still allowed', () => {
  test('stays, with its subscriptions, registrations and running calls', async () => {
    const { served, join } = await running(config());
    const [joe, jane] = [await join('joe'), await join('jane')];
    let answer: (value: unknown) => void = () => {};
    await joe.register('com.shop.slow', () => new Promise((resolve) => (answer = resolve)));
    const events: unknown[] = [];
    await joe.subscribe('com.shop.news', ([news]) => void events.push(news));
    const call = jane.call('com.shop.slow');
    await expect.poll(() => served.router.stats().calls).toBe(1);
    expect(served.router.reload(config())).toEqual({ ended: 0, needsRestart: [] });
    await jane.publish('com.shop.news', ['new'], {}, { acknowledge: true });
    answer('done');
    expect(await call).toBe('done');
    await expect.poll(() => events).toEqual(['new']);
    expect([joe.isOpen, jane.isOpen]).toEqual([true, true]);
  });

  test('has the new permissions for its next request', async () => {
    const { served, join } = await running(config());
    const [joe, visitor] = [await join('joe'), await join(undefined)];
    await joe.register('com.shop.add', ([a, b]) => Number(a) + Number(b));
    expect(await failure(visitor.call('com.shop.add', [2, 3]))).toMatchObject({ uri: 'wamp.error.not_authorized' });
    const visitors = { permissions: [{ uri: 'com.shop.add', allow: ['call'] }] } as const;
    served.router.reload(config({ authroles: { ...realm1.authroles, visitor: visitors } }));
    expect(await visitor.call('com.shop.add', [2, 3])).toBe(5);
    expect(await failure(visitor.subscribe('com.open.news', () => {}))).toMatchObject({ uri: 'wamp.error.not_authorized' });
  });

  test('loses what the new rules do not allow, and keeps the rest; the meta events say so', async () => {
    const { served, join } = await running(config());
    const [joe, watcher] = [await join('joe'), await join('watcher')];
    const seen: string[] = [];
    for (const event of ['wamp.subscription.on_unsubscribe', 'wamp.registration.on_unregister'])
      await watcher.subscribe(event, ([session]) => void (session === joe.id && seen.push(event)));
    const kept = [await joe.subscribe('com.shop.news', () => {}), await joe.register('com.shop.add', () => 5)];
    const lost = [await joe.subscribe('com.admin.news', () => {}), await joe.register('com.admin.stop', () => {})];
    const user = { permissions: [{ uri: 'com.shop.', match: 'prefix', allow: 'all' }] } as const;
    expect(served.router.reload(config({ authroles: { ...realm1.authroles, user } }))).toEqual({ ended: 0, needsRestart: [] });
    await expect.poll(() => lost.map(({ isActive }) => isActive)).toEqual([false, false]);
    await expect.poll(() => seen).toEqual(['wamp.subscription.on_unsubscribe', 'wamp.registration.on_unregister']);
    expect(kept.map(({ isActive }) => isActive)).toEqual([true, true]);
    expect(await watcher.call('com.shop.add')).toBe(5);
    expect(await failure(watcher.call('com.admin.stop'))).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
    expect(joe.isOpen).toBe(true);
  });

  test('is asked about again by the hook that decides, whose old answers are forgotten', async () => {
    let isAllowed = true;
    const authorize = () => Promise.resolve({ allow: isAllowed, cache: true });
    const authroles = { ...realm1.authroles, user: { permissions: [] } };
    const { served, join } = await running(config({ authroles }), { authorize });
    const joe = await join('joe');
    const news = await joe.subscribe('com.shop.news', () => {});
    isAllowed = false;
    served.router.reload(config({ authroles }));
    await expect.poll(() => news.isActive).toBe(false);
    expect(await failure(joe.subscribe('com.shop.news', () => {}))).toMatchObject({ uri: 'wamp.error.not_authorized' });
  });

  test('keeps what the newest rules allow, when the hook answers about older ones later', async () => {
    const answers: ((isAllowed: boolean) => void)[] = [];
    const { served, join } = await running(config(), {
      authorize: () => new Promise<boolean>((resolve) => void answers.push(resolve)),
    });
    const joe = await join('joe');
    const news = await joe.subscribe('com.shop.news', () => {});
    served.router.reload(config({ authroles: { ...realm1.authroles, user: { permissions: [] } } }));
    await expect.poll(() => answers).toHaveLength(1);
    served.router.reload(config());
    answers[0]?.(false);
    await joe.publish('com.shop.other', [], {}, { acknowledge: true }); // an answer of the router after that
    expect(news.isActive).toBe(true);
  });

  test('stays when its secret changes, which the next login needs', async () => {
    const { served, join } = await running(config());
    const joe = await join('joe');
    const users = { ...realm1.users, joe: { authrole: 'user', ticket: 'other' } };
    expect(served.router.reload(config({ users })).ended).toBe(0);
    expect(await failure(join('joe'))).toMatchObject({ uri: 'wamp.error.authentication_denied' });
    expect((await join('joe', { auth: ticket({ authid: 'joe', ticket: 'other' }) })).isOpen).toBe(true);
    expect(joe.isOpen).toBe(true);
  });
});

describe('[K2] a session is ended', () => {
  const { joe: _, ...others } = realm1.users ?? {};
  test.each<[string, string | undefined, Partial<RealmConfig>, readonly string[]]>([
    ['when its user is gone', 'joe', { users: others }, ['wamp.error.no_such_principal', 'the user joe was removed']],
    [
      'when its authrole is another one',
      'joe',
      { users: { ...others, joe: { authrole: 'visitor', ticket: 'joe' } } },
      ['wamp.error.no_such_role', 'the authrole is visitor now, not user'],
    ],
    [
      'when anonymous clients have another authrole',
      undefined,
      { anonymous: 'user' },
      ['wamp.error.no_such_role', 'the authrole is user now, not visitor'],
    ],
    [
      'when clients need a login',
      undefined,
      { anonymous: undefined },
      ['wamp.error.no_such_principal', 'clients need a login now'],
    ],
  ])('%s, by GOODBYE that says so', async (_case, authid, change, end) => {
    const { served, join } = await running(config());
    const [session, jane] = [await join(authid), await join('jane')];
    expect(served.router.reload(config(change)).ended).toBe(1);
    expect(await endOf(session)).toEqual(end);
    expect(served.router.sessions.map((each) => each.authid)).toEqual(['jane']);
    expect(jane.isOpen).toBe(true);
  });

  test('when its realm is gone; and a new realm can be joined', async () => {
    const { served, join } = await running({ realms: { realm1: 'open', old: 'open' } });
    const [one, old] = [await join(undefined), await join(undefined, { realm: 'old' })];
    expect(served.router.reload({ realms: { realm1: 'open', fresh: 'open' } }).ended).toBe(1);
    expect(await endOf(old)).toEqual(['wamp.error.no_such_realm', "the realm 'old' was removed"]);
    expect((await join(undefined, { realm: 'fresh' })).isOpen).toBe(true);
    expect(await failure(join(undefined, { realm: 'old' }))).toMatchObject({ uri: 'wamp.error.no_such_realm' });
    expect(one.isOpen).toBe(true);
  });

  test('when a hook found its user, and the realm has not that authrole any more', async () => {
    const findUser = () => ({ authrole: 'user', ticket: 'joe' });
    const { served, join } = await running(config({ users: {} }), { findUser });
    const joe = await join('joe');
    expect(served.router.reload(config({ users: {} })).ended).toBe(0);
    const { user: _user, ...authroles } = realm1.authroles;
    expect(served.router.reload(config({ users: {}, authroles })).ended).toBe(1);
    expect(await endOf(joe)).toEqual(['wamp.error.no_such_role', 'the authrole user was removed']);
  });

  test('and comes back with the new authrole, if its client connects again', async () => {
    const { served, join } = await running(config());
    const joe = await join('joe', { retry: {} });
    served.router.reload(config({ users: { ...others, joe: { authrole: 'visitor', ticket: 'joe' } } }));
    expect((await endOf(joe))[0]).toBe('wamp.error.no_such_role');
    await expect.poll(() => served.router.sessions.map(({ authrole }) => authrole), { timeout: 15_000 }).toEqual(['visitor']);
  });
});

describe('[K2] a login that began before a reload', () => {
  test('does not become a session: the client tries again', async () => {
    let found: (user: object) => void = () => {};
    const findUser = () => new Promise<{ authrole: string; ticket: string }>((resolve) => (found = resolve as typeof found));
    const { served, join } = await running(config({ users: {} }), { findUser });
    const joining = failure(join('joe'));
    await expect.poll(() => found.length).toBe(1);
    served.router.reload(config({ users: {} }));
    found({ authrole: 'user', ticket: 'joe' });
    expect(await joining).toBeInstanceOf(Error);
    expect(served.router.sessions).toEqual([]);
  });
});

describe('[K2] a configuration', () => {
  test('that is wrong changes nothing', async () => {
    const { served, join } = await running(config());
    const joe = await join('joe');
    const wrong = { realms: { fresh: 'open', realm1: { ...realm1, users: {}, anonymous: 'nobody' } } } as const;
    expect(() => served.router.reload(wrong)).toThrow(
      'config.realms["realm1"].anonymous: expected one of its authroles, got "nobody"',
    );
    expect(joe.isOpen).toBe(true);
    expect(served.router.toJSON()).toMatchObject({ realms: ['realm1'] });
    expect((await join('jane')).isOpen).toBe(true);
  });

  test('may change what counts only after a restart: the result and the log have its path', async () => {
    const { served, log } = await running(config());
    const history = [{ uri: 'com.a', limit: 1 }];
    const next = { ...config({ history }), limits: { maxSessions: 5 }, strictRequestIds: true };
    const paths = ['config.limits.maxSessions', 'config.strictRequestIds', 'config.realms["realm1"].history'];
    expect(served.router.reload(next).needsRestart).toEqual(paths);
    for (const at of paths) expect(log).toContainEqual({ level: 'warn', message: `${at}: the change counts after a restart` });
    expect(served.router.reload(config()).needsRestart).toEqual([]);
  });

  test('may open a realm, and close it again', async () => {
    const { served, join } = await running(config());
    const joe = await join('joe');
    expect(served.router.reload({ realms: { realm1: 'open' } }).ended).toBe(0);
    const stranger = await join(undefined);
    expect(await stranger.call('wamp.session.count')).toBe(2);
    expect(served.router.reload(config()).ended).toBe(1);
    expect((await endOf(stranger))[0]).toBe('wamp.error.no_such_role');
    expect(joe.isOpen).toBe(true);
  });

  test('does not end the sessions of this process, which need no user', async () => {
    const router = new Router(config());
    const connection = new Connection({ url: router.as({ authrole: 'inside' }), realm: 'realm1' });
    await connection.open();
    expect(router.reload(config({ users: {} })).ended).toBe(0);
    expect(router.sessions.length).toBe(1);
    await connection.close();
    await router.close();
  });
});

describe('[K2] served.reload', () => {
  const ours = authority();
  function inFolder(files: { readonly [name: string]: string }): { file: string; write: (name: string, text: string) => void } {
    const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-reload-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
    for (const [name, text] of Object.entries(files)) write(name, text);
    return { file: path.join(folder, 'router.json'), write };
  }
  const nameAt = (port: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject?.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });

  test('reads the file again, and new certificates; a connection that is open stays', async () => {
    const [one, two] = [ours.issue('one'), ours.issue('two')];
    const text = '{ "realms": { "realm1": "open" }, "listen": { "port": 0, "tls": { "cert": "c.pem", "key": "k.pem" } } }';
    const { file, write } = inFolder({ 'router.json': text, 'c.pem': one.cert, 'k.pem': one.key });
    const served = await serve(file);
    onTestFinished(() => served.close());
    const port = served.listeners[0]!.port;
    const open = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    onTestFinished(() => void open.destroy());
    await new Promise((resolve) => open.once('secureConnect', resolve));
    const before = await nameAt(port);
    write('c.pem', two.cert);
    await expect(served.reload()).rejects.toThrow(/config\.listen\.tls: expected key of tls to be that of cert/);
    expect(await nameAt(port)).toBe(before);
    write('k.pem', two.key);
    write('router.json', text.replace('"open"', '"open", "fresh": "open"').replace('"port"', '"path": "/other", "port"'));
    expect(await served.reload()).toEqual({ ended: 0, needsRestart: ['config.listen.path'] });
    expect(await nameAt(port)).not.toBe(before);
    expect(open.destroyed).toBe(false);
    expect(served.router.toJSON()).toMatchObject({ realms: ['realm1', 'fresh'] });
  });

  test('changes nothing if the file is wrong, and says where', async () => {
    const { file, write } = inFolder({ 'router.json': '{ "realms": { "realm1": "open" }, "listen": { "port": 0 } }' });
    const served = await serve(file);
    onTestFinished(() => served.close());
    write('router.json', '{ "realms": { "a": "opn" } }');
    const error = await failure(served.reload());
    expect(error).toBeInstanceOf(ConfigFileError);
    expect(error.message).toBe(`${file}:1:20: config.realms["a"]: expected "open" or an object, got "opn"`);
    expect(served.router.toJSON()).toMatchObject({ realms: ['realm1'] });
  });

  test('says by name what counts after a restart, of ports, the store, components, the log and the rest', async () => {
    const listen = { port: 0, ops: { port: 0, metrics: false }, cookies: {} };
    const whole = { realms: { realm1: 'open' }, listen, log: { level: 'error' }, drainMs: 100 };
    const { file, write } = inFolder({ 'router.json': JSON.stringify(whole) });
    const served = await serve(file);
    onTestFinished(() => served.close());
    const needsRestart = async (change: object): Promise<readonly string[]> => {
      write('router.json', JSON.stringify({ ...whole, ...change }));
      return (await served.reload()).needsRestart;
    };
    expect(await needsRestart({})).toEqual([]);
    expect(await needsRestart({ log: { level: 'debug' } })).toEqual(['config.log']);
    expect(await needsRestart({ drainMs: 5 })).toEqual(['config.drainMs']);
    expect(await needsRestart({ control: { realm: 'realm1' } })).toEqual(['config.control']);
    expect(await needsRestart({ store: { folder: 'data' } })).toEqual(['config.store']);
    expect(await needsRestart({ components: { a: { command: ['true'] } } })).toEqual(['config.components.a']);
    expect(await needsRestart({ listen: { ...listen, trustProxy: true } })).toEqual(['config.listen.trustProxy']);
    expect(await needsRestart({ listen: { ...listen, http: true, pingMs: 5 } })).toEqual([
      'config.listen.http',
      'config.listen.pingMs',
    ]);
    expect(await needsRestart({ listen: [listen, { port: 0 }] })).toEqual(['config.listen']);
    // The order of members says nothing.
    expect(await needsRestart({ listen: { cookies: {}, ops: { metrics: false, port: 0 }, port: 0 } })).toEqual([]);
  });

  test('changes nothing if the file has vanished, is empty, or is a directory; and goes on when it is back', async () => {
    const text = '{ "realms": { "realm1": "open" }, "listen": { "port": 0 } }';
    const { file, write } = inFolder({ 'router.json': text });
    const served = await serve(file);
    onTestFinished(() => served.close());
    rmSync(file);
    expect(await failure(served.reload())).toMatchObject({ code: 'ENOENT' });
    mkdirSync(file);
    expect((await failure(served.reload())).message).toContain('expected a file, got a directory');
    rmSync(file, { recursive: true });
    write('router.json', '');
    expect(await failure(served.reload())).toBeInstanceOf(ConfigFileError);
    expect(served.router.toJSON()).toMatchObject({ realms: ['realm1'] });
    write('router.json', text.replace('"open"', '"open", "fresh": "open"').replaceAll(' ', '\r\n').replace(/^/, '\ufeff'));
    const both = await Promise.all([served.reload(), served.reload()]);
    expect(both).toEqual([
      { ended: 0, needsRestart: [] },
      { ended: 0, needsRestart: [] },
    ]);
    expect(served.router.toJSON()).toMatchObject({ realms: ['realm1', 'fresh'] });
  });

  test('needs a file', async () => {
    const served = await serve({ router: { realms: { a: 'open' } }, listen: [{ port: 0 }] });
    onTestFinished(() => served.close());
    await expect(served.reload()).rejects.toThrow('expected serve to have a file that can be read again');
  });
});
