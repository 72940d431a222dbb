/// <reference lib="esnext.disposable" />
import { Dict } from './index.js';
import { Secret, Credentials } from './index.js';

/** Something that signs by Ed25519: a key in WebCrypto, in hardware, in another process. */
interface Signer {
    /** 64 hex digits. */
    readonly publicKey: string;
    /** The signature, 64 octets. */
    sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}
/**
 * Logs in with an Ed25519 key (WAMP method `cryptosign`).
 *
 * @param options - `authid`: without it the router finds the user by the key. `privateKey`: the seed, 64 hex digits, or a {@link Signer}, or a
 * function that gets either; it is asked at each join, since the public key is in HELLO. `routerKey`: a router that does not prove that it has
 * this public key (64 hex digits) is refused. `channelBinding`: `tls-exporter` (TLS 1.3) or `tls-unique` (before), only in Node.js, by
 * `webSocket()` and `rawSocket()`; where the line has none, or the router does not take part, nothing is signed. Default none.
 * `authextra`: more for HELLO.
 * @throws TypeError for a key that is none.
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Cryptosign-based Authentication"}
 * @example new Connection({ url, realm: 'realm1', auth: cryptosign({ privateKey: process.env.KEY ?? '' }) });
 */
declare function cryptosign(options: {
    readonly authid?: string | undefined;
    readonly privateKey: Secret<string | Signer>;
    readonly routerKey?: string | undefined;
    readonly channelBinding?: 'tls-exporter' | 'tls-unique' | undefined;
    readonly authextra?: Dict | undefined;
}): Credentials;

/** Each 64 hex digits. */
interface KeyPair {
    /** The seed. */
    readonly privateKey: string;
    readonly publicKey: string;
}
/** @throws Error where the platform has no secure random source. */
declare function generateKeyPair(): KeyPair;
/** @throws TypeError for a key that is none. */
declare function publicKeyOf(privateKey: string): string;

export { cryptosign, generateKeyPair, publicKeyOf };
export type { KeyPair, Signer };
