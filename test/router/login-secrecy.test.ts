/* What somebody learns who tries: nothing, by the messages or by the work; and what others learn who look on. */
import { type Credentials, type Dict, ticket } from 'autostrada';
import { cryptosign, generateKeyPair } from 'autostrada/cryptosign';
import type { RouterConfig, UserConfig } from 'autostrada/router';
import { type ScramEntry, scram, scramEntry } from 'autostrada/scram';
import { deriveKey, wampcra } from 'autostrada/wampcra';
import nacl from 'tweetnacl';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as bytes from '../../src/auth/crypto/bytes.ts';
import * as hashes from '../../src/auth/crypto/hashes-now.ts';
import * as pbkdf2 from '../../src/auth/crypto/pbkdf2.ts';
import { ABORT, AUTHENTICATE, CALL, Code, HELLO, SUBSCRIBE } from '../fixtures/messages.ts';
import { scriptedClient } from '../fixtures/scripted-peer.ts';
import { openRouter, roles } from './open-router.ts';

const pair = generateKeyPair();
const entry: ScramEntry = await scramEntry('pencil-secret', { iterations: 4096 });
const salted = { key: await deriveKey('pencil-secret', 'salt-of-joe'), salt: 'salt-of-joe', iterations: 1000, keylen: 32 };

const users: Record<string, UserConfig> = {
  ticket: { authrole: 'staff', ticket: 'pencil-secret' },
  plain: { authrole: 'staff', wampcra: { secret: 'pencil-secret' } },
  salted: { authrole: 'staff', wampcra: salted },
  scram: { authrole: 'staff', scram: entry },
  cryptosign: { authrole: 'staff', cryptosign: { publicKeys: [pair.publicKey] } },
};
const makers: Record<string, (authid: string, secret: string) => Credentials> = {
  ticket: (authid, secret) => ticket({ authid, ticket: secret }),
  plain: (authid, secret) => wampcra({ authid, secret }),
  salted: (authid, secret) => wampcra({ authid, secret }),
  scram: (authid, password) => scram({ authid, password }),
  cryptosign: (authid, secret) =>
    cryptosign({ authid, privateKey: secret === 'right' ? pair.privateKey : generateKeyPair().privateKey }),
};
const names = Object.keys(users);
/** For one AUTHENTICATE. Comparing, by bytes or as text, is in constant time. */
const work: Record<string, object> = {
  ticket: { comparedText: 1 },
  plain: { hmac: 1, comparedText: 1 },
  salted: { hmac: 1, comparedText: 1 },
  scram: { hmac: 2, hash: 1, compared: 1 },
  cryptosign: { compared: 1, verified: 1 },
};

