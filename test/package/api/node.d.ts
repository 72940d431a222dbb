/// <reference lib="esnext.disposable" />
import { Server } from 'node:http';
import { Router } from './router.js';
import { Serializer } from './index.js';
import './types/uri.js';
import './types/transport.js';

interface ListenOptions {
    /** Default 127.0.0.1: this machine only. */
    readonly host?: string | undefined;
    /** Default 8080; 0 takes a free one. */
    readonly port?: number | undefined;
    /** An HTTP or HTTPS server of yours, in place of host and port. What is not at `path` is left to you. */
    readonly server?: Server | undefined;
    /** Where the WebSocket is. Default `/ws`. */
    readonly path?: string | undefined;
    /** A directory of static files. Default none. Not with `server`. */
    readonly web?: string | undefined;
    /** Default JSON, MessagePack and CBOR. Of those that a client offers, its first one that is here is taken. */
    readonly serializers?: readonly Serializer[] | undefined;
    /** Where long-poll is: `<longPollPath>/open` and so on, for `longPoll` of `autostrada/longpoll`. Default `/lp`. */
    readonly longPollPath?: string | undefined;
    /**
     * Pages of other origins that may connect, as `https://example.com`. Default: the same origin, clients that are no browsers, and, where
     * the router listens on loopback only, pages of this machine (`http://localhost:5173`). Pages from files and sandboxed ones are told by
     * the entries `null` and `file://`: all of them, whoever wrote them. `'*'`: all pages. A refusal is logged.
     */
    readonly origins?: readonly string[] | '*' | undefined;
    /**
     * A WebSocket that has been silent for so many milliseconds is pinged, and one that is silent for as long again is closed. Default
     * 20 000, so that no proxy takes it for idle; 0: never, for clients that are stopped in a debugger.
     */
    readonly pingMs?: number | undefined;
}
interface Listener extends AsyncDisposable {
    /** Of the WebSocket: `ws://127.0.0.1:8080/ws`. */
    readonly url: string;
    /** For `longPoll()`: `http://127.0.0.1:8080/lp`. */
    readonly longPollUrl: string;
    readonly port: number;
    /** Stops listening; the router and its sessions go on. */
    close(): Promise<void>;
}
/**
 * Opens a port for a router.
 *
 * @returns The listener, once it listens.
 * @throws Node's error, `EADDRINUSE` for a taken port.
 * @example await listen(router, { port: 8080, web: './public' });
 */
declare function listen(router: Router, options?: ListenOptions): Promise<Listener>;

export { listen };
export type { ListenOptions, Listener };
