import { deriveKey, wampcra } from 'autostrada/wampcra';
import { describe, expect, it, vi } from 'vitest';
import { wampcraMethod } from '../../src/auth/methods/wampcra.ts';
import { deriveKeyNow, sign } from '../../src/auth/proofs/wampcra-now.ts';
import { claim, login } from './begin.ts';

/** wamp-protocol.md 3.5.3, computed with hashlib. */
const challenge =
  '{"nonce":"LHRTC9zeOIrt_9U3","authprovider":"userdb","authid":"peter","timestamp":"2014-06-22T16:36:25.448Z","authrole":"user","authmethod":"wampcra","session":3251278072152162}';
const derived = 'nythvFZ7EuM5sPCQrrgnz1oJiZXUNcZZFlDIdGSiNUs=';
const salted = { salt: 'salt123', iterations: 1000, keylen: 32 };

const peter = () => login(wampcra({ authid: 'peter', secret: 'secret2' }));

describe('wampcra, at the client,', () => {
  it('[C62] signs the challenge as it came, with the secret', async () => {
    const { answer, authextra } = await peter();
    expect(authextra).toEqual({});
    expect(await answer({ challenge })).toEqual({ signature: 'MKXnUa6dxG2Pw5XEIaSP7bPAf81WdwEL/SALn7MWnUE=', extra: {} });
  });

  it.each([
    [undefined, 'salt', {}, 'expected secret of deriveKey to be a string, got undefined'],
    ['', 'salt', {}, 'expected secret of deriveKey to be a string that is not empty, got an empty one'],
    ['secret', undefined, {}, 'expected salt of deriveKey to be a string, got undefined'],
    ['secret', 'salt', 10_000, 'expected options of deriveKey to be an object, got 10000'],
    ['secret', 'salt', { iteration: 5000 }, "got 'iteration'"],
    ['secret', 'salt', { iterations: Number.NaN }, 'expected iterations of deriveKey to be a whole number from 1 on'],
  ])('[C63] makes no key from %j, %j, %j', async (secret, salt, options, text) => {
    await expect(deriveKey(secret as never, salt as never, options as never)).rejects.toThrow(text);
  });

  it('[C63] signs with the base64 text of the derived key when there is a salt', async () => {
    const { answer } = await peter();
    const signature = 'e+GenjMtJwc9UwmK6Jb53Kd/ZUGYG+XL3ATbprnCSbI=';
    expect(await answer({ challenge, ...salted })).toEqual({ signature, extra: {} });
    expect((await answer({ challenge, salt: 'salt123' })).signature).toBe(signature); // 1000 and 32 are what is meant
    expect(await deriveKey('secret2', 'salt123')).toBe(derived);
    expect(deriveKeyNow('secret2', 'salt123', 1000, 32)).toBe(derived);
    expect(sign(derived, challenge)).toBe(signature);
  });

  it.each([undefined, null, 5, {}])('[C63] makes no synchronous key and no signature of %s', (missing) => {
    const make = { deriveKeyNow, sign };
    for (const [first, second] of [
      [missing, 'text'],
      ['text', missing],
    ])
      for (const name of ['deriveKeyNow', 'sign'] as const)
        expect(() => Reflect.apply(make[name], undefined, [first, second])).toThrow(
          /^expected (secret|salt|key|challenge) to be a string, got/,
        );
  });

  it('[C63] accepts keys of any length, and text that is not ASCII', async () => {
    const key = await deriveKey('geheim\u00fc', 's\u00e4lz', { iterations: 3, keylen: 70 });
    expect(atob(key)).toHaveLength(70);
    expect(deriveKeyNow('geheim\u00fc', 's\u00e4lz', 3, 70)).toBe(key);
  });

  it.each([
    [{}],
    [{ challenge: 5 }],
    [{ challenge, salt: 's', iterations: 0 }],
    [{ challenge, salt: 's', iterations: 1.5 }],
    [{ challenge, salt: 's', iterations: 1e12 }],
    [{ challenge, salt: 's', keylen: 1e9 }],
    [{ challenge, salt: 's', iterations: '1000' }],
  ])('[C62] [C63] does not answer %j, and does not ask for the secret', async (extra) => {
    const secret = vi.fn(() => 'secret2');
    const { answer } = await login(wampcra({ authid: 'peter', secret }));
    await expect(answer(extra)).rejects.toThrow(/^expected CHALLENGE/);
    expect(secret).not.toHaveBeenCalled();
  });

  it('refuses anything but a secret, without showing it, and does not expose it', () => {
    expect(() => wampcra({ authid: 'joe', secret: 1234 as unknown as string })).toThrow(
      'expected secret to be a string, got number',
    );
    expect(() => wampcra({ secret: 'secret2' } as never)).toThrow('expected authid to be a string, got undefined');
    const credentials = wampcra({ authid: 'joe', secret: 'secret2' });
    expect(JSON.stringify(credentials) + String(credentials)).not.toContain('secret2');
  });
});

