/* How WAMP-CRA derives a key from a secret. */
import { utf8 } from '../crypto/bytes.ts';
import type { Pbkdf2 } from '../crypto/hashes-now.ts';

export const defaults = { iterations: 1000, keylen: 32 } as const;
/** The most that a router may ask for; with more it could keep us busy. Our router accepts no user with more, either. */
export const MOST = { iterations: 10_000_000, keylen: 1024 } as const;

export interface DeriveOptions {
  readonly iterations?: number | undefined;
  readonly keylen?: number | undefined;
}

export function derivation(
  secret: string,
  salt: string,
  { iterations = defaults.iterations, keylen = defaults.keylen }: DeriveOptions,
): Pbkdf2 {
  return { password: utf8(secret), salt: utf8(salt), iterations, length: keylen };
}
