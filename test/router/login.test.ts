import { Router, type RouterConfig, type RouterHooks, type User } from 'autostrada/router';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Throttle } from '../../src/router/limits/throttle.ts';
import { json } from '../../src/serializer/json.ts';
import { memoryPair } from '../../src/transport/memory.ts';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import {
  ABORT,
  AUTHENTICATE,
  CALL,
  CHALLENGE,
  Code,
  ERROR,
  HELLO,
  INVOCATION,
  REGISTER,
  RESULT,
  SUBSCRIBE,
  WELCOME,
  YIELD,
} from '../fixtures/messages.ts';
import { TestCluster } from '../fixtures/nodes.ts';
import { joinedClient, ScriptedPeer, scriptedClient } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectUnread, openRouter, roles } from './open-router.ts';

const DENIED = 'wamp.error.authentication_denied';
const FAILED = 'wamp.error.authentication_failed';
const NOBODY = 'no such user, or a wrong proof';

function withUsers(more: object = {}): RouterConfig {
  const user = { permissions: 'all' as const };
  return {
    realms: { realm1: { authroles: { user, guest: user }, users: { joe: { authrole: 'user', ticket: 'secret' } }, ...more } },
  };
}

const hello = (authmethods?: readonly string[], authid?: string, more: object = {}) =>
  HELLO('realm1', { roles, ...(authmethods ? { authmethods } : {}), ...(authid === undefined ? {} : { authid }), ...more });

/** Who says HELLO and answers the CHALLENGE for a ticket. */
async function login(client: ScriptedPeer, ticket: string, authid = 'joe'): Promise<void> {
  client.send(hello(['ticket'], authid));
  await client.expect(CHALLENGE('ticket', {}));
  client.send(AUTHENTICATE(ticket, {}));
}

describe('a login', () => {
  test('[R04] [R70] [R03] by ticket has CHALLENGE, AUTHENTICATE and WELCOME', async () => {
    const { router } = openRouter(
      withUsers({ users: { joe: { authrole: 'user', ticket: 'secret', authextra: { theme: 'dark' } } } }),
    );
    const client = scriptedClient(router);
    await login(client, 'secret');
    const [code, id, details] = await client.next();
    expect([code, details]).toMatchObject([
      2,
      { authid: 'joe', authrole: 'user', authmethod: 'ticket', authprovider: 'static', authextra: { theme: 'dark' } },
    ]);
    expect(router.sessions).toMatchObject([{ id, authid: 'joe', authrole: 'user', authmethod: 'ticket' }]);
  });

  test('[R04] [R70] gives a wrong ticket and an unknown user the same answer, after the same messages', async () => {
    const { router, log } = openRouter(withUsers());
    for (const [ticket, authid] of [
      ['wrong', 'joe'],
      ['secret', 'jane'],
      ['', 'joe'],
    ] as const) {
      const client = scriptedClient(router);
      await login(client, ticket, authid);
      await expectAbort(client, NOBODY, DENIED);
    }
    expect(router.sessions).toEqual([]);
    expect(JSON.stringify(log)).not.toMatch(/secret|wrong/);
  });

  test('[R04] uses the first offered method that the user has', async () => {
    const { router } = openRouter(withUsers({ anonymous: 'guest' }));
    const [one, two, three] = [scriptedClient(router), scriptedClient(router), scriptedClient(router)];
    one.send(hello(['x_own', 'ticket', 'anonymous'], 'joe'));
    await one.expect(CHALLENGE('ticket', {}));
    two.send(hello(['x_own', 'anonymous', 'ticket'], 'joe'));
    expect(await two.next()).toMatchObject(WELCOME(expect.any(Number), { authrole: 'guest', authmethod: 'anonymous' }));
    three.send(hello());
    expect(await three.next()).toMatchObject(WELCOME(expect.any(Number), { authrole: 'guest', authmethod: 'anonymous' }));
  });

  test('[R04] is not needed in an open realm', async () => {
    const { router } = openRouter();
    const [joe, stranger] = [scriptedClient(router), scriptedClient(router)];
    joe.send(hello(['ticket'], 'joe'));
    expect(await joe.next()).toMatchObject(WELCOME(expect.any(Number), { authid: 'joe', authmethod: 'anonymous' }));
    stranger.send(hello());
    expect(await stranger.next()).toMatchObject(WELCOME(expect.any(Number), { authid: expect.stringMatching(/^anonymous-/) }));
  });

  test('[R04] is refused without a common method, and the error names those that exist', async () => {
    const { router } = openRouter(withUsers());
    const client = scriptedClient(router);
    client.send(hello(['x_own', 'anonymous'], 'joe'));
    await expectAbort(client, "offered x_own, anonymous; the realm 'realm1' has ticket", 'wamp.error.no_matching_auth_method');
  });

  test('[R04] [R01] has a deadline', async () => {
    const { router, clock } = openRouter(withUsers());
    const client = scriptedClient(router);
    client.send(hello(['ticket'], 'joe'));
    await client.expect(CHALLENGE('ticket', {}));
    await clock.advance(10_000);
    await expectAbort(client, 'the login took longer than 10000 ms', FAILED);
  });

  test('[R04] [R05] accepts one answer, and nothing else', async () => {
    const { router } = openRouter(withUsers());
    const [twice, early, hasty, gone] = [1, 2, 3, 4].map(() => scriptedClient(router)) as [
      ScriptedPeer,
      ScriptedPeer,
      ScriptedPeer,
      ScriptedPeer,
    ];
    await login(twice, 'secret');
    twice.send(AUTHENTICATE('secret', {}));
    expect((await twice.end()).at(-1)?.[0]).toBe(Code.ABORT);
    early.send(hello(['ticket'], 'joe'), SUBSCRIBE(1, {}, 'a.b'));
    expect((await early.end()).at(-1)).toMatchObject(ABORT({}, 'wamp.error.protocol_violation'));
    hasty.send(AUTHENTICATE('secret', {}));
    expect((await hasty.end()).at(-1)).toMatchObject(ABORT({}, 'wamp.error.protocol_violation'));
    gone.send(hello(['ticket'], 'joe'));
    await gone.expect(CHALLENGE('ticket', {}));
    gone.send(ABORT({}, 'wamp.error.cannot_authenticate'));
    expect(await gone.end()).toEqual([]);
    expect(router.sessions).toEqual([]);
  });
});

