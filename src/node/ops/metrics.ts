/*
 * The numbers of a router as the text of Prometheus, by prom-client. The router counts anyway; prom-client only asks when somebody reads. What has a price for every call
 * is in call-times.ts.
 */
import type * as PromClient from 'prom-client';
import type { RouterStats } from '../../router/index.ts';
import type { Names } from '../../router/limits/names.ts';
import type { Router } from '../../router/router.ts';
import { BOUNDS, type CallCounter, type CallTimes } from './call-times.ts';
import type { Comings, Sample } from './comings.ts';
import { metricsTogether } from './metrics-of-all.ts';
import { RouterCounts } from './router-counts.ts';

type Labels = { readonly [label: string]: string };

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  close(): void;
}

/** Those of this process, however many routers it has: they cannot be stopped again. */
const ofProcess = new WeakMap<object, PromClient.Registry>();

/** What the processes of one router add up. */
export const KIND = 'router';

/** @throws Error if prom-client is not installed. */
export async function openMetrics(router: Router, procedures: readonly string[]): Promise<Metrics> {
  const prom = await promClient();
  const registry = new prom.Registry();
  const shared = processMetrics(prom);
  const counts = RouterCounts.of(router);
  const { roles, calls, comings } = counts;
  addRouter(prom, registry, router, roles, comings);
  addCalls(prom, registry, calls);
  const off = counts.open(procedures);
  const all = router.counts?.metrics;
  const together = all && metricsTogether(prom, { all, kind: KIND, own: [registry, shared] });
  return {
    contentType: registry.contentType,
    text: together?.text ?? (async () => `${await registry.metrics()}\n${await shared.metrics()}`),
    close: () => {
      together?.close();
      off();
    },
  };
}

