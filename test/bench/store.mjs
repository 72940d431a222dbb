/*
 * node test/bench/store.mjs: acknowledged publications to a topic with a history, with the events in memory and in files, by one publisher that waits for each and by 64. Publishers and
 * router are in one process, without sockets.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '../../dist/index.mjs';
import { openStore } from '../../dist/node.mjs';
import { Router } from '../../dist/router.mjs';

const SECONDS = 2;

async function measure(durability, publishers) {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-bench-'));
  const store = durability === 'memory' ? undefined : await openStore({ folder, durability });
  const history = [{ uri: 'com.example.', match: 'prefix', limit: 10_000 }];
  const realm1 = { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history };
  const router = new Router({ realms: { realm1 } }, { store });
  const connections = Array.from({ length: publishers }, () => new Connection({ url: router, realm: 'realm1' }));
  const sessions = await Promise.all(connections.map((connection) => connection.open()));
  const text = 'x'.repeat(128);
  let count = 0;
  const begun = performance.now();
  await Promise.all(
    sessions.map(async (session) => {
      while (performance.now() - begun < SECONDS * 1000) {
        await session.publish('com.example.topic', [text], null, { acknowledge: true });
        count++;
      }
    }),
  );
  const perSecond = (count / (performance.now() - begun)) * 1000;
  for (const connection of connections) await connection.close();
  await router.close();
  await store?.close();
  rmSync(folder, { recursive: true });
  return perSecond;
}

for (const durability of ['memory', 'process', 'power']) {
  for (const publishers of [1, 64]) {
    const perSecond = await measure(durability, publishers);
    const each = ((publishers / perSecond) * 1000).toFixed(2);
    console.log(`${durability}, ${publishers} publishers: ${Math.round(perSecond)} a second, ${each} ms each`);
  }
}
