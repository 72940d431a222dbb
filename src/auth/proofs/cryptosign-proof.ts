/* What client and router have in common for WAMP-cryptosign: keys, challenges and signatures. */
import { bytesToHex, hexToBytes, sameBytes, xor } from '../crypto/bytes.ts';

/** The length of keys and challenges, in octets. */
export const LENGTH = 32;
const SIGNATURE = 64;

/** @throws TypeError that does not show the key. */
export function keyBytes(name: string, hex: unknown): Uint8Array {
  const bytes = hexToBytes(hex, LENGTH);
  if (!bytes) throw new TypeError(`expected ${name} to be an Ed25519 key of ${2 * LENGTH} hex digits`);
  return bytes;
}

/** The bytes that are signed for a challenge. */
export function bound(challenge: Uint8Array, channel: Uint8Array | undefined): Uint8Array {
  return channel ? xor(challenge, channel) : challenge;
}

/** The proof as it is sent: the signature, and the message after it. */
export function signed(signature: Uint8Array, message: Uint8Array): string {
  return bytesToHex(signature) + bytesToHex(message);
}

/**
 * Splits what `signed` has made. `isOfMessage` says whether exactly this message follows the signature. This must be
 * compared: a signature of another challenge is valid as well. The work is the same whatever is wrong.
 */
export function readSigned(given: unknown, message: Uint8Array): { readonly signature: Uint8Array; readonly isOfMessage: boolean } {
  const both = hexToBytes(given, SIGNATURE + LENGTH);
  const bytes = both ?? new Uint8Array(SIGNATURE + LENGTH);
  return {
    signature: bytes.subarray(0, SIGNATURE),
    isOfMessage: sameBytes(bytes.subarray(SIGNATURE), message) && both !== undefined,
  };
}