export async function promClient(): Promise<typeof PromClient> {
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

type Field = Exclude<keyof RouterStats, 'refusals'>;

/** What only grows, and needs no labels. */
const counters: readonly (readonly [name: string, help: string, field: Field])[] = [
  ['events_total', 'Events that were sent, to a subscriber each.', 'events'],
  ['publications_total', 'PUBLISH messages that came.', 'publications'],
  ['dropped_events_total', 'Events that sessions did not get because they read too slowly.', 'droppedEvents'],
  ['dropped_publications_total', 'Publications that were refused without an answer.', 'droppedPublications'],
  ['slow_consumers_total', 'Sessions that ended because they read too slowly.', 'slowConsumers'],
  ['slowed_sessions_total', 'Sessions that sent faster than they may.', 'slowedSessions'],
  ['refused_connections_total', 'Connections that were refused or closed to make room.', 'refusedConnections'],
];

function addRouter(prom: typeof PromClient, registry: PromClient.Registry, router: Router, roles: Names, comings: Comings): void {
  const add =
    (Kind: typeof PromClient.Gauge | typeof PromClient.Counter) =>
    (
      name: string,
      help: string,
      labelNames: readonly string[],
      samples: () => readonly Sample[],
      aggregator: PromClient.Aggregator = 'sum',
    ): void => {
      new Kind({
        name: `autostrada_${name}`,
        help,
        labelNames,
        registers: [registry],
        aggregator,
        collect() {
          this.reset();
          for (const [labels, value] of samples()) this.inc(labels, value);
        },
      });
    };
  const [gauge, counter] = [add(prom.Gauge), add(prom.Counter)];
  const groups = (value: 'sessions' | 'queuedBytes' | 'longestQueueBytes') => (): readonly Sample[] =>
    router
      .census()
      .map(({ realm, authrole, transport, serializer, ...counts }) => [
        { realm, authrole: roles.label(authrole), transport, serializer },
        counts[value],
      ]);
  gauge('sessions', 'Sessions now.', SESSION_LABELS, groups('sessions'));
  counter('sessions_begun_total', 'Sessions that have begun.', ['realm', 'authrole'], () => comings.beginnings());
  counter('sessions_ended_total', 'Sessions that have ended.', ['reason'], () => comings.ends());
  gauge('queued_bytes', 'Bytes that wait to be sent now.', SESSION_LABELS, groups('queuedBytes'));
  const longest = (): readonly Sample[] => greatest(groups('longestQueueBytes')());
  gauge('longest_queue_bytes', 'Bytes that wait for one session now: the most.', SESSION_LABELS, longest, 'max');
  const { maxSessions, maxQueuedBytes, maxTotalQueuedBytes } = router.limits;
  const limits = (): readonly Sample[] =>
    Object.entries({ maxSessions, maxQueuedBytes, maxTotalQueuedBytes }).map(([limit, value]) => [{ limit }, value]);
  gauge('limit', 'Limits of the configuration, to compare with.', ['limit'], limits, 'first');
  gauge('subscriptions', 'Subscriptions now.', [], () => [[{}, router.stats().subscriptions]]);
  // Every node of a cluster knows all of them.
  gauge('registrations', 'Registrations now.', [], () => [[{}, router.stats().registrations]], 'max');
  gauge('calls_running', 'Calls that run now.', [], () => [[{}, router.stats().calls]]);
  for (const [name, help, field] of counters) counter(name, help, [], () => [[{}, router.stats()[field]]]);
  counter('refused_logins_total', 'Logins that did not end with a session.', ['reason'], () =>
    Object.entries(router.stats().refusals).map(([reason, count]) => [{ reason }, count]),
  );
  const traffic = (into: 'messagesIn' | 'bytesIn', out: 'messagesOut' | 'bytesOut') => (): readonly Sample[] =>
    router.traffic().flatMap(({ realm, authrole, ...counts }): readonly Sample[] => {
      const labels = { realm, authrole: authrole === '' ? '' : roles.label(authrole) };
      return [
        [{ ...labels, direction: 'in' }, counts[into]],
        [{ ...labels, direction: 'out' }, counts[out]],
      ];
    });
  const labelNames = ['realm', 'authrole', 'direction'];
  counter('messages_total', 'WAMP messages.', labelNames, traffic('messagesIn', 'messagesOut'));
  counter('bytes_total', 'Bytes of WAMP messages.', labelNames, traffic('bytesIn', 'bytesOut'));
}

/** Of samples with the same labels: authroles that are not told apart. */
function greatest(samples: readonly Sample[]): readonly Sample[] {
  const found = new Map<string, Sample>();
  for (const sample of samples) {
    const key = JSON.stringify(sample[0]);
    if ((found.get(key)?.[1] ?? -1) < sample[1]) found.set(key, sample);
  }
  return [...found.values()];
}

const labelsOf = ({ realm, authrole, procedure }: CallTimes): Labels => ({
  realm,
  authrole,
  ...(procedure === undefined ? {} : { procedure }),
});

function addCalls(prom: typeof PromClient, registry: PromClient.Registry, calls: CallCounter): void {
  const labelNames = ['realm', 'authrole', 'procedure'];
  new prom.Counter({
    name: 'autostrada_calls_total',
    help: 'Calls that have reached a callee and are over.',
    labelNames: [...labelNames, 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const times of calls.all())
        for (const [outcome, count] of Object.entries(times.outcomes))
          if (count > 0) this.inc({ ...labelsOf(times), outcome }, count);
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

/** `get` of prom-client wants the shared labels. */
type CallSample = PromClient.MetricValueWithName<string> & { readonly sharedLabels: Labels };

function samplesOf(name: string, times: CallTimes): CallSample[] {
  const sharedLabels = {};
  const labels = labelsOf(times);
  let below = 0;
  const buckets = BOUNDS.map((bound, i) => {
    below += times.buckets[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: below, sharedLabels };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: times.count, sharedLabels },
    { metricName: `${name}_sum`, labels, value: times.sum, sharedLabels },
    { metricName: `${name}_count`, labels, value: times.count, sharedLabels },
  ];
}
