/* Who is not there costs the router what somebody costs who is: hashes and comparisons are counted, not milliseconds. */
import type nacl from 'tweetnacl';
import { beforeEach, describe, expect, it, vi } from 'vitest';

const counts = vi.hoisted(() => ({ hashes: 0, comparisons: 0, curves: 0 }));
vi.mock('../../src/auth/crypto/hashes-now.ts', async (original) => {
  const real = await original<typeof import('../../src/auth/crypto/hashes-now.ts')>();
  const counted =
    <A extends unknown[], R>(run: (...args: A) => R) =>
    (...args: A): R => {
      counts.hashes++;
      return run(...args);
    };
  return { ...real, sha256: counted(real.sha256), hmacSha256: counted(real.hmacSha256) };
});
vi.mock('../../src/auth/crypto/bytes.ts', async (original) => {
  const real = await original<typeof import('../../src/auth/crypto/bytes.ts')>();
  const counted =
    <A extends unknown[], R>(run: (...args: A) => R) =>
    (...args: A): R => {
      counts.comparisons++;
      return run(...args);
    };
  return { ...real, sameBytes: counted(real.sameBytes), sameText: counted(real.sameText) };
});
vi.mock('tweetnacl', async (original) => {
  const { default: real } = (await original()) as { readonly default: typeof nacl };
  const verify: typeof real.sign.detached.verify = (...args) => {
    counts.curves++;
    return real.sign.detached.verify(...args);
  };
  const detached = Object.assign(real.sign.detached.bind(undefined), real.sign.detached, { verify });
  const sign = Object.assign(real.sign.bind(undefined), real.sign, { detached });
  return { default: { ...real, sign } };
});

const { cryptosignMethod } = await import('../../src/auth/methods/cryptosign.ts');
const { scramMethod } = await import('../../src/auth/methods/scram.ts');
const { ticketMethod } = await import('../../src/auth/methods/ticket.ts');
const { wampcraMethod } = await import('../../src/auth/methods/wampcra.ts');
const { claim } = await import('../auth/begin.ts');

const salted = { key: 'nythvFZ7EuM5sPCQrrgnz1oJiZXUNcZZFlDIdGSiNUs=', salt: 'salt123', iterations: 1000, keylen: 32 };
const scram = {
  kdf: 'pbkdf2' as const,
  salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
  iterations: 4096,
  storedKey: `${'A'.repeat(43)}=`,
  serverKey: `${'A'.repeat(43)}=`,
};
const pubkey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const authextra = { nonce: 'A'.repeat(24), pubkey };

const methods: [string, (isThere: boolean) => ReturnType<typeof ticketMethod.begin>, string][] = [
  ['ticket', (isThere) => ticketMethod.begin(claim(), isThere ? 'secret' : undefined), 'wrong'],
  ['wampcra', (isThere) => wampcraMethod.begin(claim(), isThere ? { secret: 'secret' } : undefined, { secret: 'like' }), 'wrong'],
  ['wampcra, salted', (isThere) => wampcraMethod.begin(claim(), isThere ? salted : undefined, salted), 'wrong'],
  ['wamp-scram', (isThere) => scramMethod.begin(claim({ authextra }), isThere ? scram : undefined, scram), `${'B'.repeat(43)}=`],
  [
    'cryptosign',
    (isThere) => cryptosignMethod.begin(claim({ authextra }), isThere ? { publicKeys: [pubkey] } : undefined),
    'ab'.repeat(96),
  ],
];

describe('an unknown user and a wrong secret', () => {
  beforeEach(() => void Object.assign(counts, { hashes: 0, comparisons: 0, curves: 0 }));

  it.each(methods)('[R70] cost the same by %s', async (_name, begin, signature) => {
    const costs: object[] = [];
    for (const isThere of [true, false]) {
      Object.assign(counts, { hashes: 0, comparisons: 0, curves: 0 });
      const verifier = begin(isThere);
      await verifier.challenge();
      expect(await verifier.verify(signature, {})).toMatchObject({ isValid: false });
      costs.push({ ...counts });
    }
    expect(costs[0]).toEqual(costs[1]);
    expect(counts.comparisons + counts.curves).toBeGreaterThan(0);
  });
});
