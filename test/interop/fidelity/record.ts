/*
 * Plays the table of payloads at Crossbar.io and writes what arrives otherwise than with us to crossbar.json. It takes some twenty minutes, since every value that
 * does not arrive is waited for. For docs/interop.md; no test reads it anew.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startCrossbar } from '../crossbar.ts';
import { type Cell, historyTopics, type Route, runMatrix } from './matrix.ts';
import { values } from './values.ts';

const recorded = path.join(import.meta.dirname, 'crossbar.json');

/** What arrived otherwise, by which routes. */
export interface Difference {
  readonly value: string;
  readonly from: string;
  readonly to: string;
  readonly arrived: string;
  readonly routes: readonly Route[];
}

/** @param program - Crossbar.io's; Autobahn|Python comes with it. */
export async function record(
  program: string,
  names: readonly string[] = values.map(({ name }) => name),
  file = recorded,
): Promise<void> {
  const python = path.join(path.dirname(program), 'python');
  const differences: Difference[] = [];
  for (const value of values.filter(({ name }) => names.includes(name))) {
    // A router for each: some values leave sessions behind that are half dead.
    const router = await startCrossbar(program, historyTopics);
    try {
      differences.push(...groups(await runMatrix(python, router.webSocketUrl, [value])));
    } finally {
      router.stop();
    }
    process.stdout.write(`${value.name}\n`);
  }
  writeFileSync(file, `${JSON.stringify(differences, null, 1)}\n`);
}

function groups(cells: readonly Cell[]): Difference[] {
  const found = new Map<string, Difference & { readonly routes: Route[] }>();
  for (const { value, from, to, expected, arrived, route } of cells) {
    if (arrived === expected) continue;
    const plain = arrived.replace(/(session ended): .*/, '$1').replace(/ \[.*\]$/, '');
    const key = [from, to, plain].join(' ');
    const group = found.get(key) ?? { value, from, to, arrived: plain, routes: [] };
    group.routes.push(route);
    found.set(key, group);
  }
  return [...found.values()];
}
