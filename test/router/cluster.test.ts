/* Several routers that share a realm, in one process: who has a procedure, what is left of a node that is gone, what a node is told. */
import { Connection, type Session } from 'autostrada';
import { addTestament, flushTestaments } from 'autostrada/meta';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestCluster } from '../fixtures/nodes.ts';
import { failure } from '../fixtures/scripted-session.ts';

interface Node {
  readonly router: Router;
  join(): Promise<Session>;
}

async function node(cluster: TestCluster, log: (message: string) => void = () => {}): Promise<Node> {
  const router = new Router({ realms: { realm1: 'open' } }, { cluster: cluster.engine(), log: ({ message }) => log(message) });
  await router.ready;
  onTestFinished(() => router.close());
  return {
    router,
    join: () => {
      const connection = new Connection({ url: router, realm: 'realm1', retry: false });
      connection.on('error', () => {}); // its node may be killed
      onTestFinished(() => connection.close());
      return connection.open();
    },
  };
}

const nodes = async (count: number): Promise<{ readonly cluster: TestCluster; readonly all: readonly Node[] }> => {
  const cluster = new TestCluster();
  const all: Node[] = [];
  for (let i = 0; i < count; i++) all.push(await node(cluster));
  return { cluster, all };
};

describe('procedures of a cluster', () => {
  test('[L4] of 200 sessions of three nodes that register the same procedure at once, one gets it; 20 rounds', async () => {
    const { all } = await nodes(3);
    const sessions = await Promise.all(Array.from({ length: 200 }, (_, i) => all[i % 3]?.join()));
    for (let round = 0; round < 20; round++) {
      const procedure = `com.example.round${round}`;
      const tries = await Promise.all(
        sessions.map((session) =>
          session
            ?.register(procedure, () => session.id)
            .then(
              () => session.id,
              () => undefined,
            ),
        ),
      );
      const winners = tries.filter((id) => id !== undefined);
      expect(winners.length).toBe(1);
      for (const each of all) expect(await (await each.join()).call(procedure)).toBe(winners[0]);
    }
  });

  test('[L4] callees of all nodes have one order, the same at every node', async () => {
    const { all } = await nodes(3);
    const callees = await Promise.all(Array.from({ length: 9 }, (_, i) => all[i % 3]?.join()));
    await Promise.all(callees.map((callee) => callee?.register('com.example.first', () => callee.id, { invoke: 'first' })));
    const answers = await Promise.all(all.map(async (each) => (await each.join()).call('com.example.first')));
    expect(new Set(answers).size).toBe(1);
    const first = callees.find((callee) => callee?.id === answers[0]);
    await first?.leave();
    await expect
      .poll(async () => new Set(await Promise.all(all.map(async (each) => (await each.join()).call('com.example.first')))))
      .not.toContain(answers[0]);
    const next = await Promise.all(all.map(async (each) => (await each.join()).call('com.example.first')));
    expect(new Set(next).size).toBe(1);
  });

  test('[L4] who has awaited a registration can call it from every node at once', async () => {
    const { all } = await nodes(2);
    const [one, two] = [await all[0]?.join(), await all[1]?.join()];
    for (let i = 0; i < 50; i++) {
      const { unregister } = (await one?.register('com.example.add', () => i)) ?? { unregister: async () => {} };
      expect(await two?.call('com.example.add')).toBe(i);
      await unregister();
      expect(await failure(two?.call('com.example.add') ?? Promise.resolve())).toMatchObject({
        uri: 'wamp.error.no_such_procedure',
      });
    }
  });

  test('[L4] a call that comes while a registration is being told waits for it, and does not find that the callee is gone', async () => {
    const { cluster, all } = await nodes(3);
    const [callee, caller] = [await all[0]?.join(), await all[1]?.join()];
    cluster.slow = cluster.names[2]; // so REGISTERED waits for it, while the caller's node knows the procedure
    const wrong: unknown[] = [];
    let answered = 0;
    for (let round = 0; round < 30; round++) {
      const procedure = `com.example.round${round}`;
      const registering = callee?.register(procedure, () => round);
      let isOver = false;
      const calling = (async () => {
        while (!isOver) {
          await caller?.call(procedure).then(
            () => answered++,
            ({ uri }: { uri: string }) => uri === 'wamp.error.no_such_procedure' || wrong.push(uri),
          );
        }
      })();
      await registering;
      isOver = true;
      await calling;
    }
    expect(answered).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('[L4] a callee takes as many calls at once as it said, from all nodes together', async () => {
    const { all } = await nodes(2);
    const [callee, near, far] = [await all[0]?.join(), await all[0]?.join(), await all[1]?.join()];
    let finish: () => void = () => {};
    await callee?.register('com.example.slow', () => new Promise<void>((resolve) => (finish = resolve)), { concurrency: 1 });
    const running = near?.call('com.example.slow');
    await expect.poll(() => all[0]?.router.stats().calls).toBe(1);
    expect(await failure(far?.call('com.example.slow') ?? Promise.resolve())).toMatchObject({
      uri: 'crossbar.error.max_concurrency_reached',
    });
    finish();
    await running;
  });
});

test('[L4] a call goes on to the next callee if calls of other nodes fill the first one', async () => {
  const { all } = await nodes(2);
  const [one, two, near, far] = [await all[0]?.join(), await all[1]?.join(), await all[0]?.join(), await all[1]?.join()];
  const begun: string[] = [];
  const finish: (() => void)[] = [];
  const slow = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => finish.push(() => resolve(name)));
  };
  await one?.register('com.example.slow', slow('one'), { invoke: 'first', concurrency: 1 });
  await two?.register('com.example.slow', slow('two'), { invoke: 'first', concurrency: 1 });
  const calls = [near?.call('com.example.slow')];
  await expect.poll(() => begun).toEqual(['one']);
  calls.push(far?.call('com.example.slow'));
  await expect.poll(() => begun).toEqual(['one', 'two']);
  expect(await failure(near?.call('com.example.slow') ?? Promise.resolve())).toMatchObject({
    uri: 'crossbar.error.max_concurrency_reached',
  });
  for (const end of finish) end();
  expect(await Promise.all(calls)).toEqual(['one', 'two']);
});

