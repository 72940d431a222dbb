import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cryptosign, generateKeyPair, publicKeyOf, type Signer } from 'autostrada/cryptosign';
import { describe, expect, it, test, vi } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/auth/bytes.ts';
import { cryptosignMethod } from '../../src/auth/cryptosign.ts';
import { folder } from '../fixtures/vectors.ts';
import { claim, login } from './begin.ts';

interface Vector {
  readonly channel_id: string | null;
  readonly private_key: string;
  readonly challenge: string;
  readonly signature: string;
}
const file = path.join(folder, 'cryptosign.json');
const vectors: readonly Vector[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).vectors : [];

const seed = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const publicKey = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
const bytes = (hex: string) => hexToBytes(hex) ?? new Uint8Array(0);
const channel = bytes('62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff');
const line = { channelBinding: () => channel };
const zeros = '0'.repeat(64);

describe.skipIf(vectors.length === 0)('the vectors of the specification', () => {
  it.each(vectors)(
    '[C67] [C69] are signed alike: $challenge with $channel_id',
    async ({ channel_id, private_key, challenge, signature }) => {
      const channelBinding = channel_id === null ? undefined : ('tls-unique' as const);
      const { answer } = await login(cryptosign({ privateKey: private_key, channelBinding }), {
        channelBinding: () => (channel_id === null ? undefined : bytes(channel_id)),
      });
      expect(await answer({ challenge, channel_binding: channelBinding ?? null })).toEqual({ signature, extra: {} });
    },
  );
  it('[C67] are all there', () => expect(vectors).toHaveLength(6));
});
test.skipIf(vectors.length > 0)(`NO CRYPTOSIGN VECTORS at ${file}: set WAMP_VECTORS`, () => {
  throw new Error('not run');
});

describe('cryptosign, the client', () => {
  it('[C67] shows its public key in HELLO, and asks no proof that nobody wants', async () => {
    const { authextra } = await login(cryptosign({ authid: 'joe', privateKey: seed, authextra: { device: 7 } }));
    expect(authextra).toEqual({ device: 7, pubkey: publicKey, channel_binding: null });
    expect(publicKeyOf(seed.toUpperCase())).toBe(publicKey);
  });

  it('[C67] signs by whoever has the key, and asks for it at each login', async () => {
    const signer: Signer = { publicKey: publicKey.toUpperCase(), sign: vi.fn(async () => new Uint8Array(64).fill(1)) };
    const privateKey = vi.fn(async () => signer);
    const { answer, authextra } = await login(cryptosign({ privateKey }));
    expect(authextra.pubkey).toBe(publicKey);
    expect(await answer({ challenge: zeros })).toEqual({ signature: '01'.repeat(64) + zeros, extra: {} });
    expect(privateKey).toHaveBeenCalledOnce();
  });

  it('makes key pairs, each another', () => {
    const pair = generateKeyPair();
    expect(pair).toEqual({ privateKey: expect.stringMatching(/^[0-9a-f]{64}$/), publicKey: publicKeyOf(pair.privateKey) });
    expect(generateKeyPair().privateKey).not.toBe(pair.privateKey);
  });

  it.each([
    [{}],
    [{ challenge: 'ff' }],
    [{ challenge: 5 }],
    [{ challenge: `${zeros}00` }],
    [{ challenge: zeros, channel_binding: 'tls-unique' }],
  ])('[C67] [C69] signs nothing for %j', async (extra) => {
    const sign = vi.fn(() => new Uint8Array(64));
    const { answer } = await login(cryptosign({ privateKey: { publicKey, sign } }));
    await expect(answer(extra)).rejects.toThrow(/^expected CHALLENGE/);
    expect(sign).not.toHaveBeenCalled();
  });

  it.each<[string, unknown, Uint8Array | undefined]>([
    ['the router leaves the channel out', null, channel],
    ['the router takes another', 'tls-unique', channel],
    ['the line has none', 'tls-exporter', undefined],
    ['the line has a short one', 'tls-exporter', channel.slice(0, 16)],
  ])('[C69] signs nothing when %s', async (_, channel_binding, own) => {
    const sign = vi.fn(() => new Uint8Array(64));
    const { answer, authextra } = await login(cryptosign({ privateKey: { publicKey, sign }, channelBinding: 'tls-exporter' }), {
      channelBinding: () => own,
    });
    expect(authextra.channel_binding).toBe('tls-exporter');
    await expect(answer({ challenge: zeros, channel_binding })).rejects.toMatchObject({ uri: 'wamp.error.cannot_authenticate' });
    expect(sign).not.toHaveBeenCalled();
  });

  it.each(['privateKey', 'routerKey'])('refuses a %s that is none, without showing it, and is no place to read it', (name) => {
    for (const key of ['secret', `${seed}00`, 5, null, { publicKey: 'x', sign: () => {} }]) {
      const options = { privateKey: seed, [name]: key } as Parameters<typeof cryptosign>[0];
      expect(() => cryptosign(options)).toThrow(/expected (privateKey|routerKey|publicKey) to be an Ed25519 key of 64 hex digits$/);
    }
    const credentials = cryptosign({ privateKey: seed });
    expect(JSON.stringify(credentials) + String(credentials)).not.toContain(seed);
  });
});

