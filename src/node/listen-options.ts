/*
 * The options of `listen`, checked before anything is opened: a mistake would otherwise show when the first client comes, or never.
 */
import type { Server } from 'node:http';
import { type Check, isDict, show } from '../base/checks.ts';
import { bool, checkOptions, type Known, withoutSecrets } from '../base/options.ts';
import type { Router } from '../router/router.ts';
import { cbor } from '../serializer/cbor.ts';
import { json } from '../serializer/json.ts';
import { msgpack } from '../serializer/msgpack.ts';
import type { Serializer } from '../serializer/serializer.ts';
import type { CookieOptions } from './cookies/cookie-logins.ts';
import { type PagesConfig, pages } from './http/pages-config.ts';
import { type BridgeSettings, bridgesIn, type HttpOptions, httpOptions, settleBridge } from './http-bridge/bridge-config.ts';
import type { SharedPort } from './longpoll/other-processes.ts';
import type { OpsOptions } from './ops/ops-server.ts';
import { cookieChecks, cookies } from './port/cookie-config.ts';
import { opsOptions } from './port/ops-config.ts';
import { listOf, type PortConfig, type Protocol, portChecks, portConflicts } from './port/port-config.ts';
import { type TlsOptions, tlsOptions } from './tls/tls.ts';

export interface ListenOptions extends Omit<PortConfig, 'http'> {
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

/** What can change while it listens. */
export const CHANGEABLE: readonly (keyof ChangedOptions)[] = ['origins', 'hosts', 'web', 'cookies', 'ops'];

/** The options that `listener.change` takes. */
export type ChangedOptions = Pick<ListenOptions, 'origins' | 'hosts' | 'web' | 'cookies' | 'ops'>;

/** The options with all defaults. */
export interface ListenSettings {
  readonly path: string;
  readonly longPollPath: string;
  readonly web: PagesConfig | undefined;
  readonly serializers: readonly Serializer[];
  readonly origins: readonly string[] | '*';
  readonly hosts: readonly string[] | '*';
  readonly pingMs: number;
  readonly trustProxy: boolean;
  readonly hasWebSocket: boolean;
  readonly hasRawSocket: boolean;
  readonly hasLongPoll: boolean;
  readonly bridges: readonly BridgeSettings[];
}

const hasMethods = (value: unknown, ...names: readonly string[]): boolean =>
  isDict(value) && names.every((name) => typeof value[name] === 'function');

const isStore: Check = (value) =>
  hasMethods(value, 'get', 'set', 'delete', 'deleteAll') ? undefined : 'an object with get, set, delete and deleteAll';

const known: Known & { readonly [name in keyof Required<ListenOptions>]: Check } = {
  ...portChecks,
  http: httpOptions,
  server: (value) => (hasMethods(value, 'on', 'address') ? undefined : 'an HTTP or HTTPS server of Node.js'),
  web: pages,
  tls: tlsOptions,
  ops: opsOptions,
  cookies: (value) => {
    if (!isDict(value)) return cookies(value);
    checkOptions('cookies', value, { ...cookieChecks, store: isStore });
    return undefined;
  },
  sharedPort: (value) =>
    isDict(value) &&
    typeof value.folder === 'string' &&
    typeof value.own === 'string' &&
    /^[A-Za-z\d]{1,32}$/.test(value.own) &&
    bool(value.hasOpsAtHub ?? false) === undefined
      ? undefined
      : 'an object with own (at most 32 letters and digits), folder, and, if you like, hasOpsAtHub (true or false)',
  serializers: listOf((value) => hasMethods(value, 'encode', 'decode'), 'a list of serializers, which json(), cbor(), … give'),
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
  if (server && options.ops?.path !== undefined)
    throw new TypeError('expected ops to have a port of its own with server: anybody could reach that one');
  exclude('server', options, ['tls', 'socketPath', 'host', 'port', 'web']);
  for (const [, text] of portConflicts(options)) throw new TypeError(text);
  const has = (protocol: Protocol): boolean => protocols?.includes(protocol) ?? true;
  return {
    path,
    longPollPath,
    web: typeof options.web === 'string' ? { folder: options.web } : options.web,
    serializers: options.serializers ?? [json(), msgpack(), cbor()],
    origins: options.origins ?? [],
    hosts: options.hosts ?? [],
    pingMs: options.pingMs ?? 20_000,
    trustProxy: options.trustProxy ?? false,
    hasWebSocket: has('websocket'),
    hasRawSocket: has('rawsocket') && !server,
    hasLongPoll: has('longpoll'),
    bridges: bridgesIn(options.http).map((bridge) => settleBridge(bridge, router)),
  };
}

/** `one` and the others exclude each other. */
function exclude(one: keyof ListenOptions, options: ListenOptions, others: readonly (keyof ListenOptions)[]): void {
  const other = others.find((name) => options[name] !== undefined);
  if (options[one] !== undefined && other) throw new TypeError(`expected ${one} without ${other}: it has its own`);
}
