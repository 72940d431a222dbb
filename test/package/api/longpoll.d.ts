/// <reference lib="esnext.disposable" />
import { Connector } from './index.js';
import './types/words.js';
import './types/serializer.js';

interface LongPollOptions {
    /** Whether several messages may go in one request, where the router can. Default true. */
    readonly batched?: boolean | undefined;
    /** Sent with every request. Default none. */
    readonly headers?: {
        readonly [name: string]: string;
    } | undefined;
    /** `include`: cookies and HTTP logins for another origin as well. Default `same-origin`. */
    readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
    /** A request that is not answered for so many milliseconds ends the line. Routers answer a poll after 10 to 30 s. Default 60 000; 0: never. */
    readonly timeoutMs?: number | undefined;
}
/**
 * Connects by HTTP long-poll, in browsers and in Node.js.
 *
 * Slower than a WebSocket, and as able. Give it as the second URL: `url: ['ws://…/ws', longPoll('http://…/lp')]` are gone through in turn.
 *
 * @param url - The base: `http://host:8080/lp`; in a page also `/lp`.
 * @returns For `ConnectionOptions.url`. Its `connect` rejects with a `TransportError`: `autostrada.error.invalid_url`,
 * `autostrada.error.no_longpoll`, `autostrada.error.no_subprotocol`, or `wamp.error.network_failure`.
 * @throws TypeError for options that do not exist, and values that they cannot have.
 * @see WAMP, "HTTP Longpoll Transport"
 */
declare function longPoll(url: string | URL, options?: LongPollOptions): Connector;

export { longPoll };
export type { LongPollOptions };
