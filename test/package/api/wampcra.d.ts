/// <reference lib="esnext.disposable" />
import { Dict } from './index.js';
import { Secret, Credentials } from './index.js';

/** Does the same as `deriveKey`, synchronously. Programs written for Autobahn expect that. */
declare function deriveKeyNow(secret: string, salt: string, iterations?: number, keylen?: number): string;
/** The signature: base64 of an HMAC of the challenge, exactly as the challenge came. */
declare function sign(key: string, challenge: string): string;

interface DeriveOptions {
    readonly iterations?: number | undefined;
    readonly keylen?: number | undefined;
}

/**
 * Logs in by challenge and response (WAMP method `wampcra`), with or without a salt, as the router asks.
 *
 * @param options - `secret`: the password, or a function that gets it, called only when the router picks this method.
 * `authextra`: more for HELLO.
 * @throws TypeError when `authid` or `secret` is missing.
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Challenge Response Authentication"}
 * @example new Connection({ url, realm: 'realm1', auth: wampcra({ authid: 'joe', secret: 'secret' }) });
 */
declare function wampcra(options: {
    readonly authid: string;
    readonly secret: Secret;
    readonly authextra?: Dict | undefined;
}): Credentials;
/**
 * Makes what a router keeps instead of a secret: a key by PBKDF2-SHA256, as base64.
 *
 * @param salt - Any text. It is used as it is.
 * @param options - `iterations`: default 1000. `keylen`: in octets, default 32. Each challenge contains both.
 * @throws TypeError (as a rejection) for a secret that is empty or not a string, and for wrong options.
 * @example { authrole: 'user', wampcra: { key: await deriveKey('secret', 'salt123'), salt: 'salt123', iterations: 1000,
 * keylen: 32 } }
 */
declare function deriveKey(secret: string, salt: string, options?: DeriveOptions): Promise<string>;

export { deriveKey, deriveKeyNow, sign, wampcra };