describe('[L5] a node that is gone', () => {
  test('answers no call any more: those that run end, its procedures are free, and its sessions are told', async () => {
    const { cluster, all } = await nodes(3);
    const [lost, caller, watcher] = [await all[0]?.join(), await all[1]?.join(), await all[2]?.join()];
    const left: unknown[] = [];
    let begun = false;
    await watcher?.subscribe('wamp.session.on_leave', ([id]) => left.push(id));
    await lost?.register('com.example.slow', () => {
      begun = true;
      return new Promise(() => {});
    });
    const call = failure(caller?.call('com.example.slow') ?? Promise.resolve());
    await expect.poll(() => begun).toBe(true);
    cluster.kill(cluster.names[0] ?? '');
    expect(await call).toMatchObject({ uri: 'wamp.error.canceled' });
    await expect.poll(() => left).toEqual([lost?.id]);
    await caller?.register('com.example.slow', () => 'here');
    expect(await watcher?.call('com.example.slow')).toBe('here');
    expect(await watcher?.call('wamp.session.count')).toBe(2);
  });

  test('stops the calls that its callers have made', async () => {
    const { cluster, all } = await nodes(2);
    const [callee, caller] = [await all[0]?.join(), await all[1]?.join()];
    let [begun, isAborted] = [false, false];
    await callee?.register('com.example.slow', (_args, _kwargs, { signal }) => {
      begun = true;
      signal.addEventListener('abort', () => {
        isAborted = true;
      });
      return new Promise(() => {});
    });
    void failure(caller?.call('com.example.slow') ?? Promise.resolve());
    await expect.poll(() => begun).toBe(true);
    cluster.kill(cluster.names[1] ?? '');
    await expect.poll(() => isAborted).toBe(true);
  });
});

describe('[L1] a node that comes', () => {
  test('knows procedures and subscribers of the others when it serves its first client', async () => {
    const { cluster, all } = await nodes(2);
    const heard: unknown[] = [];
    const [callee, subscriber] = [await all[0]?.join(), await all[1]?.join()];
    await callee?.register('com.example.add', ([a, b]: [number, number]) => a + b);
    await subscriber?.subscribe('com.example.news', ([headline]: [string]) => heard.push(headline));
    const client = await (await node(cluster)).join();
    expect(await client.call('com.example.add', [2, 3])).toBe(5);
    await client.publish('com.example.news', ['hello'], {}, { acknowledge: true });
    await expect.poll(() => heard).toEqual(['hello']);
  });

  test('finds retained events of nodes that are gone', async () => {
    const { cluster, all } = await nodes(2);
    await (await all[0]?.join())?.publish('com.example.news', ['kept'], {}, { acknowledge: true, retain: true });
    await all[0]?.router.close();
    const heard: unknown[] = [];
    const client = await (await node(cluster)).join();
    await client.subscribe('com.example.news', ([headline]: [string]) => heard.push(headline), { get_retained: true });
    await expect.poll(() => heard).toEqual(['kept']);
  });

  test('is not taken if its frames have another version', async () => {
    const cluster = new TestCluster();
    const log: string[] = [];
    const { router } = await node(cluster, (message) => log.push(message));
    const stranger = await cluster.engine().join({ up: () => {}, down: () => {}, frame: () => {} });
    const head = new TextEncoder().encode(JSON.stringify([['', ['version', 999]], '', -1, -1]));
    stranger.send(cluster.names[0] ?? '', Uint8Array.of(0, 0, 0, head.length, ...head));
    await expect.poll(() => log.join()).toContain('its frames have the version 999');
    expect(router.isClosed).toBe(false);
  });

  test('is told that it cannot be joined before it knows the others', async () => {
    const router = new Router({ realms: { realm1: 'open' } }, { cluster: new TestCluster().engine() });
    onTestFinished(() => router.close());
    const connection = new Connection({ url: router, realm: 'realm1', retry: false });
    expect(await failure(connection.open())).toMatchObject({ message: expect.stringContaining('has not joined its cluster yet') });
  });
});

