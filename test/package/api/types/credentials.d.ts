/// <reference lib="esnext.disposable" />
import { WampError } from './errors.js';
import { Awaitable, Dict } from './words.js';

/** One try to connect and join. */
interface Attempt {
    /** 1 for the first try after `open()` and after a stable session. */
    readonly number: number;
    /** Why the last one failed or ended. `previous?.uri === 'wamp.error.authentication_denied'`: get a new token. */
    readonly previous: WampError | undefined;
    readonly signal: AbortSignal;
}
/** One way to log in. */
interface Credentials {
    readonly authmethods: readonly string[];
    /** Somebody is asked for the secret at each login: one that was refused may be another next time. Default false. */
    readonly isAsked?: boolean | undefined;
    begin(attempt: Attempt): Awaitable<Login>;
}
/** What one login knows; a new one for each join, so nonces live here. */
interface Login {
    readonly authid?: string | undefined;
    readonly authextra?: Dict | undefined;
    onchallenge?(method: string, extra: Dict, line: LoginLine): Awaitable<string | {
        readonly signature: string;
        readonly extra: Dict;
    }>;
    /** Checks the router's side, given WELCOME.Details; throwing refuses the session. */
    onwelcome?(details: Dict): Awaitable<void>;
}
/** The line that a login is on. */
interface LoginLine {
    /** Bytes that both ends of this TLS connection know and nobody else (WAMP "TLS Channel Binding"); undefined where there are none. */
    channelBinding(type: 'tls-exporter' | 'tls-unique'): Uint8Array | undefined;
}
/** A secret, or where to get it. A function is asked only when the router picks the method. */
type Secret<T = string> = T | ((attempt: Attempt) => Awaitable<T>);
/** No proof: the router decides who this is (WAMP method `anonymous`). */
declare function anonymous(options?: {
    readonly authid?: string | undefined;
    readonly authextra?: Dict | undefined;
}): Credentials;

export { anonymous };
export type { Attempt, Credentials, Login, LoginLine, Secret };
