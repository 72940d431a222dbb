/* Ed25519 of the platform and of tweetnacl: whichever is at hand, the same keys and signatures. */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bytesToHex, hexToBytes, utf8 } from '../../src/auth/crypto/bytes.ts';
import { keyFromSeed, verify } from '../../src/auth/crypto/ed25519.ts';
import * as now from '../../src/auth/crypto/ed25519-now.ts';
import { webCrypto } from '../../src/auth/crypto/platform.ts';

/** RFC 8032, section 7.1: TEST 1 and TEST 2. */
const vectors = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
] as const;
const bytes = (hex: string): Uint8Array => hexToBytes(hex) ?? new Uint8Array(0);

/** Where WebCrypto is missing, or does not know Ed25519: browsers of before 2023 to 2025, plain-http pages. */
const refuse = () => Promise.reject(new Error('Unrecognized name.'));
const platforms: readonly (readonly [string, object | undefined])[] = [
  ['a platform that has it', globalThis.crypto],
  ['a platform without WebCrypto', undefined],
  ['a plain-http page', {}],
  ['a WebCrypto without Ed25519', { subtle: { importKey: refuse } }],
  [
    'a WebCrypto that does not tell the public key',
    { subtle: { importKey: async () => ({}), exportKey: async () => ({}), verify: refuse } },
  ],
];

describe.each(platforms)('Ed25519 on %s', (_platform, crypto) => {
  const here = (): void => {
    vi.stubGlobal('crypto', crypto);
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
  };

  it.each(vectors)('[C67] has the key and the signature of RFC 8032: %s', async (seed, publicKey, message, signature) => {
    here();
    const key = await keyFromSeed(bytes(seed));
    expect(bytesToHex(key.publicKey)).toBe(publicKey);
    expect(bytesToHex(await key.sign(bytes(message)))).toBe(signature);
    expect(await verify(bytes(publicKey), bytes(message), bytes(signature))).toBe(true);
  });

  it('[C68] accepts no other signature', async () => {
    here();
    const [[, publicKey, message, signature], [, other]] = vectors;
    expect(await verify(bytes(other), bytes(message), bytes(signature))).toBe(false);
    expect(await verify(bytes(publicKey), utf8('x'), bytes(signature))).toBe(false);
    expect(await verify(bytes(publicKey), bytes(message), new Uint8Array(64))).toBe(false);
    expect(await verify(new Uint8Array(32).fill(0xab), bytes(message), bytes(signature))).toBe(false);
  });
});

describe('the Ed25519 of the platform', () => {
  it('is tried first', async () => {
    const subtle = webCrypto();
    if (!subtle) throw new Error('expected this platform to have WebCrypto');
    const sign = vi.spyOn(subtle, 'sign');
    onTestFinished(() => sign.mockRestore());
    await (await keyFromSeed(new Uint8Array(32))).sign(utf8('x'));
    expect(sign).toHaveBeenCalledOnce();
  });

  it('gives the same as tweetnacl, for any seed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array(), async (seed, message) => {
        const [one, other] = [await keyFromSeed(seed), now.keyFromSeed(seed)];
        expect([bytesToHex(one.publicKey), bytesToHex(await one.sign(message))]).toEqual([
          bytesToHex(other.publicKey),
          bytesToHex(other.sign(message)),
        ]);
      }),
      { numRuns: 20 },
    );
  });
});