test('[L4] a subscriber gets the events of a publisher in order, over all topics, wherever both are', async () => {
  const { all } = await nodes(3);
  const heard: number[] = [];
  const [subscriber, publisher] = [await all[0]?.join(), await all[2]?.join()];
  await subscriber?.subscribe('com.example.', ([at]: [number]) => heard.push(at), { match: 'prefix' });
  for (let i = 0; i < 500; i++) publisher?.publish(`com.example.topic${i % 7}`, [i]);
  await expect.poll(() => heard.length).toBe(500);
  expect(heard).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

test('[L1] a realm that a reload adds is shared as well, whichever node has it first', async () => {
  const { all } = await nodes(2);
  const config = { realms: { realm1: 'open', realm2: 'open' } } as const;
  const join = (router: Router | undefined): Promise<Session> => {
    const connection = new Connection({ url: router ?? '', realm: 'realm2', retry: false });
    onTestFinished(() => connection.close());
    return connection.open();
  };
  const [first, second] = all;
  first?.router.reload(config);
  const callee = await join(first?.router);
  await callee.register('com.example.add', () => 'first');
  second?.router.reload(config);
  const caller = await join(second?.router);
  await expect.poll(() => caller.call('com.example.add').catch(({ uri }: { uri: string }) => uri)).toBe('first');
});

test('[L5] testaments of sessions whose node is killed are published by another one, once, before on_leave', async () => {
  const { cluster, all } = await nodes(3);
  const heard: unknown[] = [];
  const [lost, one, two] = [await all[0]?.join(), await all[1]?.join(), await all[2]?.join()];
  if (!lost) throw new Error('no session');
  for (const [name, session] of Object.entries({ one, two })) {
    await session?.subscribe('com.example.gone', ([text]: [string]) => heard.push(`${name}: ${text}`));
    await session?.subscribe('wamp.session.on_leave', ([id]) => heard.push(`${name}: ${id === lost.id ? 'left' : id}`));
  }
  await addTestament(lost, 'com.example.gone', ['destroyed']);
  await addTestament(lost, 'com.example.gone', ['detached'], {}, {}, 'detached');
  await addTestament(lost, 'com.example.gone', ['flushed'], {}, {}, 'detached');
  await flushTestaments(lost, 'detached');
  await addTestament(lost, 'com.example.gone', ['first'], {}, {}, 'detached');
  const late = await (await node(cluster)).join(); // it hears of them when it comes
  cluster.kill(cluster.names[0] ?? '');
  await expect.poll(() => heard.length).toBe(6);
  for (const name of ['one', 'two'])
    expect(heard.filter((text) => String(text).startsWith(name))).toEqual([
      `${name}: first`,
      `${name}: destroyed`,
      `${name}: left`,
    ]);
  await late.leave();
});

test('[L4] a subscription that comes and goes at all nodes in the same moment is told once', async () => {
  const { all } = await nodes(3);
  const watcher = await all[1]?.join();
  const heard: string[] = [];
  for (const what of ['on_create', 'on_delete']) await watcher?.subscribe(`wamp.subscription.${what}`, () => heard.push(what));
  const sessions = await Promise.all(all.map((each) => each.join()));
  for (let round = 0; round < 20; round++) {
    const subscriptions = await Promise.all(sessions.map((session) => session.subscribe(`com.example.topic${round}`, () => {})));
    await expect.poll(() => heard.length).toBe(2 * round + 1);
    await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
    await expect.poll(() => heard.length).toBe(2 * round + 2);
  }
  expect(heard).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'on_create' : 'on_delete')));
});

test('[L4] testaments are published at all nodes', async () => {
  const { all } = await nodes(2);
  const heard: unknown[] = [];
  const [one, two] = [await all[0]?.join(), await all[1]?.join()];
  await two?.subscribe('com.example.gone', ([name]: [string]) => heard.push(name));
  if (one) await addTestament(one, 'com.example.gone', ['one']);
  await one?.leave();
  await expect.poll(() => heard).toEqual(['one']);
});
