/* The tables of a run, in Markdown, for the terminal and for docs/benchmarks.md. */
import { titles } from './rows.mjs';

/**
 * @param {object} run - As `--json` writes it.
 * @returns {Record<string, string>} The tables by part; what was not measured has none.
 */
export function tablesOf(run) {
  const {
    results,
    broadcast,
    crowds,
    cluster,
    routers,
    binary,
    scale,
    patterns,
    codecs,
    carry,
    client,
    fairness,
    heap,
    imports,
    watching,
    inspector,
  } = run;
  const experiments = (name) => results.filter(({ experiment }) => experiment === name).map(experimentTable);
  const tables = {
    rpc: experiments('rpc'),
    fanout: experiments('fanout'),
    broadcast: broadcast && [broadcastTable(broadcast)],
    crowds: crowds && [crowdTable(crowds)],
    cluster: cluster && [pairTable(cluster.pairs), spreadTable(cluster.spread)],
    routers: routers && [routerTable(routers)],
    binary: binary && [binaryTable(binary)],
    scale: scale && [
      scaleTable('An event with more subscribers, in process', 'subscribers', 'event', scale.events),
      scaleTable('A call with more procedures, in process', 'procedures', 'call', scale.calls),
    ],
    patterns: patterns && [patternTable(patterns)],
    codecs: codecs && [codecTable(codecs)],
    carry: carry && [
      carryTable('Payloads from frame to frame, in process', 'message', carry.codec),
      carryTable("The router's process for a call", 'call', carry.calls),
    ],
    client: client && [clientTable(client)],
    fairness: fairness && [fairnessTable(fairness)],
    watching: watching && [watchingTable(watching)],
    inspector: inspector && [inspectorTable(inspector)],
    rest: heap && imports && [restTable(heap, imports)],
    bars: [rowTable(run.rows)],
  };
  const known = Object.entries(tables).filter(([, list]) => list !== undefined && list.length > 0);
  return Object.fromEntries(known.map(([part, list]) => [part, list.join('\n')]));
}

/** `unit` is what is counted: `call`, `event`. */
function experimentTable({ title, unit, rows }) {
  const head = ['', `${unit}s/s, median`, 'min–max', '× relay', `client CPU µs/${unit}`, `server CPU µs/${unit}`, 'cores busy'];
  const lines = rows.map(({ title, summary, failure }) =>
    summary
      ? [
          failure ? `${title} (then failed: ${failure})` : title,
          whole(summary.rate),
          `${whole(summary.min)}–${whole(summary.max)}`,
          summary.ratio?.toFixed(2) ?? '–',
          summary.clientCpu.toFixed(summary.clientCpu < 10 ? 2 : 1),
          summary.serverCpu?.toFixed(summary.serverCpu < 10 ? 2 : 1) ?? '–',
          summary.cores.toFixed(1),
        ]
      : [title, `failed: ${failure}`, '', '', '', '', ''],
  );
  return markdown(title, head, lines);
}

/** A bar as people write it. @param {string} bar */
export function shown(bar) {
  return bar.replace('<=', '≤').replace('>=', '≥');
}

/** @param {ReturnType<import('./rows.mjs').rowsOf>} rows */
function rowTable(rows) {
  const lines = rows.map(({ key, value, bar, verdict, why }) => [
    titles[key],
    value === null ? '–' : String(value),
    shown(bar),
    verdict === 'met' ? 'met' : `**${verdict}**${verdict !== 'missed' && why ? `: ${why.split('\n')[0]}` : ''}`,
  ]);
  return markdown('What we want to reach', ['', 'measured', 'bar', 'verdict'], lines);
}

/** @param {Awaited<ReturnType<import('./broadcast.mjs').measureBroadcast>>} rows */
function broadcastTable(rows) {
  const latency = ['mean', 'median', 'p99', 'max'].map((name) => `${name}, ms`);
  const head = [
    'publications/s × subscribers',
    'delivered',
    ...latency,
    'events a write',
    'router CPU µs/event',
    'bare write ÷ events + 0.2',
  ];
  const lines = rows.map(({ rate, subscribers, delivered, mean, p50, p99, max, eventsAWrite, cpu, bar }) => [
    `${whole(rate)} × ${whole(subscribers)}`,
    `${(100 * delivered).toFixed(1)} %`,
    ...[mean, p50, p99, max, eventsAWrite].map((value) => value.toFixed(1)),
    cpu.toFixed(2),
    bar.toFixed(2),
  ]);
  return markdown(`Publications of 32 bytes, for ${rows[0]?.seconds} s`, head, lines);
}

