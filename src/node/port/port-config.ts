/*
 * What is said about a port in data: in code and in a configuration file alike.
 */
import { type Check, oneOf } from '../../base/checks.ts';
import { MAX_DELAY_MS } from '../../base/clock.ts';
import { bool, type Known, string } from '../../base/options.ts';
import { type Bridges, bridges, bridgesIn, type HttpBridgeConfig, pathsOf, sharedPath } from '../http-bridge/bridge-config.ts';
import { type CookieConfig, cookies } from './cookie-config.ts';
import { isLoopback } from './loopback.ts';
import { type OpsConfig, opsChecks } from './ops-config.ts';
import { checkedSocketPath } from './unix-socket.ts';

const PROTOCOLS = ['websocket', 'rawsocket', 'longpoll'] as const;

export interface PortConfig {
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

export type Protocol = (typeof PROTOCOLS)[number];

export function listOf(fits: (value: unknown) => boolean, expected: string): Check {
  return (value) => (Array.isArray(value) && value.length > 0 && value.every(fits) ? undefined : expected);
}

/** origins.ts and hosts.ts check the entries. */
const namesOrAll: Check = (value) => (value === '*' || Array.isArray(value) ? undefined : "a list or '*'");

export const portChecks: Known & { readonly [name in keyof Required<PortConfig>]: Check } = {
  // Node.js takes an empty one for all addresses.
  host: (value) =>
    string(value) ?? (value === '' || /[\s/]/.test(String(value)) ? "an address or a name ('::' for all addresses)" : undefined),
  port: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535 ? undefined : 'an integer from 0 to 65535',
  socketPath: (value) => (checkedSocketPath(value) ? undefined : 'a path'),
  path: (value) => {
    if (typeof value !== 'string' || !value.startsWith('/')) return "a path that begins with '/'";
    return /[?#\s]/.test(value) ? "a path without '?', '#' and white space" : undefined;
  },
  longPollPath: (value) => (typeof value === 'string' && /^\/.*[^/]$/.test(value) ? undefined : "a path such as '/lp'"),
  protocols: listOf((value) => oneOf(...PROTOCOLS)(value) === undefined, `a list of ${PROTOCOLS.join(', ')}`),
  origins: namesOrAll,
  hosts: namesOrAll,
  trustProxy: bool,
  ops: opsChecks,
  cookies,
  pingMs: (value) =>
    typeof value === 'number' && value >= 0 && value <= MAX_DELAY_MS ? undefined : `milliseconds from 0 to ${MAX_DELAY_MS}`,
  http: bridges,
};

/** A path that would never be reached, because long-poll, or the HTTP bridge, has all that is below another one. */
function coveredPath(
  { ops, http }: Omit<PortConfig, 'http'> & { readonly http?: Bridges },
  longPollPath: string | undefined,
): { readonly option: 'ops' | 'http'; readonly path: string } | undefined {
  const bridged = bridgesIn(http).flatMap(pathsOf);
  const below = longPollPath === undefined ? [] : [`${longPollPath}/`];
  const hidden = bridged.find((path) => below.some((each) => path.startsWith(each)));
  if (hidden !== undefined) return { option: 'http', path: hidden };
  const isHidden = ops?.path !== undefined && [...below, ...bridged].some((each) => `${ops.path}/healthz`.startsWith(each));
  return isHidden ? { option: 'ops', path: ops.path } : undefined;
}

/** Options that exclude each other, and paths that overlap: each entry is the option, and what was expected and came. */
export function portConflicts(
  port: Omit<PortConfig, 'http'> & { readonly http?: Bridges },
): readonly (readonly [option: keyof PortConfig, text: string])[] {
  const { socketPath, protocols, path = '/ws', longPollPath = '/lp', host = '127.0.0.1', ops } = port;
  const isPublic = ops?.path !== undefined && (port.trustProxy === true || (socketPath === undefined && !isLoopback(host)));
  const other = (['host', 'port'] as const).find((name) => port[name] !== undefined);
  const has = (protocol: Protocol): boolean => protocols?.includes(protocol) ?? true;
  const shared = sharedPath(bridgesIn(port.http));
  const hasOpsPort = ops?.port !== undefined && ops.port !== 0 && socketPath === undefined && ops.port === port.port;
  const covered = coveredPath(port, has('longpoll') ? longPollPath : undefined);
  const isWithin = has('websocket') && has('longpoll') && (path === longPollPath || path.startsWith(`${longPollPath}/`));
  return [
    ...(socketPath !== undefined && other ? [[other, `expected socketPath without ${other}: it has its own`] as const] : []),
    ...(isPublic
      ? [['ops', 'expected ops to have a port of its own: others than this machine reach this one (host, trustProxy)'] as const]
      : []),
    ...(port.cookies && port.origins === '*'
      ? [['cookies', "expected cookies without origins '*': every page could use the login of its visitor"] as const]
      : []),
    ...(isWithin ? [['path', `expected path not to be within longPollPath ('${longPollPath}'), got '${path}'`] as const] : []),
    ...(hasOpsPort ? [['ops', `expected ops to have another port than the port itself, got ${ops.port}`] as const] : []),
    ...(covered ? [[covered.option, `expected paths that nothing else has, got '${covered.path}'`] as const] : []),
    ...(shared !== undefined ? [['http', `expected each bridge to have paths of its own, got '${shared}' twice`] as const] : []),
  ];
}
