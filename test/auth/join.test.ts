/* Logins in the life of a connection: what is retried, what is final, what a client says to a router that does it wrong. */
import { type Attempt, anonymous, Connection, type ConnectionOptions, FatalError, type Secret, ticket } from 'autostrada';
import { cryptosign, generateKeyPair } from 'autostrada/cryptosign';
import { scram } from 'autostrada/scram';
import { wampcra } from 'autostrada/wampcra';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ABORT, AUTHENTICATE, CHALLENGE } from '../fixtures/messages.ts';
import { ScriptedRouter, welcome } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

const DENIED = 'wamp.error.authentication_denied';

function connectWith(auth: ConnectionOptions['auth'], options: Partial<ConnectionOptions> = {}) {
  const router = new ScriptedRouter();
  const connection = new Connection({ url: router, realm: 'realm1', auth, retry: { minMs: 0, maxMs: 0 }, ...options });
  connection.on('status', () => {});
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  /** The next login: until it has answered CHALLENGE. */
  const asked = async (method = 'ticket', extra: object = {}) => {
    const peer = await router.peer();
    await peer.next();
    peer.send(CHALLENGE(method, extra));
    return { peer, answer: await peer.next() };
  };
  return { router, connection, asked };
}

/** Joined once, then the connection was lost. */
async function lostOnce(secret: Secret, options?: Partial<ConnectionOptions>) {
  const attempts: Attempt[] = [];
  const asking = (attempt: Attempt) => {
    attempts.push(attempt);
    return typeof secret === 'function' ? secret(attempt) : secret;
  };
  const all = connectWith(ticket({ authid: 'joe', ticket: typeof secret === 'function' ? asking : secret }), options);
  const opening = all.connection.open();
  const { peer } = await all.asked();
  peer.send(welcome());
  await opening;
  peer.close();
  return { ...all, attempts };
}

describe('a refusal after a reconnect', () => {
  it('[C61] [C70] is reported to the function that gave the secret, and its new secret is used', async () => {
    const tokens = ['old', 'old', 'new'];
    const { asked, attempts, connection } = await lostOnce(() => tokens.shift() ?? '');
    const stale = await asked();
    expect(stale.answer).toEqual(AUTHENTICATE('old', {}));
    stale.peer.send(ABORT({}, DENIED));
    const fresh = await asked();
    expect(fresh.answer).toEqual(AUTHENTICATE('new', {}));
    fresh.peer.send(welcome());
    await expect.poll(() => connection.status.state).toBe('joined');
    expect(attempts.map(({ previous }) => previous?.uri)).toEqual([undefined, 'wamp.error.network_failure', DENIED]);
    void answerGoodbye(fresh.peer);
  });

  it('[C61] is final the second time', async () => {
    const { asked, attempts, connection } = await lostOnce(() => 'old');
    for (const _ of [1, 2]) (await asked()).peer.send(ABORT({}, DENIED));
    expect(await connection.closed).toMatchObject({ name: 'JoinError', uri: DENIED });
    expect(attempts).toHaveLength(3);
  });

  it('[C61] is final at once when the secret is a string', async () => {
    const { asked, connection } = await lostOnce('old');
    (await asked()).peer.send(ABORT({}, DENIED));
    expect(await connection.closed).toMatchObject({ uri: DENIED });
  });

  it('[C61] is reported at the first open() too, because a cached token may have expired', async () => {
    const tokens = ['old', 'new'];
    const { asked, connection } = connectWith(ticket({ authid: 'joe', ticket: () => tokens.shift() ?? '' }));
    const opening = connection.open();
    (await asked()).peer.send(ABORT({}, DENIED));
    const { peer, answer } = await asked();
    expect(answer).toEqual(AUTHENTICATE('new', {}));
    peer.send(welcome());
    await opening;
    void answerGoodbye(peer);
  });

  it.each([
    ['no_auth_method', 'no_matching_auth_method'],
    ['not_auth_method', 'no_matching_auth_method'],
    ['authentication_failed', 'authentication_failed'],
    ['not_authorized', 'not_authorized'],
  ])('[C04] with wamp.error.%s is a JoinError with wamp.error.%s, and keeps the reason as it came', async (reason, uri) => {
    const { asked, connection } = connectWith(ticket({ authid: 'joe', ticket: 'x' }));
    const opening = failure(connection.open());
    (await asked()).peer.send(ABORT({ message: 'no' }, `wamp.error.${reason}`));
    expect(await opening).toMatchObject({ name: 'JoinError', uri: `wamp.error.${uri}`, reason: `wamp.error.${reason}` });
  });
});