/** A realm in which all users are of this kind. */
const config = (kind: string): RouterConfig => ({
  realms: { realm1: { authroles: { staff: { permissions: 'all' } }, users: { joe: users[kind] ?? { authrole: 'staff' } } } },
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** All that somebody hears who logs in, and how often the router did what costs time for it. */
async function attempt(router: Parameters<typeof scriptedClient>[0], kind: string, authid: string, secret: string) {
  const credentials = (makers[kind] as (typeof makers)[string])(authid, secret);
  const { authextra, onchallenge } = await credentials.begin({
    number: 1,
    previous: undefined,
    signal: new AbortController().signal,
  });
  const counted: object[] = [];
  const counting = async <T>(work: () => Promise<T>): Promise<T> => {
    const spies = {
      hmac: vi.spyOn(hashes, 'hmacSha256'),
      hash: vi.spyOn(hashes, 'sha256'),
      pbkdf2: vi.spyOn(pbkdf2, 'pbkdf2'),
      compared: vi.spyOn(bytes, 'sameBytes'),
      comparedText: vi.spyOn(bytes, 'sameText'),
      verified: vi.spyOn(nacl.sign.detached, 'verify'),
    };
    const result = await work();
    counted.push(Object.fromEntries(Object.entries(spies).map(([name, { mock }]) => [name, mock.calls.length])));
    for (const spy of Object.values(spies)) spy.mockRestore();
    return result;
  };
  const client = scriptedClient(router);
  const hello = HELLO('realm1', { roles, authid, authmethods: credentials.authmethods, ...(authextra ? { authextra } : {}) });
  const challenge = await counting(() => {
    client.send(hello);
    return client.next() as Promise<[number, string, Dict]>;
  });
  const answer = await onchallenge?.(challenge[1], challenge[2], { channelBinding: () => undefined });
  const end = await counting(() => {
    client.send(typeof answer === 'string' ? AUTHENTICATE(answer, {}) : [5, answer?.signature, answer?.extra]);
    return client.end();
  });
  return { challenge, end, counted };
}

/** A challenge with what is random, or goes with the name, left out. */
function shape([code, method, extra]: readonly [number, string, Dict]) {
  const { challenge, nonce, salt, ...rest } = extra;
  const text = typeof challenge === 'string' && challenge.startsWith('{') ? (JSON.parse(challenge) as Dict) : undefined;
  const inside = text && { ...text, authid: '', session: 0, nonce: '', timestamp: '' };
  return [code, method, Object.keys(extra), rest, String(nonce).length, typeof salt, String(salt).length, inside];
}

describe.each(names)('a wrong secret and an unknown user, by %s', (kind) => {
  it('[R70] [R04] get the same answer, after the same work', async () => {
    const { router } = openRouter(config(kind));
    const wrong = await attempt(router, kind, 'joe', 'wrong');
    const unknown = await attempt(router, kind, 'jim', 'right');
    const denied = [ABORT({ message: 'no such user, or a wrong proof' }, 'wamp.error.authentication_denied')];
    expect([wrong.end, unknown.end]).toEqual([denied, denied]);
    expect(shape(unknown.challenge)).toEqual(shape(wrong.challenge));
    expect(unknown.counted).toEqual(wrong.counted);
    expect(wrong.counted[1]).toEqual({ hmac: 0, hash: 0, pbkdf2: 0, compared: 0, comparedText: 0, verified: 0, ...work[kind] });
  });

  it('[R70] get a different challenge each time, and one answer', async () => {
    const { router } = openRouter(config(kind));
    const [one, two] = [await attempt(router, kind, 'jim', 'x'), await attempt(router, kind, 'jim', 'x')];
    expect(one.challenge[2].salt).toBe(two.challenge[2].salt);
    if (kind !== 'ticket') expect(one.challenge[2]).not.toEqual(two.challenge[2]);
  });
});

describe('in a realm with many methods', () => {
  it('[R70] an unknown user always gets the same method, and not all get the same one', async () => {
    const { router } = openRouter({ realms: { realm1: { authroles: { staff: { permissions: 'all' } }, users } } });
    const asked = async (authid: string) => {
      const client = scriptedClient(router);
      const authextra = { nonce: 'abc', pubkey: pair.publicKey };
      client.send(HELLO('realm1', { roles, authid, authextra, authmethods: ['ticket', 'wampcra', 'wamp-scram', 'cryptosign'] }));
      const [, method] = await client.next();
      client.close();
      return method;
    };
    const first = await Promise.all(Array.from({ length: 40 }, (_, i) => asked(`nobody${i}`)));
    expect(await Promise.all(Array.from({ length: 40 }, (_, i) => asked(`nobody${i}`)))).toEqual(first);
    expect(new Set(first).size).toBe(4);
    expect(await Promise.all(names.map(asked))).toEqual(['ticket', 'wampcra', 'wampcra', 'wamp-scram', 'cryptosign']);
  });
});

describe('a secret', () => {
  it('[R70] is in no log, in no message to others and in no description of a session', async () => {
    const { router, log } = openRouter({ realms: { realm1: { authroles: { staff: { permissions: 'all' } }, users } } });
    const watcher = scriptedClient(router.as({ authrole: 'staff' }));
    watcher.send(HELLO('realm1', { roles }));
    await watcher.next();
    watcher.send(SUBSCRIBE(1, {}, 'wamp.session.on_join'));
    await watcher.next();
    for (const kind of names) {
      const credentials = (makers[kind] as (typeof makers)[string])(kind, kind === 'cryptosign' ? 'right' : 'pencil-secret');
      const { authextra, onchallenge } = await credentials.begin({
        number: 1,
        previous: undefined,
        signal: new AbortController().signal,
      });
      const client = scriptedClient(router);
      client.send(
        HELLO('realm1', {
          roles,
          authid: kind,
          authmethods: credentials.authmethods,
          authextra: { ...authextra, token: 'pencil-secret' },
        }),
      );
      const [, method, extra] = (await client.next()) as [number, string, Dict];
      const answer = await onchallenge?.(method, extra, { channelBinding: () => undefined });
      client.send(typeof answer === 'string' ? AUTHENTICATE(answer, {}) : [5, answer?.signature, answer?.extra]);
      expect((await client.next())[0]).toBe(Code.WELCOME);
      const session = await watcher.next();
      watcher.send(CALL(2 + names.indexOf(kind), {}, 'wamp.session.get', [router.sessions.at(-1)?.id]));
      const shown = JSON.stringify([session, await watcher.next(), log, credentials]) + String(credentials);
      for (const secret of ['pencil-secret', entry.storedKey, entry.serverKey, salted.key, pair.privateKey])
        expect(shown).not.toContain(secret);
    }
  });
});
