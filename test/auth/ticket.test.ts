/* The router is played by hand: what the client offers, and what it answers. */
import { type Attempt, anonymous, Connection, type ConnectionOptions, FatalError, ticket } from 'autostrada';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ABORT, AUTHENTICATE, CHALLENGE } from '../fixtures/messages.ts';
import { ScriptedRouter, welcome } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

function connectWith(auth: ConnectionOptions['auth'], options: Partial<ConnectionOptions> = {}) {
  const router = new ScriptedRouter();
  const connection = new Connection({ url: router, realm: 'realm1', auth, retry: false, ...options });
  onTestFinished(() => connection.close());
  return { router, connection };
}

describe('a login by ticket', () => {
  it('[C61] sends the authid in HELLO, answers CHALLENGE with the ticket, and is welcomed', async () => {
    const { router, connection } = connectWith(ticket({ authid: 'joe', ticket: 's3cret', authextra: { device: 7 } }));
    const opening = connection.open();
    const peer = await router.peer();
    const [, , hello] = await peer.next();
    expect(hello).toMatchObject({ authmethods: ['ticket'], authid: 'joe', authextra: { device: 7 } });
    expect(JSON.stringify(hello)).not.toContain('s3cret');
    peer.send(CHALLENGE('ticket', {}));
    await peer.expect(AUTHENTICATE('s3cret', {}));
    peer.send(welcome());
    await opening;
    void answerGoodbye(peer);
  });

  it('[C61] [C70] answers two rounds of CHALLENGE', async () => {
    const { router, connection } = connectWith(ticket({ authid: 'joe', ticket: 's3cret' }));
    const opening = connection.open();
    const peer = await router.peer();
    await peer.next();
    for (const extra of [{}, { round: 2 }]) {
      peer.send(CHALLENGE('ticket', extra));
      await peer.expect(AUTHENTICATE('s3cret', {}));
    }
    peer.send(welcome());
    await opening;
    void answerGoodbye(peer);
  });

  it('[C61] asks a function for the ticket only when the router picks the method', async () => {
    const secret = vi.fn(() => 's3cret');
    const { router, connection } = connectWith([ticket({ authid: 'joe', ticket: secret }), anonymous()]);
    const opening = connection.open();
    const peer = await router.peer();
    expect((await peer.next())[2]).toMatchObject({ authmethods: ['ticket', 'anonymous'], authid: 'joe' });
    peer.send(welcome());
    await opening;
    expect(secret).not.toHaveBeenCalled();
    void answerGoodbye(peer);
  });

  it('[C61] tells the function why the last session ended, and accepts a promise', async () => {
    const attempts: Attempt[] = [];
    const secret = async (attempt: Attempt): Promise<string> => `token ${attempts.push(attempt)}`;
    const { router, connection } = connectWith(ticket({ authid: 'joe', ticket: secret }), { retry: { minMs: 0, maxMs: 0 } });
    connection.on('status', () => {});
    const opening = connection.open();
    for (const round of [1, 2]) {
      const peer = await router.peer();
      await peer.next();
      peer.send(CHALLENGE('ticket', {}));
      await peer.expect(AUTHENTICATE(`token ${round}`, {}));
      peer.send(welcome());
      await opening;
      if (round === 1) peer.close();
      else void answerGoodbye(peer);
    }
    expect(attempts.map(({ previous }) => previous?.uri)).toEqual([undefined, 'wamp.error.network_failure']);
  });

  it('[C61] aborts after a CHALLENGE for another method, and does not send the ticket', async () => {
    const secret = vi.fn(() => 's3cret');
    const { router, connection } = connectWith(ticket({ authid: 'joe', ticket: secret }));
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(CHALLENGE('wampcra', { challenge: '{}' }));
    expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.cannot_authenticate'));
    expect(await opening).toMatchObject({ name: 'JoinError', uri: 'wamp.error.cannot_authenticate' });
    expect(secret).not.toHaveBeenCalled();
  });

  it('[C61] rejects with the reason when the ticket is refused', async () => {
    const { router, connection } = connectWith(ticket({ authid: 'joe', ticket: 'wrong' }));
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(CHALLENGE('ticket', {}));
    await peer.expect(AUTHENTICATE('wrong', {}));
    peer.send(ABORT({ message: 'no such user' }, 'wamp.error.authentication_denied'));
    const error = await opening;
    expect(error).toMatchObject({ name: 'JoinError', uri: 'wamp.error.authentication_denied' });
    expect(error.message).not.toContain('wrong');
  });

  it.each<[string, () => string, string, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('the vault is closed');
      },
      'JoinError',
      /the vault is closed/,
    ],
    [
      'throws a FatalError',
      () => {
        throw new FatalError('no more');
      },
      'FatalError',
      /no more/,
    ],
    ['gives no string', () => 42 as unknown as string, 'JoinError', /expected ticket to be a string, got number/],
  ])('[C61] aborts when the function %s', async (_, secret, name, message) => {
    const { router, connection } = connectWith(ticket({ authid: 'joe', ticket: secret }));
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(CHALLENGE('ticket', {}));
    expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.cannot_authenticate'));
    expect(await opening).toMatchObject({ name, message: expect.stringMatching(message) });
  });

  it('refuses anything but a ticket, without showing it', () => {
    expect(() => ticket({ authid: 'joe', ticket: 42 as unknown as string })).toThrow('expected ticket to be a string, got number');
    expect(() => ticket({ ticket: 's3cret' } as never)).toThrow('expected authid to be a string, got undefined');
  });
});