describe('wampcra, at the router,', () => {
  const entries = [{ secret: 'secret2' }, { key: derived, ...salted }];

  it.each(entries)('[R70] [C62] [C63] accepts the signature of a client that knows the secret, once: %j', async (entry) => {
    const verifier = wampcraMethod.begin(claim(), entry);
    const extra = await verifier.challenge();
    expect(JSON.parse(String(extra.challenge))).toEqual({
      authid: 'joe',
      authrole: 'user',
      authmethod: 'wampcra',
      authprovider: 'static',
      nonce: expect.stringMatching(/^[\w+/]{24}$/),
      timestamp: '1970-01-01T00:00:00.000Z',
      session: 7,
    });
    const { signature } = await (await peter()).answer(extra);
    expect(await verifier.verify(signature, {})).toEqual({ isValid: true });
    expect(await verifier.verify(signature, {})).toEqual({ isValid: false });
  });

  it.each(entries)('[R70] refuses a repeated, a wrong and an invalid signature: %j', async (entry) => {
    const { answer } = await peter();
    const { signature: old } = await answer(await wampcraMethod.begin(claim(), entry).challenge());
    for (const signature of [old, '', 'x', sign('secret3', 'x')]) {
      const verifier = wampcraMethod.begin(claim(), entry);
      await verifier.challenge();
      expect(await verifier.verify(signature, {})).toEqual({ isValid: false });
    }
  });

  it('[R70] makes a new challenge for each login', async () => {
    const challenges = await Promise.all([1, 2, 3].map(() => wampcraMethod.begin(claim(), { secret: 's' }).challenge()));
    expect(new Set(challenges.map((extra) => extra.challenge)).size).toBe(3);
  });

  it('[R70] sends the same challenge to an unknown user each time, like to others, and accepts no answer', async () => {
    for (const like of [...entries, undefined, { key: 'k', salt: 'AAECAwQFBgcICQoLDA0ODw==', iterations: 5000, keylen: 32 }]) {
      const nobody = wampcraMethod.begin(claim({ authid: 'nobody' }), undefined, like);
      const [first, again] = [
        await nobody.challenge(),
        await wampcraMethod.begin(claim({ authid: 'nobody' }), undefined, like).challenge(),
      ];
      const other = await wampcraMethod.begin(claim({ authid: 'somebody' }), undefined, like).challenge();
      const known = await wampcraMethod.begin(claim(), like ?? { key: 'k', ...salted }).challenge();
      expect(Object.keys(first)).toEqual(Object.keys(known));
      expect([again.salt, again.iterations, again.keylen]).toEqual([first.salt, first.iterations, first.keylen]);
      if (like && 'salt' in like) {
        expect([first.iterations, String(first.salt).length]).toEqual([like.iterations, like.salt.length]);
        expect([other.salt, like.salt]).not.toContain(first.salt);
      }
      expect(await nobody.verify((await (await peter()).answer(first)).signature, {})).toEqual({ isValid: false });
    }
  });
});