describe('users from a function', () => {
  const hooked = (findUser: RouterHooks['findUser']) => openRouter(withUsers({ users: {} }), { findUser });

  test.each([
    ['a bigint', { a: 1n }],
    ['a function', { a: () => 1 }],
    ['itself', Object.assign([{}].map((dict: { self?: object }) => Object.assign(dict, { self: dict }))[0] ?? {})],
  ])(
    '[H3] [R04] may have an authextra with %s that cannot be sent: the session ends, and the log says why',
    async (_, authextra) => {
      const { router, log } = hooked(() => ({ authrole: 'user', ticket: 'secret', authextra }));
      const client = scriptedClient(router);
      await login(client, 'secret', 'ann');
      expect(await client.end()).toEqual([ABORT({ message: 'internal error' }, 'autostrada.error.internal_error')]);
      expect(log.find(({ level }) => level === 'error')).toMatchObject({ message: 'could not admit a session' });
      expect([router.sessions, router.stats().sessions]).toEqual([[], 0]);
    },
  );

  test('[R04] [R70] may come later, from findUser', async () => {
    const queries: unknown[] = [];
    const { router } = hooked(async (query) => {
      queries.push(query);
      return { authid: 'Joe', authrole: 'user', ticket: 'secret' };
    });
    const client = scriptedClient(router);
    await login(client, 'secret');
    expect(await client.next()).toMatchObject(WELCOME(expect.any(Number), { authid: 'Joe', authprovider: 'dynamic' }));
    expect(queries).toEqual([
      {
        realm: 'realm1',
        authid: 'joe',
        authmethods: ['ticket'],
        authextra: {},
        transport: { kind: 'memory' },
        session: expect.any(Number),
      },
    ]);
  });

  test('[R70] may have a function that checks the ticket and names the user', async () => {
    const ticket = async (token: string) => token === 'jwt' && { authid: 'jane', authrole: 'guest', authextra: { exp: 1 } };
    const { router } = hooked(() => ({ authrole: 'user', ticket }));
    const [good, bad] = [scriptedClient(router), scriptedClient(router)];
    await login(good, 'jwt');
    expect(await good.next()).toMatchObject(
      WELCOME(expect.any(Number), { authid: 'jane', authrole: 'guest', authextra: { exp: 1 } }),
    );
    await login(bad, 'other');
    await expectAbort(bad, NOBODY, DENIED);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('the database password is 1234'))],
    ['gives nonsense', () => ({ authrole: 5 }) as unknown as User],
    ['gives unknown keys', () => ({ authrole: 'user', password: 'x' }) as unknown as User],
  ])('[R04] that %s are a failure of the router: logged, and reported without the reason', async (_, findUser) => {
    const { router, log } = hooked(findUser);
    const client = scriptedClient(router);
    client.send(hello(['ticket'], 'joe'));
    await expectAbort(client, 'the router could not check the login', FAILED);
    expect(log.filter(({ level }) => level === 'error').length).toBe(1);
  });

  test('[R04] with an authrole that is not configured are reported in the log', async () => {
    const { router, log } = hooked(() => ({ authrole: 'usr', ticket: 'secret' }));
    const client = scriptedClient(router);
    await login(client, 'secret');
    expect(await client.next()).toMatchObject(WELCOME(expect.any(Number), { authrole: 'usr' }));
    const message = expect.stringContaining('joe has the authrole usr');
    expect(log).toContainEqual(expect.objectContaining({ level: 'warn', message }));
  });

  test('[R04] are forgotten if the client has left before', async () => {
    let answer: (user: User) => void = () => {};
    const { router } = hooked(() => new Promise((resolve) => (answer = resolve)));
    const client = scriptedClient(router);
    client.send(hello(['ticket'], 'joe'));
    await expectUnread(client);
    client.close();
    await expectUnread(client);
    answer({ authrole: 'user', ticket: 'secret' });
    await expectUnread(client);
    expect(router.sessions).toEqual([]);
  });
});