const entry = { publicKeys: ['ab'.repeat(32), publicKey.toUpperCase()] };

describe('cryptosign, the router', () => {
  it.each([undefined, 'tls-unique', 'tls-exporter'] as const)(
    '[R70] [C67] [C69] takes the owner of the key, once (channel binding %s)',
    async (channelBinding) => {
      const { answer, authextra } = await login(cryptosign({ privateKey: seed, channelBinding }), line);
      const verifier = cryptosignMethod.begin(claim({ authextra, ...line }), entry);
      const extra = await verifier.challenge();
      expect(extra).toEqual({ challenge: expect.stringMatching(/^[0-9a-f]{64}$/), channel_binding: channelBinding ?? null });
      const { signature } = await answer(extra);
      expect(await verifier.verify(signature, {})).toEqual({ isValid: true });
      expect(await verifier.verify(signature, {})).toEqual({ isValid: false });
    },
  );

  it('[R70] takes nothing but a signature of its own challenge by the key that was claimed', async () => {
    const { answer, authextra } = await login(cryptosign({ privateKey: seed }));
    const other = await login(cryptosign({ privateKey: generateKeyPair().privateKey }));
    const replayed = await answer(await cryptosignMethod.begin(claim({ authextra }), entry).challenge());
    const attempts: ((extra: object) => Promise<string>)[] = [
      async () => replayed.signature, // right in itself, and of another challenge
      async (extra) => (await other.answer({ ...extra })).signature,
      async (extra) => (await answer({ ...extra })).signature.slice(0, 128) + zeros,
      async (extra) => replayed.signature.slice(0, 128) + (extra as { challenge: string }).challenge,
      async (extra) => (await answer({ ...extra })).signature.slice(0, 128), // without the message
      async (extra) => `${(await answer({ ...extra })).signature}00`,
      async () => '',
      async () => 'zz'.repeat(96),
    ];
    for (const attempt of attempts) {
      const verifier = cryptosignMethod.begin(claim({ authextra }), entry);
      expect(await verifier.verify(await attempt(await verifier.challenge()), {})).toEqual({ isValid: false });
    }
    // relayed from another TLS connection
    const bound = await login(cryptosign({ privateKey: seed, channelBinding: 'tls-exporter' }), {
      channelBinding: () => new Uint8Array(32),
    });
    const verifier = cryptosignMethod.begin(claim({ authextra: bound.authextra, ...line }), entry);
    const { signature } = await bound.answer(await verifier.challenge());
    expect(await verifier.verify(signature, {})).toEqual({ isValid: false });
  });

  it('[R70] asks who is not there, and who shows another key, as it asks others, and takes no answer', async () => {
    const pair = generateKeyPair();
    const stranger = await login(cryptosign({ privateKey: pair.privateKey }));
    for (const of of [undefined, entry, { publicKeys: [] }]) {
      const verifier = cryptosignMethod.begin(claim({ authextra: stranger.authextra }), of);
      const extra = await verifier.challenge();
      expect(Object.keys(extra)).toEqual(['challenge', 'channel_binding']);
      const { signature } = await stranger.answer(extra);
      expect(await verifier.verify(signature, {})).toEqual({ isValid: false });
    }
  });

  it('[R70] needs no public key in HELLO of who has one key only', async () => {
    const { answer } = await login(cryptosign({ privateKey: seed }));
    for (const [of, isValid] of [
      [{ publicKeys: [publicKey] }, true],
      [entry, false],
    ] as const) {
      const verifier = cryptosignMethod.begin(claim(), of);
      expect(await verifier.verify((await answer(await verifier.challenge())).signature, {})).toEqual({ isValid });
    }
  });

  it.each(['tls-unique', 'tls-server-end-point', 5, {}])(
    '[R70] [C69] refuses a channel binding that the line has not: %j',
    (channel_binding) => {
      for (const of of [entry, undefined]) {
        const verifier = cryptosignMethod.begin(claim({ authextra: { pubkey: publicKey, channel_binding } }), of);
        expect(() => verifier.challenge()).toThrow(expect.objectContaining({ uri: 'wamp.error.authentication_failed' }));
      }
    },
  );
});

