/*
 * The limits of a router as data: name, default, and the range that all layers below support. They are checked here, once, and
 * enforced where things are counted. A new limit is a line in `RouterLimits`, a row in `numbers`, and a row in docs/guide/router.md.
 */

import { isDict, show } from '../../base/checks.ts';
import { MAX_DELAY_MS } from '../../base/clock.ts';
import { nearest } from '../../base/nearest.ts';

/** How fast one session may send. Everything that a client sends counts: calls, events, results. */
export interface RateLimits {
  /** Messages of one session in a second, on average. Default 0: any number. */
  readonly messagesPerSecond?: number | undefined;
  /** How many of them may come at once, after a pause. Default 0: as many as in a second. */
  readonly burst?: number | undefined;
  /**
   * What happens to a session that sends faster. `slow` (default): its connection is not read for a while, so that it has to wait; nobody else does. What was read,
   * but not handled before it goes away, is dropped. `close`: it ends with `autostrada.error.limit_exceeded`.
   */
  readonly onTooFast?: 'slow' | 'close' | undefined;
}

export interface RouterLimits extends RateLimits {
  /** Of one message, in bytes. Default 1 MiB. Listeners refuse more. */
  readonly maxMessageBytes?: number | undefined;
  /** The same before WELCOME: HELLO and AUTHENTICATE. Default 64 KiB. A longer message ends the connection, if possible before all of it has come. */
  readonly maxHelloBytes?: number | undefined;
  /** From connecting to WELCOME, including a login, in milliseconds. Default 10 000. */
  readonly joinTimeoutMs?: number | undefined;
  /** The queue of outgoing messages of one session, in bytes. Default 4 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /**
   * What happens to a session with a longer queue. `close` (default): it ends. `drop-events`: it loses events until it has
   * caught up; answers are still queued, and beyond twice the limit it ends.
   */
  readonly onQueueFull?: 'close' | 'drop-events' | undefined;
  /**
   * The queues of all sessions together, in bytes. Default 256 MiB. Beyond it the session with the longest queue ends, or loses events
   * (`onQueueFull`), and then the next.
   */
  readonly maxTotalQueuedBytes?: number | undefined;
  /** How long a session may read nothing while 64 KiB or more wait for it, in milliseconds. Default 120 000. Then it ends. */
  readonly queueTimeoutMs?: number | undefined;
  /** How many sessions may be connected from outside. Default 10 000. */
  readonly maxSessions?: number | undefined;
  /**
   * The length of a URI, in characters; also of an authid, an authrole and other short texts that are kept or sent to others. Default 1024. A longer one is
   * answered `wamp.error.invalid_uri`, in HELLO by ABORT.
   */
  readonly maxUriLength?: number | undefined;
  /** The components of a URI, between its dots. Default 64. */
  readonly maxUriComponents?: number | undefined;
  /** How deeply lists and dicts may be nested in a message. Default 1000. A deeper payload fails with `wamp.error.invalid_argument`. */
  readonly maxDepth?: number | undefined;
  /** Entries in each of the lists `exclude`, `eligible`, `exclude_authid`, … of a PUBLISH or a testament. Default 10 000. */
  readonly maxListLength?: number | undefined;
  /** Of one session. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
  readonly maxSubscriptions?: number | undefined;
  /** Of one session. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
  readonly maxRegistrations?: number | undefined;
  /** Running calls of one session as caller. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
  readonly maxCalls?: number | undefined;
  /** Of one session as caller: progressive calls whose last input has not come. Default 1000. One more is answered `autostrada.error.limit_exceeded`. */
  readonly maxProgressiveCalls?: number | undefined;
  /**
   * Bytes kept of the running calls of one session, for further inputs and for another callee. Default 4 MiB. A progressive
   * call without room is answered `wamp.error.payload_size_exceeded`; another call is not passed on to a second callee.
   */
  readonly maxCallBytes?: number | undefined;
  /** Of one session. Default 100. One more is answered `wamp.error.payload_size_exceeded`. */
  readonly maxTestaments?: number | undefined;
  /** Of the testaments of one session together, in bytes. Default 4 MiB. More is answered `wamp.error.payload_size_exceeded`. */
  readonly maxTestamentBytes?: number | undefined;
  /**
   * Approximate bytes that the router keeps for one session: subscriptions, registrations, running calls and testaments. Default 16 MiB. One more is answered
   * `autostrada.error.limit_exceeded`, a testament `wamp.error.payload_size_exceeded`.
   */
  readonly maxKeptBytes?: number | undefined;
  /** The same for all sessions of one address, IPv6 by /64. Default 256 MiB. */
  readonly maxKeptBytesPerAddress?: number | undefined;
  /** Topics of one realm with a retained event. Default 10 000. Beyond it the one that was retained longest ago is forgotten. */
  readonly maxRetainedTopics?: number | undefined;
  /** The retained events of one realm together, in bytes. Default 32 MiB. Beyond it the one that was retained longest ago is forgotten. */
  readonly maxRetainedBytes?: number | undefined;
  /** How long a retained event is kept, in milliseconds. Default 0: until it is replaced. */
  readonly maxRetainedAgeMs?: number | undefined;
  /** The history of one rule, in bytes. Default 32 MiB. Beyond it the oldest event is forgotten, whatever the rule's `limit`. */
  readonly maxHistoryBytes?: number | undefined;
  /**
   * Connections from outside without a session yet, counted apart from `maxSessions`: WebSockets, RawSockets and long-poll transports before WELCOME. Default
   * 5000. Beyond it, of the address with the most, the one that has waited longest ends with `wamp.error.unavailable`.
   */
  readonly maxPending?: number | undefined;
  /** The same for one address, IPv6 by /64. Default 1000. Beyond it the one of this address that has waited longest ends. */
  readonly maxPendingPerAddress?: number | undefined;
  /**
   * TCP connections to a port that are neither WebSocket nor RawSocket: HTTP, with long-poll and files, and those that have sent nothing yet. Default 20 000.
   * Beyond it, of the address with the most, the one that has been silent for longest is cut off.
   */
  readonly maxHttpConnections?: number | undefined;
  /** The same for one address, IPv6 by /64. Default 2000. Beyond it the one of this address that has been silent for longest is cut off. */
  readonly maxHttpConnectionsPerAddress?: number | undefined;
  /** The header of one HTTP request, in bytes. Default 16 KiB. A longer one is answered 431. */
  readonly maxHeaderBytes?: number | undefined;
  /**
   * Incomplete incoming messages of all connections together, in bytes. Default 64 MiB. Beyond it the oldest of the
   * address with the most is dropped: its session ends with `wamp.error.unavailable`, a post of long-poll is answered 503.
   */
  readonly maxPartialBytes?: number | undefined;
}

