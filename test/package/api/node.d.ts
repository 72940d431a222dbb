/// <reference lib="esnext.disposable" />
import { IncomingMessage, ServerResponse, Server } from 'node:http';
import { LoginFilter } from './types/router.js';
import { Router, RememberedLogin, RouterConfig, RouterHooks, Reloaded } from './router.js';
import { Connector } from './index.js';
import { Store, LogEntry, Engine } from './router.js';
import { Awaitable, Uri, Dict } from './index.js';
import { NatsOptions } from './nats.js';
import { Middleware } from './index.js';
import { Serializer } from './index.js';
import './types/clock.js';
import './types/uri.js';
import './types/scram-entry.js';
import './types/scram-keys.js';

interface OpenApiConfig {
    /** A module whose default export, or only export that is one, is a contract of `defineContract`. */
    readonly contract: string;
    /** The name of the API. Default: that of the realm. */
    readonly title?: string | undefined;
    /** The version of the API. Default `1`. */
    readonly version?: string | undefined;
    /** What the API is for, in Markdown. Default: none. */
    readonly description?: string | undefined;
}
/** A contract of `defineContract`. */
interface DescribedContract {
    readonly definition: {
        readonly procedures?: {
            readonly [uri: string]: object;
        } | undefined;
        readonly topics?: {
            readonly [uri: string]: object;
        } | undefined;
    };
}
interface OpenApiOptions extends Omit<OpenApiConfig, 'contract'> {
    /** What `defineContract` has returned. */
    readonly contract: DescribedContract;
}

interface HttpBridgeConfig {
    /** Where it is: `<path>/call/<procedure>`, `<path>/publish/<topic>`, `<path>/events/<topic>`. Such as `/api`. Default: the root. */
    readonly path?: string | undefined;
    /** The realm of its sessions. Default: the router's realm, if it has only one. */
    readonly realm?: string | undefined;
    /**
     * The HTTP status of an error, from 400 to 599, by the URI of the error: `{ "com.shop.error.out_of_stock": 409 }`. Default: those of the guide, 422 for the errors
     * of procedures.
     */
    readonly statuses?: {
        readonly [error: string]: number;
    } | undefined;
    /** Of the body of one request, in bytes. Default and maximum: `limits.maxMessageBytes`. A longer one is answered 413. */
    readonly maxBodyBytes?: number | undefined;
    /** How long a call may take, in milliseconds, if it is not streamed, and a publication with a slow store. Default 30 000. Then a call is canceled, and the answer is 504. */
    readonly timeoutMs?: number | undefined;
    /**
     * How long requests with the same credentials may use one session, in milliseconds from its login on. Default 60 000. 0: each request logs in. An idle session ends after 10 s.
     */
    readonly sessionMs?: number | undefined;
    /** Sessions for calls and publications. Default 1000. Beyond it the one that has been idle for longest ends; if all are busy, the request is answered 503. */
    readonly maxSessions?: number | undefined;
    /** Calls and publications at a time. Default 1000. One more is answered 503. */
    readonly maxRequests?: number | undefined;
    /** The same for one address, IPv6 by /64. Default 100. One more is answered 429. */
    readonly maxRequestsPerAddress?: number | undefined;
    /** Streams of events at a time, each with a session of its own. Default 1000. One more is answered 503. */
    readonly maxStreams?: number | undefined;
    /** The same for one address, IPv6 by /64. Default 100. One more is answered 429. */
    readonly maxStreamsPerAddress?: number | undefined;
    /** A stream gets a comment in this interval, in milliseconds, so that no proxy takes it for idle. Default 15 000. */
    readonly heartbeatMs?: number | undefined;
    /**
     * How long the answer of a request with an `Idempotency-Key` is kept, in milliseconds. Default 3 600 000 (an hour). The same request gets the same answer in that time, and
     * is not carried out again.
     */
    readonly idempotencyMs?: number | undefined;
    /** What these answers may take, in bytes; each counts as 1 KiB and its body. Default 16 MiB. Beyond it the user that has most loses the oldest. */
    readonly maxIdempotencyBytes?: number | undefined;
    /** The path for calls in the form of Crossbar.io's caller, such as `/call`. Default: none. It counts from the root of the port. */
    readonly crossbarCall?: string | undefined;
    /** The path for publications in the form of Crossbar.io's publisher, such as `/publish`. Default: none. It counts from the root of the port. */
    readonly crossbarPublish?: string | undefined;
    /** An OpenAPI document at `<path>/openapi.json`, made from a contract. Everybody who may reach the bridge can read it. Default: none. */
    readonly openapi?: OpenApiConfig | undefined;
}
/** The same in code, with the contract itself. */
interface HttpOptions extends Omit<HttpBridgeConfig, 'openapi'> {
    /** An OpenAPI document at `<path>/openapi.json`, made from a contract. Everybody who may reach the bridge can read it. Default: none. */
    readonly openapi?: OpenApiOptions | undefined;
}

