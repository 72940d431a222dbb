/* What tools see of routers over NATS. */
import { Connection } from 'autostrada';
import { Router } from 'autostrada/router';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nats } from '../../src/nats/nats.ts';
import { hasNats, type NatsServer, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';
import { watching } from '../router/watching.ts';
import { clusterName } from './stores.ts';

skipLoudlyWithoutNats();

describe.runIf(hasNats)('inspect over NATS', { timeout: 60_000 }, () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server?.stop());

  it('[M2] shows a call between two routers as one row, and what both have', async () => {
    const name = clusterName();
    const start = async (): Promise<readonly [Router, Connection]> => {
      const router = new Router({ realms: { realm1: 'open' } }, { cluster: nats({ servers: server.url, name }), log: () => {} });
      await router.ready;
      const connection = new Connection({ url: router, realm: 'realm1' });
      onTestFinished(async () => {
        await connection.close();
        await router.close();
      });
      await connection.open();
      return [router, connection];
    };
    const [[one, caller], [two, callee]] = [await start(), await start()];
    await callee.register('com.example.add', ([a = 0, b = 0]: readonly number[]) => a + b).ready;
    await callee.subscribe('com.example.news', () => {}).ready;
    const { rows } = watching(two, { kinds: ['call'], payloads: true });
    const payload = 'x'.repeat(3000);
    await expect
      .poll(async () => {
        await caller.call('com.example.add', [payload]);
        return rows().length;
      })
      .toBeGreaterThan(0);
    await expect
      .poll(() => rows()[0])
      .toMatchObject({
        state: 'done',
        from: { authid: caller.session?.authid },
        to: { authid: callee.session?.authid },
        payload: `["${payload}"]`,
      });
    for (const router of [one, two])
      await expect
        .poll(() => router.uris({}))
        .toMatchObject({
          topics: [{ uri: 'com.example.news', sessions: 1 }],
          procedures: [{ uri: 'com.example.add' }],
        });
  });
});