/** All limits, with defaults filled in. */
export type SettledLimits = { readonly [limit in keyof RouterLimits]-?: NonNullable<RouterLimits[limit]> };

/** A limit is an integer from `minimum` to `maximum`. */
export interface LimitRow {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  /** The unit, for error messages: `bytes`, `milliseconds`, … */
  readonly unit: string;
}

/** The most entries that V8 keeps in one Map or Set. */
const MAX_ENTRIES = 2 ** 24;
/** Far more than any memory, and still exact as a number. */
const MAX_BYTES = 2 ** 40;
/** Thousands of years, and still exact as a number. */
const MAX_AGE_MS = 2 ** 47;

/** What a limit may say; the first is the default. */
const choices: {
  readonly onQueueFull: readonly ['close', 'drop-events'];
  readonly onTooFast: readonly ['slow', 'close'];
} = {
  onQueueFull: ['close', 'drop-events'],
  onTooFast: ['slow', 'close'],
};

export const numbers: { readonly [limit in Exclude<keyof RouterLimits, keyof typeof choices>]: LimitRow } = {
  // `ws` keeps its limit in 31 bits, and a batch has twice as much.
  maxMessageBytes: { default: 2 ** 20, minimum: 1, maximum: 2 ** 28, unit: 'bytes' },
  maxHelloBytes: { default: 2 ** 16, minimum: 1024, maximum: 2 ** 28, unit: 'bytes' },
  joinTimeoutMs: { default: 10_000, minimum: 1, maximum: MAX_DELAY_MS, unit: 'milliseconds' },
  maxQueuedBytes: { default: 2 ** 22, minimum: 1, maximum: MAX_BYTES, unit: 'bytes' },
  maxTotalQueuedBytes: { default: 2 ** 28, minimum: 1, maximum: MAX_BYTES, unit: 'bytes' },
  queueTimeoutMs: { default: 120_000, minimum: 1, maximum: MAX_DELAY_MS, unit: 'milliseconds' },
  maxSessions: { default: 10_000, minimum: 1, maximum: MAX_ENTRIES, unit: 'connections' },
  maxUriLength: { default: 1024, minimum: 64, maximum: 2 ** 24, unit: 'characters' },
  maxUriComponents: { default: 64, minimum: 8, maximum: 2 ** 24, unit: 'components' },
  // Deeper values could not be encoded for other serializers, whose writers recurse.
  maxDepth: { default: 1000, minimum: 8, maximum: 1000, unit: 'levels' },
  maxListLength: { default: 10_000, minimum: 1, maximum: MAX_ENTRIES, unit: 'entries' },
  maxSubscriptions: { default: 10_000, minimum: 1, maximum: MAX_ENTRIES, unit: 'subscriptions' },
  maxRegistrations: { default: 10_000, minimum: 1, maximum: MAX_ENTRIES, unit: 'registrations' },
  maxCalls: { default: 10_000, minimum: 1, maximum: MAX_ENTRIES, unit: 'calls' },
  maxProgressiveCalls: { default: 1000, minimum: 1, maximum: MAX_ENTRIES, unit: 'calls' },
  maxCallBytes: { default: 2 ** 22, minimum: 1, maximum: MAX_BYTES, unit: 'bytes' },
  maxTestaments: { default: 100, minimum: 1, maximum: MAX_ENTRIES, unit: 'testaments' },
  maxTestamentBytes: { default: 2 ** 22, minimum: 1, maximum: MAX_BYTES, unit: 'bytes' },
  maxKeptBytes: { default: 2 ** 24, minimum: 2 ** 14, maximum: MAX_BYTES, unit: 'bytes' },
  maxKeptBytesPerAddress: { default: 2 ** 28, minimum: 2 ** 14, maximum: MAX_BYTES, unit: 'bytes' },
  maxRetainedTopics: { default: 10_000, minimum: 1, maximum: MAX_ENTRIES, unit: 'topics' },
  maxRetainedBytes: { default: 2 ** 25, minimum: 1, maximum: MAX_BYTES, unit: 'bytes' },
  maxRetainedAgeMs: { default: 0, minimum: 0, maximum: MAX_AGE_MS, unit: 'milliseconds' },
  maxHistoryBytes: { default: 2 ** 25, minimum: 1, maximum: MAX_BYTES, unit: 'bytes' },
  maxPending: { default: 5000, minimum: 1, maximum: MAX_ENTRIES, unit: 'connections' },
  maxPendingPerAddress: { default: 1000, minimum: 1, maximum: MAX_ENTRIES, unit: 'connections' },
  maxHttpConnections: { default: 20_000, minimum: 1, maximum: MAX_ENTRIES, unit: 'connections' },
  maxHttpConnectionsPerAddress: { default: 2000, minimum: 1, maximum: MAX_ENTRIES, unit: 'connections' },
  maxHeaderBytes: { default: 2 ** 14, minimum: 1024, maximum: 2 ** 20, unit: 'bytes' },
  maxPartialBytes: { default: 2 ** 26, minimum: 2 ** 14, maximum: MAX_BYTES, unit: 'bytes' },
  messagesPerSecond: { default: 0, minimum: 0, maximum: 1_000_000, unit: 'messages a second' },
  burst: { default: 0, minimum: 0, maximum: MAX_ENTRIES, unit: 'messages' },
};

