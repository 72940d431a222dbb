import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Dict } from 'autostrada';
import { argon2id } from 'autostrada/argon2';
import { type ScramEntry, scram, scramEntry } from 'autostrada/scram';
import { describe, expect, it, vi } from 'vitest';
import { bytesToHex, utf8 } from '../../src/auth/crypto/bytes.ts';
import { pbkdf2 } from '../../src/auth/crypto/pbkdf2.ts';
import { scramMethod } from '../../src/auth/methods/scram.ts';
import { prove } from '../../src/auth/proofs/scram-keys.ts';
import { authMessage } from '../../src/auth/proofs/scram-message.ts';
import { base64ToBytes, bytesToBase64 } from '../../src/serializer/bytes/base64.ts';
import { claim, login } from './begin.ts';

const bytes = (base64: string): Uint8Array => base64ToBytes(base64) ?? new Uint8Array(0);
const pencil = (salt: string, iterations = 4096) => pbkdf2({ password: utf8('pencil'), salt: bytes(salt), iterations, length: 32 });

/** The values of RFC 7677 section 3, and of the specification's example with proofs that fit its nonces (wamp-protocol.md 3.5.4). */
const rfc = {
  nonce: 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
  iterations: 4096,
};
const example = { nonce: 'egVDf3DMJh0=SBmkFIh7sSo=', salt: 'aBc+fx0NAVA=', iterations: 4096 };

async function proofs(salted: Uint8Array, message: Uint8Array) {
  const { proof, verifier } = await prove(salted, message);
  return { proof: bytesToBase64(proof), verifier: bytesToBase64(verifier) };
}

describe('SCRAM', () => {
  it('[C64] gives the values of RFC 7677', async () => {
    expect(await proofs(await pencil(rfc.salt), authMessage('user', 'rOprNGfwEbeRWgbNEkqO', rfc))).toEqual({
      proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      verifier: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    });
  });

  it('[C64] gives the values of the example in the specification', async () => {
    expect(await proofs(await pencil(example.salt), authMessage('user', 'egVDf3DMJh0=', example))).toEqual({
      proof: 'L1uwjEEL7BdbtlWMKxNcQ1A/CmNjct+7xdAguB/rpnA=',
      verifier: 'AyTAljdPHv74Zx+gn+6DqiFnl4XOZUXpC7k/pSkjBOg=',
    });
  });

  it('[C65] gives the values of the example with argon2id13', async () => {
    const asked = { ...example, iterations: 3 };
    const salted = await argon2id({
      password: utf8('pencil'),
      salt: bytes(asked.salt),
      iterations: 3,
      memoryKiB: 4096,
      length: 32,
    });
    expect(bytesToHex(salted)).toBe('a4c7c6796a37a8e3389cba3f1979543eb24f5ea171581361fbd810e99f28dbe6');
    expect(await proofs(salted, authMessage('user', 'egVDf3DMJh0=', asked))).toEqual({
      proof: '45Rq0fWNLhn8SgVvNUm573pQgsGOAL7UR/mf5oYzP5Y=',
      verifier: 'yTiTcGCCbxaO96V+bwMdfoHFJJ18UErftTXdA2hdE/M=',
    });
  });

  it('[C64] escapes , and = in a name as RFC 5802 says', () => {
    const message = authMessage('a,b=c,=', 'n', { nonce: 'nm', salt: 's', iterations: 1 });
    expect(new TextDecoder().decode(message)).toBe('n=a=2Cb=3Dc=2C=3D,r=n,r=nm,s=s,i=1,c=biws,r=nm');
  });
});