describe('credentials that fail', () => {
  it('[C61] in the middle of a login are asked for again', async () => {
    let times = 0;
    const secret = () => (++times === 1 ? Promise.reject(new Error('the vault is closed')) : 'secret');
    const { asked, connection } = connectWith(ticket({ authid: 'joe', ticket: secret }));
    const opening = connection.open();
    const first = await asked();
    expect(first.answer).toEqual(ABORT({ message: 'the vault is closed' }, 'wamp.error.cannot_authenticate'));
    const second = await asked();
    expect(second.answer).toEqual(AUTHENTICATE('secret', {}));
    second.peer.send(welcome());
    await opening;
    void answerGoodbye(second.peer);
  });

  it('[C61] before HELLO are asked for again', async () => {
    const auth = vi.fn<() => Promise<ReturnType<typeof anonymous>>>(async () => anonymous());
    auth.mockRejectedValueOnce(new Error('not yet'));
    const { router, connection } = connectWith(auth);
    const opening = connection.open();
    await router.peer();
    const peer = await router.joined();
    await opening;
    expect(auth).toHaveBeenCalledTimes(2);
    void answerGoodbye(peer);
  });

  it('[C61] [C67] end all attempts with a FatalError, wherever they throw it', async () => {
    const fatal = () => {
      throw new FatalError('the account is closed');
    };
    for (const auth of [
      ticket({ authid: 'joe', ticket: fatal }),
      cryptosign({ privateKey: fatal }),
      fatal,
      { authmethods: ['ticket'], begin: fatal },
    ]) {
      const { router, connection } = connectWith(auth);
      const opening = failure(connection.open());
      if (auth !== fatal && 'isAsked' in auth && auth.authmethods[0] === 'ticket') {
        const peer = await router.peer();
        await peer.next();
        peer.send(CHALLENGE('ticket', {}));
      }
      expect(await opening).toMatchObject({ name: 'FatalError', message: 'the account is closed' });
      expect(connection.status.state).toBe('closed');
    }
  });

  it('[C70] that name two users are a final error', async () => {
    const { connection } = connectWith([ticket({ authid: 'joe', ticket: 'x' }), wampcra({ authid: 'jane', secret: 'x' })]);
    expect(await failure(connection.open())).toMatchObject({
      name: 'FatalError',
      message: expect.stringContaining('joe and jane'),
    });
  });
});

it('a HELLO that cannot be made says so, and why', async () => {
  const hello = {
    get agent(): string {
      throw new Error('no agent today');
    },
  };
  const { connection } = connectWith(undefined, {
    retry: false,
    hello: { _x: Object.defineProperty({}, 'x', { enumerable: true, get: () => hello.agent }) },
  });
  expect(await failure(connection.open())).toMatchObject({
    name: 'JoinError',
    message: expect.stringMatching(/^cannot say HELLO: .*no agent today/),
  });
});

