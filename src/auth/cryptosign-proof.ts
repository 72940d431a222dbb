/* What both ends of WAMP-cryptosign make of keys, challenges and signatures. */
import { bytesToHex, hexToBytes, sameBytes, xor } from './bytes.ts';

/** Of keys and challenges, in octets. */
export const LENGTH = 32;
const SIGNATURE = 64;

/** @throws TypeError that does not show it. */
export function keyBytes(name: string, hex: unknown): Uint8Array {
  const bytes = hexToBytes(hex, LENGTH);
  if (!bytes) throw new TypeError(`expected ${name} to be an Ed25519 key of ${2 * LENGTH} hex digits`);
  return bytes;
}

/** What is signed for a challenge. */
export function bound(challenge: Uint8Array, channel: Uint8Array | undefined): Uint8Array {
  return channel ? xor(challenge, channel) : challenge;
}

/** As it travels: the signature, and behind it the message. */
export function signed(signature: Uint8Array, message: Uint8Array): string {
  return bytesToHex(signature) + bytesToHex(message);
}

/**
 * Takes it apart again. `isOfMessage` tells whether exactly this message stands behind it: a signature of another challenge is a good signature, too, so
 * nothing is believed of what it says it has signed. As much work whatever is wrong.
 */
export function readSigned(given: unknown, message: Uint8Array): { readonly signature: Uint8Array; readonly isOfMessage: boolean } {
  const both = hexToBytes(given, SIGNATURE + LENGTH);
  const bytes = both ?? new Uint8Array(SIGNATURE + LENGTH);
  return {
    signature: bytes.subarray(0, SIGNATURE),
    isOfMessage: sameBytes(bytes.subarray(SIGNATURE), message) && both !== undefined,
  };
}
