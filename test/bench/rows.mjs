/*
 * The figures that this project wants to reach, from the results of a run: what was measured, the bar, and whether it is met. Each is a ratio or a difference within the
 * run, or a time that users notice.
 */

/** What a row is, for readers, in the order of the table. @type {Readonly<Record<string, string>>} */
export const titles = {
  'broadcast-delivered': '1,000 publications/s to 1,000 subscribers: share that is delivered',
  'broadcast-mean-ms': '1,000 publications/s to 1,000 subscribers: mean latency, ms',
  'broadcast-p99-ms': '1,000 publications/s to 1,000 subscribers: p99 latency, ms',
  'broadcast-router-cpu-us-an-event':
    '1,000 publications/s to 1,000 subscribers: router CPU µs/event; the bar is a bare write ÷ events a write + 0.2',
  'fanout-client-cpu-to-autobahn': "fan-out to 1,000: client CPU per event ÷ autobahn's",
  'rpc-1-cpu-to-relay': "1 call in flight: client and server CPU ÷ the relay's",
  'rpc-1-rate-to-autobahn': "1 call in flight: calls/s ÷ autobahn's",
  'rpc-64-to-relay': "64 calls in flight: calls/s ÷ the relay's",
  'rpc-512-to-relay': "512 calls in flight: calls/s ÷ the relay's",
  'rpc-64-client-cpu-to-hand-written': '64 calls in flight: client CPU per call ÷ that of `ws` and JSON by hand',
  'calls-6000-by-100-mean-ms': '6,000 calls/s by 100 callers: mean, ms',
  'calls-6000-by-6000-p99-ms': '6,000 callers, a call a second each: p99, ms',
  'sessions-10000-kib-each': '10,000 sessions: router memory each, KiB',
  'sessions-10000-one-publication-p99-ms': '10,000 sessions: one publication to all, p99, ms',
  'router-cpu-a-call-to-nexus': 'router CPU per call ÷ that of nexus',
  'router-cpu-a-call-to-crossbar': 'router CPU per call ÷ that of Crossbar.io',
  'msgpack-client-cpu-to-json-with-bytes': '1 KB, 256 bytes of it binary: client CPU per call, MessagePack ÷ JSON',
  'cbor-client-cpu-to-json-with-bytes': '1 KB, 256 bytes of it binary: client CPU per call, CBOR ÷ JSON',
  'event-cost-10000-subscribers-to-10': 'router CPU per event, no sockets: 10,000 subscribers ÷ 10',
  'call-cost-10000-procedures-to-1': 'router CPU per call, no sockets: 10,000 procedures ÷ 1',
  'patterns-100000-cost-to-10': 'a publication beside 100,000 patterns ÷ beside 10',
  'fairness-worst-wait-ms': "a session's longest wait beside a burst, ms",
  'heap-after-1000000-calls-mb': '1,000,000 calls, then idle: heap, MB more',
  'import-cpu-to-autobahn': '`import` in Node.js: CPU ÷ that of autobahn',
};

/**
 * @typedef {{ key: string, value: number | null, bar: string, verdict: 'met' | 'missed' | 'not measured', why?: string }} Row
 * @param {object} run - The results of main.mjs; what was not measured is undefined. `failures`: by part.
 * @returns {Row[]}
 */
