/* `console.log` of what we give is short, and shows no secret. */
import { inspect } from 'node:util';
import { Connection, ticket } from 'autostrada';
import { connect, durable } from 'autostrada/core';
import { Router } from 'autostrada/router';
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
  expect(shown(router)).toMatch(/^Router \{ name: 'router', isClosed: false, limits: \{.*\} \}$/);
  const ofSession = `SessionCore { id: ${session.id}, realm: 'realm1', authid: 'joe', authrole: 'user', isOpen: true }`;
  expect(shown(session)).toBe(ofSession);
  expect(shown(all)).toBe(`Connection { status: { state: 'joined', session: ${ofSession}, url: 'router' } }`);
  expect(handles.map(shown)).toEqual([
    "DurableSubscriptionHandle { topic: 'com.example.news', state: 'active' }",
    "DurableRegistrationHandle { procedure: 'com.example.one', state: 'active' }",
  ]);
  for (const each of [router, all, part, session, ...handles, [all.status], await session.subscribe('com.example.other', () => {})])
    expect(inspect(each, { depth: 100 })).not.toContain(secret);
});
