import { cryptosign, generateKeyPair, publicKeyOf, type Signer } from 'autostrada/cryptosign';
import { describe, expect, it } from 'vitest';
import { hexToBytes } from '../../src/auth/crypto/bytes.ts';
import { cryptosignMethod } from '../../src/auth/methods/cryptosign.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { cryptosignVectors, whyNot } from '../fixtures/vectors.ts';
import { claim, login } from './begin.ts';

const [one, other] = [generateKeyPair(), generateKeyPair()];
const entry = { publicKeys: [one.publicKey] };
const channel = new Uint8Array(32).fill(9);
const bind = { channelBinding: () => channel };

if (cryptosignVectors.length === 0) it(whyNot, ({ skip }) => skip(whyNot));
describe.runIf(cryptosignVectors.length > 0)('a test vector of the specification', () => {
  it.each(cryptosignVectors)(
    '[C67] [C69] has the signature of $private_key, channel $channel_id',
    async ({ channel_id, private_key, challenge, signature }) => {
      const id = hexToBytes(channel_id, 32);
      const channelBinding = id ? ('tls-unique' as const) : undefined;
      const { answer } = await login(cryptosign({ privateKey: private_key, channelBinding }), { channelBinding: () => id });
      const answered = await answer({ challenge, channel_binding: channelBinding ?? null });
      expect(answered).toEqual({ signature, extra: {} });
    },
  );
});

describe('cryptosign, at the client,', () => {
  it('[C67] sends its public key, and no private one, in HELLO', async () => {
    const { authextra } = await login(cryptosign({ privateKey: one.privateKey, authextra: { from: 'here' } }));
    expect(authextra).toEqual({ from: 'here', pubkey: one.publicKey, channel_binding: null });
    expect(publicKeyOf(one.privateKey)).toBe(one.publicKey);
  });

  it('[C67] signs with any signer', async () => {
    const signed: Uint8Array[] = [];
    const signer: Signer = { publicKey: one.publicKey, sign: async (message) => new Uint8Array(64).fill(signed.push(message) - 1) };
    const { answer } = await login(cryptosign({ privateKey: () => Promise.resolve(signer) }));
    const challenge = 'ab'.repeat(32);
    expect((await answer({ challenge })).signature).toBe('00'.repeat(64) + challenge);
    expect(signed).toEqual([hexToBytes(challenge)]);
  });

  it.each(['', 'xyz', '00', 5, `${one.privateKey}00`])(
    '[C67] refuses a key that is invalid, and does not show it: %j',
    (privateKey) => {
      const make = () => cryptosign({ privateKey: privateKey as string });
      expect(make).toThrow(TypeError);
      expect(make).toThrow('expected privateKey to be an Ed25519 key of 64 hex digits');
    },
  );

  it.each([{}, { challenge: 'zz' }, { challenge: 'ab' }])('[C67] signs only a valid challenge, and not %j', async (extra) => {
    const { answer } = await login(cryptosign({ privateKey: one.privateKey }));
    expect(await failure(answer(extra))).toMatchObject({ uri: 'wamp.error.cannot_authenticate' });
  });

  it('[C68] asks the router to prove that it has the key, bound to this challenge', async () => {
    const proof = async (routerKey: string, ownKey: string, spoil: (extra: object) => object = (extra) => extra) => {
      const { authextra, answer } = await login(cryptosign({ privateKey: one.privateKey, routerKey }));
      const extra = await cryptosignMethod.begin(claim({ authextra, routerKey: ownKey }), entry).challenge();
      return answer(spoil(extra) as typeof extra);
    };
    expect((await proof(other.publicKey, other.privateKey)).signature.length).toBe(192);
    for (const attempt of [
      proof(other.publicKey, one.privateKey),
      proof(other.publicKey, other.privateKey, (extra) => ({ ...extra, signature: undefined })),
      proof(other.publicKey, other.privateKey, (extra) => ({ ...extra, signature: 'ab'.repeat(96) })),
    ])
      expect((await failure(attempt)).message).toContain('the router did not prove that it has the key that routerKey names');
  });

  it('[C68] refuses a router that accepts the login without a CHALLENGE', async () => {
    const { welcome } = await login(cryptosign({ privateKey: one.privateKey, routerKey: other.publicKey }));
    expect((await failure(welcome({}))).message).toContain('accepted us without a CHALLENGE');
  });

  it('[C69] binds what it signs to the connection, or signs nothing', async () => {
    const credentials = cryptosign({ privateKey: one.privateKey, channelBinding: 'tls-exporter' });
    const challenge = 'ff'.repeat(32);
    const { answer, authextra } = await login(credentials, bind);
    expect(authextra.channel_binding).toBe('tls-exporter');
    const { signature } = await answer({ challenge, channel_binding: 'tls-exporter' });
    expect(signature.slice(128)).toBe('f6'.repeat(32));
    // Another kind, or none: somebody in the middle may have taken it out.
    for (const channel_binding of [null, undefined, 'tls-unique'])
      expect((await failure((await login(credentials, bind)).answer({ challenge, channel_binding }))).message).toContain(
        'channel_binding',
      );
    expect((await failure((await login(credentials)).answer({ challenge, channel_binding: 'tls-exporter' }))).message).toContain(
      'has no channel binding',
    );
  });
});

