/* The two dialects of SCRAM: their names, and the text that both sides sign. */
import { utf8 } from './bytes.ts';

export const METHOD = 'wamp-scram';
/**
 * Crossbar.io and Autobahn|Python, which were there before the specification: another name, no channel binding in what is signed, names as they are,
 * the verifier elsewhere, and of Argon2id the base64 as key. Offered first, since Crossbar.io refuses who offers what it does not know.
 */
export const OLD_METHOD = 'scram';

/** Of CHALLENGE.Extra, as it came: what is signed is this text. */
export interface Signed {
  readonly nonce: string;
  readonly salt: string;
  readonly iterations: number;
}

/** What both sides sign. RFC 5802 section 5.1: a name has no `,` and `=`. `biws` is base64 of `n,,`: no channel binding. */
export function authMessage(authid: string, clientNonce: string, asked: Signed): Uint8Array {
  const name = authid.replace(/[,=]/g, (sign) => (sign === ',' ? '=2C' : '=3D'));
  return signedText(name, clientNonce, asked, 'biws');
}

/** The same as Crossbar.io and Autobahn|Python have it. */
export function oldAuthMessage(authid: string, clientNonce: string, asked: Signed): Uint8Array {
  return signedText(authid, clientNonce, asked, '');
}

function signedText(name: string, clientNonce: string, { nonce, salt, iterations }: Signed, binding: string): Uint8Array {
  return utf8(`n=${name},r=${clientNonce},r=${nonce},s=${salt},i=${iterations},c=${binding},r=${nonce}`);
}