function pairTable(pairs) {
  const head = ['', 'routers', 'a second', 'ms each', 'CPU µs, its router', "CPU µs, the other one's"];
  const lines = pairs.map(({ title, name, rate, ms, first, last }) => [
    title,
    name,
    Math.round(rate).toLocaleString('en-US'),
    ms.toFixed(2),
    first.toFixed(1),
    last === 0 ? '' : last.toFixed(1),
  ]);
  return markdown('Callee and caller, subscriber and publisher at two nodes', head, lines);
}

function spreadTable(spread) {
  const head = ['processes', 'delivered', 'p99, ms', 'last, ms', 'router CPU µs/event, all', 'busiest process'];
  const lines = spread.map(({ processes, delivered, p99, max, cpu, busiest }) => [
    String(processes),
    `${(100 * delivered).toFixed(0)} %`,
    p99.toFixed(0),
    max.toFixed(0),
    cpu.toFixed(2),
    `${busiest.toFixed(0)} %`,
  ]);
  return markdown(`One publication a second to ${spread[0].subscribers.toLocaleString('en-US')} subscribers`, head, lines);
}

/** @param {Awaited<ReturnType<import('./crowds.mjs').measureCrowds>>} crowds */
function crowdTable({ sessions, calls }) {
  const head = ['', 'mean, ms', 'p99, ms', 'max, ms', 'router memory each'];
  const lines = [
    [
      `one publication to ${whole(sessions.count)} sessions`,
      '–',
      sessions.p99.toFixed(1),
      sessions.max.toFixed(1),
      `${(sessions.bytesEach / 1024).toFixed(1)} KiB`,
    ],
    ...calls.map(({ callers, rate, mean, p99, max }) => [
      `${whole(rate)} calls/s by ${whole(callers)} callers`,
      ...[mean, p99, max].map((value) => value.toFixed(value < 10 ? 2 : 1)),
      '–',
    ]),
  ];
  return markdown('Many sessions', head, lines);
}

/** @param {Awaited<ReturnType<import('./routers.mjs').measureRouters>>} rows */
function routerTable(rows) {
  const head = ['', 'router CPU µs/call', 'calls/s, median', 'our CPU ÷ its, median', 'min–max'];
  const lines = rows.map(({ name, version, whyNot, cpu, rate, ratio, min, max }) => [
    `${name}, ${version}`,
    ...(whyNot
      ? [`not measured: ${whyNot.split('\n')[0]}`, '', '', '']
      : [cpu.toFixed(1), whole(rate), ratio.toFixed(3), `${min.toFixed(3)}–${max.toFixed(3)}`]),
  ]);
  return markdown('The same calls at three routers, 64 in flight', head, lines);
}

/** @param {Awaited<ReturnType<import('./binary.mjs').measureBinary>>} rows */
function binaryTable(rows) {
  const head = ['', 'calls/s, median', 'client CPU µs/call', '÷ JSON, median', 'min–max'];
  const names = { recordsAndBinary: 'records', textAndBinary: 'text' };
  const lines = rows.map(({ payload, serializer, rate, cpu, ratio, min, max }) => [
    `${names[payload]}, ${serializer}`,
    whole(rate),
    cpu.toFixed(1),
    ratio.toFixed(2),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
  ]);
  return markdown('1 KB with 256 bytes of binary data, 64 calls in flight', head, lines);
}

/** @param {string} noun @param {string} unit @param {Awaited<ReturnType<import('./scale.mjs').measureScale>>['events']} rows */
function scaleTable(title, noun, unit, rows) {
  const head = [noun, `router CPU µs/${unit}, median`, 'min–max', `× ${whole(rows[0]?.size ?? 0)}`];
  const lines = rows.map(({ size, micros, min, max, ratio }) => [
    whole(size),
    micros.toFixed(2),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
    ratio.toFixed(2),
  ]);
  return markdown(title, head, lines);
}

/** @param {{ calls: number, bytes: number }} heap @param {ReturnType<import('./imports.mjs').measureImports>} imports */
function restTable({ calls, bytes }, { ours, theirs }) {
  return markdown(
    'The rest',
    ['', 'measured'],
    [
      [`heap after ${whole(calls)} calls in process, then idle: more than before`, `${(bytes / 1e6).toFixed(2)} MB`],
      ['CPU of `import "autostrada"` in Node.js, without its own start', `${ours.toFixed(0)} ms`],
      ['CPU of `import "autobahn"`', `${theirs.toFixed(0)} ms`],
    ],
  );
}