interface CookieConfig {
    /** The name of the cookie. Default `autostrada`. With `__Host-` in front of it, browsers take it only over TLS, and from no other host. */
    readonly name?: string | undefined;
    /** How long a login is remembered, in milliseconds. Default 30 days. */
    readonly maxAgeMs?: number | undefined;
}

interface OpsConfig {
    /** A port for it alone, which speaks plain HTTP. 0 takes a free one. Not with `path`. */
    readonly port?: number | undefined;
    /** Where `port` listens. Default 127.0.0.1: this machine only. */
    readonly host?: string | undefined;
    /**
     * On the WAMP port itself, below this path: `/ops` gives `/ops/healthz` and so on. Only where that port listens on this machine, without `trustProxy`: anybody who
     * reaches it can read the metrics.
     */
    readonly path?: string | undefined;
    /** `GET /metrics`, the text format of Prometheus. It needs the package `prom-client`. Default true. */
    readonly metrics?: boolean | undefined;
    /**
     * Procedures whose calls are counted apart, by the label `procedure`: URIs, or prefixes that end in a dot. Default: none, so that the number of time series does
     * not grow with the URIs.
     */
    readonly procedures?: readonly string[] | undefined;
}

interface PortConfig {
    /** Default 127.0.0.1: this machine only. Not with `socketPath` or `server`. */
    readonly host?: string | undefined;
    /** Default 8080; 0 takes a free one. Not with `socketPath` or `server`. */
    readonly port?: number | undefined;
    /** The path of a unix socket, instead of host and port. Removed on close; the file of a dead process is replaced. */
    readonly socketPath?: string | undefined;
    /** Where the WebSocket is. Default `/ws`. */
    readonly path?: string | undefined;
    /** The protocols of this port, beside files. Default: all of these; with `server` all but `rawsocket`. */
    readonly protocols?: readonly ('websocket' | 'rawsocket' | 'longpoll')[] | undefined;
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
    /** Health, readiness and metrics by HTTP: `GET /healthz`, `/readyz`, `/metrics`. Default: none. */
    readonly ops?: OpsConfig | undefined;
    /**
     * Browsers that have logged in once come back without a login, as at Crossbar.io: `{}` is enough. The cookie is HttpOnly, SameSite=Strict, and Secure on a secure
     * connection. Default: none.
     */
    readonly cookies?: CookieConfig | undefined;
    /**
     * Calls, publications and events by plain HTTP, for programs without WAMP: `POST /call/<procedure>`, `POST /publish/<topic>`, `GET /events/<topic>`. `true`: with all
     * defaults. A list: several, with different paths. Default: none.
     */
    readonly http?: boolean | HttpBridgeConfig | readonly HttpBridgeConfig[] | undefined;
}

/** `origins`, `hosts` and `trustProxy` are as for `listen`. */
interface HttpBridgeOptions extends HttpOptions, Pick<PortConfig, 'origins' | 'hosts' | 'trustProxy'> {
}
/** Takes a request. One that is not for the bridge goes to `next`, or is answered 404 without it. */
interface HttpBridge {
    (request: IncomingMessage, response: ServerResponse, next?: () => void): void;
    /** Ends streams and idle sessions, and refuses new requests. The router continues. */
    close(): Promise<void>;
}
/**
 * Makes a handler of HTTP requests for calls, publications and events. A port of `listen` has the same by its option `http`.
 *
 * Nobody may have read the body before: with Express, put it before `express.json()`.
 *
 * @throws TypeError for an option that is unknown or out of range, and for a realm that the router does not have.
 * @example
 * const app = express();
 * app.use('/api', httpBridge(router));
 */
declare function httpBridge(router: Router, options?: HttpBridgeOptions): HttpBridge;

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

interface StoredLogin extends RememberedLogin {
    /** In milliseconds since 1970. */
    readonly expiresAt: number;
}
/** Keeps logins by the hash of the cookie: from what is stored nobody can make the cookie. */
interface CookieStore {
    get(hash: string): Awaitable<StoredLogin | undefined>;
    set(hash: string, login: StoredLogin): Awaitable<void>;
    delete(hash: string): Awaitable<void>;
    /** @returns How many it has deleted. */
    deleteAll(filter: LoginFilter): Awaitable<number>;
}

interface OpsOptions extends OpsConfig {
    /** Asked by `/readyz`, besides whether the router is open: whether everything else is ready. A text says why it is not. Default: it is. */
    readonly isReady?: (() => boolean | string) | undefined;
}

