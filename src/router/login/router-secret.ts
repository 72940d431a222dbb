import { randomBytes } from '../../auth/crypto/random.ts';

/** @returns A function that always gives the same random bytes. They are made on first use: an open realm works without a secure source of random numbers. */
export function routerSecret(): () => Uint8Array {
  let secret: Uint8Array | undefined;
  return () => {
    secret ??= randomBytes(32);
    return secret;
  };
}
