/// <reference lib="esnext.disposable" />
import { Dict } from './index.js';
import { Secret, Credentials } from './index.js';

/** Something that signs with Ed25519: a key in WebCrypto, in hardware, or in another process. */
interface Signer {
    /** 64 hex digits. */
    readonly publicKey: string;
    /** The signature, 64 octets. */
    sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}
/**
 * Logs in with an Ed25519 key (WAMP method `cryptosign`).
 *
 * @param options - `authid`: if it is absent, the router finds the user by the key. `privateKey`: the seed (64 hex digits), a
 * {@link Signer}, or a function that gets one of them. The function is called at each join, since the public key is in HELLO.
 * `routerKey`: the router's public key (64 hex digits); a router that does not prove that it has this key is refused.
 * `channelBinding`: `tls-exporter` (TLS 1.3) or `tls-unique` (before TLS 1.3), only in Node.js, with `webSocket()` and
 * `rawSocket()`. If the connection has no channel binding, or the router does not take part, the client signs nothing. The
 * default is no channel binding. `authextra`: more for HELLO.
 * @throws TypeError if a key is not valid.
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

/** Each key has 64 hex digits. */
interface KeyPair {
    /** The seed. */
    readonly privateKey: string;
    readonly publicKey: string;
}
/** @throws {@link FatalError} if the platform has no secure random source. */
declare function generateKeyPair(): KeyPair;
/** @throws TypeError if the key is not valid. */
declare function publicKeyOf(privateKey: string): string;

export { cryptosign, generateKeyPair, publicKeyOf };
export type { KeyPair, Signer };
