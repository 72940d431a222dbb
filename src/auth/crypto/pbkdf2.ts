/* PBKDF2, asynchronous. */
import type { Pbkdf2 } from './hashes-now.ts';
import { byPlatform, type Subtle } from './platform.ts';

/** RFC 8018 with HMAC-SHA256. */
export function pbkdf2(input: Pbkdf2): Promise<Uint8Array> {
  return byPlatform(
    (subtle) => pbkdf2ByPlatform(subtle, input),
    async () => (await import('./pbkdf2-slices.ts')).pbkdf2InSlices(input),
  );
}

export async function pbkdf2ByPlatform(subtle: Subtle, { password, salt, iterations, length }: Pbkdf2): Promise<Uint8Array> {
  const key = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return new Uint8Array(await subtle.deriveBits(algorithm, key, 8 * length));
}
