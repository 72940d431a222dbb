import { Connection, type Credentials, FatalError, JoinError, ticket, type WampError } from 'autostrada';
import { cryptosign } from 'autostrada/cryptosign';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ABORT, AUTHENTICATE, CHALLENGE, Code, HELLO } from '../fixtures/messages.ts';
import { type ScriptedPeer, ScriptedRouter, welcome } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

const DENIED = 'wamp.error.authentication_denied';

function dial(auth: Credentials): { connection: Connection; router: ScriptedRouter } {
  const router = new ScriptedRouter();
  const connection = new Connection({ url: router, realm: 'realm1', auth, retry: { minMs: 1, maxMs: 1, stableMs: 0 } });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  return { connection, router };
}

/** The next attempt, up to its answer to the CHALLENGE. */
async function challenged(router: ScriptedRouter): Promise<{ peer: ScriptedPeer; signature: unknown }> {
  const peer = await router.peer();
  expect((await peer.next())[0]).toBe(Code.HELLO);
  peer.send(CHALLENGE('ticket', {}));
  const [code, signature] = await peer.next();
  expect(code).toBe(Code.AUTHENTICATE);
  return { peer, signature };
}

const deny = (peer: ScriptedPeer): void => peer.send(ABORT({}, DENIED));

describe('a secret that a function gives', () => {
  it('[C61] [C70] is asked for once more after a refusal, with the reason', async () => {
    const asked: (WampError | undefined)[] = [];
    const { connection, router } = dial(ticket({ authid: 'joe', ticket: async ({ previous }) => `token ${asked.push(previous)}` }));
    const opening = connection.open();
    const first = await challenged(router);
    expect(first.signature).toBe('token 1');
    deny(first.peer);
    const second = await challenged(router);
    expect(second.signature).toBe('token 2');
    second.peer.send(welcome());
    void answerGoodbye(second.peer);
    await opening;
    expect(asked.map((error) => error?.uri)).toEqual([undefined, DENIED]);
  });

  it('[C70] ends the connection when it is refused twice', async () => {
    const { connection, router } = dial(ticket({ authid: 'joe', ticket: () => 'old' }));
    const opening = failure(connection.open());
    for (let i = 0; i < 2; i++) deny((await challenged(router)).peer);
    expect(await opening).toMatchObject({ name: 'JoinError', uri: DENIED });
    expect(connection.status.state).toBe('closed');
  });

  it('[C70] may be refused once again after another session', async () => {
    const { connection, router } = dial(ticket({ authid: 'joe', ticket: () => 'token' }));
    const opening = connection.open();
    const first = await challenged(router);
    deny(first.peer);
    const second = await challenged(router);
    second.peer.send(welcome());
    await opening;
    second.peer.close();
    deny((await challenged(router)).peer);
    const last = await challenged(router);
    last.peer.send(welcome());
    void answerGoodbye(last.peer);
    await expect.poll(() => connection.status.state).toBe('joined');
  });

  it('[C70] is asked for again if the function fails', async () => {
    let count = 0;
    const token = (): string => {
      if (++count === 1) throw new Error('the vault is down');
      return 'token';
    };
    const { connection, router } = dial(ticket({ authid: 'joe', ticket: token }));
    const opening = connection.open();
    const peer = await router.peer();
    await peer.next();
    peer.send(CHALLENGE('ticket', {}));
    expect(await peer.next()).toMatchObject(ABORT(expect.anything(), 'wamp.error.cannot_authenticate'));
    const second = await challenged(router);
    second.peer.send(welcome());
    void answerGoodbye(second.peer);
    await opening;
  });

  it('[C70] is reported as a failed login if the function fails, even before HELLO', async () => {
    const keys = [() => undefined as never, () => 'ab', () => Promise.reject(new Error('the vault is down'))];
    for (const privateKey of keys) {
      const router = new ScriptedRouter();
      const auth = cryptosign({ authid: 'joe', privateKey });
      const connection = new Connection({ url: router, realm: 'realm1', auth, retry: { maxAttempts: 1 } });
      const error = await failure(connection.open());
      expect(error).toMatchObject({ name: 'JoinError', uri: 'wamp.error.cannot_authenticate' });
      expect(error.message).toMatch(/^the login failed: (expected privateKey|the vault is down)/);
    }
  });

  it('[C70] ends the connection if the function throws a FatalError', async () => {
    const { connection, router } = dial(
      ticket({
        authid: 'joe',
        ticket: () => {
          throw new FatalError('the account is gone');
        },
      }),
    );
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(CHALLENGE('ticket', {}));
    expect(await opening).toBeInstanceOf(FatalError);
    expect(connection.status.state).toBe('closed');
  });
});

describe('a secret that is a string', () => {
  it('[C70] is not sent again after a refusal', async () => {
    const { connection, router } = dial(ticket({ authid: 'joe', ticket: 'wrong' }));
    const opening = failure(connection.open());
    deny((await challenged(router)).peer);
    expect(await opening).toBeInstanceOf(JoinError);
    expect(connection.status.state).toBe('closed');
  });
});

describe('credentials that are an object literal, as with Autobahn,', () => {
  it('[C61] [C70] answer every method that they name', async () => {
    const methods: string[] = [];
    const { connection, router } = dial({
      authmethods: ['wampcra', 'ticket'],
      begin: () => ({ authid: 'joe', onchallenge: (method) => `signed${methods.push(method) > 2 ? '?' : ''}` }),
    });
    const opening = connection.open();
    const peer = await router.peer();
    expect(await peer.next()).toMatchObject(HELLO('realm1', { authid: 'joe', authmethods: ['wampcra', 'ticket'] }));
    peer.send(CHALLENGE('wampcra', {}));
    await peer.expect(AUTHENTICATE('signed', {}));
    peer.send(CHALLENGE('ticket', {}));
    await peer.expect(AUTHENTICATE('signed', {}));
    peer.send(welcome());
    void answerGoodbye(peer);
    await opening;
    expect(methods).toEqual(['wampcra', 'ticket']);
  });
});