describe('a CHALLENGE of a router', () => {
  it('[C70] is answered by the right method in each of several rounds', async () => {
    const both = [ticket({ authid: 'joe', ticket: 'secret' }), wampcra({ authid: 'joe', secret: 'secret2' })];
    const { asked, connection } = connectWith(both);
    const opening = connection.open();
    const { peer, answer } = await asked('wampcra', { challenge: '{}' });
    expect(answer).toEqual(AUTHENTICATE(expect.stringMatching(/^.{43}=$/), {}));
    peer.send(CHALLENGE('ticket', {}));
    await peer.expect(AUTHENTICATE('secret', {}));
    peer.send(welcome());
    await opening;
    void answerGoodbye(peer);
  });

  it('[C70] that follows every answer is a violation after five rounds', async () => {
    const secret = vi.fn(() => 'secret');
    const { asked, connection } = connectWith(ticket({ authid: 'joe', ticket: secret }), { retry: false });
    const opening = failure(connection.open());
    const { peer } = await asked();
    for (let rounds = 1; rounds < 5; rounds++) {
      peer.send(CHALLENGE('ticket', {}));
      await peer.expect(AUTHENTICATE('secret', {}));
    }
    peer.send(CHALLENGE('ticket', {}));
    expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.protocol_violation'));
    expect(await opening).toMatchObject({ name: 'ProtocolError', message: 'expected WELCOME, got CHALLENGE again' });
    expect(secret).toHaveBeenCalledTimes(5);
  });

  it('[C70] with a method that was not offered ends in ABORT', async () => {
    const { asked, connection } = connectWith(wampcra({ authid: 'joe', secret: 'secret' }));
    const opening = failure(connection.open());
    const { answer } = await asked('ticket');
    expect(answer).toMatchObject(ABORT({}, 'wamp.error.cannot_authenticate'));
    expect(await opening).toMatchObject({ name: 'JoinError', message: expect.stringContaining("'ticket', which was not offered") });
  });

  it('[C70] is answered by an object literal, as with Autobahn’s onchallenge', async () => {
    const onchallenge = vi.fn((method: string, extra: object) => ({
      signature: method + JSON.stringify(extra),
      extra: { more: 1 },
    }));
    const { asked, connection } = connectWith({
      authmethods: ['com.example.badge'],
      begin: () => ({ authid: 'joe', onchallenge }),
    });
    const opening = connection.open();
    const { peer, answer } = await asked('com.example.badge', { nonce: 7 });
    expect(answer).toEqual(AUTHENTICATE('com.example.badge{"nonce":7}', { more: 1 }));
    peer.send(welcome());
    await opening;
    void answerGoodbye(peer);
  });
});

describe('a router that must prove who it is', () => {
  const pair = generateKeyPair();
  it.each([
    ['scram', scram({ authid: 'joe', password: 'pencil' })],
    ['cryptosign', cryptosign({ privateKey: pair.privateKey, routerKey: pair.publicKey })],
  ])('[C66] [C68] is refused by %s when it sends WELCOME at once, whatever method it names', async (_, auth) => {
    for (const authmethod of ['anonymous', 'wamp-scram', 'cryptosign', undefined]) {
      const { router, connection } = connectWith(auth);
      const opening = failure(connection.open());
      const peer = await router.peer();
      await peer.next();
      const [code, id, details] = welcome();
      peer.send([code, id, { ...(details as object), ...(authmethod ? { authmethod } : {}) }]);
      expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.cannot_authenticate'));
      expect(await opening).toMatchObject({ name: 'JoinError', message: expect.stringContaining('prove') });
    }
  });

  it('[C66] is still refused when it asks for another method afterwards', async () => {
    const { asked, connection } = connectWith([
      scram({ authid: 'joe', password: 'pencil' }),
      ticket({ authid: 'joe', ticket: 'x' }),
    ]);
    const opening = failure(connection.open());
    const peer = await (async () => {
      const { peer: first, answer } = await asked('ticket');
      expect(answer).toEqual(AUTHENTICATE('x', {}));
      return first;
    })();
    peer.send(CHALLENGE('wamp-scram', { nonce: 'abc', salt: 'AAAA', kdf: 'pbkdf2', iterations: 4096 }));
    expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.cannot_authenticate'));
    expect(await opening).toMatchObject({ uri: 'wamp.error.cannot_authenticate' });
  });

  it('[C66] may choose another of several methods', async () => {
    const { router, connection } = connectWith([scram({ authid: 'joe', password: 'pencil' }), anonymous()]);
    const opening = connection.open();
    const peer = await router.peer();
    await peer.next();
    const [code, id, details] = welcome();
    peer.send([code, id, { ...(details as object), authmethod: 'anonymous' }]);
    expect((await opening).authmethod).toBe('anonymous');
    void answerGoodbye(peer);
  });
});
