/* Secrets come from the platform's cryptographic source and nowhere else: where there is none, there is no login that needs one. */

import { FatalError } from '../base/errors.ts';

interface Source {
  getRandomValues(bytes: Uint8Array): unknown;
}

/** @throws {@link FatalError} where the platform has no secure source; never a guessable value. */
export function randomBytes(length: number): Uint8Array {
  const { crypto, msCrypto } = globalThis as { readonly crypto?: Source; readonly msCrypto?: Source };
  const source = crypto ?? msCrypto;
  if (!source?.getRandomValues)
    throw new FatalError('this platform has no secure random source (crypto.getRandomValues), and this login needs one');
  const bytes = new Uint8Array(length);
  source.getRandomValues(bytes);
  return bytes;
}