interface HubOptions {
    /** A path for a unix socket (a named pipe on Windows). Only this user may connect. */
    readonly path: string;
    /** A process has said nothing for ten seconds (`silent`), or too much of another one waits for it, or of the hub (`full`). It must end: for the others it is gone. */
    readonly silent?: ((process: {
        readonly pid: number;
        readonly why: 'silent' | 'full';
    }) => void) | undefined;
    /** Keeps retained events and histories of all nodes. Default: in memory, until the hub is closed. It is not closed with the hub. */
    readonly store?: Store | undefined;
    /** Keeps the logins of browsers (`cookies` of `listen`) of all nodes. Default: in memory, until the hub is closed. */
    readonly logins?: CookieStore | undefined;
    /** How much of the hub may wait for one process, in bytes. Default 256 MiB. */
    readonly maxWaitingBytes?: number | undefined;
    /** What goes wrong at the ports for operators. Default: nobody is told. */
    readonly log?: ((entry: LogEntry) => void) | undefined;
}
interface Hub extends AsyncDisposable {
    readonly path: string;
    /**
     * Opens a port for operators for each of these, instead of those that are open. They answer for all processes: `/healthz` and `/readyz` with 503 and the id of a process
     * that does not answer within a second, `/metrics` with the sums. `isReady` is asked by `/readyz`. The processes have the same `ops` in `listen`, and `hasOpsAtHub` of
     * `sharedPort`: so they count, and open no port. Undefined, or without `port`: nothing is opened for it.
     *
     * @returns Their URLs, in the same order.
     * @throws TypeError for an invalid one. Error if prom-client is needed and not installed; Node's error for a taken port. Then everything is as it was.
     */
    openOps(ops: readonly (OpsOptions | undefined)[]): Promise<readonly (string | undefined)[]>;
    /** All nodes lose it. */
    close(): Promise<void>;
}
/** Opens the hub of {@link local}. */
declare function openHub(options: HubOptions): Promise<Hub>;

interface LocalOptions {
    /** The path of the hub's socket. */
    readonly hub: string;
    /** Called once if the hub is gone: this process can share nothing any more, and should end. */
    readonly lost?: (() => void) | undefined;
    /**
     * Whether clients connect to this process. `false`: it gets no part of the limits of connections, so the others have all of them. Default true.
     */
    readonly hasPorts?: boolean | undefined;
    /** How much may wait for one other process, or for the hub, in bytes. One that takes nothing must not fill the memory of this one. Default 256 MiB. */
    readonly maxWaitingBytes?: number | undefined;
}
interface LocalEngine extends Engine {
    /** For `cookies: { store }` of `listen`: the logins of browsers, the same in all processes. */
    readonly logins: CookieStore;
}
/**
 * Joins routers in several processes of one machine to one. The process that starts them opens the hub by `openHub`.
 *
 * @example const router = new Router(config, { cluster: local({ hub: '/run/autostrada/hub.sock' }) });
 */
declare function local(options: LocalOptions): LocalEngine;

/** Something in a configuration file that is wrong, or probably a mistake. */
interface ConfigFault {
    /** The file, as it was given. */
    readonly file: string;
    /** From 1, as editors count. */
    readonly line: number;
    readonly column: number;
    /** Such as `config.realms["shop"].users["jane"].authrole`. */
    readonly path: string;
    /** What was expected and what came. Secrets are not in it. */
    readonly text: string;
}
/** A configuration file cannot be used. The message has a line for each fault: `router.json:12:5: config.listen.port: expected …, got …`. */
declare class ConfigFileError extends TypeError {
    /** In the order of the text. */
    readonly faults: readonly ConfigFault[];
    constructor(faults: readonly ConfigFault[]);
}
declare function faultLine({ file, line, column, path, text }: ConfigFault): string;

/**
 * A program beside the router. Either `command` or `module` is required.
 */
interface ComponentConfig {
    /**
     * A guest: a program in any language, and its arguments. It is found on the PATH; a path with a slash counts from `cwd`. No shell is involved.
     */
    readonly command?: readonly string[] | undefined;
    /** A JavaScript module, as a path that counts from `cwd`. Its default export is a function that gets a `Connection` that is logged in. */
    readonly module?: string | undefined;
    /** The working directory, as a path that counts from the folder of the file. Default: that folder. */
    readonly cwd?: string | undefined;
    /**
     * Further environment variables. `autostrada up` passes on its own environment; for components with a realm it adds WAMP_URL, WAMP_REALM,
     * WAMP_AUTHID and WAMP_PRIVATE_KEY.
     */
    readonly env?: {
        readonly [name: string]: string;
    } | undefined;
    /** The realm that it joins. Default: the only realm of the file, if there is one only; else none, which a module needs. */
    readonly realm?: string | undefined;
    /** The authrole of its login, one of the realm's. Default: none, so a guest gets no login. Open realms need none. */
    readonly authrole?: string | undefined;
    /** The authid of its login. Several components may share one, if their authroles are the same. Default: its name in the file. */
    readonly authid?: string | undefined;
    /** When it is started again, and how often. Default: `always`. */
    readonly restart?: RestartPolicy | RestartConfig | undefined;
    /** What must be there before it is started: another component that is ready, by name, or a probe that succeeds. Default: nothing. */
    readonly waitsFor?: readonly (string | Probe)[] | undefined;
    /**
     * When it counts as ready. Default: a module when its function has returned and all that it registered and subscribed is active; a guest as soon as
     * its process runs.
     */
    readonly ready?: Probe | undefined;
    /** Milliseconds that it may take until it is ready; then it is ended, which counts as a failure. 0: no limit. Default: 30000. */
    readonly readyTimeoutMs?: number | undefined;
    /** Is asked again and again while it is ready. If it fails several times in a row, the component is ended and started again. Default: none. */
    readonly health?: HealthConfig | undefined;
    /** Milliseconds between SIGTERM and SIGKILL when it is stopped. Default: 5000. */
    readonly stopTimeoutMs?: number | undefined;
    /** For development: files and folders, as paths that count from `cwd`. When one of them changes, it is restarted. Default: none. */
    readonly watch?: readonly string[] | undefined;
}
/**
 * `always`: whenever it ends. `on-failure`: when it ends with another code than 0, by a signal, or because it was not ready or not healthy.
 * `never`: not at all.
 */
