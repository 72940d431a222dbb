/// <reference lib="esnext.disposable" />
import { Connector } from './index.js';
import { RouterConfig, Router } from './router.js';
import { Middleware } from './index.js';
import { Server } from 'node:http';
import { Serializer } from './index.js';
import './types/words.js';
import './types/scram-entry.js';
import './types/scram-keys.js';
import './types/uri.js';
import './types/clock.js';

/** Certificates and keys are PEM: text or bytes, not file names. */
interface TlsOptions {
    /**
     * Trusted authorities for the other side's certificate. Default: the authorities that Node.js knows. On a listener: clients need a
     * certificate that one of these has signed. Default there: clients need no certificate.
     */
    readonly ca?: string | Uint8Array | undefined;
    /** This side's certificate: a listener's, or a client's if the router requires one. */
    readonly cert?: string | Uint8Array | undefined;
    /** The private key of `cert`. */
    readonly key?: string | Uint8Array | undefined;
    /** The passphrase of `key`, if that is encrypted. */
    readonly passphrase?: string | undefined;
    /** The name that the other side's certificate must have. Default: the host of the URL. */
    readonly servername?: string | undefined;
    /**
     * Default true. `false` accepts any certificate of a router, which is no protection at all; on a listener with `ca` it also accepts
     * clients without a certificate.
     */
    readonly rejectUnauthorized?: boolean | undefined;
}

interface RawSocketOptions {
    /** Of `rss://`; with `unix:` it turns TLS on there as well. */
    readonly tls?: TlsOptions | undefined;
    /** The longest message that is accepted, in bytes. An integer from 1 to 2^31 - 1. A longer one ends the connection. Default 16 MiB, the most that RawSocket can carry. */
    readonly maxMessageBytes?: number | undefined;
}
/**
 * A RawSocket to a router: for programs on Node.js, where it costs less than a WebSocket.
 *
 * The client offers the first of the connection's serializers. If the router refuses it, the client offers the next one on a new connection.
 *
 * @param url - `rs://host:port`, `rss://host:port` (TLS) or `unix:/path/to/socket`.
 * @throws TypeError for options that do not exist, and values that they cannot have.
 * @throws `TransportError`: `autostrada.error.invalid_url`, at once. Connecting fails with `wamp.error.network_failure` (nobody
 * listens, or the router refuses), `autostrada.error.no_rawsocket` (something else answers) or `autostrada.error.no_subprotocol` (no
 * serializer in common).
 * @see WAMP "RawSocket Transport"
 * @example new Connection({ url: rawSocket('rs://127.0.0.1:8080'), realm: 'realm1' });
 */
declare function rawSocket(url: string | URL, options?: RawSocketOptions): Connector;

interface WebSocketOptions {
    /** Headers of the HTTP request: cookies, an authorization. */
    readonly headers?: {
        readonly [name: string]: string;
    } | undefined;
    /** Of `wss://`. */
    readonly tls?: TlsOptions | undefined;
    /** An `http.Agent`, for proxies. */
    readonly agent?: object | undefined;
    /** Offers `permessage-deflate`. It costs memory and time, and helps with large messages over slow networks. Default false. */
    readonly compression?: boolean | undefined;
    /** The longest message that is accepted, in bytes. An integer from 1 to 2^31 - 1. A longer one ends the connection. Default 100 MiB. */
    readonly maxMessageBytes?: number | undefined;
}
/**
 * A WebSocket with options that browsers do not have: headers, certificates, a proxy.
 *
 * @param url - `ws://host:port/path` or `wss://…`. A user name and a password in it are sent as HTTP's basic authorization, and not shown in
 * errors, status and log.
 * @returns A connector, to use instead of a URL. Connecting fails as with a URL.
 * @throws TypeError for options that do not exist, and values that they cannot have.
 * @example new Connection({ url: webSocket('wss://example.com/ws', { headers: { authorization: 'Bearer …' } }), realm: 'realm1' });
 */
declare function webSocket(url: string | URL, options?: WebSocketOptions): Connector;

/**
 * Reads and checks a JSON file. `{ "env": "NAME" }` instead of a string reads the environment, so that no secret is in the file.
 *
 * @throws TypeError that names the file, the place or the path in it, what was expected and what came; a key that an object has twice is one, too.
 *   Node's error when the file cannot be read.
 * @example const router = new Router(await loadConfig('router.json'));
 */
declare function loadConfig(file: string): Promise<RouterConfig>;

