/// <reference lib="esnext.disposable" />
import { Argon2id } from './scram-keys.js';

/**
 * What a router keeps for a user who logs in by WAMP-SCRAM. It is JSON; `scramEntry` makes it. `argon2id-13` is Crossbar.io's
 * Argon2id: it works for the method `scram` only.
 */
interface ScramEntry {
    readonly kdf: 'pbkdf2' | 'argon2id13' | 'argon2id-13';
    /** Base64. */
    readonly salt: string;
    readonly iterations: number;
    /** In KiB, for argon2id13. */
    readonly memory?: number | undefined;
    /** Base64. */
    readonly storedKey: string;
    readonly serverKey: string;
    /**
     * For argon2id13: the keys for Crossbar.io's dialect, the method `scram`, which Autobahn|Python speaks. Without them the
     * user can only use `wamp-scram`.
     */
    readonly crossbar?: {
        readonly storedKey: string;
        readonly serverKey: string;
    } | undefined;
}
/**
 * Makes what the router keeps for a user instead of the password.
 *
 * @param options - `iterations`: of pbkdf2, default 100 000. `argon2id`: the entry is made with argon2id13, with `memoryKiB`
 * (default 19 456) and `iterations` (default 2).
 * @throws TypeError (as a rejection) for a password that is empty, not a string, or not allowed (RFC 4013).
 * @example { authrole: 'user', scram: await scramEntry('secret') }
 */
declare function scramEntry(password: string, options?: {
    readonly iterations?: number | undefined;
    readonly argon2id?: Argon2id | undefined;
    readonly memoryKiB?: number | undefined;
}): Promise<ScramEntry>;

export { scramEntry };
export type { ScramEntry };
