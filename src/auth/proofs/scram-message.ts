/* The two dialects of SCRAM: their names, and the text that both sides sign. */
import { utf8 } from '../crypto/bytes.ts';

export const METHOD = 'wamp-scram';
/**
 * The dialect of Crossbar.io and Autobahn|Python, which is older than the specification. It has another method name. The
 * signed text has no channel binding, and names are not escaped. The verifier is in another place. With Argon2id the key is
 * base64. A client offers it first, because Crossbar.io refuses a client whose first method it does not know.
 */
export const OLD_METHOD = 'scram';

/** Parts of CHALLENGE.Extra, unchanged: the signed text has them as they came. */
export interface Signed {
  readonly nonce: string;
  readonly salt: string;
  readonly iterations: number;
}

/**
 * The text that both sides sign. RFC 5802 section 5.1: `,` and `=` in a name are escaped. `biws` is base64 of `n,,`: no
 * channel binding.
 */
export function authMessage(authid: string, clientNonce: string, asked: Signed): Uint8Array {
  const name = authid.replace(/[,=]/g, (sign) => (sign === ',' ? '=2C' : '=3D'));
  return signedText(name, clientNonce, asked, 'biws');
}

/** The text that Crossbar.io and Autobahn|Python sign. */
export function oldAuthMessage(authid: string, clientNonce: string, asked: Signed): Uint8Array {
  return signedText(authid, clientNonce, asked, '');
}

function signedText(name: string, clientNonce: string, { nonce, salt, iterations }: Signed, binding: string): Uint8Array {
  return utf8(`n=${name},r=${clientNonce},r=${nonce},s=${salt},i=${iterations},c=${binding},r=${nonce}`);
}
