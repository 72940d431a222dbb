/* Users as the authenticators of Crossbar.io tell them, and its dialect of SCRAM, from HELLO to WELCOME. */
import { Connection, type Credentials, ticket } from 'autostrada';
import { argon2id } from 'autostrada/argon2';
import { cryptosign } from 'autostrada/cryptosign';
import type { Router } from 'autostrada/router';
import { scram, scramEntry } from 'autostrada/scram';
import { wampcra } from 'autostrada/wampcra';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bytesToHex, utf8 } from '../../src/auth/crypto/bytes.ts';
import { prove } from '../../src/auth/proofs/scram-keys.ts';
import { oldAuthMessage } from '../../src/auth/proofs/scram-message.ts';
import { base64ToBytes, bytesToBase64 } from '../../src/serializer/bytes/base64.ts';
import { openRouter } from './open-router.ts';

const authroles = { frontend: { permissions: 'all' }, staff: { permissions: 'all' } } as const;

/** Logs in where the authenticator answers so; gives WELCOME's authrole, or the reason of the refusal. */
async function login(auth: Credentials, authenticate: (details: { ticket?: string }) => unknown): Promise<unknown> {
  const { router } = openRouter({ realms: { realm1: { authroles, authenticator: 'com.example.authenticate' } } });
  const staff = new Connection({ url: router.as({ authrole: 'staff' }), realm: 'realm1' });
  onTestFinished(() => staff.close());
  await staff.register('com.example.authenticate', ([, , details]) => authenticate(details as { ticket?: string })).ready;
  return enter(router, auth);
}

async function enter(router: Router, auth: Credentials): Promise<unknown> {
  const client = new Connection({ url: router, realm: 'realm1', auth, retry: false });
  onTestFinished(() => client.close());
  return client.open().then(
    ({ details }) => details.authrole,
    ({ uri }) => uri,
  );
}

const DENIED = 'wamp.error.authentication_denied';
const role = 'frontend';
const cra = (secret: string): Credentials => wampcra({ authid: 'joe', secret });
const privateKey = '11'.repeat(32);

describe('an authenticator of Crossbar.io', () => {
  const salted = { secret: 'secret2', role, salt: 'salt123', iterations: 100, keylen: 16 };
  test.each([
    ['plain', { secret: 'secret2', role }],
    ['salted', salted],
    ['salted, by default', { secret: 'secret2', role, salt: 'salt123' }],
    ['ours', { wampcra: { secret: 'secret2' }, authrole: role }],
  ])('[G3] [R70] returns a secret for WAMP-CRA: %s', async (_, user) => {
    expect(await login(cra('secret2'), () => user)).toBe(role);
    expect(await login(cra('wrong'), () => user)).toBe(DENIED);
  });

  test('[G3] [R70] checks a ticket, and fails as long as it has none', async () => {
    const check = ({ ticket }: { ticket?: string }): unknown => {
      if (ticket === undefined) throw new Error('KeyError: ticket');
      if (ticket !== 'good') throw new Error('invalid ticket');
      return role;
    };
    expect(await login(ticket({ authid: 'joe', ticket: 'good' }), check)).toBe(role);
    expect(await login(ticket({ authid: 'joe', ticket: 'good' }), (details) => ({ role: check(details), extra: { a: 1 } }))).toBe(
      role,
    );
    expect(await login(ticket({ authid: 'joe', ticket: 'bad' }), check)).toBe('wamp.error.authentication_failed');
  });

  test('[G3] [R70] returns the public key for WAMP-cryptosign', async () => {
    const auth = cryptosign({ authid: 'joe', privateKey });
    const { authextra } = await auth.begin({ number: 1, previous: undefined, signal: new AbortController().signal });
    const pubkey = authextra?.pubkey;
    expect(await login(auth, () => ({ pubkey, role, authid: 'joe' }))).toBe(role);
    expect(await login(auth, () => ({ authorized_keys: ['22'.repeat(32), pubkey], role }))).toBe(role);
    expect(await login(auth, () => ({ pubkey: '22'.repeat(32), role }))).toBe(DENIED);
  });

  test('[G3] [R70] returns the keys for SCRAM, in hex', async () => {
    const { crossbar, salt, iterations, memory } = await scramEntry('secret3', { argon2id, memoryKiB: 4096 });
    const hex = (base64 = ''): string => bytesToHex(base64ToBytes(base64) ?? new Uint8Array(0));
    const keys = { 'stored-key': hex(crossbar?.storedKey), 'server-key': hex(crossbar?.serverKey) };
    const user = { role, kdf: 'argon2id-13', salt: hex(salt), iterations, memory, ...keys };
    expect(await login(scram({ authid: 'joe', password: 'secret3', argon2id }), () => user)).toBe(role);
    expect(await login(scram({ authid: 'joe', password: 'wrong', argon2id }), () => user)).toBe(DENIED);
  });

  test('[G3] [R70] cannot send anybody to another realm', async () => {
    expect(await login(cra('secret2'), () => ({ ...salted, realm: 'realm1' }))).toBe(role);
    expect(await login(cra('secret2'), () => ({ ...salted, realm: 'realm2' }))).toBe('wamp.error.authentication_failed');
  });
});

describe('the dialect `scram`', () => {
  test.each([
    ['pbkdf2', {}],
    ['Argon2id', { argon2id, memoryKiB: 4096 }],
  ])('[G3] [R70] [C65] logs in with %s', async (_, options) => {
    const joe = { authrole: role, scram: await scramEntry('secret3', options) };
    const { router } = openRouter({ realms: { realm1: { authroles, users: { joe } } } });
    for (const authmethods of [['scram'], ['wamp-scram']]) {
      const auth = (password: string): Credentials => ({ ...scram({ authid: 'joe', password, argon2id }), authmethods });
      expect(await enter(router, auth('secret3'))).toBe(role);
    }
  });

  test('[G3] [R70] signs and proves like Autobahn|Python 26, as recorded with Argon2id', async () => {
    const asked = { nonce: 'tlNPRycthjrbqtuoFz2wFA==B40ApMLCzVjrY4nR99R0DgPB', salt: 'Jyving8q26iHy7I/kdOG/Q==', iterations: 2 };
    const salt = base64ToBytes(asked.salt) ?? new Uint8Array(0);
    const key = await argon2id({ password: utf8('secret3'), salt, iterations: 2, memoryKiB: 4096, length: 32 });
    const message = oldAuthMessage('carol', 'tlNPRycthjrbqtuoFz2wFA==', asked);
    const { proof, verifier } = await prove(utf8(bytesToBase64(key).replace(/=+$/, '')), message);
    expect(bytesToBase64(proof)).toBe('my1XCBa/vCEV8hD0HHyPES3PLBEqYM9UqBgDs7t8HXc=');
    expect(bytesToBase64(verifier)).toBe('sWM4BjzxkJhTinOQbXvIr52RxncmtDFeFpYb/rMcBPI=');
  });
});