describe('cryptosign, a router that proves itself', () => {
  const router = generateKeyPair();
  const guarded = (more: object = {}) => login(cryptosign({ privateKey: seed, routerKey: router.publicKey, ...more }), line);

  it.each([undefined, 'tls-exporter'] as const)(
    '[C68] [R70] signs the client’s challenge (channel binding %s)',
    async (channelBinding) => {
      const { answer, authextra, welcome } = await guarded({ channelBinding });
      expect(authextra.challenge).toMatch(/^[0-9a-f]{64}$/);
      const verifier = cryptosignMethod.begin(claim({ authextra, routerKey: router.privateKey, ...line }), entry);
      const extra = await verifier.challenge();
      expect(extra).toMatchObject({ pubkey: router.publicKey, signature: expect.stringMatching(/^[0-9a-f]{192}$/) });
      const { signature } = await answer(extra);
      await welcome({});
      expect(await verifier.verify(signature, {})).toEqual({ isValid: true });
    },
  );

  it('[C68] gets no signature when it has not the key, or signs something else', async () => {
    const { answer, authextra, welcome } = await guarded();
    const by = (more: object) =>
      cryptosignMethod.begin(claim({ authextra, routerKey: router.privateKey, ...more }), entry).challenge();
    const good = await by({});
    const stale = await by({ authextra: { ...authextra, challenge: bytesToHex(channel) } });
    for (const extra of [
      await by({ routerKey: undefined }),
      await by({ routerKey: generateKeyPair().privateKey }),
      { ...good, pubkey: publicKey },
      { ...good, signature: stale.signature },
      { ...good, signature: `${String(good.signature).slice(0, 128)}${zeros}` },
      { ...good, signature: 5 },
    ]) {
      await expect(answer(extra)).rejects.toMatchObject({
        uri: 'wamp.error.cannot_authenticate',
        message: expect.stringMatching(/did not prove/),
      });
    }
    await expect(welcome({})).rejects.toThrow(/did not prove/);
  });

  it('[C68] is not believed when it lets the client in unasked', async () => {
    await expect((await guarded()).welcome({})).rejects.toMatchObject({ name: 'JoinError', uri: 'wamp.error.cannot_authenticate' });
    await (await login(cryptosign({ privateKey: seed }))).welcome({});
  });
});