type RestartPolicy = 'always' | 'on-failure' | 'never';
/** The delay doubles with each end, up to `maxMs`, and is shortened at random by up to a half. It is `minMs` again after the component was well for `healthyMs`. */
interface RestartConfig {
    /** Default: `always`. */
    readonly policy?: RestartPolicy | undefined;
    /** The first delay in milliseconds. Default: 200. */
    readonly minMs?: number | undefined;
    /** The longest delay in milliseconds. Default: 10000. */
    readonly maxMs?: number | undefined;
    /** How many restarts in a row there are before it counts as failed. Default: 10. */
    readonly limit?: number | undefined;
    /** A component that was ready for so many milliseconds was well: delays and the count begin again. Default: 10000. */
    readonly healthyMs?: number | undefined;
}
/** A question that has an answer from outside. */
type Probe = ProcedureProbe | PortProbe | UrlProbe;
/** Succeeds when the procedure is registered. */
interface ProcedureProbe {
    readonly procedure: string;
    /** Default: the realm of the component. */
    readonly realm?: string | undefined;
}
/** Succeeds when the port accepts a TCP connection. */
interface PortProbe {
    readonly port: number;
    /** Default: `127.0.0.1`. */
    readonly host?: string | undefined;
}
/** Succeeds when a GET of this URL is answered with a status from 200 to 399. */
interface UrlProbe {
    /** `http:` or `https:`. */
    readonly url: string;
}
interface HealthConfig {
    readonly probe: Probe;
    /** Milliseconds between two probes. Default: 10000. */
    readonly intervalMs?: number | undefined;
    /** Milliseconds that a probe may take. Default: 5000. */
    readonly timeoutMs?: number | undefined;
    /** How many failures in a row end the component. Default: 3. */
    readonly failures?: number | undefined;
}
/** By name. Names have letters, digits and `_ - . /`. */
interface ComponentsConfig {
    readonly [name: string]: ComponentConfig;
}
/** Where components are seen and controlled by WAMP. */
interface ControlConfig {
    /**
     * The realm with the procedures `autostrada.component.list`, `get`, `start`, `stop`, `restart` and `log`, and the topics
     * `autostrada.component.on_state` and `on_log`. Its permissions say which authroles may use them.
     */
    readonly realm: string;
    /** The inspector for users of this realm, on a port of its own. Default: only `autostrada inspect`, on the machine itself. */
    readonly inspector?: InspectorConfig | undefined;
}
/**
 * Users of the realm of `control` log in by ticket, WAMP-CRA or SCRAM. Permissions of their authroles say what they may do: `autostrada.inspect.` to look, `autostrada.payloads.` to see
 * payloads, `autostrada.try.` to call, publish and subscribe in all realms with any rights, `autostrada.session.` to end sessions. It speaks no TLS: put a proxy in front of it.
 */
interface InspectorConfig {
    /** 0 takes a free one. */
    readonly port: number;
    /** Default 127.0.0.1: this machine only. */
    readonly host?: string | undefined;
    /** As those of `listen`. */
    readonly hosts?: readonly string[] | '*' | undefined;
    /** As that of `listen`: every client comes through a proxy. Default false. */
    readonly trustProxy?: boolean | undefined;
}

interface PagesConfig {
    /** The directory. */
    readonly folder: string;
    /**
     * `true`: paths without a file, and without a dot in their last part, are answered with `index.html`, as an application with its own routes needs it. Default
     * `false`: 404.
     */
    readonly singlePage?: boolean | undefined;
    /**
     * The header `Cache-Control` by the beginning of the path; the longest one that fits counts: `{ "/assets/": "public, max-age=31536000, immutable" }` for
     * files whose names change with their content. Default `no-cache`: browsers ask each time whether a file has changed.
     */
    readonly cacheControl?: {
        readonly [path: string]: string;
    } | undefined;
    /**
     * Further files and directories, by the path at which they are: `{ "/lib": "./node_modules/uplot/dist" }`. The longest path that fits counts. Default: none.
     */
    readonly also?: {
        readonly [path: string]: string;
    } | undefined;
    /** Headers that every file gets, such as `Content-Security-Policy`. Default: none. */
    readonly headers?: {
        readonly [name: string]: string;
    } | undefined;
}

