/*
 * What each feature of `autostrada/core` costs a page: the table in docs/guide/small-bundles.md.
 *
 * Usage, after `npm run build`: node test/package/feature-sizes.mjs [--write]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';
import { requireBuild } from './pack.mjs';

const guide = path.resolve(import.meta.dirname, '../../docs/guide/small-bundles.md');
const [begin, end] = ['<!-- sizes: node test/package/feature-sizes.mjs --write -->\n', '<!-- /sizes -->'];

/** Feature, what it adds, and the features that it needs. */
const features = [
  ['offline', '`call` and `publish` of a connection, which wait for a session: `offline`, `whenOffline`, `retryOnLoss`', []],
  ['durable', '`subscribe` and `register` of a connection, for all sessions to come', []],
  ['formerSessions', 'a procedure that your own lost session still has is waited for', ['durable']],
  ['recovery', '`recoverWith`: missed events are recovered', ['durable']],
  ['liveness', '`liveness`: dead connections are noticed; `session.rtt()`', []],
  ['page', 'what the browser tells about network and page: online, offline, seen again', []],
  ['waitForCallee', '`waitForCalleeMs`', []],
  ['defaults', '`defaults`', ['offline']],
  ['middleware', '`middleware`, `contract`: needs the functions below', []],
  ['payloadPassthru', '`passthru`, `ppt_…`: needs `passthru()`', []],
  ['progressiveInputs', '`inputsFrom`, `maxInputsAhead`, `furtherInputs`', []],
  ['generators', 'endpoints that are generators', []],
  ['concurrency', '`maxConcurrency`, `maxWaiting`', []],
  ['idle', '`session.idle()`', []],
  ['wireLog', '`wireLog`, `DEBUG=autostrada`', []],
];

/** Function, its entry, and what it is used with. */
const helpers = [
  ['defineMiddleware', '', ['middleware']],
  ['telemetry', 'telemetry', ['middleware']],
  ['defineContract', 'contract', ['middleware']],
  ['passthru', '', ['payloadPassthru']],
  ['fromHistory', '', ['durable', 'recovery']],
  ['events', '', ['durable']],
  ['registerAll', '', ['durable']],
];

const kilobytes = async (names, entry = 'core') =>
  (await bundle(`export { ${names.join(', ')} } from 'autostrada${entry && `/${entry}`}';`)).gzip / 1024;

/** Rows of what is imported, and kilobytes to a tenth. */
export async function measure() {
  const connect = await kilobytes(['connect']);
  const choices = [
    ['`join`: one session, no reconnect', await kilobytes(['join'])],
    ['`connect`: reconnects', connect],
    ['`connect`, `offline`, `durable`', await kilobytes(['connect', 'offline', 'durable'])],
    ['`connect`, `offline`, `durable`, `liveness`, `page`', await kilobytes(['connect', 'offline', 'durable', 'liveness', 'page'])],
    ['`Connection` of `autostrada`: all of them', await kilobytes(['Connection'], '')],
  ];
  const costs = [];
  for (const [name, what, needs] of features) {
    const before = needs.length === 0 ? connect : await kilobytes(['connect', ...needs]);
    costs.push([`\`${name}\``, what, (await kilobytes(['connect', ...needs, name])) - before]);
  }
  const extra = [];
  for (const [name, entry, needs] of helpers) {
    const page = (more = '') => bundle(`export { connect, ${needs.join(', ')} } from 'autostrada/core';${more}`);
    const own = `export { ${name} } from 'autostrada${entry && `/${entry}`}';`;
    extra.push([
      `\`${name}()\``,
      needs.map((need) => `\`${need}\``).join(', '),
      ((await page(own)).gzip - (await page()).gzip) / 1024,
    ]);
  }
  return { choices, costs, extra };
}

const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell)))]
    .map((row) => `| ${row.join(' | ')} |\n`)
    .join('');

async function text() {
  const { choices, costs, extra } = await measure();
  return `${table(['import', 'KB'], choices)}\n${table(['feature', 'adds', 'KB'], costs)}\n${table(['function', 'beside `connect` and', 'KB'], extra)}`;
}

/** The numbers in the guide, by the first cell of their rows. */
export function written() {
  const rows = readFileSync(guide, 'utf8')
    .split(begin)[1]
    .split(end)[0]
    .matchAll(/^\| (.*?) \|.*? ?([\d.]+) \|$/gm);
  return new Map([...rows].map(([, name, size]) => [name, Number(size)]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  requireBuild();
  const made = await text();
  if (process.argv[2] === '--write') {
    const [before, rest] = readFileSync(guide, 'utf8').split(begin);
    writeFileSync(guide, `${before}${begin}${made}${end}${rest.split(end)[1]}`);
  } else console.log(made);
}
