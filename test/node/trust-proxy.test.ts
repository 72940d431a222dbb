/* Whose failed logins count together, also behind a proxy. */
import { Connection, ticket } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { type ListenOptions, listen, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';

const user = { permissions: 'all' as const };
const config = {
  realms: { realm1: { anonymous: 'user', authroles: { user }, users: { joe: { authrole: 'user', ticket: 'secret' } } } },
};

async function router(options: ListenOptions) {
  const router = new Router(config);
  const listener = await listen(router, { port: 0, ...options });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
  });
  const login = (forwardedFor: string, secret = 'wrong') => {
    const url = webSocket(listener.url, { headers: { 'X-Forwarded-For': forwardedFor, 'X-Forwarded-Proto': 'https' } });
    const connection = new Connection({ url, realm: 'realm1', retry: false, auth: ticket({ authid: 'joe', ticket: secret }) });
    onTestFinished(() => connection.close());
    return connection;
  };
  return { router, listener, login };
}

describe('the address of a client', () => {
  test('[R70] is the last one in the header of a trusted proxy', async () => {
    const { router: there, login, listener } = await router({ trustProxy: true });
    await login('1.2.3.4, 203.0.113.7', 'secret').open();
    await login('2001:db8::7', 'secret').open();
    const url = longPoll(listener.longPollUrl ?? '', { headers: { 'X-Forwarded-For': '203.0.113.9' } });
    const polling = new Connection({ url, realm: 'realm1' });
    onTestFinished(() => polling.close());
    await polling.open();
    expect(there.sessions.map(({ transport: { peer, isSecure } }) => [peer, isSecure])).toEqual([
      ['203.0.113.7', true],
      ['[2001:db8::7]', true],
      ['203.0.113.9', false],
    ]);
  });

  test('[R70] is that of the socket, whatever the client says, without a trusted proxy', async () => {
    const { router: there, login } = await router({});
    await login('203.0.113.7', 'secret').open();
    expect(there.sessions[0]?.transport).toMatchObject({ peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/), isSecure: false });
  });

  test('[R70] [R04] is refused after too many failed logins, and no other', async () => {
    const { login } = await router({ trustProxy: true });
    const failures = await Promise.all(Array.from({ length: 12 }, () => failure(login('203.0.113.7').open())));
    expect(failures.map(({ uri }) => uri)).toEqual(Array(12).fill('wamp.error.authentication_denied'));
    expect(await failure(login('203.0.113.7', 'secret').open())).toMatchObject({ uri: 'autostrada.error.too_many_logins' });
    expect(await login('203.0.113.8', 'secret').open()).toMatchObject({ authid: 'joe' });
  });
});