/** The log, in a configuration file. */
interface LogConfig {
    /**
     * `text` (default): a line for people. `json`: an object a line, with `time` (ISO 8601), `level`, `message`, and where there is one, `session` (its id) and
     * `error` (`name`, `message`, `uri`, `stack`).
     */
    readonly format?: 'text' | 'json' | undefined;
    /** The least important entries that are logged. Default `warn`. `info`: also sessions that join and leave. */
    readonly level?: 'debug' | 'info' | 'warn' | 'error' | undefined;
}
interface LineLogOptions extends LogConfig {
    /** Gets each line, without its end. Default: stderr. */
    readonly write?: ((line: string) => void) | undefined;
}
/**
 * Makes the hook `log` of a router.
 *
 * @throws TypeError for an unknown option.
 * @example const router = new Router(config, { log: lineLog({ format: 'json', level: 'info' }) });
 */
declare function lineLog(options?: LineLogOptions): (entry: LogEntry) => void;

/** Where retained events and histories are kept, so that a restart of the router forgets nothing. It needs the package `classic-level`. */
interface StoreConfig {
    /** The folder of the store. It is made if it is not there. One router at a time can use it. */
    readonly folder: string;
    /**
     * What an event that is kept survives, once its PUBLISHED was sent. `process` (default): the end of the router, however it ends. `power`: also a crash of the machine,
     * because each group of events is flushed to the disk (fsync) first, which takes milliseconds.
     */
    readonly durability?: 'process' | 'power' | undefined;
}

/** Files in PEM. They are read again when the configuration is reloaded. */
interface TlsFiles {
    /** The file of the certificate, with those between it and the authority. */
    readonly cert: string;
    /** The file of its private key. */
    readonly key: string;
    /** Opens the key, if it is encrypted. */
    readonly passphrase?: string | undefined;
    /** A file of authorities: clients need a certificate that one of these has signed. Default: clients need none. */
    readonly ca?: string | undefined;
    /** Default true. `false`: clients without a certificate are accepted, too, although `ca` is there. */
    readonly rejectUnauthorized?: boolean | undefined;
}

/** Routers on several machines that share their realms. */
interface ClusterConfig {
    readonly nats: NatsConfig;
}
/** The NATS server that joins them, with JetStream. It needs the packages `@nats-io/transport-node`, `@nats-io/jetstream` and `@nats-io/kv`. */
interface NatsConfig extends Omit<NatsOptions, 'credentials' | 'tls'> {
    /** A file of credentials, as NATS makes them, or one with the seed of a user's nkey. */
    readonly credentials?: string | undefined;
    /** Demands TLS. */
    readonly tls?: NatsTlsFiles | undefined;
}
/** Files in PEM. */
interface NatsTlsFiles {
    /** The authorities that sign the server's certificate. Default: those of Node.js. */
    readonly ca?: string | undefined;
    /** The certificate of this router. */
    readonly cert?: string | undefined;
    /** The file of its private key. */
    readonly key?: string | undefined;
}

/** One port, or one unix socket. */
interface ListenConfig extends PortConfig {
    /** A directory of static files, or that and how they are served. Default: none. */
    readonly web?: string | PagesConfig | undefined;
    /** Certificate and key turn TLS on, for all protocols of the port. Default: none. */
    readonly tls?: TlsFiles | undefined;
    /** The router takes the first one that the client offers and that is in this list. Default: all of these. */
    readonly serializers?: readonly ('json' | 'msgpack' | 'cbor')[] | undefined;
}
/**
 * The configuration of a router, its ports, and the components beside it. Paths count from the folder of the file. `{ "env": "NAME" }` instead of a string or
 * a port reads an environment variable.
 */
interface RouterFile extends RouterConfig {
    /** The JSON Schema of this file, for editors: `./node_modules/autostrada/dist/router.schema.json`. */
    readonly $schema?: string | undefined;
    /** The ports. Default: one, 127.0.0.1:8080. */
    readonly listen?: ListenConfig | readonly ListenConfig[] | undefined;
    /** Keeps retained events and histories in files. Default: they are in memory, until the router stops. */
    readonly store?: StoreConfig | undefined;
    /** Programs that `autostrada up` keeps running beside the router, by name. Default: none. */
    readonly components?: ComponentsConfig | undefined;
    /** How the router's log is written, for `autostrada router` and `autostrada up`. */
    readonly log?: LogConfig | undefined;
    /**
     * How long SIGTERM waits until no call runs, in milliseconds. Near the end of that time new calls are refused. New connections are refused meanwhile. Default 5000; 0: it does not wait.
     */
    readonly drainMs?: number | undefined;
    /**
     * How many processes of this machine share the ports, and are one router. Default 1. `--processes` wins.
     */
    readonly processes?: number | undefined;
    /** Joins this router to others on other machines. Default: it is alone. */
    readonly cluster?: ClusterConfig | undefined;
    /** Where components are seen and controlled by WAMP. Default: nowhere. */
    readonly control?: ControlConfig | undefined;
}