export function rowsOf({ results, broadcast, crowds, routers, binary, scale, patterns, fairness, heap, imports, failures = {} }) {
  const rpc = (inFlight) => byName(results.find(({ experiment, inFlight: n }) => experiment === 'rpc' && n === inFlight));
  const fanout = byName(results.find(({ experiment, subscribers }) => experiment === 'fanout' && subscribers === 1000));
  const [one, some, many] = [rpc(1), rpc(64), rpc(512)];
  const talk = broadcast?.find(({ rate }) => rate === 1000);
  const [few, each] = crowds?.calls ?? [];
  const cpu = (summary) => summary && summary.clientCpu + summary.serverCpu;
  const [least, most] = [patterns?.[0], patterns?.at(-1)];
  const slowest = fairness && Math.max(...fairness.map(({ max }) => max));
  const foreign = (name) => routers?.find((router) => router.name === name);
  const encoded = (name) => binary?.find(({ serializer, payload }) => serializer === name && payload === 'recordsAndBinary')?.ratio;
  const row = (part, key, value, sign, bar, { why, limit } = {}) => rowOf(key, value, sign, bar, why ?? failures[part], limit);
  return [
    row('broadcast', 'broadcast-delivered', talk?.delivered, '>=', 1),
    row('broadcast', 'broadcast-mean-ms', talk?.mean, '<=', 25),
    row('broadcast', 'broadcast-p99-ms', talk?.p99, '<=', 100),
    row('broadcast', 'broadcast-router-cpu-us-an-event', talk?.cpu, '<=', talk?.bar),
    row('fanout', 'fanout-client-cpu-to-autobahn', ratio(fanout.autostrada?.clientCpu, fanout.autobahn?.clientCpu), '<=', 0.9, {
      limit: byHand(ratio(fanout.hand?.clientCpu, fanout.autobahn?.clientCpu)),
    }),
    row('rpc', 'rpc-1-cpu-to-relay', ratio(cpu(one.autostrada), cpu(one.relay)), '<=', 1.25, {
      limit: byHand(ratio(cpu(one.hand), cpu(one.relay))),
    }),
    row('rpc', 'rpc-1-rate-to-autobahn', ratio(one.autostrada?.rate, one.autobahn?.rate), '>=', 1),
    row('rpc', 'rpc-64-to-relay', some.autostrada?.ratio, '>=', 1.9),
    row('rpc', 'rpc-512-to-relay', many.autostrada?.ratio, '>=', 1.5),
    row('rpc', 'rpc-64-client-cpu-to-hand-written', ratio(some.autostrada?.clientCpu, some.hand?.clientCpu), '<=', 0.7),
    row('crowds', 'calls-6000-by-100-mean-ms', few?.mean, '<=', 1),
    row('crowds', 'calls-6000-by-6000-p99-ms', each?.p99, '<=', 25),
    row('crowds', 'sessions-10000-kib-each', crowds && crowds.sessions.bytesEach / 1024, '<=', 10),
    row('crowds', 'sessions-10000-one-publication-p99-ms', crowds?.sessions.p99, '<=', 120, {
      limit: crowds && `plain TCP sockets, without WebSocket and WAMP, have ${Math.round(crowds.sessions.bareP99)} in the same run`,
    }),
    row('routers', 'router-cpu-a-call-to-nexus', foreign('nexus')?.ratio, '<=', 0.5, { why: foreign('nexus')?.whyNot }),
    row('routers', 'router-cpu-a-call-to-crossbar', foreign('Crossbar.io')?.ratio, '<=', 0.1, {
      why: foreign('Crossbar.io')?.whyNot,
    }),
    row('binary', 'msgpack-client-cpu-to-json-with-bytes', encoded('msgpack'), '<=', 0.8),
    row('binary', 'cbor-client-cpu-to-json-with-bytes', encoded('cbor'), '<=', 0.85),
    row('scale', 'event-cost-10000-subscribers-to-10', scale?.events.at(-1)?.ratio, '<=', 1.5),
    row('scale', 'call-cost-10000-procedures-to-1', scale?.calls.at(-1)?.ratio, '<=', 1.5),
    row('patterns', 'patterns-100000-cost-to-10', ratio(least?.rate, most?.rate), '<=', 1.5),
    row('fairness', 'fairness-worst-wait-ms', slowest, '<=', 250),
    row('heap', 'heap-after-1000000-calls-mb', heap && heap.bytes / 1e6, '<=', 2),
    row('imports', 'import-cpu-to-autobahn', imports?.ratio, '<=', 0.6),
  ];
}

/** The summaries of an experiment by contestant. */
function byName(experiment) {
  return Object.fromEntries((experiment?.rows ?? []).map(({ name, summary }) => [name, summary]));
}

function ratio(one, other) {
  return one === undefined || other === undefined ? undefined : one / other;
}

/** A client that checks nothing shows what `ws` and JSON alone cost. */
function byHand(value) {
  return value === undefined ? undefined : `a client by hand that checks nothing has ${value.toFixed(2)}`;
}

/** @param limit - Why a bar may be missed. */
function rowOf(key, value, sign, bar, why = 'this part did not run', limit = undefined) {
  const wanted = bar === undefined ? 'of the same run' : `${sign} ${rounded(bar)}`;
  if (value === undefined || bar === undefined) return { key, value: null, bar: wanted, verdict: 'not measured', why };
  const isMet = sign === '<=' ? value <= bar : value >= bar;
  const row = { key, value: rounded(value), bar: wanted, verdict: isMet ? 'met' : 'missed' };
  return isMet || !limit ? row : { ...row, why: limit };
}

function rounded(value) {
  return Number(value.toPrecision(4));
}
