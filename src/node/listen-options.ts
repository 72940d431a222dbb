/*
 * The options of `listen`, checked before anything is opened: a mistake would otherwise show when the first client comes, or never.
 */
import { statSync } from 'node:fs';
import type { Server } from 'node:http';
import { type Check, isDict, show } from '../base/checks.ts';
import { MAX_DELAY_MS } from '../base/clock.ts';
import { bool, checkOptions, type Known, string, withoutSecrets } from '../base/options.ts';
import type { Router } from '../router/router.ts';
import { cbor } from '../serializer/cbor.ts';
import { json } from '../serializer/json.ts';
import { msgpack } from '../serializer/msgpack.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { checkedSocketPath } from './port/unix-socket.ts';
import { type TlsOptions, tlsOptions } from './tls/tls.ts';

const PROTOCOLS = ['websocket', 'rawsocket', 'longpoll'] as const;
type Protocol = (typeof PROTOCOLS)[number];

export interface ListenOptions {
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

/** The options with all defaults. */
export interface ListenSettings {
  readonly path: string;
  readonly longPollPath: string;
  readonly web: string | undefined;
  readonly serializers: readonly Serializer[];
  readonly origins: readonly string[] | '*';
  readonly hosts: readonly string[] | '*';
  readonly pingMs: number;
  readonly trustProxy: boolean;
  readonly hasWebSocket: boolean;
  readonly hasRawSocket: boolean;
  readonly hasLongPoll: boolean;
}

function listOf(fits: (value: unknown) => boolean, expected: string): Check {
  return (value) => (Array.isArray(value) && value.length > 0 && value.every(fits) ? undefined : expected);
}

/** origins.ts and hosts.ts check the entries. */
const namesOrAll: Check = (value) => (value === '*' || Array.isArray(value) ? undefined : "a list or '*'");

const hasMethods = (value: unknown, ...names: readonly string[]): boolean =>
  isDict(value) && names.every((name) => typeof value[name] === 'function');

const known: Known & { readonly [name in keyof Required<ListenOptions>]: Check } = {
  // Node.js takes an empty one for all addresses.
  host: (value) => string(value) ?? (value === '' ? "an address or a name ('::' for all addresses)" : undefined),
  port: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535 ? undefined : 'an integer from 0 to 65535',
  socketPath: (value) => (checkedSocketPath(value) ? undefined : 'a path'),
  server: (value) => (hasMethods(value, 'on', 'address') ? undefined : 'an HTTP or HTTPS server of Node.js'),
  path: (value) => (typeof value === 'string' && value.startsWith('/') ? undefined : "a path that begins with '/'"),
  longPollPath: (value) => (typeof value === 'string' && /^\/.*[^/]$/.test(value) ? undefined : "a path such as '/lp'"),
  web: (value) =>
    typeof value === 'string' && statSync(value, { throwIfNoEntry: false })?.isDirectory() ? undefined : 'a directory',
  tls: tlsOptions,
  protocols: listOf((value) => PROTOCOLS.some((protocol) => protocol === value), `a list of ${PROTOCOLS.join(', ')}`),
  serializers: listOf((value) => hasMethods(value, 'encode', 'decode'), 'a list of serializers, which json(), cbor(), … give'),
  origins: namesOrAll,
  hosts: namesOrAll,
  trustProxy: bool,
  pingMs: (value) =>
    typeof value === 'number' && value >= 0 && value <= MAX_DELAY_MS ? undefined : `milliseconds from 0 to ${MAX_DELAY_MS}`,
};

/** @throws TypeError that says what was expected, what came, and what was probably meant. */
export function settleListen(router: Router, options: ListenOptions): ListenSettings {
  if (!hasMethods(router, 'attach', 'turnAway')) throw new TypeError(`expected a Router to listen for, got ${show(router)}`);
  if (router.isClosed) throw new TypeError('expected a Router that is open, got one that was closed');
  checkOptions('listen', options, known, withoutSecrets);
  const { server, tls, protocols, path = '/ws', longPollPath = '/lp' } = options;
  if (tls && (tls.cert === undefined || tls.key === undefined))
    throw new TypeError('expected tls to have cert and key, got neither');
  if (server && protocols?.includes('rawsocket')) throw new TypeError('expected rawsocket without server: it needs its own port');
  exclude('server', options, ['tls', 'socketPath', 'host', 'port', 'web']);
  exclude('socketPath', options, ['host', 'port']);
  const has = (protocol: Protocol): boolean => protocols?.includes(protocol) ?? true;
  const [hasWebSocket, hasLongPoll] = [has('websocket'), has('longpoll')];
  if (hasWebSocket && hasLongPoll && (path === longPollPath || path.startsWith(`${longPollPath}/`)))
    throw new TypeError(`expected path not to be within longPollPath ('${longPollPath}'), got '${path}'`);
  return {
    path,
    longPollPath,
    web: options.web,
    serializers: options.serializers ?? [json(), msgpack(), cbor()],
    origins: options.origins ?? [],
    hosts: options.hosts ?? [],
    pingMs: options.pingMs ?? 20_000,
    trustProxy: options.trustProxy ?? false,
    hasWebSocket,
    hasRawSocket: has('rawsocket') && !server,
    hasLongPoll,
  };
}

/** `one` and the others exclude each other. */
function exclude(one: keyof ListenOptions, options: ListenOptions, others: readonly (keyof ListenOptions)[]): void {
  const other = others.find((name) => options[name] !== undefined);
  if (options[one] !== undefined && other) throw new TypeError(`expected ${one} without ${other}: it has its own`);
}
