/*
 * WAMP "Cryptosign-based Authentication", the router's side. A client that has the private key for one of a user's public
 * keys is that user. A router with its own key signs the client's challenge.
 */
import { JoinError } from '../../base/errors.ts';
import type { Dict } from '../../base/words.ts';
import { bytesToHex, hexToBytes } from '../crypto/bytes.ts';
import { keyFromSeed, verify } from '../crypto/ed25519-now.ts';
import { randomBytes } from '../crypto/random.ts';
import { bound, keyBytes, LENGTH, readSigned, signed } from '../proofs/cryptosign-proof.ts';
import type { Claim, Method } from './verifier.ts';

/** What the router keeps for a user. */
export interface CryptosignEntry {
  /** Each has 64 hex digits. A signature by any of them proves the user. */
  readonly publicKeys: readonly string[];
}

/**
 * A valid public key for which nobody has the private key. It is checked for users who do not exist, so that the work is the
 * same.
 */
const NOBODYS = `58${'66'.repeat(31)}`;

export const cryptosignMethod: Method<CryptosignEntry> = {
  authmethod: 'cryptosign',
  begin(claim, entry) {
    const { pubkey, channel_binding: binding } = claim.authextra;
    const keys = entry?.publicKeys ?? [];
    const claimed = typeof pubkey === 'string' ? pubkey.toLowerCase() : keys.length === 1 ? keys[0]?.toLowerCase() : undefined;
    const key = keys.some((each) => each.toLowerCase() === claimed) ? claimed : undefined;
    const challenge = randomBytes(LENGTH);
    let channel: Uint8Array | undefined;
    let isOpen = true;
    return {
      challenge() {
        if (binding !== undefined && binding !== null) {
          channel = claim.channelBinding?.(String(binding));
          if (channel?.length !== LENGTH)
            throw new JoinError('wamp.error.authentication_failed', `this connection has no channel binding '${String(binding)}'`);
        }
        return { challenge: bytesToHex(challenge), channel_binding: binding ?? null, ...proofOfRouter(claim, channel) };
      },
      verify(signature) {
        const message = bound(challenge, channel);
        const given = readSigned(signature, message);
        const isRight = verify(keyBytes('key', key ?? NOBODYS), message, given.signature);
        const isValid = isRight && given.isOfMessage && isOpen && key !== undefined;
        isOpen = false;
        return { isValid };
      },
    };
  },
};

/** WAMP-cryptosign, "router authentication": the router signs the client's challenge. */
function proofOfRouter({ authextra, routerKey }: Claim, channel: Uint8Array | undefined): Dict {
  const question = hexToBytes(authextra.challenge, LENGTH);
  if (!question || routerKey === undefined) return {};
  const message = bound(question, channel);
  const { publicKey, sign } = keyFromSeed(keyBytes('the key of the router', routerKey));
  return { pubkey: bytesToHex(publicKey), signature: signed(sign(message), message) };
}
