/*
 * npm run bench:check: what a call and an event allocate, and what they cost beside parsing their JSON, against baseline.json. All in one process, so that neither
 * sockets nor other programs matter much. `--write` writes a new baseline.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('baseline.json', import.meta.url));
/** A measurement is this often repeated before it counts as too much: other programs can only make it more. */
const ATTEMPTS = 5;
const margins = { clientEventBytes: 1.3, callBytes: 1.3, deliveryBytes: 2.5, ratio: 2 };

/** No garbage is collected while bytes are counted: the young generation has room for all of it. */
const flags = ['--expose-gc', '--max-semi-space-size=128', '--min-semi-space-size=128'];

function measure() {
  const work = fileURLToPath(new URL('check-work.mjs', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, work], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the measurement failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** The least of both. */
function least(one, other) {
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, Math.min(value, other?.[key] ?? value)]));
}

function tooMuch(found, baseline) {
  return Object.entries(baseline).flatMap(([key, value]) => {
    const most = value * (margins[key] ?? margins.ratio);
    return found[key] > most ? [`${key}: at most ${most.toFixed(2)} (baseline ${value}), got ${found[key].toFixed(2)}`] : [];
  });
}

let found = measure();
if (process.argv[2] === '--write') {
  for (let i = 1; i < ATTEMPTS; i++) found = least(found, measure());
  const rounded = Object.entries(found).map(([key, value]) => [key, Number(value.toPrecision(3))]);
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
} else {
  const baseline = JSON.parse(readFileSync(file, 'utf8'));
  for (let i = 1; i < ATTEMPTS && tooMuch(found, baseline).length > 0; i++) found = least(found, measure());
  for (const [key, value] of Object.entries(found)) console.log(`${key}: ${value.toFixed(2)} (baseline ${baseline[key]})`);
  const complaints = tooMuch(found, baseline);
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
