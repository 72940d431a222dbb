/*
 * What is said about an HTTP bridge in data: in code and in a configuration file alike.
 */
import { asList, type Check, isDict, show } from '../../base/checks.ts';
import { MAX_DELAY_MS } from '../../base/clock.ts';
import { checkOptions, type Known, string } from '../../base/options.ts';
import { type OpenApiConfig, type OpenApiOptions, openApiConfig, openApiOptions } from '../openapi/openapi-config.ts';

export interface HttpBridgeConfig {
  /** Where it is: `<path>/call/<procedure>`, `<path>/publish/<topic>`, `<path>/events/<topic>`. Such as `/api`. Default: the root. */
  readonly path?: string | undefined;
  /** The realm of its sessions. Default: the router's realm, if it has only one. */
  readonly realm?: string | undefined;
  /**
   * The HTTP status of an error, from 400 to 599, by the URI of the error: `{ "com.shop.error.out_of_stock": 409 }`. Default: those of the guide, 422 for the errors
   * of procedures.
   */
  readonly statuses?: { readonly [error: string]: number } | undefined;
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
export interface HttpOptions extends Omit<HttpBridgeConfig, 'openapi'> {
  /** An OpenAPI document at `<path>/openapi.json`, made from a contract. Everybody who may reach the bridge can read it. Default: none. */
  readonly openapi?: OpenApiOptions | undefined;
}

/** With all defaults. */
export interface BridgeSettings {
  readonly path: string;
  readonly realm: string;
  readonly statuses: ReadonlyMap<string, number>;
  readonly maxBodyBytes: number;
  readonly timeoutMs: number;
  readonly sessionMs: number;
  readonly maxSessions: number;
  readonly maxRequests: number;
  readonly maxRequestsPerAddress: number;
  readonly maxStreams: number;
  readonly maxStreamsPerAddress: number;
  readonly heartbeatMs: number;
  readonly idempotencyMs: number;
  readonly maxIdempotencyBytes: number;
  readonly crossbarCall: string | undefined;
  readonly crossbarPublish: string | undefined;
  readonly openapi: OpenApiOptions | undefined;
}

const path: Check = (value) => (typeof value === 'string' && /^\/[^?#]*[^/?#]$/.test(value) ? undefined : "a path such as '/api'");
const count: Check = (value) => (Number.isInteger(value) && Number(value) >= 1 ? undefined : 'an integer from 1 on');
const delay =
  (least: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= MAX_DELAY_MS
      ? undefined
      : `milliseconds from ${least} to ${MAX_DELAY_MS}`;
const isStatus = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 400 && Number(value) <= 599;

export const bridgeChecks: Known & { readonly [name in keyof Required<HttpBridgeConfig>]: Check } = {
  path,
  realm: string,
  statuses: (value) =>
    isDict(value) && Object.values(value).every(isStatus)
      ? undefined
      : 'an object of error URIs, each with a status from 400 to 599',
  maxBodyBytes: count,
  timeoutMs: delay(1),
  sessionMs: delay(0),
  maxSessions: count,
  maxRequests: count,
  maxRequestsPerAddress: count,
  maxStreams: count,
  maxStreamsPerAddress: count,
  heartbeatMs: delay(1),
  idempotencyMs: delay(1),
  maxIdempotencyBytes: count,
  crossbarCall: path,
  crossbarPublish: path,
  openapi: openApiConfig,
};

/** The same in code. */
export const httpChecks: Known = { ...bridgeChecks, openapi: openApiOptions };

/** `true`, one bridge, or several. */
const several =
  (checks: Known): Check =>
  (value) => {
    if (typeof value === 'boolean') return undefined;
    const all = asList(value);
    if (all.length === 0 || !all.every(isDict)) return 'a boolean, an object, or a list of objects';
    for (const one of all) checkOptions('http', one, checks);
    return undefined;
  };

/** The option `http` of a port in a configuration file, and of `listen`. */
export const bridges: Check = several(bridgeChecks);
export const httpOptions: Check = several(httpChecks);

type Several<B> = boolean | B | readonly B[] | undefined;
/** The option in a configuration file, or in code. */
export type Bridges = Several<HttpBridgeConfig> | Several<HttpOptions>;

/** The bridges that an option asks for. */
export function bridgesIn(http: Several<HttpBridgeConfig>): readonly HttpBridgeConfig[];
export function bridgesIn(http: Several<HttpOptions>): readonly HttpOptions[];
export function bridgesIn(http: Bridges): readonly (HttpBridgeConfig | HttpOptions)[];
export function bridgesIn(http: Bridges): readonly (HttpBridgeConfig | HttpOptions)[] {
  if (http === undefined || typeof http === 'boolean') return http === true ? [{}] : [];
  return asList(http);
}

type Paths = Pick<HttpBridgeConfig | HttpOptions, 'path' | 'crossbarCall' | 'crossbarPublish' | 'openapi'>;

export function openApiPath(path: string): string {
  return `${path}/openapi.json`;
}

/** The paths of a bridge, each as its requests begin. */
export function pathsOf({ path: at = '', crossbarCall, crossbarPublish, openapi }: Paths): readonly string[] {
  const own = ['call', 'publish', 'events'].map((verb) => `${at}/${verb}/`);
  const others = [crossbarCall, crossbarPublish, openapi && openApiPath(at)];
  return [...own, ...others.filter((one) => one !== undefined)];
}

/** The first path that two bridges have, if there is one. */
export function sharedPath(all: readonly Paths[]): string | undefined {
  const paths = all.flatMap(pathsOf);
  return paths.find((one, i) => paths.indexOf(one) !== i);
}

export interface RouterFacts {
  readonly realmNames: readonly string[];
  readonly limits: { readonly maxMessageBytes: number };
}

/** @throws TypeError for a realm that is not there, or is not said. */
export function settleBridge(config: HttpOptions, { realmNames, limits }: RouterFacts): BridgeSettings {
  const { realm = realmNames.length === 1 ? realmNames[0] : undefined } = config;
  if (realm === undefined || !realmNames.includes(realm))
    throw new TypeError(
      `expected realm of http to be one of ${realmNames.join(', ') || 'the router (which has none)'}, got ${show(realm)}`,
    );
  return {
    path: config.path ?? '',
    realm,
    statuses: new Map(Object.entries(config.statuses ?? {})),
    maxBodyBytes: Math.min(config.maxBodyBytes ?? limits.maxMessageBytes, limits.maxMessageBytes),
    timeoutMs: config.timeoutMs ?? 30_000,
    sessionMs: config.sessionMs ?? 60_000,
    maxSessions: config.maxSessions ?? 1000,
    maxRequests: config.maxRequests ?? 1000,
    maxRequestsPerAddress: config.maxRequestsPerAddress ?? 100,
    maxStreams: config.maxStreams ?? 1000,
    maxStreamsPerAddress: config.maxStreamsPerAddress ?? 100,
    heartbeatMs: config.heartbeatMs ?? 15_000,
    idempotencyMs: config.idempotencyMs ?? 3_600_000,
    maxIdempotencyBytes: config.maxIdempotencyBytes ?? 2 ** 24,
    crossbarCall: config.crossbarCall,
    crossbarPublish: config.crossbarPublish,
    openapi: config.openapi,
  };
}