/** A configuration file that is right. */
interface LoadedFile {
    /** Absolute. */
    readonly file: string;
    /** What was read. */
    readonly text: string;
    /** Where the paths in the file count from. Absolute. */
    readonly folder: string;
    /** For `new Router`. */
    readonly router: RouterConfig;
    /** With absolute paths. Empty if the file has none. */
    readonly listen: readonly ListenConfig[];
    /** With an absolute path. */
    readonly store: RouterFile['store'];
    readonly components: ComponentsConfig;
    readonly control: RouterFile['control'];
    readonly log: RouterFile['log'];
    readonly drainMs: number | undefined;
    readonly processes: number | undefined;
    /** With absolute paths. */
    readonly cluster: RouterFile['cluster'];
    /** What is legal, but probably a mistake. */
    readonly warnings: readonly ConfigFault[];
}
/** What a check has found. */
interface ConfigFileReport {
    /** In the order of the text. */
    readonly faults: readonly ConfigFault[];
    /** What is legal, but probably a mistake. Only if there are no faults. */
    readonly warnings: readonly ConfigFault[];
    /** Undefined if there are faults. */
    readonly loaded: LoadedFile | undefined;
}
/**
 * Checks a configuration file, and finds all faults at once. Nothing is opened.
 *
 * @throws Node's error when the file cannot be read; a TypeError if it is not a text in UTF-8.
 * @example const { faults, warnings } = await checkFile('router.json');
 */
declare function checkFile(file: string): Promise<ConfigFileReport>;
/**
 * Reads and checks all of a configuration file: the router, its ports, and the components.
 *
 * @param text - What the file said before, to be taken as it was then. Default: what it says now.
 * @throws ConfigFileError with all faults, each with its line. Node's error when the file cannot be read.
 * @example const { router, listen } = await loadFile('router.json');
 */
declare function loadFile(file: string, text?: string): Promise<LoadedFile>;
/**
 * Reads and checks a configuration file, for its router. `{ "env": "NAME" }` instead of a string reads the environment, so that no secret is in the file. What
 * else is in the file must be of the right types, but the files that its ports need are not looked for.
 *
 * @throws ConfigFileError, a TypeError, that names the file, line, column and path of each fault, what was expected and what came; a key that an object has
 *   twice is one, too. Node's error when the file cannot be read.
 * @example const router = new Router(await loadConfig('router.json'));
 */
declare function loadConfig(file: string): Promise<RouterConfig>;

interface CookieOptions extends CookieConfig {
    /** Where the logins are kept. Default: in memory, at most 100 000; a restart forgets them. */
    readonly store?: CookieStore | undefined;
}

/** A store in files. */
interface FileStore extends Store, AsyncDisposable {
    /** Absolute. */
    readonly folder: string;
    /** For hosts: records of another kind in the same files. */
    table(kind: 'login'): Promise<Table>;
    /** Writes what waits, and closes the files. Close the router first. */
    close(): Promise<void>;
}
/** Records beside those of events, each under a key. */
interface Table {
    /** Those that it has now. */
    readonly records: ReadonlyMap<string, Uint8Array>;
    /** A record without a value is removed. Without records it waits until the files have all of the others. @returns When they are safe. */
    write(records: readonly {
        readonly key: string;
        readonly value: Uint8Array | undefined;
    }[]): Promise<void>;
}
/**
 * Opens a store in files, for `new Router(config, { store })`. `serve` does it for the `store` of a configuration file.
 *
 * @throws An error with a text for people: the package `classic-level` is not installed, the folder cannot be made, the store is damaged, another process has it (`code` is
 *   `STORE_IN_USE`), or a newer version has written it. TypeError for wrong options.
 * @example const store = await openStore({ folder: 'data' });
 */
declare function openStore(options: StoreConfig): Promise<FileStore>;

/**
 * Keeps the logins of browsers (`cookies` of `listen`) in a store. `serve` does it for a configuration file with a `store`.
 *
 * @throws Node's error, or that of the files, if they cannot be read.
 * @example await listen(router, { cookies: { store: await cookieStore(store) } });
 */
declare function cookieStore(store: FileStore): Promise<CookieStore>;

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

/** The processes that share a port. */
interface SharedPort {
    /** The name of this process, and of this port: letters and digits, at most 32. */
    readonly own: string;
    /** For the sockets between them. Only this user may enter it. */
    readonly folder: string;
    /** The process with the hub has the ports of `ops` (`hub.openOps`), so this one opens none, and only counts. Default false. */
    readonly hasOpsAtHub?: boolean | undefined;
}

