/* Clients that are let in without a challenge, by what their request carries; and who sees that request. */
import type { Serializer, Transport } from 'autostrada';
import {
  type AuthorizationRequest,
  type LogEntry,
  type OpeningRequest,
  type RealmConfig,
  Router,
  type RouterHooks,
  type RouterSession,
  type TransportInfo,
  type UserQuery,
} from 'autostrada/router';
import { expect, onTestFinished, test } from 'vitest';
import { json } from '../../src/serializer/json.ts';
import { memoryPair } from '../../src/transport/memory.ts';
import { CALL, Code, HELLO } from '../fixtures/messages.ts';
import { ScriptedPeer } from '../fixtures/scripted-peer.ts';

const request: OpeningRequest = {
  method: 'GET',
  url: '/ws?lang=it',
  headers: { cookie: 'sid=s3cret', authorization: 'Bearer t0ken' },
  cookies: { sid: 's3cret' },
  httpVersion: '1.1',
};
const shop: RealmConfig = {
  anonymous: 'visitor',
  authroles: { visitor: { permissions: [] }, user: { permissions: 'all' } },
  users: { joe: { authrole: 'user', ticket: 'ticket' } },
};

function opened(hooks: RouterHooks, realm: RealmConfig = shop) {
  const log: LogEntry[] = [];
  const router = new Router({ realms: { shop: realm, open: 'open' } }, { log: (entry) => log.push(entry), ...hooks });
  onTestFinished(() => router.close());
  return { router, log };
}

/** From outside, as a host attaches it. */
function attached(router: Router, info: Partial<TransportInfo> = { request }, serializer: Serializer = json()): ScriptedPeer {
  const [theirs, ours]: [Transport, Transport] = memoryPair(serializer);
  router.attach(ours, { kind: 'websocket', peer: '192.0.2.1:4', ...info });
  return new ScriptedPeer(theirs);
}

async function hello(peer: ScriptedPeer, details: object = {}, realm = 'shop'): Promise<object> {
  peer.send(HELLO(realm, { roles: { caller: {}, subscriber: {} }, ...details }));
  const [type, first, second] = await peer.next();
  return type === Code.WELCOME ? Object(second) : { type, first, second };
}

const bySid: RouterHooks['recognize'] = ({ transport }) =>
  transport.request?.cookies.sid === 's3cret' ? { authid: 'jane', authrole: 'user', authextra: { language: 'it' } } : undefined;

test('[K4] a client is let in by its cookie, without a challenge', async () => {
  const { router } = opened({ recognize: bySid });
  expect(await hello(attached(router))).toMatchObject({
    authid: 'jane',
    authrole: 'user',
    authmethod: 'http',
    authprovider: 'dynamic',
    authextra: { language: 'it' },
  });
  const peer = attached(router);
  expect(await hello(peer, { authmethods: ['cookie', 'ticket'], authid: 'jane' })).toMatchObject({ authid: 'jane' });
});

test('[K4] a client that is not recognized goes on as if there were no hook', async () => {
  const { router } = opened({ recognize: bySid });
  const other = { ...request, cookies: {} };
  expect(await hello(attached(router, { request: other }))).toMatchObject({ authrole: 'visitor', authmethod: 'anonymous' });
  expect(await hello(attached(router, { request: other }), { authmethods: ['cookie', 'ticket'], authid: 'joe' })).toMatchObject({
    type: Code.CHALLENGE,
    first: 'ticket',
  });
});

test('[K4] a client that offers only another login, or claims another name, has to prove it', async () => {
  const { router } = opened({ recognize: bySid });
  expect(await hello(attached(router), { authmethods: ['ticket'], authid: 'joe' })).toMatchObject({ type: Code.CHALLENGE });
  expect(await hello(attached(router), { authmethods: ['anonymous'], authid: 'joe' })).toMatchObject({ authrole: 'visitor' });
});

