/* Every way to log in, right and wrong, over every transport and serializer. */
import { type Credentials, FatalError, ticket } from 'autostrada';
import { argon2id } from 'autostrada/argon2';
import { cryptosign, generateKeyPair } from 'autostrada/cryptosign';
import type { RouterConfig } from 'autostrada/router';
import { scram, scramEntry } from 'autostrada/scram';
import { deriveKey, wampcra } from 'autostrada/wampcra';
import { describe, expect, it } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

const salted = { salt: 'salt123', iterations: 1000, keylen: 32 };
const [own, spare, router] = [generateKeyPair(), generateKeyPair(), generateKeyPair()];
const authrole = 'user';

const config: RouterConfig = {
  realms: {
    realm1: {
      authroles: { user: { permissions: [{ uri: 'com.user.{authid}.', match: 'prefix', allow: 'all' }] } },
      privateKey: router.privateKey,
      users: {
        tess: { authrole, ticket: 'right' },
        peter: { authrole, wampcra: { secret: 'right' } },
        petra: { authrole, wampcra: { key: await deriveKey('right', 'salt123'), ...salted } },
        scott: { authrole, scram: await scramEntry('right', { iterations: 4096 }) },
        argo: { authrole, scram: await scramEntry('right', { argon2id, iterations: 2, memoryKiB: 2048 }) },
        chris: { authrole, cryptosign: { publicKeys: [spare.publicKey, own.publicKey] } },
      },
    },
  },
};

const seed = (secret: string): string => (secret === 'right' ? own.privateKey : generateKeyPair().privateKey);
/** Duty, whose login, and how it is made with this secret. */
const ways: readonly [duty: string, authmethod: string, authid: string, make: (authid: string, secret: string) => Credentials][] = [
  ['C61', 'ticket', 'tess', (authid, secret) => ticket({ authid, ticket: secret })],
  ['C62', 'wampcra', 'peter', (authid, secret) => wampcra({ authid, secret })],
  ['C63', 'wampcra', 'petra', (authid, secret) => wampcra({ authid, secret })],
  ['C64', 'wamp-scram', 'scott', (authid, password) => scram({ authid, password })],
  ['C65', 'wamp-scram', 'argo', (authid, password) => scram({ authid, password, argon2id })],
  ['C67', 'cryptosign', 'chris', (authid, secret) => cryptosign({ authid, privateKey: seed(secret) })],
  ['C68', 'cryptosign', 'chris', (authid, secret) => cryptosign({ authid, privateKey: seed(secret), routerKey: router.publicKey })],
];

function contract(bench: Bench): void {
  describe.each(ways)('[%s] [R70] by %s', (_duty, authmethod, authid, make) => {
    it(`lets ${authid} in, and nobody else`, async () => {
      const connection = bench.connect({ auth: make(authid, 'right') });
      expect(await connection.open()).toMatchObject({ authid, authrole, authmethod });
      await connection.register(`com.user.${authid}.mine`, () => 'mine').ready;
      expect(await connection.call(`com.user.${authid}.mine`)).toBe('mine');
      expect(await failure(connection.call('com.user.other.theirs'))).toMatchObject({ uri: 'wamp.error.not_authorized' });
      for (const [who, secret] of [
        [authid, 'wrong'],
        ['nobody', 'right'],
      ] as const) {
        // Who is not there is asked for an argon2id13 as well, should he resemble one who has that.
        const auth = authmethod === 'wamp-scram' ? scram({ authid: who, password: secret, argon2id }) : make(who, secret);
        expect(await failure(bench.connect({ auth }).open())).toMatchObject({
          name: 'JoinError',
          uri: 'wamp.error.authentication_denied',
          message: expect.stringMatching(/\(no such user, or a wrong proof\)$/),
        });
      }
      expect(bench.router.sessions).toMatchObject([{ authid, authmethod }]);
    });
  });

  it('[C67] [R70] finds the user by the key', async () => {
    expect(await bench.connect({ auth: cryptosign({ privateKey: own.privateKey }) }).open()).toMatchObject({ authid: 'chris' });
  });

  it('[C68] refuses a router that has another key', async () => {
    const auth = cryptosign({ privateKey: own.privateKey, routerKey: spare.publicKey });
    expect(await failure(bench.connect({ auth }).open())).toMatchObject({ uri: 'wamp.error.cannot_authenticate' });
  });

  it('[C70] [R04] offers several, and the router takes the first that the user has', async () => {
    const auth = [ticket({ authid: 'scott', ticket: 'right' }), scram({ authid: 'scott', password: 'right' })];
    expect(await bench.connect({ auth }).open()).toMatchObject({ authid: 'scott', authmethod: 'wamp-scram' });
  });

  it('[C70] does not join as two users at once', async () => {
    const auth = [ticket({ authid: 'tess', ticket: 'right' }), wampcra({ authid: 'peter', secret: 'right' })];
    expect(await failure(bench.connect({ auth }).open())).toBeInstanceOf(FatalError);
  });
}

overMatrix('logins', contract, config);
