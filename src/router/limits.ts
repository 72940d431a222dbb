/*
 * The limits of a router as data: name, default, and the range in which everything below can hold them. They are checked here, once, and
 * enforced where things are counted. A new limit is a line in `RouterLimits`, a row in `numbers`, and a row in docs/guide/router.md.
 */
import { MAX_DELAY_MS } from '../clock.ts';
import { isDict, show } from '../protocol/checks.ts';

export interface RouterLimits {
  /** Of one message, in bytes. Default 1 MiB. Listeners refuse more. */
  readonly maxMessageBytes?: number | undefined;
  /** From connecting to WELCOME, a login included, in milliseconds. Default 10 000. */
  readonly joinTimeoutMs?: number | undefined;
  /** Of one session, waiting to be sent, in bytes. Default 4 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /**
   * What happens to a session for which more waits. `close` (default): it ends. `drop-events`: it does not get the events that come until it has
   * caught up; answers are still queued, and when twice as much waits it ends.
   */
  readonly onQueueFull?: 'close' | 'drop-events' | undefined;
  /**
   * Of all sessions together, waiting to be sent, in bytes. Default 256 MiB. Beyond it the session for which most waits ends, or loses events
   * (`onQueueFull`), and then the next.
   */
  readonly maxTotalQueuedBytes?: number | undefined;
  /** How long a session may read nothing while 64 KiB or more wait for it, in milliseconds. Default 120 000. Then it ends. */
  readonly queueTimeoutMs?: number | undefined;
  /** How many may be connected from outside, joined or not. Default 10 000. */
  readonly maxSessions?: number | undefined;
}

/** With nothing left open. */
export type SettledLimits = { readonly [limit in keyof RouterLimits]-?: NonNullable<RouterLimits[limit]> };

/** A limit is an integer from `minimum` to `maximum`. */
export interface LimitRow {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  /** What it counts, for error messages: `bytes`, `milliseconds`, … */
  readonly unit: string;
}

/** V8 keeps no more entries in one Map or Set. */
const MAX_ENTRIES = 2 ** 24;
/** Far beyond any memory, and exact as a number. */
const MAX_BYTES = 2 ** 40;

export const numbers: { readonly [limit in Exclude<keyof RouterLimits, 'onQueueFull'>]: LimitRow } = {
  // `ws` keeps its limit in 31 bits, and a batch has four times as much.
  maxMessageBytes: { default: 2 ** 20, minimum: 1, maximum: 2 ** 28, unit: 'bytes' },
  joinTimeoutMs: { default: 10_000, minimum: 1, maximum: MAX_DELAY_MS, unit: 'milliseconds' },
  maxQueuedBytes: { default: 2 ** 22, minimum: 1, maximum: MAX_BYTES, unit: 'bytes' },
  maxTotalQueuedBytes: { default: 2 ** 28, minimum: 1, maximum: MAX_BYTES, unit: 'bytes' },
  queueTimeoutMs: { default: 120_000, minimum: 1, maximum: MAX_DELAY_MS, unit: 'milliseconds' },
  maxSessions: { default: 10_000, minimum: 1, maximum: MAX_ENTRIES, unit: 'connections' },
};

const onQueueFull: readonly unknown[] = ['close', 'drop-events'] satisfies readonly RouterLimits['onQueueFull'][];
const rows: ReadonlyMap<string, LimitRow> = new Map(Object.entries(numbers));

/** @throws TypeError that names the path, what was expected and what came. */
export function settleLimits(limits: RouterLimits): SettledLimits {
  if (!isDict(limits)) throw new TypeError(`config.limits: expected an object, got ${show(limits)}`);
  const given = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  for (const [name, limit] of given) checkLimit(name, limit);
  const defaults = Object.fromEntries([...rows].map(([name, row]) => [name, row.default]));
  return { ...defaults, onQueueFull: 'close', ...Object.fromEntries(given) } as SettledLimits;
}

function checkLimit(name: string, limit: unknown): void {
  const path = `config.limits.${name}`;
  if (name === 'onQueueFull') {
    if (!onQueueFull.includes(limit)) throw new TypeError(`${path}: expected "close" or "drop-events", got ${show(limit)}`);
    return;
  }
  const row = rows.get(name);
  if (!row) throw new TypeError(`config.limits: expected ${['onQueueFull', ...rows.keys()].join(', ')}, got '${name}'`);
  const { minimum, maximum, unit } = row;
  if (Number.isInteger(limit) && minimum <= Number(limit) && Number(limit) <= maximum) return;
  const got = typeof limit === 'number' ? String(limit) : show(limit); // JSON has no NaN
  throw new TypeError(`${path}: expected an integer from ${minimum} to ${maximum} (${unit}), got ${got}`);
}