test('[K4] a hook that throws refuses the client, and its words stay in the log', async () => {
  const { router, log } = opened({
    recognize: () => {
      throw new Error('the database says no');
    },
  });
  const answer = await hello(attached(router));
  expect(answer).toMatchObject({ type: Code.ABORT, second: 'wamp.error.authentication_failed' });
  expect(JSON.stringify(answer)).not.toContain('database');
  expect(log.some(({ error }) => error instanceof Error && error.message === 'the database says no')).toBe(true);
  expect(router.stats().refusedLogins).toBe(1);
});

test.each([
  [{ authid: 'jane' }, 'expected authrole of recognize to be a string, got nothing'],
  [{ authid: 'jane', role: 'user' }, "expected recognize to return authid, authrole, authextra, authmethod, got 'role'"],
  ['jane', 'expected recognize to return { authid, authrole }, or undefined for a client that it does not know, got a string'],
  ['', 'expected recognize to return { authid, authrole }, or undefined for a client that it does not know, got a string'],
  [false, 'expected recognize to return { authid, authrole }, or undefined for a client that it does not know, got false'],
  [true, 'expected recognize to return { authid, authrole }, or undefined for a client that it does not know, got true'],
  [0, 'expected recognize to return { authid, authrole }, or undefined for a client that it does not know, got a number'],
  [[], 'expected recognize to return { authid, authrole }, or undefined for a client that it does not know, got a list'],
])('[K4] the hook cannot return %j', async (found, text) => {
  const { router, log } = opened({ recognize: () => JSON.parse(JSON.stringify(found)) });
  expect(await hello(attached(router))).toMatchObject({ type: Code.ABORT, second: 'wamp.error.authentication_failed' });
  expect(log.map(({ error }) => String(error))).toContain(`TypeError: ${text}`);
});

test('[K4] findUser and authorize see the request', async () => {
  const seen: (UserQuery | AuthorizationRequest)[] = [];
  const { router } = opened(
    {
      findUser: (query) => {
        seen.push(query);
        return { authrole: 'guest', ticket: () => true };
      },
      authorize: (asked) => {
        seen.push(asked);
        return false;
      },
    },
    { authroles: { guest: { permissions: [] } } },
  );
  const peer = attached(router);
  expect(await hello(peer, { authmethods: ['ticket'], authid: 'kim' })).toMatchObject({ type: Code.CHALLENGE });
  peer.send([Code.AUTHENTICATE, 'any', {}]);
  expect((await peer.next())[0]).toBe(Code.WELCOME);
  peer.send(CALL(1, {}, 'com.example.add'));
  expect((await peer.next())[0]).toBe(Code.ERROR);
  const [query, asked] = seen;
  expect(query && 'transport' in query && query.transport.request).toEqual(request);
  expect(asked && 'action' in asked && asked.request).toEqual(request);
});

test('[K4] nobody else sees the request: not the meta API, not listeners, not the log', async () => {
  const { router, log } = opened({ recognize: bySid });
  const joined: RouterSession[] = [];
  router.on('join', (session) => void joined.push(session));
  const watcher = attached(router, {});
  const peer = attached(router);
  await hello(peer);
  const { authid } = { authid: 'jane' };
  const watching = attached(router);
  await hello(watching);
  const [session] = router.sessions;
  watching.send(CALL(1, {}, 'wamp.session.get', [session?.id]));
  const said = JSON.stringify([await watching.next(), log, joined, router.sessions, router]);
  expect(said).toContain(authid);
  expect(said).not.toContain('s3cret');
  expect(said).not.toContain('t0ken');
  for (const { transport } of [...joined, ...router.sessions]) expect(transport).not.toHaveProperty('request');
  watcher.close();
});

test('[K4] an open realm asks nobody', async () => {
  let calls = 0;
  const { router } = opened({
    recognize: () => {
      calls++;
      return undefined;
    },
  });
  expect(await hello(attached(router), {}, 'open')).toMatchObject({ authrole: 'anonymous' });
  expect(calls).toBe(0);
});
