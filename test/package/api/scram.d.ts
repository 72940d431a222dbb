/// <reference lib="esnext.disposable" />
import { Argon2id } from './types/scram-keys.js';
import { Dict } from './index.js';
import { Secret, Credentials } from './index.js';
export { ScramEntry, scramEntry } from './types/scram-entry.js';

/**
 * Logs in by SCRAM (WAMP method `wamp-scram`; `scram` at Crossbar.io). The router must prove that it knows the user; one that
 * does not is refused.
 *
 * @param options - `password`: the password, or a function that gets it, called only when the router picks this method.
 * `argon2id`: the function for argon2id13, from `autostrada/argon2`; without it only pbkdf2 is accepted. `minIterations`: for
 * pbkdf2, default 4096. A router that asks for fewer is refused, because it may try to find out the password.
 * `maxIterations`: default 1 000 000 (for argon2id13: 1 GiB). A router that asks for more is refused, because it may only
 * want to keep us busy. `authextra`: more for HELLO.
 * @throws TypeError when `authid` or `password` is missing, or not allowed (RFC 4013).
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

export { Argon2id, scram };
