/*
 * The figures that this project wants to reach, from the results of a run: what was measured, the bar, and whether it is met. Each is a ratio or a difference within the
 * run, or a time that users notice.
 */

/**
 * @param {object} results - Of main.mjs; what was not measured is undefined.
 * @returns {{ key: string, value: number | undefined, bar: string, verdict: 'met' | 'missed' | 'not measured', why?: string }[]}
 */
export function rowsOf({ results, broadcast, patterns, fairness, crowds, imports, heap }) {
  const rpc = (inFlight) => byName(results.find(({ experiment, inFlight: n }) => experiment === 'rpc' && n === inFlight));
  const fanout = byName(results.find(({ experiment, subscribers }) => experiment === 'fanout' && subscribers === 1000));
  const [one, some, many] = [rpc(1), rpc(64), rpc(512)];
  const talk = broadcast?.find(({ rate }) => rate === 1000);
  const [few, each] = crowds?.calls ?? [];
  const cpu = (summary) => summary && summary.clientCpu + summary.serverCpu;
  const [least, most] = [patterns?.[0], patterns?.at(-1)];
  const slowest = fairness && Math.max(...fairness.map(({ max }) => max));
  return [
    row('broadcast-delivered', talk?.delivered, '>=', 1),
    row('broadcast-mean-ms', talk?.mean, '<=', 25),
    row('broadcast-p99-ms', talk?.p99, '<=', 100),
    row('broadcast-router-cpu-us-an-event', talk?.cpu, '<=', talk?.bar),
    row('fanout-client-cpu-to-autobahn', ratio(fanout.autostrada?.clientCpu, fanout.autobahn?.clientCpu), '<=', 0.9),
    row('rpc-1-cpu-to-relay', ratio(cpu(one.autostrada), cpu(one.relay)), '<=', 1.25),
    row('rpc-1-rate-to-autobahn', ratio(one.autostrada?.rate, one.autobahn?.rate), '>=', 1),
    row('rpc-64-to-relay', some.autostrada?.ratio, '>=', 1.9),
    row('rpc-512-to-relay', many.autostrada?.ratio, '>=', 1.5),
    row('rpc-64-client-cpu-to-hand-written', ratio(some.autostrada?.clientCpu, some.hand?.clientCpu), '<=', 0.7),
    row('calls-6000-by-100-mean-ms', few?.mean, '<=', 1),
    row('calls-6000-by-6000-p99-ms', each?.p99, '<=', 25),
    row('sessions-10000-kib-each', crowds && crowds.sessions.bytesEach / 1024, '<=', 10),
    row('sessions-10000-one-publication-p99-ms', crowds?.sessions.p99, '<=', 120),
    row('patterns-100000-cost-to-10', ratio(least?.rate, most?.rate), '<=', 1.5),
    row('fairness-worst-wait-ms', slowest, '<=', 250),
    row('heap-after-1000000-calls-mb', heap && heap.bytes / 1e6, '<=', 2),
    row('import-cpu-to-autobahn', imports?.ratio, '<=', 0.6),
    missing('router-cpu-a-call-to-nexus', '<= 0.5', 'nexus and Crossbar.io are not in the bench'),
    missing('router-cpu-a-call-to-crossbar', '<= 0.1', 'nexus and Crossbar.io are not in the bench'),
    missing('msgpack-client-cpu-to-json-with-bytes', '<= 0.8', 'the payloads of the bench have no bytes'),
    missing('cbor-client-cpu-to-json-with-bytes', '<= 0.85', 'the payloads of the bench have no bytes'),
    missing('event-cost-10000-subscribers-to-10', '<= 1.5', 'the in-process rows have one subscriber'),
    missing('call-cost-10000-procedures-to-1', '<= 1.5', 'the in-process rows have one procedure'),
  ];
}

/** The summaries of an experiment by contestant. */
function byName(experiment) {
  return Object.fromEntries((experiment?.rows ?? []).map(({ name, summary }) => [name, summary]));
}

function ratio(one, other) {
  return one === undefined || other === undefined ? undefined : one / other;
}

function row(key, value, sign, bar) {
  if (value === undefined || bar === undefined)
    return missing(key, bar === undefined ? 'of the same run' : `${sign} ${bar}`, 'this part did not run');
  const isMet = sign === '<=' ? value <= bar : value >= bar;
  return { key, value: rounded(value), bar: `${sign} ${rounded(bar)}`, verdict: isMet ? 'met' : 'missed' };
}

function missing(key, bar, why) {
  return { key, value: undefined, bar, verdict: 'not measured', why };
}

function rounded(value) {
  return Number(value.toPrecision(4));
}