describe('a realm with procedures for logins', () => {
  const config: RouterConfig = {
    realms: {
      realm1: {
        authenticator: 'com.example.authenticate',
        authroles: { user: { permissions: [], authorizer: 'com.example.authorize' }, staff: { permissions: 'all' } },
      },
    },
  };

  test('[R04] [R62] calls its authenticator to decide who may join, and its authorizer to decide what they may do', async () => {
    const { router } = openRouter(config);
    const staff = await joinedClient(router.as({ authrole: 'staff' }));
    staff.send(REGISTER(1, {}, 'com.example.authenticate'), REGISTER(2, {}, 'com.example.authorize'));
    const [, , authenticator] = await staff.next();
    const [, , authorizer] = await staff.next();
    const client = scriptedClient(router);
    client.send(hello(['ticket'], 'joe'));
    const details = {
      session: expect.any(Number),
      authid: 'joe',
      authmethod: 'ticket',
      authmethods: ['ticket'],
      authextra: {},
      transport: { kind: 'memory', is_secure: false },
    };
    await staff.expect(INVOCATION(1, authenticator, {}, ['realm1', 'joe', details]));
    staff.send(YIELD(1, {}, ['user']));
    await client.expect(CHALLENGE('ticket', {}));
    client.send(AUTHENTICATE('token', {}));
    await staff.expect(INVOCATION(2, authenticator, {}, ['realm1', 'joe', { ...details, authmethod: 'ticket', ticket: 'token' }]));
    staff.send(YIELD(2, {}, [{ role: 'user', extra: { a: 1 } }]));
    const [code, id, welcome] = await client.next();
    expect([code, welcome]).toMatchObject([2, { authid: 'joe', authrole: 'user', authextra: { a: 1 }, authprovider: 'dynamic' }]);
    client.send(SUBSCRIBE(1, { match: 'prefix' }, 'com.example.'));
    const who = { session: id, authid: 'joe', authrole: 'user', authmethod: 'ticket', authprovider: 'dynamic' };
    await staff.expect(INVOCATION(3, authorizer, {}, [who, 'com.example.', 'subscribe', { match: 'prefix' }]));
    staff.send(YIELD(3, {}, [{ allow: true }]));
    expect((await client.next())[0]).toBe(Code.SUBSCRIBED);
    client.send(CALL(2, {}, 'wamp.session.list'));
    await staff.expect(INVOCATION(4, authorizer, {}, [who, 'wamp.session.list', 'call', { match: 'exact' }]));
    staff.send(ERROR('INVOCATION', 4, {}, 'com.example.error'));
    expect(await client.next()).toEqual(ERROR('CALL', 2, {}, 'wamp.error.authorization_failed', [expect.any(String)]));
  });

  test('[G3] [R04] refuses everybody while the procedures are not registered, with an error that is not final for a client', async () => {
    const { router, log } = openRouter(config);
    const client = scriptedClient(router);
    client.send(hello(['ticket'], 'joe'));
    expect(await client.end()).toEqual([]);
    expect(log).toMatchObject([{ level: 'warn', message: expect.stringContaining('com.example.authenticate') }]);
    const staff = await joinedClient(router.as({ authrole: 'staff' }));
    staff.send(REGISTER(1, {}, 'com.example.authenticate'));
    await staff.next();
    const again = scriptedClient(router);
    again.send(hello(['ticket'], 'joe'));
    expect((await staff.next())[0]).toBe(Code.INVOCATION);
  });

  test('[G3] [R04] refuses a login whose authenticator has left meanwhile, with an error that is not final, too', async () => {
    const { router } = openRouter(config);
    const staff = await joinedClient(router.as({ authrole: 'staff' }));
    staff.send(REGISTER(1, {}, 'com.example.authenticate'));
    await staff.next();
    const client = scriptedClient(router);
    client.send(hello(['ticket'], 'joe'));
    const [, invocation] = await staff.next();
    staff.send(YIELD(invocation, {}, [{ role: 'user' }]));
    await client.expect(CHALLENGE('ticket', {}));
    client.send(AUTHENTICATE('secret', {}));
    expect((await staff.next())[0]).toBe(Code.INVOCATION);
    staff.close();
    expect(await client.end()).toEqual([]);
  });

  test('[R04] [R70] refuses through its authenticator like a wrong ticket', async () => {
    const { router } = openRouter(config);
    const staff = await joinedClient(router.as({ authrole: 'staff' }));
    staff.send(REGISTER(1, {}, 'com.example.authenticate'));
    await staff.next();
    const [answered, refused] = [scriptedClient(router), scriptedClient(router)];
    for (const [i, client] of [answered, refused].entries()) {
      client.send(hello(['ticket'], 'joe'));
      await staff.next();
      staff.send(i === 0 ? YIELD(1, {}, [null]) : ERROR('INVOCATION', 2, {}, 'wamp.error.no_such_principal'));
      await client.expect(CHALLENGE('ticket', {}));
      client.send(AUTHENTICATE('token', {}));
      await expectAbort(client, NOBODY, DENIED);
    }
  });
});

