/* Three routers over a cluster of three nats-servers, of which one or two are killed. */
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Connection, type Session } from 'autostrada';
import { nats } from 'autostrada/nats';
import { type Listener, listen } from 'autostrada/node';
import { Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NatsCluster } from '../fixtures/nats-cluster.ts';
import { hasNats, type NatsProgram, natsPrograms, skipLoudlyWithoutNats } from '../fixtures/nats-server.ts';
import { clusterName } from './stores.ts';

skipLoudlyWithoutNats();

const topic = 'com.example.topic';
const single = 'com.example.single';
const config: RouterConfig = {
  realms: {
    realm1: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history: [{ uri: topic, limit: 100_000 }] },
  },
};

class Bench {
  readonly servers: NatsCluster;
  readonly manager: JetStreamManager;
  readonly bucket: string;
  readonly log: string[] = [];
  private readonly nodes: (readonly [Router, Listener])[] = [];

  private constructor(servers: NatsCluster, manager: JetStreamManager, bucket: string) {
    this.servers = servers;
    this.manager = manager;
    this.bucket = bucket;
  }

  static async open(program: NatsProgram): Promise<Bench> {
    const servers = await NatsCluster.start(3, program);
    onTestFinished(() => servers.stop());
    const connection = await connect({ servers: [...servers.urls], maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    onTestFinished(() => connection.close());
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 2000 });
    await servers.whole(manager);
    const name = clusterName();
    const bench = new Bench(servers, manager, `KV_autostrada_${name}`);
    for (let n = 0; n < 3; n++) {
      const cluster = nats({ servers: servers.urls, name, replicas: 3 });
      const router = new Router(config, { cluster, log: ({ message }) => bench.log.push(`router ${n}: ${message}`) });
      onTestFinished(() => router.close());
      bench.nodes.push([router, await listen(router, { port: 0, ops: { path: '/ops' } })]);
    }
    await servers.whole(manager);
    return bench;
  }

  async join(node: number): Promise<Session> {
    const [router] = this.nodes[node] ?? [];
    if (!router) throw new Error(`expected 0, 1 or 2, got ${node}`);
    const connection = new Connection({ url: router, realm: 'realm1', retry: false });
    connection.on('error', () => {});
    onTestFinished(() => connection.close());
    return connection.open();
  }

  /** What each router says at `/readyz`. */
  ready(): Promise<readonly number[]> {
    return Promise.all(this.nodes.map(async ([, { opsUrl }]) => (await fetch(`${opsUrl}/readyz`)).status));
  }

  /** What each router has kept of the topic. */
  kept(): Promise<readonly (readonly [retained: readonly unknown[], past: readonly unknown[]])[]> {
    return Promise.all(
      this.nodes.map(async (_, node) => {
        const session = await this.join(node);
        const retained: unknown[] = [];
        await session.subscribe(topic, ([value]) => retained.push(value), { get_retained: true });
        const id = await session.call<number>('wamp.subscription.lookup', [topic]);
        const { args } = await session.callResult<readonly { readonly args: readonly unknown[] }[]>(
          'wamp.subscription.get_events',
          [id],
        );
        return [retained, args.map((event) => event.args[0])] as const;
      }),
    );
  }
}

/** Calls, acknowledged events, and somebody who wants the procedure of another one, until it is stopped. */
class Traffic {
  readonly owners = new Set<string>();
  readonly heard: number[] = [];
  readonly acknowledged: number[] = [];
  readonly calls: Promise<unknown>[] = [];
  private readonly published: Promise<unknown>[] = [];
  private goesOn = true;
  private contending: Promise<void> = Promise.resolve();