describe('SCRAM in the dialect of Crossbar.io', () => {
  it('[C64] is offered first, signs no channel binding and takes its signature as verifier', async () => {
    const credentials = scram({ authid: 'joe', password: 'pencil' });
    expect(credentials.authmethods).toEqual(['scram', 'wamp-scram']);
    const { authextra, answer, welcome } = await login(credentials, undefined, 'scram');
    const hmac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest();
    const salted = pbkdf2Sync('pencil', bytes(rfc.salt), 4096, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const nonce = `${String(authextra.nonce)}AAAA`;
    const message = `n=joe,r=${String(authextra.nonce)},r=${nonce},s=${rfc.salt},i=4096,c=,r=${nonce}`;
    const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
    const { signature: proof } = await answer({ ...rfc, nonce, kdf: 'pbkdf2', memory: 0 });
    expect(proof).toBe(bytesToBase64(clientKey.map((octet, i) => octet ^ (signature[i] ?? 0))));
    const theirs = hmac(hmac(salted, 'Server Key'), message).toString('base64');
    await welcome({ authextra: { scram_server_signature: theirs } });
    for (const wrong of [{}, { scram_server_signature: bytesToBase64(new Uint8Array(32)) }])
      await expect(welcome({ authextra: wrong })).rejects.toThrow('did not prove');
  });
});

const joe = (more: object = {}) => login(scram({ authid: 'joe', password: 'pencil', ...more }));
const entry = await scramEntry('pencil', { iterations: 4096 });

describe('SCRAM, at the client,', () => {
  it('[C64] [C66] makes a new nonce of 24 octets each time, and accepts the verifier with and without v=', async () => {
    const { authextra, answer, welcome } = await joe({ authextra: { device: 7 } });
    expect(authextra).toEqual({ device: 7, nonce: expect.stringMatching(/^[\w+/]{32}$/), channel_binding: null });
    expect((await joe()).authextra.nonce).not.toBe(authextra.nonce);
    const verifier = scramMethod.begin(claim({ authextra }), entry);
    const { signature, extra } = await answer(await verifier.challenge());
    const proof = await verifier.verify(signature, extra);
    expect(proof).toEqual({ isValid: true, authextra: { verifier: expect.stringMatching(/=$/) } });
    const { verifier: theirs } = proof.authextra as { verifier: string };
    await welcome({ authextra: { verifier: theirs } });
    await welcome({ authextra: { verifier: `v=${theirs}` } });
  });

  it.each<[string, unknown]>([
    ['no authextra', undefined],
    ['no verifier', {}],
    ['another verifier', { verifier: bytesToBase64(new Uint8Array(32)) }],
    ['nonsense', { verifier: '!' }],
    ['an empty one', { verifier: '' }],
  ])('[C66] refuses a WELCOME with %s', async (_, authextra) => {
    const { answer, welcome, authextra: ours } = await joe();
    await answer(await scramMethod.begin(claim({ authextra: ours }), entry).challenge());
    await expect(welcome({ authextra })).rejects.toMatchObject({ name: 'JoinError', uri: 'wamp.error.cannot_authenticate' });
  });

  it('[C66] refuses a WELCOME without a CHALLENGE before it', async () => {
    await expect((await joe()).welcome({})).rejects.toThrow(/did not prove/);
  });

  it.each<[string, (good: Dict, own: string) => Dict, RegExp?]>([
    ['another nonce', (good) => ({ ...good, nonce: 'abc' })],
    ['its own nonce alone', (good, own) => ({ ...good, nonce: own })],
    ['no nonce', ({ nonce: _, ...rest }) => rest],
    ['its nonce at the end', (good, own) => ({ ...good, nonce: `abc${own}` })],
    ['a salt that is no base64', (good) => ({ ...good, salt: '!' })],
    ['no salt', ({ salt: _, ...rest }) => rest],
    ['too few iterations', (good) => ({ ...good, iterations: 4095 }), /4096/],
    ['too many', (good) => ({ ...good, iterations: 1_000_001 }), /1000000/],
    ['iterations that are no count', (good) => ({ ...good, iterations: '4096' })],
    ['an unknown kdf', (good) => ({ ...good, kdf: 'md5' }), /md5/],
    ['argon2id13, which it has not', (good) => ({ ...good, kdf: 'argon2id13', memory: 4096 }), /autostrada\/argon2/],
  ])('[C66] sends no proof for %s, and does not ask for the password', async (_, spoil, message = /^expected CHALLENGE/) => {
    const password = vi.fn(() => 'pencil');
    const { answer, authextra } = await joe({ password });
    const good = await scramMethod.begin(claim({ authextra }), entry).challenge();
    const wrong = spoil(good, String(authextra.nonce));
    await expect(answer(wrong)).rejects.toMatchObject({ name: 'JoinError', message: expect.stringMatching(message) });
    expect(password).not.toHaveBeenCalled();
    expect((await answer(good)).signature).toMatch(/=$/);
  });

  it.each([
    [1, 4095],
    [1, 2 ** 20 + 1],
    [1000, 2 ** 20],
    [3, null],
    [3, 1.5],
  ])('[C65] [C66] sends no proof for argon2id13 with %d times %s KiB', async (iterations, memory) => {
    const { answer, authextra } = await joe({ argon2id });
    const good = await scramMethod.begin(claim({ authextra }), entry).challenge();
    await expect(answer({ ...good, kdf: 'argon2id13', iterations, memory })).rejects.toThrow(/too little or too much/);
  });

  it('refuses anything but a password, without showing it, and does not expose it', () => {
    expect(() => scram({ authid: 'joe', password: 'a\u0000secret' })).toThrow(/RFC 4013/);
    expect(() => scram({ authid: 'joe', password: 'a\u0000secret' })).not.toThrow(/secret/);
    expect(() => scram({ authid: 'joe' } as never)).toThrow('expected password to be a string, got undefined');
    const credentials = scram({ authid: 'joe', password: 'pencil' });
    expect(JSON.stringify(credentials) + String(credentials)).not.toContain('pencil');
  });
});

/** A client of somebody else, by the formulas of the RFC. */
function foreign(password: string, own: string, { nonce, salt, iterations }: Dict) {
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const salted = pbkdf2Sync(password, Buffer.from(String(salt), 'base64'), Number(iterations), 32, 'sha256');
  const message = `n=joe,r=${own},r=${String(nonce)},s=${String(salt)},i=${String(iterations)},c=biws,r=${String(nonce)}`;
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
  return clientKey.map((byte, i) => byte ^ (signature[i] ?? 0));
}

describe('SCRAM, at the router,', () => {
  it.each([16, 18, 24])('[R70] [C64] accepts a client with a nonce of %d octets', async (octets) => {
    const own = randomBytes(octets).toString('base64');
    const verifier = scramMethod.begin(claim({ authextra: { nonce: own } }), entry);
    const extra = await verifier.challenge();
    expect(extra).toEqual({ nonce: expect.any(String), salt: entry.salt, kdf: 'pbkdf2', iterations: 4096, memory: null });
    expect(String(extra.nonce).startsWith(own)).toBe(true);
    const proof = Buffer.from(foreign('pencil', own, extra)).toString('base64');
    expect(await verifier.verify(proof, { nonce: extra.nonce })).toMatchObject({ isValid: true });
    expect(await verifier.verify(proof, { nonce: extra.nonce })).toEqual({ isValid: false }); // once
  });

  it.each([undefined, null, 5, ['a'], { password: 'x' }, ''])('makes no entry from %j', async (password) => {
    await expect(scramEntry(password as never)).rejects.toThrow('expected password of scramEntry to be a string');
  });

  it('[R70] [C65] accepts a client with argon2id13', async () => {
    const made = await scramEntry('pencil', { argon2id, iterations: 2, memoryKiB: 2048 });
    expect(made).toMatchObject({ kdf: 'argon2id13', iterations: 2, memory: 2048 });
    const { answer, authextra } = await joe({ argon2id });
    const verifier = scramMethod.begin(claim({ authextra }), made);
    const { signature, extra } = await answer(await verifier.challenge());
    expect(await verifier.verify(signature, extra)).toMatchObject({ isValid: true });
  });

  it('[R70] refuses a wrong password, a wrong nonce, a repeated proof and an invalid one', async () => {
    const { answer, authextra } = await joe();
    const old = await answer(await scramMethod.begin(claim({ authextra }), entry).challenge());
    const wrong = await login(scram({ authid: 'joe', password: 'pen' }));
    for (const [ours, spoil] of [
      [authextra, () => old],
      [authextra, async (extra: Dict) => ({ ...(await answer(extra)), extra: { nonce: 'other' } })],
      [authextra, async (extra: Dict) => ({ ...(await answer(extra)), extra: {} })],
      [authextra, async (extra: Dict) => ({ ...(await answer(extra)), extra: { ...extra, channel_binding: 'tls-unique' } })],
      [authextra, async (extra: Dict) => ({ signature: `${(await answer(extra)).signature}AAAA`, extra })],
      [authextra, (extra: Dict) => ({ signature: '', extra })],
      [wrong.authextra, wrong.answer],
    ] as const) {
      const verifier = scramMethod.begin(claim({ authextra: ours }), entry);
      const { signature, extra } = await spoil(await verifier.challenge());
      expect(await verifier.verify(signature, extra)).toEqual({ isValid: false });
    }
  });

  it.each([[{}], [{ nonce: '' }], [{ nonce: 'a,b' }], [{ nonce: 5 }], [{ nonce: 'abc', channel_binding: 'tls-unique' }]])(
    '[R70] refuses a HELLO with %j, for known and unknown users',
    (authextra) => {
      for (const of of [entry, undefined]) {
        expect(() => scramMethod.begin(claim({ authextra }), of).challenge()).toThrow(
          expect.objectContaining({ uri: 'wamp.error.authentication_failed' }),
        );
      }
    },
  );

  it('[R70] sends the same challenge to an unknown user each time, like to others, and accepts no answer', async () => {
    const like: ScramEntry = { ...entry, kdf: 'argon2id13', iterations: 2, memory: 2048 };
    const { authextra } = await joe();
    const ask = (authid: string, of?: ScramEntry) => scramMethod.begin(claim({ authid, authextra }), of, like).challenge();
    const [first, again, other, known] = [await ask('nobody'), await ask('nobody'), await ask('somebody'), await ask('joe', entry)];
    expect(first).toMatchObject({ kdf: 'argon2id13', iterations: 2, memory: 2048, salt: again.salt });
    expect(Object.keys(first)).toEqual(Object.keys(known));
    expect(String(first.salt)).toHaveLength(entry.salt.length);
    expect([other.salt, entry.salt]).not.toContain(first.salt);
    const { answer, authextra: ours } = await joe();
    const nobody = scramMethod.begin(claim({ authid: 'nobody', claimedAuthid: 'joe', authextra: ours }), undefined, entry);
    const { signature, extra } = await answer(await nobody.challenge());
    expect(await nobody.verify(signature, extra)).toEqual({ isValid: false });
  });

  it('[C64] is the same for one name and password, whatever form of Unicode they are typed in', async () => {
    const typed = await login(scram({ authid: 'ju\u0308rgen', password: 'pa\u00a0ss' }));
    const made = await scramEntry('pa ss', { iterations: 4096 });
    const verifier = scramMethod.begin(claim({ authid: 'j\u00fcrgen', authextra: typed.authextra }), made);
    const { signature, extra } = await typed.answer(await verifier.challenge());
    expect(await verifier.verify(signature, extra)).toMatchObject({ isValid: true });
  });
});
