/* The tables, in Markdown, so that they can be pasted into docs/benchmarks.md. */

/**
 * @param {string} title
 * @param {{ title: string, summary?: ReturnType<import('./statistics.mjs').summarize>, failure?: string }[]} rows
 * @param {string} unit - What is counted: `call`, `event`.
 */
export function table(title, rows, unit) {
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

/** @param {ReturnType<import('./rows.mjs').rowsOf>} rows */
export function rowTable(rows) {
  const lines = rows.map(({ key, value, bar, verdict, why }) => [
    key,
    value === undefined ? '–' : String(value),
    bar,
    why ?? verdict,
  ]);
  return markdown('What we want to reach', ['', 'measured', 'bar', 'verdict'], lines);
}

/** @param {Awaited<ReturnType<import('./broadcast.mjs').measureBroadcast>>} rows */
export function broadcastTable(rows) {
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
  return markdown('Publications of 32 bytes, for 30 s', head, lines);
}

/** @param {Awaited<ReturnType<import('./patterns.mjs').measurePatterns>>} rows */
export function patternTable(rows) {
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
export function carryTable(title, unit, rows) {
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
export function clientTable(rows) {
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
export function codecTable(rows) {
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
export function fairnessTable(rows) {
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

function markdown(title, head, lines) {
  const widths = head.map((cell, i) =>
    Math.max(cell.length, ...lines.map((line) => (i > 0 && line[1].startsWith('failed') ? 0 : line[i].length))),
  );
  const format = (cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return `### ${title}\n\n${[format(head), rule, ...lines.map(format)].join('\n')}\n`;
}

function whole(number) {
  return Math.round(number).toLocaleString('en-US');
}
