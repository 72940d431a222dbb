/* Routers whose events are kept by NATS. */
import { Connection } from 'autostrada';
import { Router, type RouterConfig } from 'autostrada/router';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nats } from '../../src/nats/nats.ts';
import type { NatsOptions } from '../../src/nats/options.ts';
import { FaultProxy } from '../chaos/fault-proxy.ts';
import { hasNats, type NatsServer, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { clusterName } from './stores.ts';

skipLoudlyWithoutNats();

const topic = 'com.example.topic';
const config: RouterConfig = {
  realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history: [{ uri: topic, limit: 10 }] } },
};

describe.runIf(hasNats)('routers over NATS', { timeout: 60_000 }, () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server?.stop());

  const start = async (name: string, options: Partial<NatsOptions> = {}) => {
    const log: string[] = [];
    const cluster = nats({ servers: server.url, name, ...options });
    const router = new Router(config, { cluster, log: ({ message }) => void log.push(message) });
    await router.ready;
    const connection = new Connection({ url: router, realm: 'realm1' });
    const stop = async (): Promise<void> => {
      await connection.close();
      await router.close();
    };
    onTestFinished(stop);
    const kept = async (): Promise<readonly [retained: unknown, past: readonly unknown[]]> => {
      const heard: unknown[] = [];
      const reader = new Connection({ url: router, realm: 'realm1' });
      const session = await reader.open();
      await session.subscribe(topic, ([value]) => heard.push(value), { get_retained: true });
      const id = await session.call<number>('wamp.subscription.lookup', [topic]);
      const { args } = await session.callResult('wamp.subscription.get_events', [id]);
      await reader.close();
      return [heard, (args as readonly { readonly args: readonly unknown[] }[]).map((event) => event.args[0])];
    };
    const publish = (value: unknown, bound = false) =>
      connection.publish(topic, [value], null, { acknowledge: true, retain: true, session_bound: bound });
    return { publish, kept, stop, log, connection };
  };

  it('[L3] have each other’s retained events and histories, and those of routers that have ended', async () => {
    const name = clusterName();
    const [one, two] = [await start(name), await start(name)];
    await one.publish(1);
    expect(await two.kept()).toEqual([[1], [1]]);
    await two.publish(2);
    expect(await one.kept()).toEqual([[2], [1, 2]]);
    await one.stop();
    expect(await two.kept()).toEqual([[2], [1, 2]]);
    await two.stop();
    const three = await start(name);
    expect(await three.kept()).toEqual([[2], [1, 2]]);
    expect(await (await start(clusterName())).kept()).toEqual([[], []]);
  });

  it('[L3] forget the events of a session at all nodes when it ends, also with its router', async () => {
    const name = clusterName();
    const [one, two] = [await start(name), await start(name)];
    await one.publish(1, true);
    expect(await two.kept()).toEqual([[1], [1]]);
    await one.connection.close();
    await expect.poll(two.kept).toEqual([[], [1]]);
    const three = await start(name);
    await three.publish(2, true);
    expect(await two.kept()).toEqual([[2], [1, 2]]);
    await three.stop();
    await expect.poll(two.kept).toEqual([[], [1, 2]]);
  });

  it('[L3] forget the events of sessions of a router that is cut off, also if it goes on', async () => {
    const name = clusterName();
    const proxy = await FaultProxy.open({ routerPort: () => server.port, protocol: 'rawsocket' });
    onTestFinished(() => proxy.close());
    const alone = await start(name, { servers: `nats://127.0.0.1:${proxy.port}`, whenIsolated: 'continue' });
    const other = await start(name);
    await alone.publish(1, true);
    let opens = 0; // again
    alone.connection.on('open', () => opens++);
    expect(await other.kept()).toEqual([[1], [1]]);
    proxy.refuse(9000);
    await expect.poll(other.kept, { timeout: 20_000 }).toEqual([[], [1]]);
    // Its own clients are still served, but what they publish is not acknowledged.
    expect(opens).toBe(0);
    expect(await failure(alone.publish(2, true))).toBeInstanceOf(Error);
    await expect.poll(() => opens, { timeout: 20_000 }).toBe(1);
    const retained = async () => [await alone.kept(), await other.kept()].map(([events]) => events);
    await expect.poll(retained, { timeout: 20_000 }).toEqual([[], []]);
    await alone.publish(3, true);
    expect(await retained()).toEqual([[3], [3]]);
  }, 60_000);

  it('[L3] say in their logs that what was kept is lost, and continue', async () => {
    const name = clusterName();
    const { publish, kept, log } = await start(name);
    await publish(1);
    await server.restartEmpty();
    await expect.poll(() => publish(2).then(kept, () => [])).toEqual([[2], [2]]);
    expect(log).toContainEqual(expect.stringMatching(/^the stream \S+ of NATS was lost \(retained events in realm1\)/));
  });
});
