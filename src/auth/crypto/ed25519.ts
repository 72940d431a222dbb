/*
 * Ed25519, asynchronous. WebCrypto is used if it has Ed25519 and accepts the key (Node.js 20, Chrome 137, Firefox 129, Safari
 * 17, on secure pages). Otherwise tweetnacl is used (`ed25519-now.ts`), and a page loads it only then.
 */
import { base64ToBytes } from '../../serializer/bytes/base64.ts';
import { byPlatform } from './platform.ts';

const NAME = 'Ed25519';
/** RFC 8410, section 7: the bytes before the seed in PKCS #8. */
const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

export interface SigningKey {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const library = (): Promise<typeof import('./ed25519-now.ts')> => import('./ed25519-now.ts');

/** @param seed - 32 octets. */
export function keyFromSeed(seed: Uint8Array): Promise<SigningKey> {
  return byPlatform<SigningKey>(
    async (subtle) => {
      const pkcs8 = new Uint8Array(PKCS8.length + seed.length);
      pkcs8.set(PKCS8);
      pkcs8.set(seed, PKCS8.length);
      const key = await subtle.importKey('pkcs8', pkcs8, NAME, true, ['sign']);
      const { x = '' } = await subtle.exportKey('jwk', key); // the public key: WebCrypto has no other way to get it
      const publicKey = base64ToBytes(`${x.replace(/-/g, '+').replace(/_/g, '/')}=`);
      if (publicKey?.length !== 32) throw new TypeError('expected the public key in the JWK');
      return { publicKey, sign: async (message) => new Uint8Array(await subtle.sign(NAME, key, message)) };
    },
    async () => (await library()).keyFromSeed(seed),
  );
}

export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return byPlatform(
    async (subtle) => {
      const key = await subtle.importKey('raw', publicKey, NAME, false, ['verify']);
      return subtle.verify(NAME, key, signature, message);
    },
    async () => (await library()).verify(publicKey, message, signature),
  );
}
