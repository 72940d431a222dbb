/* `console.log` of what we give is short, and shows no secret. */
import { inspect } from 'node:util';
import { Connection, ticket } from 'autostrada';
import { connect, durable } from 'autostrada/core';
import { generateKeyPair } from 'autostrada/cryptosign';
import { listen } from 'autostrada/node';
import { Router, type RouterSession } from 'autostrada/router';
import { expect, it, onTestFinished } from 'vitest';

const secret = 'a secret of joe';
const config = {
  realms: { realm1: { authroles: { user: { permissions: 'all' } }, users: { joe: { authrole: 'user', ticket: secret } } } },
} as const;

it('shows what a router, connections, sessions and handles are, in Node.js, at any depth', async () => {
  const router = new Router(config);
  const options = { url: router, realm: 'realm1', auth: ticket({ authid: 'joe', ticket: secret }) };
  const [all, part] = [new Connection(options), connect(options, [durable])];
  onTestFinished(async () => {
    await Promise.all([all.close(), part.close()]);
    await router.close();
  });
  const handles = [all.subscribe('com.example.news', () => {}), part.register('com.example.one', () => 1)];
  const [session] = await Promise.all([all.open(), part.open(), ...handles.map(({ ready }) => ready)]);
  const shown = (value: unknown): string => inspect(value, { depth: 100, breakLength: Number.POSITIVE_INFINITY });
  expect(shown(router)).toMatch(/^Router \{ name: 'router', isClosed: false, realms: \[ 'realm1' \], limits: \{.*\} \}$/);
  const ofSession = `SessionCore { id: ${session.id}, realm: 'realm1', authid: 'joe', authrole: 'user', isOpen: true }`;
  expect(shown(session)).toBe(ofSession);
  expect(shown(all)).toBe(`Connection { status: { state: 'joined', session: ${ofSession}, url: 'router' } }`);
  expect(handles.map(shown)).toEqual([
    "DurableSubscriptionHandle { topic: 'com.example.news', state: 'active' }",
    "DurableRegistrationHandle { procedure: 'com.example.one', state: 'active' }",
  ]);
  for (const each of [router, all, part, session, ...handles, [all.status], await session.subscribe('com.example.other', () => {})])
    for (const text of [inspect(each, { depth: 100 }), JSON.stringify(each)]) expect(text).not.toContain(secret);
  const json = { id: session.id, realm: 'realm1', authid: 'joe', authrole: 'user', isOpen: true };
  expect(JSON.parse(JSON.stringify(all))).toEqual({ status: { state: 'joined', session: json, url: 'router' } });
});

it('shows no secret of a router, its sessions and listeners, as JSON and in the console', async () => {
  const { privateKey } = generateKeyPair();
  const realm1 = { ...config.realms.realm1, privateKey };
  const router = new Router({ realms: { realm1, realm2: 'open' } });
  const joined: RouterSession[] = [];
  router.on('join', (session) => joined.push(session));
  const listener = await listen(router, { port: 0 });
  const connection = new Connection({ url: listener.url, realm: 'realm1', auth: ticket({ authid: 'joe', ticket: secret }) });
  onTestFinished(async () => {
    await connection.close();
    await listener.close();
    await router.close();
  });
  const { id } = await connection.open();
  for (const each of [router, listener, router.sessions, joined, connection]) {
    for (const text of [inspect(each, { depth: 100 }), JSON.stringify(each)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(privateKey);
    }
  }
  expect(JSON.parse(JSON.stringify(router))).toEqual({
    name: 'router',
    isClosed: false,
    realms: ['realm1', 'realm2'],
    limits: router.limits,
  });
  const identity = { id, realm: 'realm1', authid: 'joe', authrole: 'user', authmethod: 'ticket' };
  expect(JSON.parse(JSON.stringify(joined))).toMatchObject([{ ...identity, queuedBytes: 0, droppedEvents: 0 }]);
  expect(inspect(joined[0])).toMatch(/^LiveSession \{\n {2}id: \d+,/);
});