const rows: ReadonlyMap<string, LimitRow> = new Map(Object.entries(numbers));

/** @throws TypeError that names the path, what was expected and what came. */
export function settleLimits(limits: RouterLimits): SettledLimits {
  if (!isDict(limits)) throw new TypeError(`config.limits: expected an object, got ${show(limits)}`);
  const given = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  for (const [name, limit] of given) checkLimit(name, limit, 'config.limits');
  const defaults = Object.fromEntries([...rows].map(([name, row]) => [name, row.default]));
  const [onQueueFull, onTooFast] = [choices.onQueueFull[0], choices.onTooFast[0]];
  return { ...defaults, onQueueFull, onTooFast, ...Object.fromEntries(given) } as SettledLimits;
}

/** @param whole - The path of the limits. @throws TypeError */
export function checkLimit(name: string, limit: unknown, whole: string): void {
  const path = `${whole}.${name}`;
  if (name === 'onQueueFull' || name === 'onTooFast') {
    const fitting: readonly unknown[] = choices[name];
    if (!fitting.includes(limit))
      throw new TypeError(`${path}: expected ${fitting.map((each) => `"${each}"`).join(' or ')}, got ${show(limit)}`);
    return;
  }
  const row = rows.get(name);
  const known = ['onQueueFull', ...rows.keys(), 'onTooFast'];
  if (!row) throw new TypeError(`${whole}: expected ${known.join(', ')}, got '${name}'${nearest(name, known)}`);
  const { minimum, maximum, unit } = row;
  if (Number.isInteger(limit) && minimum <= Number(limit) && Number(limit) <= maximum) return;
  const got = typeof limit === 'number' ? String(limit) : show(limit); // JSON has no NaN
  throw new TypeError(`${path}: expected an integer from ${minimum} to ${maximum} (${unit}), got ${got}`);
}