interface ListenOptions extends Omit<PortConfig, 'http'> {
    /**
     * Calls, publications and events by plain HTTP, for programs without WAMP: `POST /call/<procedure>`, `POST /publish/<topic>`, `GET /events/<topic>`. `true`: with all
     * defaults; a list: several, each with a path of its own. Default: none.
     */
    readonly http?: boolean | HttpOptions | readonly HttpOptions[] | undefined;
    /** Your own HTTP or HTTPS server, instead of host and port, without RawSocket. Requests for other paths than `path` are yours. */
    readonly server?: Server | undefined;
    /** Health, readiness and metrics by HTTP: `GET /healthz`, `/readyz`, `/metrics`. Default: none. With `server` it needs a port of its own. */
    readonly ops?: OpsOptions | undefined;
    /**
     * Browsers that have logged in once come back without a login, as at Crossbar.io: `{}` is enough. The cookie is HttpOnly, SameSite=Strict, and Secure on a secure
     * connection. Default: none.
     */
    readonly cookies?: CookieOptions | undefined;
    /** A directory of static files, or that and how they are served. Default none. Not with `server`. */
    readonly web?: string | PagesConfig | undefined;
    /** `cert` and `key` turn TLS on, for all protocols of the port. Default none. Not with `server`. */
    readonly tls?: TlsOptions | undefined;
    /** Default JSON, MessagePack and CBOR. The router takes the first one that the client offers and that is in this list. */
    readonly serializers?: readonly Serializer[] | undefined;
    /** For several processes that share the port by `node:cluster`: so long-poll finds its process. Default: this process is the only one. */
    readonly sharedPort?: SharedPort | undefined;
}
/** The options that `listener.change` takes. */
type ChangedOptions = Pick<ListenOptions, 'origins' | 'hosts' | 'web' | 'cookies' | 'ops'>;