  static async begin(callee: Session, caller: Session, contender: Session): Promise<Traffic> {
    const traffic = new Traffic();
    await callee.register(single, async ([n]: [number]) => {
      traffic.owners.add('the first');
      await seconds(0.1);
      return n;
    });
    await contender.subscribe(topic, ([n]: [number]) => traffic.heard.push(n));
    const timer = setInterval(() => traffic.send(caller), 25);
    onTestFinished(() => clearInterval(timer));
    traffic.contending = traffic.contend(contender);
    void traffic.contending.finally(() => clearInterval(timer));
    return traffic;
  }

  private send(caller: Session): void {
    const n = this.calls.length;
    const call = caller.call(single, [n]);
    call.catch(() => {}); // `calls` has it
    this.calls.push(call);
    const published = caller.publish(topic, [n], {}, { acknowledge: true, retain: true });
    this.published.push(
      published.then(
        () => this.acknowledged.push(n),
        () => {}, // the store was told that it failed
      ),
    );
  }

  private async contend(contender: Session): Promise<void> {
    while (this.goesOn) {
      await contender.register(single, () => this.owners.add('another one')).catch(() => {});
      await seconds(0.05);
    }
  }

  async end(): Promise<void> {
    this.goesOn = false;
    await this.contending;
    await Promise.all(this.published);
  }
}

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1000));

describe.runIf(hasNats).each(natsPrograms)('three routers over three servers of NATS $version', { timeout: 60_000 }, (program) => {
  const holds = async (bench: Bench, traffic: Traffic): Promise<void> => {
    await traffic.end();
    const sent = traffic.calls.map((_, n) => n);
    expect(await Promise.allSettled(traffic.calls)).toEqual(sent.map((value) => ({ status: 'fulfilled', value })));
    expect([...traffic.owners]).toEqual(['the first']);
    await expect.poll(() => traffic.heard).toEqual(sent);
    expect(traffic.acknowledged.length).toBeGreaterThan(sent.length / 2);
    const [first, ...others] = await bench.kept();
    for (const other of others) expect(other).toEqual(first);
    const past = new Set(first?.[1]);
    expect(past.size).toBe(first?.[1].length);
    expect(traffic.acknowledged.filter((n) => !past.has(n))).toEqual([]);
    expect(first?.[0]).toEqual(first?.[1].slice(-1));
    expect(bench.log.filter((text) => /were lost|was lost|newest messages|cut off/.test(text))).toEqual([]);
  };

  test('[L3] lose no call, no acknowledged event and no procedure when each server is killed in turn', async () => {
    const bench = await Bench.open(program);
    const traffic = await Traffic.begin(await bench.join(0), await bench.join(1), await bench.join(2));
    const { servers, manager, bucket } = bench;
    const leader = await servers.leader(manager, bucket);
    const registrant = await bench.join(1);
    for (const server of [leader, ...servers.servers.filter((each) => each !== leader)]) {
      await server?.kill();
      const registration = await registrant.register('com.example.meanwhile', () => 'made');
      expect(await registrant.call('com.example.meanwhile')).toBe('made');
      await registration.unregister();
      await server?.start();
      await servers.whole(manager);
    }
    await holds(bench, traffic);
  }, 180_000);

  test('[L3] wait when two of the servers are gone, say so at /readyz, and go on when one is back', async () => {
    const bench = await Bench.open(program);
    const traffic = await Traffic.begin(await bench.join(0), await bench.join(1), await bench.join(2));
    await seconds(0.5);
    const [one, two] = bench.servers.servers;
    await Promise.all([one?.kill(), two?.kill()]);
    await expect.poll(() => bench.ready(), { timeout: 30_000 }).toEqual([503, 503, 503]);
    let isAnswered = false;
    void (await bench.join(1)).call(single, [0]).then(() => {
      isAnswered = true;
    });
    await seconds(1);
    expect(isAnswered).toBe(false);
    await one?.start();
    await expect.poll(() => bench.ready(), { timeout: 60_000 }).toEqual([200, 200, 200]);
    await expect.poll(() => isAnswered).toBe(true);
    await two?.start();
    await bench.servers.whole(bench.manager);
    await holds(bench, traffic);
  }, 180_000);
});
