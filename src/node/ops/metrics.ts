/*
 * The numbers of a router as the text of Prometheus, by prom-client. The router counts anyway; prom-client only asks when somebody reads. What has a price for every call
 * is in call-times.ts.
 */
import type * as PromClient from 'prom-client';
import type { Router } from '../../router/router.ts';
import type { RouterStats } from '../../router/router-stats.ts';
import { BOUNDS, CallCounter, type CallTimes, Names } from './call-times.ts';

type Labels = { readonly [label: string]: string };
type Sample = readonly [labels: Labels, value: number];

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  close(): void;
}

/** Those of this process, however many routers it has: they cannot be stopped again. */
const ofProcess = new WeakMap<object, PromClient.Registry>();

/** @throws Error if prom-client is not installed. */
export async function openMetrics(router: Router, procedures: readonly string[]): Promise<Metrics> {
  const prom = await promClient();
  const registry = new prom.Registry();
  const shared = processMetrics(prom);
  const roles = new Names();
  const calls = new CallCounter(roles, procedures);
  addRouter(prom, registry, router, roles);
  addCalls(prom, registry, calls);
  const off = router.watchCalls(calls.add);
  return {
    contentType: registry.contentType,
    text: async () => `${await registry.metrics()}\n${await shared.metrics()}`,
    close: off,
  };
}

async function promClient(): Promise<typeof PromClient> {
  try {
    return await import('prom-client'); // within `try` it is optional for bundlers
  } catch (cause) {
    throw new Error('expected the package prom-client for metrics: npm install prom-client (or set ops.metrics to false)', {
      cause,
    });
  }
}

function processMetrics(prom: typeof PromClient): PromClient.Registry {
  const known = ofProcess.get(prom.Registry);
  if (known) return known;
  const made = new prom.Registry();
  prom.collectDefaultMetrics({ register: made });
  ofProcess.set(prom.Registry, made);
  return made;
}

const SESSION_LABELS = ['realm', 'authrole', 'transport', 'serializer'];

/** What only grows: the name, the field of `stats`, the labels, the help. */
const counters: readonly (readonly [name: string, help: string, fields: readonly (readonly [keyof RouterStats, Labels])[]])[] = [
  [
    'messages_total',
    'WAMP messages.',
    [
      ['messagesIn', { direction: 'in' }],
      ['messagesOut', { direction: 'out' }],
    ],
  ],
  [
    'bytes_total',
    'Bytes of WAMP messages.',
    [
      ['bytesIn', { direction: 'in' }],
      ['bytesOut', { direction: 'out' }],
    ],
  ],
  ['events_total', 'Events that were sent, to a subscriber each.', [['events', {}]]],
  ['publications_total', 'PUBLISH messages that came.', [['publications', {}]]],
  ['dropped_events_total', 'Events that sessions did not get because they read too slowly.', [['droppedEvents', {}]]],
  ['dropped_publications_total', 'Publications that were refused without an answer.', [['droppedPublications', {}]]],
  ['slow_consumers_total', 'Sessions that ended because they read too slowly.', [['slowConsumers', {}]]],
  ['slowed_sessions_total', 'Sessions that sent faster than they may.', [['slowedSessions', {}]]],
  ['refused_connections_total', 'Connections that were refused or closed to make room.', [['refusedConnections', {}]]],
  ['refused_logins_total', 'Logins that ended with ABORT.', [['refusedLogins', {}]]],
];

function addRouter(prom: typeof PromClient, registry: PromClient.Registry, router: Router, roles: Names): void {
  const gauge = (name: string, help: string, labelNames: readonly string[], samples: () => readonly Sample[]): void => {
    new prom.Gauge({
      name: `autostrada_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of samples()) this.inc(labels, value);
      },
    });
  };
  const groups = (value: 'sessions' | 'queuedBytes') => (): readonly Sample[] =>
    router
      .census()
      .map(({ realm, authrole, transport, serializer, ...counts }) => [
        { realm, authrole: roles.label(authrole), transport, serializer },
        counts[value],
      ]);
  gauge('sessions', 'Sessions now.', SESSION_LABELS, groups('sessions'));
  gauge('queued_bytes', 'Bytes that wait to be sent now.', SESSION_LABELS, groups('queuedBytes'));
  gauge('subscriptions', 'Subscriptions now.', [], () => [[{}, router.stats().subscriptions]]);
  gauge('registrations', 'Registrations now.', [], () => [[{}, router.stats().registrations]]);
  gauge('calls_running', 'Calls that run now.', [], () => [[{}, router.stats().calls]]);
  for (const [name, help, fields] of counters) {
    new prom.Counter({
      name: `autostrada_${name}`,
      help,
      labelNames: Object.keys(fields[0]?.[1] ?? {}),
      registers: [registry],
      collect() {
        const stats = router.stats();
        this.reset();
        for (const [field, labels] of fields) this.inc(labels, stats[field]);
      },
    });
  }
}

const labelsOf = ({ realm, authrole, procedure }: CallTimes): Labels => ({
  realm,
  authrole,
  ...(procedure === undefined ? {} : { procedure }),
});

function addCalls(prom: typeof PromClient, registry: PromClient.Registry, calls: CallCounter): void {
  const labelNames = ['realm', 'authrole', ...(calls.hasProcedures ? ['procedure'] : [])];
  new prom.Counter({
    name: 'autostrada_calls_total',
    help: 'Calls that have reached a callee and are over.',
    labelNames: [...labelNames, 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const times of calls.all())
        for (const [outcome, count] of times.outcomes) this.inc({ ...labelsOf(times), outcome }, count);
    },
  });
  const [name, help] = ['autostrada_call_duration_seconds', 'From INVOCATION to the end of a call.'];
  class CallDurations extends prom.Histogram {
    /** What the registry of prom-client reads, and `get` as well. */
    async getForPromString(): Promise<object> {
      const values = [...calls.all()].flatMap((times) => samplesOf(name, times));
      return { name, help, type: 'histogram', aggregator: 'sum', values };
    }
  }
  new CallDurations({ name, help, labelNames, registers: [registry] });
}

function samplesOf(name: string, times: CallTimes): PromClient.MetricValueWithName<string>[] {
  const labels = labelsOf(times);
  let below = 0;
  const buckets = BOUNDS.map((bound, i) => {
    below += times.buckets[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: times.count },
    { metricName: `${name}_sum`, labels, value: times.sum },
    { metricName: `${name}_count`, labels, value: times.count },
  ];
}