/** @param {Awaited<ReturnType<import('./patterns.mjs').measurePatterns>>} rows */
function patternTable(rows) {
  const head = ['patterns that do not match', 'publications/s, median', 'min–max', `× ${whole(rows[0]?.size ?? 0)} patterns`];
  const lines = rows.map(({ size, rate, min, max, ratio }) => [
    whole(size),
    whole(rate),
    `${whole(min)}–${whole(max)}`,
    ratio.toFixed(2),
  ]);
  return markdown('PUBLISH beside patterns that do not match, in process', head, lines);
}

/** @param {string} unit @param {Awaited<ReturnType<import('./carry.mjs').measureCarry>>['codec']} rows */
function carryTable(title, unit, rows) {
  const head = ['', 'size', `before, CPU µs/${unit}`, `now, CPU µs/${unit}`, 'now ÷ before, median', 'min–max'];
  const lines = rows.map(({ serializer, payload, size, base, ours, ratio, min, max }) => [
    `${serializer}, ${payload}`,
    size,
    base.toFixed(1),
    ours.toFixed(1),
    ratio.toFixed(2),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
  ]);
  return markdown(title, head, lines);
}

/** @param {Awaited<ReturnType<import('./client-costs.mjs').measureClient>>} rows */
function clientTable(rows) {
  const head = ['', 'before, CPU µs', 'now, CPU µs', 'now ÷ before, median', 'min–max'];
  const lines = rows.map(({ task, base, ours, ratio, min, max }) => [
    task,
    base.toFixed(2),
    ours.toFixed(2),
    ratio.toFixed(2),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
  ]);
  return markdown('What the client costs', head, lines);
}

/** @param {ReturnType<import('./codecs.mjs').measureCodecs>} rows */
function codecTable(rows) {
  const head = ['', 'size', 'msgpack(), µs', 'msgpackr(), µs', 'msgpackr alone, µs', 'msgpackr() ÷ msgpack(), median', 'min–max'];
  const lines = rows.map(({ does, payload, size, own, msgpackr, alone, ratio, min, max }) => [
    `${does}, ${payload}`,
    size,
    own.toFixed(2),
    msgpackr.toFixed(2),
    alone.toFixed(2),
    ratio.toFixed(2),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
  ]);
  return markdown('MessagePack: our codec beside msgpackr, in process', head, lines);
}

/** @param {Awaited<ReturnType<import('./fairness.mjs').measureFairness>>} rows */
function fairnessTable(rows) {
  const head = ['', 'subscribers', 'another call waits, median of bursts', 'at most', 'bar'];
  const lines = rows.map(({ title, subscribers, median, max, bar }) => [
    title,
    whole(subscribers),
    `${whole(median)} ms`,
    `${whole(max)} ms`,
    `${bar} ms`,
  ]);
  return markdown('How long a session waits beside a burst', head, lines);
}

/** @param {Awaited<ReturnType<import('./watching.mjs').measureWatching>>} rows */
function watchingTable(rows) {
  const head = ['', 'router CPU a call', '÷ nobody watches', 'range'];
  const lines = rows.map(({ title, cpu, ratio, min, max }) => [
    title,
    `${cpu.toFixed(1)} µs`,
    ratio.toFixed(3),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
  ]);
  return markdown('What it costs that somebody watches', head, lines);
}

/** @param {Awaited<ReturnType<import('./inspector.mjs').measureInspector>>} rows */
function inspectorTable(rows) {
  const head = ['', 'tasks over 50 ms', 'longest', 'share of the time', 'heap'];
  const lines = rows.map(({ view, longTasks, share, heapBytes }) => [
    view,
    whole(longTasks.length),
    longTasks.length === 0 ? '' : `${whole(Math.max(...longTasks))} ms`,
    `${(share * 100).toFixed(1)} %`,
    `${(heapBytes / 1e6).toFixed(1)} MB`,
  ]);
  return markdown('What the inspector costs a browser', head, lines);
}

function markdown(title, head, lines) {
  const widths = head.map((cell, i) =>
    Math.max(cell.length, ...lines.map((line) => (i > 0 && /^(failed|not measured):/.test(line[1]) ? 0 : line[i].length))),
  );
  const format = (cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return `### ${title}\n\n${[format(head), rule, ...lines.map(format)].join('\n')}\n`;
}

function whole(number) {
  return Math.round(number).toLocaleString('en-US');
}
