/* The plots of docs/benchmarks.md, as SVG: from a run as `--json` writes it. They are readable on light and dark pages. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const OURS = '#3b82f6';
const OTHERS = '#8b949e';
const BAR = '#e5484d';
/** The colour of the page: around a number that stands on a line. */
const PAGE = 'var(--page)';

/** Numbers beside the longest bar need room. */
const scale = { grid: true, insetRight: 36 };

/** In the picture, because a picture on a page does not know the colours of the page. */
const style = `
svg { --page: #ffffff; color: #1f2328; }
text { white-space: pre; }
@media (prefers-color-scheme: dark) {
  svg { --page: #0d1117; color: #e6edf3; }
}
`;

/**
 * @param {object} run
 * @returns {Record<string, string>} SVG by file name.
 */
export function plotsOf({ results, broadcast }) {
  const rpc = results.filter(({ experiment }) => experiment === 'rpc');
  const fanout = results.filter(({ experiment }) => experiment === 'fanout');
  return {
    'bench-rpc.svg': calls(rpc),
    'bench-client-cpu.svg': clientCpu(rpc.filter(({ inFlight }) => inFlight > 1)),
    'bench-fanout.svg': events(fanout),
    ...(broadcast ? { 'bench-broadcast-latency.svg': latency(broadcast), 'bench-broadcast-cpu.svg': routerCpu(broadcast) } : {}),
  };
}

/** What contestants did, without those that failed, and without the one that has no sockets. */
function summaries(experiment) {
  const present = experiment.rows.filter(({ name, summary }) => summary && name !== 'memory');
  return present.map(({ name, title, summary }) => ({
    name: title,
    isOurs: title.startsWith('autostrada'),
    isRelay: name === 'relay',
    ...summary,
  }));
}

function calls(experiments) {
  const bars = experiments.flatMap((experiment) =>
    summaries(experiment)
      .filter(({ isRelay }) => !isRelay)
      .map((each) => ({ ...each, group: `${experiment.inFlight} in flight`, value: each.ratio })),
  );
  return draw('Calls a second, as a multiple of a bare ws relay', {
    height: 460,
    x: { label: 'calls/s ÷ those of a bare ws relay →', ...scale },
    marks: [...horizontalBars(bars), Plot.ruleX([1], { stroke: 'currentColor', strokeDasharray: '4 3' }), numbers(bars)],
  });
}

function clientCpu(experiments) {
  const bars = experiments.flatMap((experiment) =>
    summaries(experiment).map((each) => ({ ...each, group: `${experiment.inFlight} in flight`, value: each.clientCpu })),
  );
  return draw('CPU time of a call in the client', {
    height: 360,
    x: { label: 'CPU time of a call in the client, both ends, µs →', ...scale },
    marks: [...horizontalBars(bars), numbers(bars)],
  });
}

function events(experiments) {
  const bars = experiments.flatMap((experiment) =>
    summaries(experiment).flatMap((each) =>
      ['client', 'server'].map((side) => ({
        ...each,
        side,
        group: `1 → ${experiment.subscribers.toLocaleString('en-US')}`,
        value: each[`${side}Cpu`],
      })),
    ),
  );
  return draw('CPU time of an event, in client and server', {
    height: 380,
    x: { label: 'CPU time of an event, µs →', ...scale },
    fx: { label: null, padding: 0.12 },
    marks: [...horizontalBars(bars, 'side'), numbers(bars, 'side')],
  });
}

function latency(rows) {
  const bars = rows.flatMap((row) =>
    ['mean', 'p50', 'p99', 'max'].map((name) => ({
      group: loadOf(row),
      name: name === 'p50' ? 'median' : name,
      isOurs: true,
      value: row[name],
    })),
  );
  const wanted = rows.flatMap((row) => [
    { group: loadOf(row), name: 'mean', value: 25 },
    { group: loadOf(row), name: 'p99', value: 100 },
  ]);
  return draw('Latency of an event beside its bar', {
    height: 240,
    marginLeft: 70,
    x: { label: 'latency, ms; red: the bar →', ...scale },
    marks: [...horizontalBars(bars), barTicks(wanted), numbers(bars)],
  });
}

function routerCpu(rows) {
  const bars = rows.map((row) => ({ group: loadOf(row), name: 'router', isOurs: true, value: row.cpu }));
  const wanted = rows.map((row) => ({ group: loadOf(row), name: 'router', value: row.bar }));
  return draw('CPU time of an event in the router beside its bar', {
    height: 150,
    marginLeft: 70,
    x: { label: 'CPU time of an event, µs; red: the bar, a bare write ÷ events a write + 0.2 →', ...scale },
    marks: [...horizontalBars(bars), barTicks(wanted), numbers(bars)],
  });
}

function loadOf({ rate, subscribers }) {
  return `${rate.toLocaleString('en-US')}/s × ${subscribers.toLocaleString('en-US')}`;
}

/** Bars by name, in one panel a group. */
function horizontalBars(bars, fx) {
  const channels = { x: 'value', y: 'name', fy: 'group', ...(fx && { fx }) };
  return [Plot.barX(bars, { ...channels, fill: ({ isOurs }) => (isOurs ? OURS : OTHERS) }), Plot.ruleX([0])];
}

/** Beside the bars, above all else. */
function numbers(bars, fx) {
  const channels = { x: 'value', y: 'name', fy: 'group', ...(fx && { fx }) };
  const text = ({ value }) => value.toFixed(value < 10 ? 2 : 1);
  return Plot.text(bars, { ...channels, text, textAnchor: 'start', dx: 5, fill: 'currentColor', stroke: PAGE, strokeWidth: 4 });
}

function barTicks(wanted) {
  return Plot.tickX(wanted, { x: 'value', y: 'name', fy: 'group', stroke: BAR, strokeWidth: 3 });
}

/** Names and groups are in the order in which they first come. */
function draw(title, { marks, ...options }) {
  const { document } = parseHTML('<html><body></body></html>');
  const order = (key) => [...new Set(marks.flatMap(({ data }) => [...(data ?? [])].map((each) => each?.[key])))].filter(Boolean);
  const svg = Plot.plot({
    document,
    width: 760,
    marginLeft: 170,
    marginRight: 110,
    marginBottom: 40,
    style: { fontSize: '12px' },
    y: { label: null, domain: order('name') },
    fy: { label: null, domain: order('group') },
    color: { type: 'identity' },
    marks,
    ...options,
  });
  const [width, height] = ['width', 'height'].map((name) => svg.getAttribute(name));
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.querySelector('style').textContent = style; // Plot's own is for pages that hold the SVG itself
  const label = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  label.textContent = title;
  const page = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ fill: PAGE, width, height })) page.setAttribute(name, value);
  svg.prepend(label, svg.querySelector('style'), page);
  return `${svg.outerHTML}\n`;
}
