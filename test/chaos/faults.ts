/*
 * What goes wrong, and when: a pure function of the seed. What a fault does to a line is in fault-proxy.ts, to the rest in campaign.ts.
 */
import { Random } from '../fuzz/random.ts';

/** The way to the router, the way from it. */
export type Direction = 'up' | 'down';

/** What a line suffers. */
export type LineFault =
  /** RST to both ends. */
  | { readonly kind: 'reset' }
  /** FIN to both ends, without a word. */
  | { readonly kind: 'close' }
  /** Bytes vanish, and nobody is told. `ghostMs`: how long the router keeps its end when the client has given up the other. */
  | { readonly kind: 'half-open'; readonly directions: readonly Direction[]; readonly ghostMs: number }
  /** Bytes that nobody sent: as they are or as a frame of their own, and then goes on or not. */
  | {
      readonly kind: 'garbage';
      readonly direction: Direction;
      readonly bytes: readonly number[];
      readonly isFrame: boolean;
      readonly goesOn: boolean;
    }
  /** A part of what comes next, then the end. */
  | { readonly kind: 'cut'; readonly direction: Direction; readonly part: number; readonly byReset: boolean }
  /** So many bytes at a time, for a while. */
  | { readonly kind: 'slow'; readonly directions: readonly Direction[]; readonly bytes: number; readonly ms: number };

export type What =
  | LineFault
  /** Nobody listens for a while; the line that is there is reset. */
  | { readonly kind: 'unreachable'; readonly ms: number }
  | { readonly kind: 'goodbye'; readonly reason: string }
  | { readonly kind: 'kill' }
  /** The line is reset, and the next logins are answered with ABORT. */
  | { readonly kind: 'abort'; readonly times: number }
  /** A laptop's lid. What has become of the line meanwhile, and whether timers have been due all the same. */
  | { readonly kind: 'sleep'; readonly ms: number; readonly line: 'alive' | 'reset' | 'half-open'; readonly areTimersDue: boolean }
  /** The clock on the wall is set back or forth; no time has passed. */
  | { readonly kind: 'clock set'; readonly ms: number }
  /** A foreign peer publishes and calls with payloads that clients cannot read, or hardly. */
  | { readonly kind: 'poison' }
  /** A result and an argument that are longer than the router takes. */
  | { readonly kind: 'oversize' }
  /** One of two callees drains while it is called. */
  | { readonly kind: 'drain' }
  | { readonly kind: 'router killed'; readonly downMs: number }
  | { readonly kind: 'router shut down'; readonly downMs: number };

export interface Fault {
  /** Since the one before. */
  readonly afterMs: number;
  /** A number to pick somebody by; faults of the router hit everybody. */
  readonly victim: number;
  readonly what: What;
}

const weights: readonly (readonly [What['kind'], number])[] = [
  ['reset', 14],
  ['close', 8],
  ['half-open', 14],
  ['garbage', 14],
  ['cut', 12],
  ['slow', 10],
  ['unreachable', 4],
  ['goodbye', 5],
  ['kill', 6],
  ['abort', 5],
  ['sleep', 6],
  ['clock set', 6],
  ['poison', 3],
  ['oversize', 3],
  ['drain', 2],
  ['router killed', 1],
  ['router shut down', 1],
];
const sum = weights.reduce((all, [, weight]) => all + weight, 0);

export const kinds: readonly What['kind'][] = weights.map(([kind]) => kind);

const HOUR_MS = 3_600_000;
const directions: readonly (readonly Direction[])[] = [['up', 'down'], ['up'], ['down']];

/** The `index`th fault of a seed. */
export function faultOf(seed: number, index: number): Fault {
  const random = new Random(seed, index);
  let at = random.below(sum);
  const [kind] = weights.find(([, weight]) => {
    at -= weight;
    return at < 0;
  }) ?? ['reset' as const];
  return { afterMs: 20 + random.below(200), victim: random.below(1 << 16), what: make(kind, random) };
}

function make(kind: What['kind'], random: Random): What {
  const direction = random.pick(['up', 'down'] as const);
  switch (kind) {
    case 'reset':
    case 'close':
    case 'kill':
    case 'poison':
    case 'oversize':
    case 'drain':
      return { kind };
    case 'clock set':
      return { kind, ms: random.pick([-HOUR_MS, HOUR_MS]) };
    case 'half-open':
      return { kind, directions: random.pick(directions), ghostMs: random.below(800) };
    case 'garbage': {
      const bytes = Array.from({ length: 1 + random.below(40) }, () => random.below(256));
      return { kind, direction, bytes, isFrame: random.chance(0.5), goesOn: random.chance(0.5) };
    }
    case 'cut':
      return { kind, direction, part: random.next(), byReset: random.chance(0.5) };
    case 'slow':
      return { kind, directions: random.pick(directions), bytes: random.pick([1, 1, 7, 100]), ms: 100 + random.below(600) };
    case 'unreachable':
      return { kind, ms: 50 + random.below(500) };
    case 'goodbye':
      return { kind, reason: random.pick(['wamp.close.system_shutdown', 'wamp.close.close_realm', 'com.example.be_off']) };
    case 'abort':
      return { kind, times: 1 + random.below(3) };
    case 'sleep': {
      const line = random.pick(['alive', 'reset', 'half-open'] as const);
      return { kind, ms: random.pick([2_000, 60_000, 8 * 3_600_000]), line, areTimersDue: random.chance(0.5) };
    }
    case 'router killed':
    case 'router shut down':
      return { kind, downMs: random.below(400) };
    default:
      return kind satisfies never;
  }
}
