/* Every way to log in, end to end. */
import { type Credentials, ticket } from 'autostrada';
import { argon2id } from 'autostrada/argon2';
import { cryptosign, generateKeyPair } from 'autostrada/cryptosign';
import type { RouterConfig, UserConfig } from 'autostrada/router';
import { scram, scramEntry } from 'autostrada/scram';
import { deriveKey, wampcra } from 'autostrada/wampcra';
import { expect, it } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

const DENIED = 'wamp.error.authentication_denied';
const keys = generateKeyPair();
const routerKeys = generateKeyPair();
const salted = { salt: 'salt123', iterations: 1000, keylen: 32 };

const users: { readonly [authid: string]: UserConfig } = {
  joe: { authrole: 'user', ticket: 'secret' },
  peter: { authrole: 'user', wampcra: { secret: 'secret' } },
  petra: { authrole: 'user', wampcra: { key: await deriveKey('secret', salted.salt, salted), ...salted } },
  carol: { authrole: 'user', scram: await scramEntry('secret', { iterations: 4096 }), authextra: { theme: 'dark' } },
  carla: { authrole: 'user', scram: await scramEntry('secret', { argon2id, iterations: 1, memoryKiB: 4096 }) },
  'key-owner': { authrole: 'user', cryptosign: { publicKeys: [keys.publicKey] } },
};
const config: RouterConfig = {
  realms: { realm1: { authroles: { user: { permissions: 'all' } }, users, privateKey: routerKeys.privateKey } },
};

interface Way {
  readonly name: string;
  readonly authmethod: string;
  readonly authid: string;
  right(): Credentials;
  wrong(): Credentials;
}
const ways: readonly Way[] = [
  {
    name: '[C61] a ticket',
    authmethod: 'ticket',
    authid: 'joe',
    right: () => ticket({ authid: 'joe', ticket: 'secret' }),
    wrong: () => ticket({ authid: 'joe', ticket: 'wrong' }),
  },
  {
    name: '[C62] WAMP-CRA',
    authmethod: 'wampcra',
    authid: 'peter',
    right: () => wampcra({ authid: 'peter', secret: 'secret' }),
    wrong: () => wampcra({ authid: 'peter', secret: 'wrong' }),
  },
  {
    name: '[C63] WAMP-CRA, salted',
    authmethod: 'wampcra',
    authid: 'petra',
    right: () => wampcra({ authid: 'petra', secret: async () => 'secret' }),
    wrong: () => wampcra({ authid: 'petra', secret: 'wrong' }),
  },
  {
    name: '[C64] [C66] SCRAM',
    authmethod: 'wamp-scram',
    authid: 'carol',
    right: () => scram({ authid: 'carol', password: 'secret' }),
    wrong: () => scram({ authid: 'carol', password: 'wrong' }),
  },
  {
    name: '[C65] SCRAM with Argon2',
    authmethod: 'wamp-scram',
    authid: 'carla',
    right: () => scram({ authid: 'carla', password: 'secret', argon2id }),
    wrong: () => scram({ authid: 'carla', password: 'wrong', argon2id }),
  },
  {
    name: '[C67] [C68] cryptosign, with the router proving itself',
    authmethod: 'cryptosign',
    authid: 'key-owner',
    right: () => cryptosign({ privateKey: keys.privateKey, routerKey: routerKeys.publicKey }),
    wrong: () => cryptosign({ authid: 'key-owner', privateKey: generateKeyPair().privateKey }),
  },
];

function contract(bench: Bench): void {
  for (const { name, authmethod, authid, right, wrong } of ways) {
    it(`${name} [R70] lets a user log in with the right secret, and nobody else`, async () => {
      const session = await bench.connect({ auth: right() }).open();
      expect(session).toMatchObject({ authid, authrole: 'user', authmethod });
      const error = await failure(bench.connect({ auth: wrong() }).open());
      expect(error).toMatchObject({ name: 'JoinError', uri: DENIED });
      expect(bench.router.sessions.length).toBe(1);
    });
  }

  it('[C70] [R04] a client offers several methods, and the router takes the first that the user has', async () => {
    const auth = [
      wampcra({ authid: 'carol', secret: 'secret' }),
      ticket({ authid: 'carol', ticket: () => Promise.reject(new Error('nobody asks for it')) }),
      scram({ authid: 'carol', password: 'secret' }),
    ];
    const session = await bench.connect({ auth }).open();
    expect(session).toMatchObject({ authid: 'carol', authmethod: 'wamp-scram' });
    expect(session.details.authextra).toMatchObject({ theme: 'dark', verifier: expect.any(String) });
  });

  it('[R70] an unknown user is refused like a wrong secret', async () => {
    for (const auth of [
      ticket({ authid: 'nobody', ticket: 'secret' }),
      wampcra({ authid: 'nobody', secret: 'secret' }),
      scram({ authid: 'nobody', password: 'secret', argon2id }),
      cryptosign({ privateKey: generateKeyPair().privateKey }),
    ]) {
      const error = await failure(bench.connect({ auth }).open());
      expect(error).toMatchObject({ name: 'JoinError', uri: DENIED });
      expect(error.message).toContain('no such user, or a wrong proof');
    }
  });

  it('[C68] a client refuses a router with another key', async () => {
    const auth = cryptosign({ privateKey: keys.privateKey, routerKey: generateKeyPair().publicKey });
    const error = await failure(bench.connect({ auth }).open());
    expect(error).toMatchObject({ name: 'JoinError', uri: 'wamp.error.cannot_authenticate' });
    await expect.poll(() => bench.router.sessions).toEqual([]);
  });
}

overMatrix('logins', contract, config);
