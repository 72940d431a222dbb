/* What is said about the addresses for operators: health, readiness, metrics. */
import { type Check, isDict, show } from '../../base/checks.ts';
import { bool, checkOptions, complain, func } from '../../base/options.ts';

export interface OpsConfig {
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

/** More would be too many time series. */
const MOST_PROCEDURES = 200;

const isPort: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535 ? undefined : 'an integer from 0 to 65535';

const procedures: Check = (value) =>
  Array.isArray(value) && value.length <= MOST_PROCEDURES && value.every((each) => typeof each === 'string' && each !== '')
    ? undefined
    : `a list of at most ${MOST_PROCEDURES} URIs, or prefixes that end in a dot`;

const known = {
  port: isPort,
  host: (value: unknown) => (typeof value === 'string' && value !== '' ? undefined : 'an address or a name'),
  path: (value: unknown) => (typeof value === 'string' && /^\/.*[^/]$/.test(value) ? undefined : "a path such as '/ops'"),
  metrics: bool,
  procedures,
};

export const opsChecks: Check = (value) => {
  if (!isDict(value)) return 'an object such as { port: 9090 }';
  checkOptions('ops', value, known);
  const { port, host, path } = value;
  if (port === undefined && path === undefined) return 'an object with port or path';
  if (port !== undefined && path !== undefined)
    throw new TypeError(`expected ops to have port or path, got both: ${show(port)} and ${show(path)}`);
  if (host !== undefined && port === undefined) throw new TypeError('expected host of ops with port, got it with path');
  return undefined;
};

/** The same, with `isReady`. */
export const opsOptions: Check = (value) => {
  if (!isDict(value)) return opsChecks(value);
  const { isReady, ...data } = value;
  complain('isReady of ops', func, isReady ?? (() => {}));
  return opsChecks(data);
};
