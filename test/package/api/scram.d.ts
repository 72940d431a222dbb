/// <reference lib="esnext.disposable" />
import { Dict } from './index.js';
import { Secret, Credentials } from './index.js';

/** Argon2id, version 1.3, one lane. `autostrada/argon2` has one. */
type Argon2id = (input: {
    readonly password: Uint8Array;
    readonly salt: Uint8Array;
    /** Passes over the memory. */
    readonly iterations: number;
    readonly memoryKiB: number;
    /** Of the key, in octets. */
    readonly length: number;
}) => Promise<Uint8Array>;
/**
 * What a router keeps for a user who logs in by WAMP-SCRAM. JSON. `scramEntry` makes one. `argon2id-13` is Crossbar.io's Argon2id: good for the method
 * `scram` only.
 */
interface ScramEntry {
    readonly kdf: 'pbkdf2' | 'argon2id13' | 'argon2id-13';
    /** Base64. */
    readonly salt: string;
    readonly iterations: number;
    /** KiB, for argon2id13. */
    readonly memory?: number | undefined;
    /** Base64. */
    readonly storedKey: string;
    readonly serverKey: string;
    /** Of argon2id13: the keys for Crossbar.io's dialect, the method `scram`, which Autobahn|Python speaks. Without them: only `wamp-scram`. */
    readonly crossbar?: {
        readonly storedKey: string;
        readonly serverKey: string;
    } | undefined;
}
/**
 * Logs in by SCRAM (WAMP method `wamp-scram`; `scram` at Crossbar.io) and has the router prove that it knows the user: one that does not is refused.
 *
 * @param options - `password`: or a function that gets it, asked only when the router picks this method. `argon2id`: for argon2id13, from
 * `autostrada/argon2`; without it only pbkdf2 is accepted. `minIterations`: of pbkdf2, default 4096; a router that asks for less is refused, as
 * it may be after the password. `maxIterations`: default 1 000 000 (argon2id13: 1 GiB); one that asks for more would only keep us busy.
 * `authextra`: more for HELLO.
 * @throws TypeError when `authid` or `password` is missing, or cannot be (RFC 4013).
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Salted Challenge Response Authentication Mechanism"}
 * @example new Connection({ url, realm: 'realm1', auth: scram({ authid: 'joe', password: 'secret' }) });
 */
declare function scram(options: {
    readonly authid: string;
    readonly password: Secret;
    readonly argon2id?: Argon2id | undefined;
    readonly minIterations?: number | undefined;
    readonly maxIterations?: number | undefined;
    readonly authextra?: Dict | undefined;
}): Credentials;
/**
 * What the router keeps for a user in place of the password.
 *
 * @param options - `iterations`: default 100 000 of pbkdf2. `argon2id`: makes it an entry of argon2id13, with `memoryKiB` (default 19 456) and
 * `iterations` (default 2).
 * @throws TypeError for a password that cannot be (RFC 4013).
 * @example { authrole: 'user', scram: await scramEntry('secret') }
 */
declare function scramEntry(password: string, options?: {
    readonly iterations?: number | undefined;
    readonly argon2id?: Argon2id | undefined;
    readonly memoryKiB?: number | undefined;
}): Promise<ScramEntry>;

export { scram, scramEntry };
export type { Argon2id, ScramEntry };