interface Listener extends AsyncDisposable {
    /** The URL of the WebSocket: `ws://127.0.0.1:8080/ws`; without a WebSocket, that of the RawSocket. `unix:/path` at a unix socket. */
    readonly url: string;
    /** For `longPoll()`: `http://127.0.0.1:8080/lp`. Undefined at a unix socket, or if `protocols` leaves long-poll out. */
    readonly longPollUrl: string | undefined;
    /** For `rawSocket()`: `rs://127.0.0.1:8080`, or `unix:/path`. Undefined where `protocols` or `server` leave RawSocket out. */
    readonly rawSocketUrl: string | undefined;
    /** Where `/healthz`, `/readyz` and `/metrics` are: `http://127.0.0.1:9090`, or `http://127.0.0.1:8080/ops`. Undefined without `ops`, or below a path of a unix socket. */
    readonly opsUrl: string | undefined;
    /** 0 at a unix socket. */
    readonly port: number;
    /** Forgets logins of browsers (`cookies`): all, or those of a realm, of a user. Their sessions continue. @returns How many. */
    forgetLogins(filter?: LoginFilter): Promise<number>;
    /**
     * Another certificate and key, for connections from now on; those that are open continue.
     *
     * @throws TypeError for an invalid one, and if this port had none before: it does not speak TLS.
     */
    setTls(tls: TlsOptions): void;
    /**
     * Other values of some options, for connections and requests from now on; connections that are open continue. Undefined: the default. An option that is left out stays as it was.
     *
     * @throws TypeError as `listen` does, also for `cookies` if it had none before, or should have none now. Node's error if `ops` has a port that is taken. Then nothing changes.
     */
    change(options: ChangedOptions): Promise<void>;
    /** Takes no new connections; those that are open continue, with their requests. Nothing happens if the server is another's (`server`). */
    stopAccepting(): void;
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

interface SharedMetrics {
    /** Other ports count now. What is measured already goes on. */
    change(ports: readonly {
        readonly ops?: OpsConfig | undefined;
    }[]): Promise<void>;
    close(): void;
}
/**
 * Adds what a router counts to the metrics of the ports of other routers of its cluster.
 *
 * @param ports - Those of the others.
 * @throws Error if prom-client is needed and not installed.
 */
declare function shareMetrics(router: Router, ports: Parameters<SharedMetrics['change']>[0]): Promise<SharedMetrics>;

interface ServeOptions {
    /** For the router. A `store` here is used instead of that of the file, and is not closed. */
    readonly hooks?: RouterHooks | undefined;
    /** Changes what the file says about the router, at the start and at each reload. Default: nothing is changed. */
    readonly router?: ((config: RouterConfig, file: Source) => RouterConfig) | undefined;
    /** Changes what the file says about ports, at the start and at each reload. Default: nothing is changed. */
    readonly ports?: ((ports: readonly ListenConfig[]) => readonly ListenConfig[]) | undefined;
    /** Changes what the file says about the store, at the start and at each reload. Default: nothing is changed. */
    readonly store?: ((store: StoreConfig | undefined) => StoreConfig | undefined) | undefined;
    /**
     * Takes over, at a reload, what `serve` has nothing to do with: `log`, `drainMs`, `components`, `control`. Returns the paths of what counts only after a restart. Called
     * last, when all else has been taken over. Default: nothing of it is taken over.
     */
    readonly others?: ((next: LoadedFile) => Awaitable<readonly string[]>) | undefined;
    /** Keeps the logins of browsers. Default: the store of the file, or memory. */
    readonly logins?: CookieStore | undefined;
    /** For several processes that share the ports. `own` gets the index of the port. Default: this process is the only one. */
    readonly sharedPort?: SharedPort | undefined;
    /** Asked by `/readyz` of `ops`, besides whether all ports listen. A text says why it is not. Default: all is. */
    readonly isReady?: (() => boolean | string) | undefined;
}
interface Served extends AsyncDisposable {
    readonly router: Router;
    /** In the order of the file. */
    readonly listeners: readonly Listener[];
    /**
     * Reads the file again, and takes over what can change while it runs: all that `router.reload` takes over, certificates, and of ports `origins`, `hosts`, `web`, `cookies` and
     * `ops`. Nothing changes if anything in the file is wrong. What needs a restart is in the result, and in the log.
     *
     * @param text - Taken instead of what the file says now.
     * @throws ConfigFileError with all faults of the file. Node's error if the port of `ops` is taken. TypeError if `serve` was not given a file.
     */
    reload(text?: string): Promise<Reloaded>;
    /**
     * Closes the ports, the router and the store. `goodbye`: that of `router.close`. `drainMs`: the time for calls that are running (`router.drain`), default 0: it does not wait.
     * Meanwhile new connections are refused, and `/readyz` says 503.
     */
    close(options?: {
        readonly goodbye?: Uri | false | undefined;
        readonly drainMs?: number | undefined;
    }): Promise<void>;
}
/**
 * Starts the router and the ports that a configuration file describes, and opens its store.
 *
 * @param source - The file, or what `loadFile` made of it, or a part of that.
 * @throws ConfigFileError with all faults of the file. Node's error, `EADDRINUSE` for a taken port; the error of `openStore`. Then nothing stays open.
 * @example await using served = await serve('router.json');
 */
declare function serve(source: string | Source, options?: ServeOptions): Promise<Served>;
/** What `serve` needs of a file. Without `file` it cannot be read again. */
type Source = Pick<LoadedFile, 'router' | 'listen'> & Partial<Pick<LoadedFile, 'file' | 'store' | 'components' | 'control' | 'log' | 'drainMs' | 'processes' | 'cluster'>>;

/** What a webhook needs of a `Connection`. */
interface WebhookConnection {
    subscribe(topic: string, handler: (args: readonly unknown[], kwargs: Dict, details: {
        readonly topic: Uri;
        readonly publication: number;
    }) => void, options?: {
        readonly match?: 'exact' | 'prefix' | 'wildcard';
    }): {
        readonly ready: Promise<unknown>;
        unsubscribe(): Promise<void>;
    };
    publish(topic: string, args: readonly unknown[], kwargs: Dict): unknown;
}
interface WebhookOptions {
    /** Which events. */
    readonly topic: Uri;
    /** Default `exact`. */
    readonly match?: 'exact' | 'prefix' | 'wildcard' | undefined;
    /** Where they are posted, by `http:` or `https:`. Redirects are not followed. */
    readonly url: string;
    /** The key of the signature: `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks). */
    readonly secret: string;
    /** The topic on which an event is published that could not be delivered. Default: none. */
    readonly deadLetter?: Uri | undefined;
    /** How long one attempt may take, in milliseconds. Default 15 000. */
    readonly timeoutMs?: number | undefined;
    /** How long to wait before each further attempt, in milliseconds; up to a fifth more by chance. Default 5 s, 5 min, 30 min, 2 h. */
    readonly retryMs?: readonly number[] | undefined;
    /** Events that are on their way or wait for another attempt. Default 1000. One more is not delivered. */
    readonly maxPending?: number | undefined;
}
interface Webhook extends AsyncDisposable {
    /** Resolves when it is subscribed. Rejects with the error of the subscription. */
    readonly ready: Promise<void>;
    /** Events that are on their way or wait for another attempt. */
    readonly pending: number;
    /** Unsubscribes, and gives up what waits: each such event goes to `deadLetter`. */
    close(): Promise<void>;
}
/**
 * Posts the events of a subscription to a URL, as `{"type":topic,"timestamp":…,"data":{"args":[…],"kwargs":{…}}}` with the headers `webhook-id`, `webhook-timestamp` and
 * `webhook-signature` of Standard Webhooks. A status from 200 to 299 means that it was taken, 410 that it must not be tried again.
 *
 * An event may come more than once, or in another order: `webhook-id` is the same for each attempt.
 *
 * @param connection - A `Connection`. It stays open.
 * @throws TypeError for an option that is missing, unknown or out of range.
 * @example
 * export default (connection) => webhook(connection, { topic: 'com.shop.order.placed', url: 'https://example.com/hook', secret: process.env.SECRET });
 */
declare function webhook(connection: WebhookConnection, options: WebhookOptions): Webhook;

export { ConfigFileError, LoginFilter, checkFile, cookieStore, diagnostics, faultLine, httpBridge, lineLog, listen, loadConfig, loadFile, local, openHub, openStore, rawSocket, serve, shareMetrics, webSocket, webhook };
export type { ConfigFault, ConfigFileReport, CookieConfig, CookieOptions, CookieStore, DescribedContract, FileStore, HttpBridge, HttpBridgeConfig, HttpBridgeOptions, HttpOptions, Hub, HubOptions, LineLogOptions, ListenConfig, ListenOptions, Listener, LoadedFile, LocalEngine, LocalOptions, LogConfig, OpenApiConfig, OpenApiOptions, OpsConfig, OpsOptions, RawSocketOptions, RouterFile, ServeOptions, Served, SharedMetrics, StoreConfig, StoredLogin, TlsOptions, WebSocketOptions, Webhook, WebhookConnection, WebhookOptions };
