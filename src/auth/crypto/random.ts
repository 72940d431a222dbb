/*
 * Secrets come only from the platform's cryptographic source. A platform without such a source cannot use the logins that
 * need one.
 */

import { FatalError } from '../../base/errors.ts';

interface Source {
  getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown;
}

/** @throws {@link FatalError} if the platform has no secure source. The value can never be guessed. */
export function randomBytes(length: number): Uint8Array {
  const { crypto, msCrypto }: { readonly crypto?: Source; readonly msCrypto?: Source } = globalThis;
  const source = crypto ?? msCrypto;
  if (!source?.getRandomValues)
    throw new FatalError('this platform has no secure random source (crypto.getRandomValues), and this login needs one');
  const bytes = new Uint8Array(length);
  source.getRandomValues(bytes);
  return bytes;
}
