import { pbkdf2Sync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { bytesToHex, hexToBytes, sameBytes, sameText, utf8 } from '../../src/auth/crypto/bytes.ts';
import * as hashes from '../../src/auth/crypto/hashes.ts';
import { hmacSha256, pbkdf2Now, sha256 } from '../../src/auth/crypto/hashes-now.ts';
import { pbkdf2, pbkdf2ByPlatform } from '../../src/auth/crypto/pbkdf2.ts';
import { pbkdf2InSlices } from '../../src/auth/crypto/pbkdf2-slices.ts';
import { webCrypto } from '../../src/auth/crypto/platform.ts';
import { randomBytes } from '../../src/auth/crypto/random.ts';
import { saslprep } from '../../src/auth/proofs/saslprep.ts';

const input = (password: string, salt: string, iterations: number, length: number) => ({
  password: utf8(password),
  salt: utf8(salt),
  iterations,
  length,
});

/** RFC 7914 section 11, and what is in use of RFC 6070 with SHA-256. */
const vectors = [
  [
    input('passwd', 'salt', 1, 64),
    '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
  ],
  [input('password', 'salt', 4096, 32), 'c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a'],
  [
    input('passwordPASSWORDpassword', 'saltSALTsaltSALTsaltSALTsaltSALTsalt', 4096, 40),
    '348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9',
  ],
] as const;

describe('hashes', () => {
  it('are those of FIPS 180 and RFC 4231', () => {
    expect(bytesToHex(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(bytesToHex(sha256(new Uint8Array(0)))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const mac = hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?'));
    expect(bytesToHex(mac)).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
    const long = hmacSha256(new Uint8Array(131).fill(0xaa), utf8('Test Using Larger Than Block-Size Key - Hash Key First'));
    expect(bytesToHex(long)).toBe('60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54');
  });
});

describe('asynchronous hashes', () => {
  const [key, message] = [utf8('Jefe'), utf8('what do ya want for nothing?')];
  const both = async () => [bytesToHex(await hashes.sha256(message)), bytesToHex(await hashes.hmacSha256(key, message))];

  it('are those of WebCrypto, and the same without WebCrypto or with one that fails', async () => {
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    const expected = [bytesToHex(sha256(message)), bytesToHex(hmacSha256(key, message))];
    const subtle = webCrypto();
    if (!subtle) throw new Error('expected this platform to have WebCrypto');
    const ofPlatform = vi.spyOn(subtle, 'sign');
    expect(await both()).toEqual(expected);
    expect(ofPlatform).toHaveBeenCalledOnce();
    ofPlatform.mockRestore();
    const refuse = () => Promise.reject(new Error('not here'));
    for (const crypto of [undefined, {}, { subtle: { importKey: refuse, digest: refuse } }]) {
      vi.stubGlobal('crypto', crypto);
      expect(await both()).toEqual(expected);
    }
  });

  it('accept an empty key, even if the platform refuses one', async () => {
    const empty = new Uint8Array(0);
    expect(bytesToHex(await hashes.hmacSha256(empty, message))).toBe(bytesToHex(hmacSha256(empty, message)));
  });
});

describe('PBKDF2', () => {
  it.each(vectors)('of %j is the same by WebCrypto, by a loop and synchronously', async (asked, expected) => {
    const subtle = webCrypto();
    if (!subtle) throw new Error('expected this platform to have WebCrypto');
    const keys = [await pbkdf2(asked), await pbkdf2ByPlatform(subtle, asked), await pbkdf2InSlices(asked), pbkdf2Now(asked)];
    expect(keys.map(bytesToHex)).toEqual(Array(4).fill(expected));
  });

  it('is the same for any input, with and without WebCrypto', async () => {
    const bytes = fc.uint8Array({ maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(
        bytes,
        bytes,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 70 }),
        async (password, salt, iterations, length) => {
          const asked = { password, salt, iterations, length };
          const expected = pbkdf2Sync(password, salt, iterations, length, 'sha256').toString('hex');
          expect([bytesToHex(await pbkdf2(asked)), bytesToHex(pbkdf2Now(asked))]).toEqual([expected, expected]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('uses a loop where crypto.subtle is missing or fails', async () => {
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    const [asked, expected] = vectors[1];
    const importKey = vi.fn(() => Promise.reject(new Error('not here')));
    for (const crypto of [undefined, {}, { subtle: { importKey } }]) {
      vi.stubGlobal('crypto', crypto);
      expect(bytesToHex(await pbkdf2(asked))).toBe(expected);
    }
    expect(importKey).toHaveBeenCalledOnce();
  });

  it('yields to other tasks while it works', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await pbkdf2InSlices(input('password', 'salt', 30_000, 32));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});

describe('random bytes', () => {
  it('come from the platform and have the requested length', () => {
    expect(randomBytes(24)).toHaveLength(24);
    expect(bytesToHex(randomBytes(16))).not.toBe(bytesToHex(randomBytes(16)));
  });

  it('throw where there is no secure source', () => {
    onTestFinished(() => {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    });
    const random = vi.spyOn(Math, 'random');
    for (const crypto of [undefined, {}]) {
      vi.stubGlobal('crypto', crypto);
      expect(() => randomBytes(16)).toThrow(/no secure random source/);
    }
    expect(random).not.toHaveBeenCalled();
  });
});

describe('bytes', () => {
  it('are compared completely, whatever their lengths', () => {
    const [one, two] = [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 4)];
    expect([
      sameBytes(one, one.slice()),
      sameBytes(one, two),
      sameBytes(one, one.slice(0, 2)),
      sameBytes(one, new Uint8Array(0)),
    ]).toEqual([true, false, false, false]);
    expect([sameText('ä', 'ä'), sameText('a', 'b'), sameText('', '')]).toEqual([true, false, true]);
  });

  it('are encoded as UTF-8, with and without a TextEncoder', () => {
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    const encoder = new TextEncoder();
    const texts = fc.sample(fc.string({ unit: 'binary' }), 300);
    for (const Encoder of [TextEncoder, undefined]) {
      vi.stubGlobal('TextEncoder', Encoder);
      for (const text of [...texts, '', '%41', 'ü€\u{1f511}', 'a\ud800b', '\udc00\ud800', '\ud83d\ud83d\udd11'])
        expect(bytesToHex(utf8(text))).toBe(bytesToHex(encoder.encode(text)));
    }
  });

  it('are written as hex and read back', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => sameBytes(hexToBytes(bytesToHex(bytes)) ?? new Uint8Array(1), bytes)));
    for (const hex of ['0', 'zz', '0x00', 5, undefined, '00 0']) expect(hexToBytes(hex)).toBeUndefined();
    expect(hexToBytes('0001', 3)).toBeUndefined();
  });
});

describe('SASLprep', () => {
  it.each([
    ['pencil', 'pencil'],
    // RFC 4013 section 3
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    // one keyboard composes, another does not
    ['u\u0308ber', '\u00fcber'],
    ['a\u00a0b\u3000c', 'a b c'],
    ['a\u200bb', 'ab'],
    ['\u0627\u0031\u0628', '\u0627\u0031\u0628'],
    ['\u05e9\u05dc\u05d5\u05dd', '\u05e9\u05dc\u05d5\u05dd'],
    ['\u{1f511}', '\u{1f511}'], // newer than Unicode 3.2
    ['', ''],
  ])('[C64] turns %j into %j', (text, prepared) => {
    expect(saslprep(text)).toBe(prepared);
    expect(saslprep(prepared)).toBe(prepared);
  });

  it.each(['\u0007', 'a\u0000b', '\u0627\u0031', '\u0627a', 'a\u05d0', '\ue000', '\ud800', '\u2028', '\u{e0041}'])(
    '[C64] refuses %j',
    (text) => {
      expect(() => saslprep(text)).toThrow(TypeError);
    },
  );
});

test('hex of 16 million digits is read, and anything else is not hex', () => {
  expect(hexToBytes('a5'.repeat(8_000_000))?.every((byte) => byte === 0xa5)).toBe(true);
  for (const text of ['a', 'abc', '0g', ' 00', '00\n', '0x00', 5, null]) expect(hexToBytes(text)).toBeUndefined();
});
