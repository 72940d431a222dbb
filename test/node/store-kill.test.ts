/*
 * A process with a store in files is killed at random moments, at the start, too: what was acknowledged is there, once, in order. `STORE_KILLS=1000` does it a thousand times.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from 'autostrada/node';
import type { HistoryName, HistoryQuery, StoredEvent } from 'autostrada/router';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../cli/command.ts';

const KILLS = Number(process.env.STORE_KILLS ?? 30);
/** The last of them: every third kill may come before the store is open. */
const LONGEST_START_MS = 400;
const LONGEST_RUN_MS = 80;

interface Acknowledged {
  readonly publisher: number;
  readonly n: number;
  readonly publication: number;
}

/** Runs the writer, and kills it. */
async function killed(folder: string, lasts: readonly number[], atStart: boolean): Promise<readonly Acknowledged[]> {
  const child = spawn(process.execPath, [path.join(root, 'test/node/store-writer.mjs'), folder, ...lasts.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  const kill = (ms: number): void => {
    setTimeout(() => child.kill('SIGKILL'), Math.random() * ms);
  };
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  child.stdout.on('data', (chunk) => {
    if (out === '' && !atStart) kill(LONGEST_RUN_MS);
    out += String(chunk);
  });
  if (atStart) kill(LONGEST_START_MS);
  await new Promise((resolve) => child.once('close', resolve));
  expect(err).toBe('');
  // The last line may be cut.
  const lines = out.slice(0, out.lastIndexOf('\n') + 1).match(/^\d+ \d+ \d+$/gm) ?? [];
  return lines.map((line) => {
    const [publisher = 0, n = 0, publication = 0] = line.split(' ').map(Number);
    return { publisher, n, publication };
  });
}

const log: HistoryName = { uri: 'com.example.log.', match: 'prefix' };
const everything: HistoryQuery = {
  reverse: false,
  topic: undefined,
  fromTime: undefined,
  afterTime: undefined,
  beforeTime: undefined,
  untilTime: undefined,
  from: undefined,
  after: undefined,
  before: undefined,
  until: undefined,
};

async function read(folder: string): Promise<{ readonly past: readonly StoredEvent[]; readonly retained: readonly StoredEvent[] }> {
  await using store = await openStore({ folder });
  const realm = store.open('realm1', {
    histories: [{ ...log, limit: 5000, maxBytes: 2 ** 25, maxAgeMs: Number.POSITIVE_INFINITY }],
    maxRetainedTopics: 100,
    maxRetainedBytes: 2 ** 25,
    maxRetainedAgeMs: Number.POSITIVE_INFINITY,
    now: () => Date.now(),
    spend: () => {},
  });
  const past: StoredEvent[] = [];
  const search = realm.search(log, everything);
  for (let found = await search.next(); found.done !== true; found = await search.next()) past.push(...found.value);
  return { past, retained: await realm.retained('com.', 'prefix') };
}

/** The number in a payload of JSON. */
function numberOf({ payload }: StoredEvent): number {
  const [n]: readonly unknown[] = JSON.parse(new TextDecoder().decode(payload?.args));
  return Number(n);
}

it(
  `[K5] forgets nothing that was acknowledged, however often it is killed (${KILLS} times)`,
  async () => {
    expect(existsSync(path.join(root, 'dist/node.mjs')), 'dist is missing: run `npm run build` first').toBe(true);
    const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-kill-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const lasts = [0, 0, 0, 0];
    let total = 0;
    for (let round = 0; round < KILLS; round++) {
      const acknowledged = await killed(folder, lasts, round % 3 === 2);
      total += acknowledged.length;
      const { past, retained } = await read(folder);
      expect(new Set(past.map(({ publication }) => publication)).size, 'no publication is there twice').toBe(past.length);
      for (const publisher of lasts.keys()) {
        const uri = `com.example.log.${publisher}`;
        const own = past.filter(({ topic }) => topic === uri);
        const numbers = own.map(numberOf);
        const [begin = 1] = numbers;
        expect(numbers, 'all are there, in order').toEqual(numbers.map((_, i) => begin + i));
        const last = numbers.at(-1) ?? 0;
        for (const { n, publication } of acknowledged.filter((each) => each.publisher === publisher)) {
          expect(last).toBeGreaterThanOrEqual(n);
          if (n >= begin) expect(own[n - begin]?.publication).toBe(publication);
        }
        expect(last).toBeGreaterThanOrEqual(lasts[publisher] ?? 0);
        // An event is kept in all its places, or in none.
        expect(retained.filter(({ topic }) => topic === uri).map(({ publication }) => publication)).toEqual(
          own.slice(-1).map(({ publication }) => publication),
        );
        lasts[publisher] = last;
      }
    }
    expect(total).toBeGreaterThan(KILLS);
    console.log(`${KILLS} kills, ${total} acknowledged publications, ${lasts.join(' + ')} kept`);
  },
  20_000 + KILLS * 3000,
);