describe('cryptosign, at the router,', () => {
  const client = async (privateKey: string, line = bind, options: object = {}) =>
    login(cryptosign({ privateKey, ...options }), line);

  it('[R70] [C67] accepts the signature of a client that has the key, once', async () => {
    const { authextra, answer } = await client(one.privateKey);
    const verifier = cryptosignMethod.begin(claim({ authextra }), entry);
    const { signature } = await answer(await verifier.challenge());
    expect(await verifier.verify(signature, {})).toEqual({ isValid: true });
    expect(await verifier.verify(signature, {})).toEqual({ isValid: false });
  });

  it('[R70] refuses a valid signature of another challenge, a signature by another key, and a missing one', async () => {
    const { authextra, answer } = await client(one.privateKey);
    const { signature: foreign } = await answer(await cryptosignMethod.begin(claim({ authextra }), entry).challenge());
    const stranger = await client(other.privateKey);
    for (const given of [foreign, '', 'x', foreign.slice(2), `${foreign}00`]) {
      const verifier = cryptosignMethod.begin(claim({ authextra }), entry);
      await verifier.challenge();
      expect(await verifier.verify(given, {})).toEqual({ isValid: false });
    }
    const verifier = cryptosignMethod.begin(claim({ authextra: stranger.authextra }), entry);
    const { signature } = await stranger.answer(await verifier.challenge());
    expect(await verifier.verify(signature, {})).toEqual({ isValid: false });
  });

  it('[R70] sends the same challenge to an unknown user, and accepts no answer', async () => {
    const { authextra, answer } = await client(other.privateKey);
    const verifier = cryptosignMethod.begin(claim({ authextra }), undefined);
    const extra = await verifier.challenge();
    expect(Object.keys(extra)).toEqual(Object.keys(await cryptosignMethod.begin(claim({ authextra }), entry).challenge()));
    expect(await verifier.verify((await answer(extra)).signature, {})).toEqual({ isValid: false });
  });

  it('[R70] [C69] binds the challenge to its own end of the connection', async () => {
    const options = { channelBinding: 'tls-exporter' };
    const { authextra, answer } = await client(one.privateKey, bind, options);
    const here = cryptosignMethod.begin(claim({ authextra, channelBinding: () => channel }), entry);
    expect(await here.verify((await answer(await here.challenge())).signature, {})).toEqual({ isValid: true });
    const elsewhere = cryptosignMethod.begin(claim({ authextra, channelBinding: () => new Uint8Array(32) }), entry);
    expect(await elsewhere.verify((await answer(await elsewhere.challenge())).signature, {})).toEqual({ isValid: false });
    const without = cryptosignMethod.begin(claim({ authextra }), entry);
    expect(() => without.challenge()).toThrow("this connection has no channel binding 'tls-exporter'");
  });
});
