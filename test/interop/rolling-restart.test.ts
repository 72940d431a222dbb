/*
 * What callers notice when callees are replaced, on each router: nothing. One of two callees drains amid calls, and a caller is back before its
 * callee. Where a router is missing, its tests are skipped, and say so.
 */
import { Connection, type ConnectionOptions, drain } from 'autostrada';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findCrossbar, startCrossbar } from './crossbar.ts';
import { buildNexus, startNexus } from './nexus.ts';

interface Started {
  readonly webSocketUrl: string;
  stop(): unknown;
}

const crossbar = findCrossbar();
const nexus = buildNexus();
const routers: { readonly [name: string]: { readonly whyNot: string } | { start(): Promise<Started> } } = {
  'our router': {
    start: async () => {
      const router = new Router({ realms: { realm1: 'open' } }, { log: () => {} });
      const listener = await listen(router, { port: 0 });
      return { webSocketUrl: listener.url, stop: () => Promise.all([listener.close(), router.close()]) };
    },
  },
  'Crossbar.io': 'program' in crossbar ? { start: () => startCrossbar(crossbar.program) } : crossbar,
  nexus: 'program' in nexus ? { start: () => startNexus(nexus.program) } : nexus,
};

const CALLS = 4000;
const IN_FLIGHT = 32;

/** What came of so many calls, at most 32 of them under way at a time. `at`: told how many are answered. */
async function flood(caller: Connection, procedure: string, at: (answered: number) => void): Promise<Map<unknown, number>> {
  const tally = new Map<unknown, number>();
  let [begun, answered] = [0, 0];
  const run = async (): Promise<void> => {
    while (begun < CALLS) {
      begun++;
      const outcome = await caller.call(procedure).catch(String);
      tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
      answered++;
      at(answered);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, run));
  return tally;
}

describe.each(Object.entries(routers))('with %s', (name, router) => {
  if ('whyNot' in router) return void it(`NO ${name.toUpperCase()}: ${router.whyNot}`, ({ skip }) => skip());

  let started: Started | undefined;
  let connections: Connection[] = [];
  beforeAll(async () => {
    started = await router.start();
  }, 120_000);
  afterAll(() => started?.stop());
  afterEach(async () => {
    for (const connection of connections) await connection.close();
    connections = [];
  });
  const connect = (options: Partial<ConnectionOptions> = {}): Connection => {
    const connection = new Connection({ url: started?.webSocketUrl ?? '', realm: 'realm1', ...options });
    connections.push(connection);
    return connection;
  };

  it('[H5] [C50] none of 4,000 calls fails while one of two callees drains', { timeout: 60_000 }, async () => {
    const [leaving, staying, caller] = [connect(), connect(), connect()];
    for (const [connection, answer] of [
      [leaving, 'leaving'],
      [staying, 'staying'],
    ] as const)
      await connection.register(
        'com.example.rolling',
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return answer;
        },
        { invoke: 'roundrobin' },
      ).ready;
    await caller.open();
    let draining: ReturnType<typeof drain> | undefined;
    const tally = await flood(caller, 'com.example.rolling', (answered) => {
      if (answered === CALLS / 4) draining = drain(leaving, { timeoutMs: 30_000 });
    });
    expect(await draining).toMatchObject({ interrupted: false });
    expect([...tally.keys()].sort()).toEqual(['leaving', 'staying']);
    expect([...tally.values()].reduce((sum, count) => sum + count, 0)).toBe(CALLS);
    expect(tally.get('leaving')).toBeGreaterThanOrEqual(CALLS / 8);
  });

  it('[H5] a caller that is back before its callee waits for it', { timeout: 30_000 }, async () => {
    const [first, caller] = [connect(), connect({ defaults: { waitForCalleeMs: 20_000 } })];
    const add = ([a, b]: [number, number]): number => a + b;
    await first.register('com.example.late', add).ready;
    expect(await caller.call('com.example.late', [1, 2])).toBe(3);
    await drain(first);
    const calls = Array.from({ length: 20 }, (_, i) => caller.call('com.example.late', [i, 1]));
    const session = await caller.open();
    // So that they have been refused once, at least.
    expect(await session.call('com.example.late', [0, 0]).catch((error) => error.uri)).toBe('wamp.error.no_such_procedure');
    await connect().register('com.example.late', add).ready;
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    await expect.poll(() => session.subscriptions.length).toBe(0);
  });

  it('[H5] a caller gets an error in time if no callee comes', { timeout: 30_000 }, async () => {
    const error = await connect()
      .call('com.example.never', [], null, { waitForCalleeMs: 300 })
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ uri: 'wamp.error.no_such_procedure', procedure: 'com.example.never' });
  });
});