describe('an authenticator that answers ERROR', () => {
  const config = {
    realms: {
      realm1: { authroles: { user: { permissions: 'all' }, staff: { permissions: 'all' } }, authenticator: 'com.example.find' },
    },
  } as const;
  const nonce = { authextra: { nonce: 'abc' } };

  /** Logs in by this method, and answers every INVOCATION so. */
  async function attempt(method: string, ...error: readonly [uri: string, ...rest: readonly unknown[]]) {
    const { router, log } = openRouter(config);
    const staff = await joinedClient(router.as({ authrole: 'staff' }));
    staff.send(REGISTER(1, {}, 'com.example.find'));
    await staff.next();
    const client = scriptedClient(router);
    client.send(hello([method], 'joe', nonce));
    const steps: unknown[] = [];
    for (let i = 1; i <= (method === 'ticket' ? 2 : 1); i++) {
      const [, invocation] = await staff.next();
      staff.send([8, 68, invocation, {}, ...error]);
      const [code] = await client.next();
      steps.push(code);
      if (code === Code.CHALLENGE) client.send(AUTHENTICATE('wrong', { nonce: 'abc', channel_binding: null, cbind_data: null }));
    }
    if (method !== 'ticket' && steps[0] === Code.CHALLENGE) steps.push((await client.next())[0]);
    return { steps, end: client.closed, log: log.filter(({ level }) => level === 'warn' || level === 'error') };
  }

  test.each(['ticket', 'wampcra', 'wamp-scram'])('[R70] with its own URI refuses like a wrong secret, by %s', async (method) => {
    const { steps, log } = await attempt(method, 'com.example.no_such_user', ['joe is\nunknown']);
    expect(steps).toEqual([Code.CHALLENGE, Code.ABORT]);
    expect(log).toEqual([
      { level: 'warn', message: 'a login of joe to realm1 was denied: com.example.no_such_user: joe is; unknown' },
    ]);
  });

  test('[R70] because of an exception has failed, and is logged in one line', async () => {
    const { steps, log } = await attempt('wampcra', 'wamp.error.runtime_error', ['KeyError: joe']);
    expect(steps).toEqual([Code.ABORT]);
    expect(log).toEqual([
      { level: 'error', message: 'a login failed: the authenticator failed: wamp.error.runtime_error: KeyError: joe' },
    ]);
  });
});