/**
 * A middleware that publishes to `node:diagnostics_channel`: the tracing channels `autostrada.call`, `autostrada.publish`,
 * `autostrada.invocation` and `autostrada.event`, each with `start`, `end`, `asyncStart`, `asyncEnd` and `error`. The message is the
 * context of the hook (`procedure` or `topic`, `args`, `kwargs`, `options`; or `args`, `kwargs`, `details`), with `result` or `error` once
 * they are known. While nobody listens, it does nothing.
 *
 * @example
 * const connection = new Connection({ url, realm: 'realm1', middleware: [diagnostics()] });
 * tracingChannel('autostrada.call').subscribe({
 *   asyncEnd: ({ procedure, result, error }) => console.log(procedure, error ?? result),
 * });
 */
declare function diagnostics(): Middleware;

interface ListenOptions {
    /** Default 127.0.0.1: this machine only. Not with `socketPath` or `server`. */
    readonly host?: string | undefined;
    /** Default 8080; 0 takes a free one. Not with `socketPath` or `server`. */
    readonly port?: number | undefined;
    /** The path of a unix socket, instead of host and port. Removed on close; the file of a dead process is replaced. */
    readonly socketPath?: string | undefined;
    /** Your own HTTP or HTTPS server, instead of host and port, without RawSocket. Requests for other paths than `path` are yours. */
    readonly server?: Server | undefined;
    /** Where the WebSocket is. Default `/ws`. */
    readonly path?: string | undefined;
    /** A directory of static files. Default none. Not with `server`. */
    readonly web?: string | undefined;
    /** `cert` and `key` turn TLS on, for all protocols of the port. Default none. Not with `server`. */
    readonly tls?: TlsOptions | undefined;
    /** The protocols of this port, beside files. Default: all of these; with `server` all but `rawsocket`. */
    readonly protocols?: readonly ('websocket' | 'rawsocket' | 'longpoll')[] | undefined;
    /** Default JSON, MessagePack and CBOR. The router takes the first one that the client offers and that is in this list. */
    readonly serializers?: readonly Serializer[] | undefined;
    /** Where long-poll is: `<longPollPath>/open` and so on, for `longPoll` of `autostrada/longpoll`. Default `/lp`. */
    readonly longPollPath?: string | undefined;
    /**
     * Pages of other origins that may connect, as `https://example.com`. Default: the same origin and clients that are no browsers; where the
     * router listens on loopback only, also pages of this machine (`http://localhost:5173`). Pages from files and sandboxed ones are told by
     * the entries `null` and `file://`: all of them, whoever wrote them. `'*'`: all pages. A refusal is logged.
     */
    readonly origins?: readonly string[] | '*' | undefined;
    /**
     * Names by which browsers reach this router, such as `router.example.com`: any site can let its own name point to this machine (DNS
     * rebinding). Default: IP addresses, `localhost`, names without a dot, the name of this machine, `host`, and the hosts of the listed `origins`. Another
     * name in `Host` is answered 421, for the WebSocket of a page, long-poll and files, and logged. `'*'`: all names. With TLS, at a
     * unix socket and with `trustProxy` no name is refused.
     */
    readonly hosts?: readonly string[] | '*' | undefined;
    /**
     * Takes the client's address, by which failed logins are counted, from the header `X-Forwarded-For`, and whether the connection is secure from
     * `X-Forwarded-Proto`, and leaves the check of names (`hosts`) to the proxy. Default false: anybody can send these
     * headers. Set it if every client comes through a proxy that sets them.
     */
    readonly trustProxy?: boolean | undefined;
    /**
     * A WebSocket that has been silent for this time, in milliseconds, gets a ping. If it is silent for as long again, it is closed. Default
     * 20 000, so that no proxy takes it for idle; at most 2^31 - 1. 0: never, for clients that are stopped in a debugger.
     */
    readonly pingMs?: number | undefined;
}

interface Listener extends AsyncDisposable {
    /** The URL of the WebSocket: `ws://127.0.0.1:8080/ws`; without a WebSocket, that of the RawSocket. `unix:/path` at a unix socket. */
    readonly url: string;
    /** For `longPoll()`: `http://127.0.0.1:8080/lp`. Undefined at a unix socket, or if `protocols` leaves long-poll out. */
    readonly longPollUrl: string | undefined;
    /** For `rawSocket()`: `rs://127.0.0.1:8080`, or `unix:/path`. Undefined where `protocols` or `server` leave RawSocket out. */
    readonly rawSocketUrl: string | undefined;
    /** 0 at a unix socket. */
    readonly port: number;
    /** Stops listening; the router and its sessions continue. */
    close(): Promise<void>;
}
/**
 * Opens a port for a router.
 *
 * @returns The listener, once it listens.
 * @throws TypeError for an option that is unknown, out of range, or excluded by another; Node's error, `EADDRINUSE` for a taken port.
 * @example await listen(router, { port: 8080, web: './public' });
 */
declare function listen(router: Router, options?: ListenOptions): Promise<Listener>;

export { diagnostics, listen, loadConfig, rawSocket, webSocket };
export type { ListenOptions, Listener, RawSocketOptions, TlsOptions, WebSocketOptions };
