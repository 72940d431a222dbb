/* Payloads through our router, from each serializer to each, with Autobahn|Python at both ends. Skipped where there is none, and says so. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, it } from 'vitest';
import { type Cell, historyTopics, routes, runMatrix } from './fidelity/matrix.ts';
import { values } from './fidelity/values.ts';

const { CROSSBAR_PATH } = process.env;
// Crossbar.io brings it.
const python = CROSSBAR_PATH ? path.join(path.dirname(CROSSBAR_PATH), 'python') : 'python3';

function hasAutobahn(): boolean {
  try {
    execFileSync(python, ['-c', 'import autobahn.asyncio.websocket, cbor2, msgpack'], { stdio: 'ignore', timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}
const isHere = hasAutobahn();
if (!isHere) it('NO AUTOBAHN|PYTHON: payloads are not compared', ({ skip }) => skip());

describe.runIf(isHere)('a payload between two Autobahn|Python', () => {
  it('[G1] [R12] [R43] [R23] arrives as the table says, over every router', { timeout: 180_000 }, async () => {
    const history = historyTopics.map((uri) => ({ uri, limit: 10 }));
    const realm1 = { anonymous: 'user', authroles: { user: { permissions: 'all' as const } }, history };
    const router = new Router({ realms: { realm1 } });
    const listener = await listen(router, { port: 0 });
    let cells: readonly Cell[];
    try {
      cells = await runMatrix(python, listener.url);
    } finally {
      await listener.close();
      await router.close();
    }
    const wrong = cells.filter(({ expected, arrived }) => arrived !== expected);
    expect(wrong).toEqual([]);
    expect(new Set(cells.map(({ value }) => value)).size).toBe(values.length);
    expect(new Set(cells.map(({ route }) => route))).toEqual(new Set(routes));
  });
});
