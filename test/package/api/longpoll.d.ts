/// <reference lib="esnext.disposable" />
import { Connector } from './index.js';
import './types/words.js';
import './types/serializer.js';

interface LongPollOptions {
    /** Whether several messages may go in one request, if the router allows it. Default true. */
    readonly batched?: boolean | undefined;
    /** Headers that are sent with every request. Default none. */
    readonly headers?: {
        readonly [name: string]: string;
    } | undefined;
    /** `include`: cookies and HTTP logins are sent to other origins as well. Default `same-origin`. */
    readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
    /**
     * If a request has no answer for this many milliseconds, the connection ends. Routers answer a poll after 10 to 30 s.
     * Default 60 000; 0: never.
     */
    readonly timeoutMs?: number | undefined;
}
/**
 * Connects by HTTP long-poll, in browsers and in Node.js.
 *
 * It can do the same as a WebSocket, but is slower. Give it as the second URL: the client tries `url: ['ws://…/ws',
 * longPoll('http://…/lp')]` in turn.
 *
 * @param url - The base: `http://host:8080/lp`; in a page also `/lp`.
 * @returns For `ConnectionOptions.url`. Its `connect` rejects with a `TransportError`: `autostrada.error.invalid_url`,
 * `autostrada.error.no_longpoll`, `autostrada.error.no_subprotocol`, or `wamp.error.network_failure`.
 * @throws TypeError for options that do not exist, and for wrong values of options.
 * @see WAMP, "HTTP Longpoll Transport"
 */
declare function longPoll(url: string | URL, options?: LongPollOptions): Connector;

export { longPoll };
export type { LongPollOptions };
