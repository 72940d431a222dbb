/* SHA-256 and HMAC, asynchronous. */
import { byPlatform } from './platform.ts';

const library = (): Promise<typeof import('./hashes-now.ts')> => import('./hashes-now.ts');

export function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return byPlatform(
    async (subtle) => new Uint8Array(await subtle.digest('SHA-256', bytes)),
    async () => (await library()).sha256(bytes),
  );
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  return byPlatform(
    async (subtle) => {
      const algorithm = { name: 'HMAC', hash: 'SHA-256' };
      const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
      return new Uint8Array(await subtle.sign('HMAC', imported, message));
    },
    async () => (await library()).hmacSha256(key, message),
  );
}
