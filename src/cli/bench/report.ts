/* What a measurement prints: a document, or the same as lines for a person. */
import { oneLine } from '../../base/words.ts';
import type { Received } from './events.ts';
import type { Percentiles } from './latency.ts';
import type { Measured } from './load.ts';

export interface Asked {
  readonly what: 'calls' | 'publications';
  readonly uri: string;
  readonly connections: number;
  readonly inFlight: number;
  readonly rate: number | undefined;
  readonly subscribers: number;
  /** Whether each has an answer of its own; otherwise no latency is known. */
  readonly answered: boolean;
}

export interface Report {
  readonly seconds: number;
  readonly connections: number;
  readonly in_flight: number;
  /** Null: as fast as answers come. */
  readonly rate: number | null;
  readonly sent: number;
  readonly answered: number;
  readonly per_second: number;
  /** By URI. */
  readonly failed: { readonly [uri: string]: number };
  readonly unanswered: number;
  readonly unsent: number;
  readonly latency_ms: Percentiles | null;
  readonly events?: {
    readonly subscribers: number;
    readonly received: number;
    readonly per_second: number;
    readonly lost: number;
    readonly latency_ms: Percentiles | null;
  };
}

export function reportOf(asked: Asked, measured: Measured, received?: Received | undefined): Report {
  const { tally, startedAt, stoppedAt, unsent } = measured;
  const since = (at: number): number => (Math.max(at, stoppedAt) - startedAt) / 1000;
  const perSecond = (count: number, at: number): number => (count === 0 ? 0 : rounded(count / since(at), 1));
  const report: Report = {
    seconds: rounded(since(tally.lastAt), 3),
    connections: asked.connections,
    in_flight: asked.inFlight,
    rate: asked.rate ?? null,
    sent: tally.sent,
    answered: tally.answered,
    per_second: perSecond(tally.answered, tally.lastAt),
    failed: Object.fromEntries(tally.failed),
    unanswered: tally.sent - tally.settled,
    unsent,
    latency_ms: asked.answered ? tally.latency.percentiles() : null,
  };
  if (!received) return report;
  const { count, lost, lastAt, latency } = received;
  const events = { received: count, per_second: perSecond(count, lastAt), lost, latency_ms: latency.percentiles() };
  return { ...report, events: { subscribers: asked.subscribers, ...events } };
}

/** As aligned rows; nothing about what did not happen. */
export function textOf(asked: Asked, report: Report): string {
  const { what, uri, answered } = asked;
  const { connections, in_flight, rate, sent, failed, unanswered, unsent, events } = report;
  const how = rate === null ? `${whole(in_flight)} in flight` : `${whole(rate)} per second, at most ${whole(in_flight)} in flight`;
  const failures = Object.entries(failed);
  const failedCount = failures.reduce((sum, [, count]) => sum + count, 0);
  const rows: (readonly [string, string])[] = [
    [
      what === 'calls' ? 'results' : answered ? 'acknowledged' : 'published',
      `${whole(report.answered)}, ${whole(report.per_second)} per second`,
    ],
    ...(failedCount === 0 ? [] : [['failed', whole(failedCount)] as const]),
    ...failures.map(([name, count]) => [`  ${whole(count)}`, oneLine(name, 200)] as const),
    ...(unanswered === 0 ? [] : [['no answer', whole(unanswered)] as const]),
    ...(unsent === 0 ? [] : [['not sent', `${whole(unsent)}: too many waited for answers, so the rate was not reached`] as const]),
    ...latencyRows('latency', report.latency_ms),
    ...(events
      ? [
          [
            'events',
            `${whole(events.received)}, ${whole(events.per_second)} per second, at ${plural(events.subscribers, 'subscriber')}`,
          ] as const,
          ['lost', whole(events.lost)] as const,
          ...latencyRows('until received', events.latency_ms),
        ]
      : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const head = `${whole(sent)} ${what} of ${oneLine(uri, 200)} in ${report.seconds} s: ${plural(connections, 'connection')}, ${how}`;
  return [head, ...rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`)].map((row) => `${row}\n`).join('');
}

function latencyRows(name: string, latency: Percentiles | null): readonly (readonly [string, string])[] {
  if (!latency) return [];
  const parts = Object.entries(latency).map(([at, ms]) => `${at} ${shortened(ms)}`);
  return [[name, `${parts.join('  ')}  ms`]];
}

/** Three digits are what is known. */
function shortened(ms: number): string {
  return ms >= 100 ? whole(ms) : ms.toFixed(ms >= 10 ? 1 : 2);
}

function plural(count: number, what: string): string {
  return `${whole(count)} ${what}${count === 1 ? '' : 's'}`;
}

function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