describe('a failed login', () => {
  test('[R70] makes the next ones from this address wait, longer each time', () => {
    const clock = new ManualClock();
    const throttle = new Throttle(clock);
    const waits = Array.from({ length: 10 }, () => throttle.failed('10.0.0.1'));
    expect(waits.slice(0, 4)).toEqual([50, 100, 200, 400]);
    expect(Math.max(...waits)).toBe(4000);
    expect(throttle.enter('10.0.0.1')).toBe(false);
    expect(throttle.enter('10.0.0.2')).toBe(true);
    expect(throttle.failed('10.0.0.2')).toBe(50);
    expect(throttle.enter(undefined)).toBe(true);
  });

  test('[G2] [R70] counts for the whole IPv6 network: its owner has all addresses there', async () => {
    const { router, clock } = openRouter(withUsers());
    const come = async (peer: string): Promise<ScriptedPeer> => {
      const [theirs, ours] = memoryPair(json());
      router.attach(ours, { kind: 'websocket', peer });
      const client = new ScriptedPeer(theirs);
      client.send(HELLO('realm1', { roles, authmethods: ['ticket'], authid: 'joe' }));
      return client;
    };
    for (let i = 1; i <= 10; i++) {
      const client = await come(`[2001:db8:0:1::${i}]:5000`);
      expect((await client.next())[0]).toBe(Code.CHALLENGE);
      client.send(AUTHENTICATE('wrong', {}));
      await settled();
    }
    const again = await come('[2001:db8:0:1::ff]:5000');
    expect(await again.next()).toEqual(ABORT(expect.anything(), 'autostrada.error.too_many_logins'));
    const other = await come('[2001:db8:0:2::1]:5000');
    expect((await other.next())[0]).toBe(Code.CHALLENGE);
    await clock.advance(4000);
  });

  test('[G2] [R70] of one user does not exclude others from the same address; many users do', () => {
    const clock = new ManualClock();
    const throttle = new Throttle(clock);
    for (let i = 0; i < 10; i++) throttle.failed('10.0.0.1', 'realm1 joe');
    expect(throttle.enter('10.0.0.1', 'realm1 joe')).toBe(false);
    expect(throttle.enter('10.0.0.1', 'realm2 joe')).toBe(true);
    expect(throttle.enter('10.0.0.1', 'realm1 ann')).toBe(true);
    expect(throttle.failed('10.0.0.1', 'realm1 ann')).toBe(50);
    for (let i = 0; i < 90; i++) throttle.failed('10.0.0.1', `realm1 guess${i}`);
    expect(throttle.enter('10.0.0.1', 'realm1 bob')).toBe(false);
    expect(throttle.failed('10.0.0.1', 'realm1 bob')).toBe(4000);
    expect(throttle.enter('10.0.0.2', 'realm1 joe')).toBe(true);
  });

  test('[G2] [R70] does not exclude a right secret from the same address, even if another device fails all the time', async () => {
    const { router, clock } = openRouter(withUsers());
    const come = async (authid: string, secret: string): Promise<unknown> => {
      const [theirs, ours] = memoryPair(json());
      router.attach(ours, { kind: 'websocket', peer: '10.0.0.1:5000' });
      const client = new ScriptedPeer(theirs);
      client.send(HELLO('realm1', { roles, authmethods: ['ticket'], authid }));
      if ((await client.next())[0] !== Code.CHALLENGE) return 'turned away';
      client.send(AUTHENTICATE(secret, {}));
      await settled();
      await clock.advance(4000);
      return (await client.next())[0];
    };
    const outcomes: unknown[] = [];
    for (let i = 0; i < 40; i++) outcomes.push(await come('nobody', 'wrong'));
    expect(outcomes).toContain('turned away');
    expect(await come('joe', 'secret')).toBe(2);
  });

  test('[R70] is one of only a few that run at a time from one address; the others wait for their turn', async () => {
    const throttle = new Throttle(new ManualClock());
    const answers: unknown[] = [];
    const entered = Array.from({ length: 103 }, (_, i) => throttle.enter('10.0.0.1', i === 101 ? 'joe' : 'ann'));
    expect(entered.filter((may) => may === true).length).toBe(100);
    expect(throttle.enter('10.0.0.2')).toBe(true);
    for (const may of entered.slice(100)) void Promise.resolve(may).then((known) => answers.push(known));
    await settled();
    expect(answers).toEqual([]);
    throttle.leave('10.0.0.1');
    await settled();
    expect(answers).toEqual([true]);
    // Too many logins of joe fail before it is the next one's turn.
    for (let i = 0; i < 10; i++) throttle.failed('10.0.0.1', 'joe');
    throttle.leave('10.0.0.1');
    await settled();
    expect(answers).toEqual([true, false, true]);
  });

  test('[R70] is refused when 10,000 of its address wait, and the text says so', async () => {
    const throttle = new Throttle(new ManualClock());
    for (let i = 0; i < 10_100; i++) void throttle.enter('10.0.0.1');
    expect(throttle.enter('10.0.0.1')).toBe('crowded');
    expect(throttle.enter('10.0.0.2')).toBe(true);
    throttle.leave('10.0.0.1');
    expect(throttle.enter('10.0.0.1')).toBeInstanceOf(Promise);
    expect(throttle.enter('10.0.0.1')).toBe('crowded');
  });

  test('[R70] has two reasons to be refused before it is looked at, and the client is told which', async () => {
    for (const [may, text] of [
      ['crowded', /^too many logins wait for their turn there; try again later/],
      [false, /^too many logins failed from there; try again later/],
    ] as const) {
      const throttle = { enter: () => may, leave: () => {}, failed: () => 0 };
      const counts = { throttle, take: () => true, give: () => {}, tell: () => {}, others: () => 0, nodes: 1, watch: () => {} };
      const router = new Router(withUsers(), { cluster: { ...new TestCluster().engine(), counts } });
      onTestFinished(() => router.close());
      await router.ready;
      const client = scriptedClient(router);
      client.send(hello(['ticket'], 'joe'));
      const message = expect.stringMatching(text);
      expect(await client.next()).toEqual(ABORT({ message }, 'autostrada.error.too_many_logins'));
    }
  });

  test('[R70] is forgotten after a while', async () => {
    const clock = new ManualClock();
    const throttle = new Throttle(clock);
    for (let i = 0; i < 10; i++) throttle.failed('10.0.0.1');
    await clock.advance(6_001);
    expect(throttle.enter('10.0.0.1')).toBe(true);
    await clock.advance(60_000);
    expect(throttle.failed('10.0.0.1')).toBe(50);
  });
});

test('[R04] an open realm needs no secure random source', async () => {
  vi.stubGlobal('crypto', undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { router } = openRouter();
  const client = await joinedClient(router);
  client.send(CALL(1, {}, 'wamp.session.count'));
  await client.expect(RESULT(1, {}, [1]));
});
