/* Several routers that share a realm, in one process: who has a procedure, what is left of a node that is gone, what a node is told. */
import { Connection, type Session } from 'autostrada';
import { addTestament, flushTestaments, getEvents, lookupSubscription } from 'autostrada/meta';
import { type RealmConfig, Router, type Store } from 'autostrada/router';
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

  test('[L5] a call that finds its callee gone is not made: it goes to another callee, or the error says that there is none', async () => {
    const { cluster, all } = await nodes(2);
    const [leaving, staying, caller] = [await all[0]?.join(), await all[1]?.join(), await all[1]?.join()];
    await staying?.register('com.example.shared', () => 'staying', { invoke: 'roundrobin' });
    cluster.slow = cluster.names[0]; // so the caller's node learns late that the callee is gone
    const errors = new Map<string, unknown[]>([
      ['com.example.shared', []],
      ['com.example.single', []],
    ]);
    for (let round = 0; round < 10; round++) {
      const shared = await leaving?.register('com.example.shared', () => 'leaving', { invoke: 'roundrobin' });
      const single = await leaving?.register('com.example.single', () => 'leaving');
      let isOver = false;
      const calling = [...errors].map(async ([procedure, found]) => {
        const calls: unknown[] = [];
        while (!isOver) {
          calls.push(caller?.call(procedure).catch(({ uri }: { uri: string }) => found.push(uri)));
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await Promise.all(calls);
      });
      await Promise.all([shared?.unregister(), single?.unregister()]);
      isOver = true;
      await Promise.all(calling);
    }
    expect(errors.get('com.example.shared')).toEqual([]);
    expect(errors.get('com.example.single')).toContain('wamp.error.no_available_callee');
    expect(errors.get('com.example.single')).not.toContain('wamp.error.canceled');
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

describe('[L5] REGISTER of what a node has that does not answer', () => {
  /** The registration, or the error of the refusal. */
  const tried = (registering: Promise<unknown> | undefined): Promise<unknown> =>
    (registering ?? Promise.reject(new Error('no session'))).then(
      () => 'registered',
      ({ uri }: { uri: string }) => uri,
    );

  /** A few turns of the event loop, more than an answer between nodes takes. */
  const soon = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  };

  const silence = async (count = 2) => {
    const { cluster, all } = await nodes(count);
    const [owner, other] = [await all[0]?.join(), await all[1]?.join()];
    const [one = '', two = ''] = cluster.names;
    const begin = (): (() => void) => {
      const release = [cluster.hold(one, two), cluster.hold(two, one)];
      return () => {
        for (const go of release) go();
      };
    };
    return { cluster, all, owner, other, one, begin };
  };

  test('waits, and gets it when that node is gone', async () => {
    const { cluster, all, owner, other, one, begin } = await silence();
    await owner?.register('com.example.mine', () => 'owner');
    await owner?.register('com.example.shared', () => 'owner', { invoke: 'roundrobin' });
    begin();
    let isAnswered = false;
    const registering = Promise.all([
      tried(other?.register('com.example.mine', () => 'other')),
      tried(other?.register('com.example.shared', () => 'other', { invoke: 'random' })),
    ]).finally(() => {
      isAnswered = true;
    });
    await soon();
    expect(isAnswered).toBe(false);
    cluster.kill(one);
    expect(await registering).toEqual(['registered', 'registered']);
    const caller = await all[1]?.join();
    expect([await caller?.call('com.example.mine'), await caller?.call('com.example.shared')]).toEqual(['other', 'other']);
  });

  test('is refused when that node answers again', async () => {
    const { owner, other, begin } = await silence();
    await owner?.register('com.example.mine', () => 'owner');
    const release = begin();
    const registering = tried(other?.register('com.example.mine', () => 'other'));
    await soon();
    release();
    expect(await registering).toBe('wamp.error.procedure_already_exists');
    expect(await other?.call('com.example.mine')).toBe('owner');
  });

  test('is refused at once if another one of its owners answers, or its own node has it', async () => {
    const { all, owner, other, begin } = await silence(3);
    const third = await all[2]?.join();
    for (const session of [owner, third]) await session?.register('com.example.shared', () => 0, { invoke: 'roundrobin' });
    await other?.register('com.example.own', () => 'other');
    begin();
    expect(await tried(other?.register('com.example.shared', () => 1, { invoke: 'random' }))).toBe(
      'wamp.error.procedure_exists_with_different_invocation_policy',
    );
    expect(await tried((await all[1]?.join())?.register('com.example.own', () => 1))).toBe('wamp.error.procedure_already_exists');
  });

  test('goes to one of many that wait, and to none whose session has ended meanwhile', async () => {
    const { cluster, all, owner, one, begin } = await silence();
    await owner?.register('com.example.mine', () => 'owner');
    begin();
    const ended = await all[1]?.join();
    void failure(ended?.register('com.example.mine', () => 'ended') ?? Promise.resolve());
    const waiting = await Promise.all(Array.from({ length: 20 }, () => all[1]?.join()));
    const tries = waiting.map((session, i) => tried(session?.register('com.example.mine', () => i)));
    await soon();
    await ended?.leave();
    await soon();
    cluster.kill(one);
    const answers = await Promise.all(tries);
    expect(answers.filter((answer) => answer === 'registered').length).toBe(1);
    expect(await waiting[0]?.call('com.example.mine')).toBe(answers.indexOf('registered'));
    expect(all[1]?.router.stats().registrations).toBe(1);
  });

  test('is not held up for others: with `force_reregister` it is taken at once', async () => {
    const { cluster, all, owner, other, one, begin } = await silence(3);
    await owner?.register('com.example.mine', () => 'owner');
    begin();
    const registering = tried(other?.register('com.example.mine', () => 'other'));
    await soon();
    const force = await all[2]?.join();
    expect(await tried(force?.register('com.example.mine', () => 'force', { force_reregister: true }))).toBe('registered');
    cluster.kill(one);
    expect(await registering).toBe('wamp.error.procedure_already_exists');
    expect(await other?.call('com.example.mine')).toBe('force');
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
    const stranger = await cluster
      .engine()
      .join({ up: () => {}, down: () => {}, frame: () => {}, broken: () => {}, lost: () => {}, note: () => {} });
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

test('[L4] with `preferLocal` a shared procedure is called at the same node while a callee there is free', async () => {
  const cluster = new TestCluster();
  const routers = [true, false].map(
    (preferLocal) => new Router({ realms: { realm1: 'open' }, preferLocal }, { cluster: cluster.engine(), log: () => {} }),
  );
  onTestFinished(() => Promise.all(routers.map((router) => router.close())).then(() => {}));
  await Promise.all(routers.map((router) => router.ready));
  const join = async (index: number): Promise<Session> => {
    const url = routers[index];
    if (!url) throw new Error('no router');
    const connection = new Connection({ url, realm: 'realm1' });
    onTestFinished(() => connection.close());
    return connection.open();
  };
  const [near, far, caller, other] = [await join(0), await join(1), await join(0), await join(1)];
  let release: () => void = () => {};
  const options = { invoke: 'roundrobin', concurrency: 1 } as const;
  const work = async ([waits]: [boolean?], name: string): Promise<string> => {
    if (waits)
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    return name;
  };
  await near.register('com.example.work', (args: [boolean?]) => work(args, 'near'), options);
  await far.register('com.example.work', (args: [boolean?]) => work(args, 'far'), options);
  const several = async (session: Session): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (let i = 0; i < 4; i++) answers.push(await session.call('com.example.work'));
    return answers;
  };
  expect(await several(caller)).toEqual(['near', 'near', 'near', 'near']);
  expect(new Set(await several(other))).toEqual(new Set(['near', 'far'])); // its router has no such setting
  const busy = caller.call('com.example.work', [true]);
  expect(await caller.call('com.example.work')).toBe('far');
  release();
  expect(await busy).toBe('near');
});

describe('[L5] a line between two nodes that breaks', () => {
  test('ends the calls over it, and nothing else: sessions, procedures and subscriptions stay, and subscribers are told', async () => {
    const { cluster, all } = await nodes(3);
    const [one, two, three] = await Promise.all(all.map((each) => each.join()));
    if (!one || !two || !three) throw new Error('no sessions');
    const heard: unknown[] = [];
    let begun = 0;
    for (const [name, session] of Object.entries({ one, two, three })) {
      await session.subscribe('autostrada.realm.on_gap', () => heard.push(`${name}: gap`));
      await session.subscribe('wamp.', (_args, _kwargs, { topic }) => heard.push(topic), { match: 'prefix' });
    }
    await one.register('com.example.slow', () => {
      begun++;
      return new Promise(() => {});
    });
    await addTestament(one, 'com.example.gone', ['will']);
    const ended = failure(two.call('com.example.slow'));
    let goesOn = true;
    void failure(three.call('com.example.slow')).then(() => {
      goesOn = false;
    });
    await expect.poll(() => begun).toBe(2);
    heard.length = 0;
    cluster.breakLine(cluster.names[0] ?? '', cluster.names[1] ?? '');
    expect(await ended).toMatchObject({ uri: 'wamp.error.canceled' });
    await expect.poll(() => heard.length).toBe(2);
    expect(heard).toEqual(['one: gap', 'two: gap']);
    expect(goesOn).toBe(true);
    // It is still owned, and known everywhere.
    expect(await failure(two.register('com.example.slow', () => 0))).toMatchObject({ uri: 'wamp.error.procedure_already_exists' });
    await one.register('com.example.fast', () => 'here');
    expect(await two.call('com.example.fast')).toBe('here');
    expect(await two.call('wamp.session.count')).toBe(3);
  });

  test('loses no procedure: its owner keeps it while the line is broken', async () => {
    const { cluster, all } = await nodes(2);
    const [one, two] = await Promise.all(all.map((each) => each.join()));
    await one?.register('com.example.mine', () => 'one');
    const tries: Promise<unknown>[] = [];
    for (let i = 0; i < 20; i++) {
      cluster.breakLine(cluster.names[0] ?? '', cluster.names[1] ?? '');
      tries.push(failure(two?.register('com.example.mine', () => 'two') ?? Promise.resolve()));
    }
    for (const each of tries) expect(await each).toMatchObject({ uri: 'wamp.error.procedure_already_exists' });
    expect(await two?.call('com.example.mine')).toBe('one');
  });
});

describe('[L5] a node that was cut off', () => {
  test('ends its sessions without a trace of its own, and joins again', async () => {
    const { cluster, all } = await nodes(2);
    const [first, second] = all;
    const lost = await first?.join();
    const watcher = await second?.join();
    const heard: unknown[] = [];
    if (!lost || !watcher) throw new Error('no sessions');
    await watcher.subscribe('com.example.gone', ([text]) => heard.push(text));
    await watcher.subscribe('wamp.session.on_leave', ([id]) => heard.push(id));
    await lost.register('com.example.single', () => 'old');
    await lost.register('com.example.hangs', () => new Promise(() => {}));
    await addTestament(lost, 'com.example.gone', ['will']);
    const ended = failure(lost.call('com.example.hangs'));
    cluster.giveUp(cluster.names[0] ?? '');
    expect(await ended).toMatchObject({ uri: 'wamp.error.network_failure' });
    await expect.poll(() => heard).toEqual(['will', lost.id]);
    await watcher.register('com.example.single', () => 'new');
    await expect
      .poll(() =>
        first?.join().then(
          (session) => session.call('com.example.single'),
          () => undefined,
        ),
      )
      .toBe('new');
    expect(cluster.names.length).toBe(2);
    expect(await watcher.call('wamp.session.count')).toBeGreaterThan(1);
    expect(heard).toHaveLength(2);
  });

  test('holds calls while it does not know whether it still has its procedures', async () => {
    const { cluster, all } = await nodes(2);
    const [callee, caller] = [await all[0]?.join(), await all[0]?.join()];
    const done: string[] = [];
    await callee?.register('com.example.single', () => done.push('called'));
    let settle: () => void = () => {};
    cluster.doubt = new Promise((resolve) => {
      settle = resolve;
    });
    const call = caller?.call('com.example.single');
    await callee?.publish('com.example.other', [], {}, { acknowledge: true }); // events are not held
    expect(done).toEqual([]);
    cluster.doubt = undefined;
    settle();
    await call;
    expect(done).toEqual(['called']);
  });
});

describe('[L5] several faults at once', () => {
  test('the testaments of two nodes that end in the same moment are published, each once', async () => {
    const { cluster, all } = await nodes(4);
    const sessions = await Promise.all(all.map((each) => each.join()));
    const [one, two, three, four] = sessions;
    if (!one || !two || !three || !four) throw new Error('no sessions');
    const heard: unknown[] = [];
    for (const session of [three, four]) {
      await session.subscribe('com.example.gone', ([text]) => heard.push(text));
      await session.subscribe('wamp.session.on_leave', ([id]) => heard.push(id));
    }
    await addTestament(one, 'com.example.gone', ['will of one']);
    await addTestament(two, 'com.example.gone', ['will of two']);
    const names = cluster.names;
    cluster.kill(names[1] ?? '');
    cluster.kill(names[0] ?? '');
    await expect.poll(() => heard.length).toBe(8);
    const each = ['will of one', 'will of two', one.id, two.id];
    expect([...heard].sort()).toEqual([...each, ...each].sort());
  });

  test('a registration that is told late does not take the place of a later one', async () => {
    const { cluster, all } = await nodes(3);
    const [x, y, z] = await Promise.all(all.map((each) => each.join()));
    if (!x || !y || !z) throw new Error('no sessions');
    const [nameX = '', , nameZ = ''] = cluster.names;
    const release = cluster.hold(nameX, nameZ);
    const pending = x.register('com.example.single', () => 'x').catch(() => {});
    await expect
      .poll(() => failure(y.register('com.example.single', () => 'y')))
      .toMatchObject({ uri: 'wamp.error.procedure_already_exists' });
    await x.leave().catch(() => {});
    await expect
      .poll(() =>
        y
          .register('com.example.single', () => 'y')
          .then(
            () => true,
            () => false,
          ),
      )
      .toBe(true);
    release();
    await pending;
    await expect.poll(() => z.call('com.example.single').catch(String)).toBe('y');
    expect(await y.call('com.example.single')).toBe('y');
  });

  test('a procedure that is taken by force while it is being registered has one owner, and the other one is told', async () => {
    const { cluster, all } = await nodes(3);
    const [x, y, z] = await Promise.all(all.map((each) => each.join()));
    if (!x || !y || !z) throw new Error('no sessions');
    const [nameX = '', , nameZ = ''] = cluster.names;
    const told: unknown[] = [];
    for (const event of ['on_register', 'on_unregister'])
      await z.subscribe(`wamp.registration.${event}`, ([id]) => told.push(`${id === x.id ? 'x' : 'y'} ${event}`));
    const release = cluster.hold(nameZ, nameX); // so that X does not get its confirmation
    const pending = failure(x.register('com.example.single', () => 'x'));
    await expect.poll(() => z.call('wamp.registration.lookup', ['com.example.single'])).not.toBe(null);
    await y.register('com.example.single', () => 'y', { force_reregister: true });
    release();
    expect(await pending).toMatchObject({ uri: 'wamp.error.procedure_already_exists' });
    await expect.poll(() => [...told].sort()).toEqual(['x on_register', 'x on_unregister', 'y on_register']);
    for (const session of [y, z]) expect(await session.call('com.example.single')).toBe('y');
    const caller = await (all[0] as Node).join();
    expect(await caller.call('com.example.single')).toBe('y');
  });

  test('a call that waited when its line broke is not made, and gives no later call its answer', async () => {
    const { cluster, all } = await nodes(3);
    const [x, y] = await Promise.all(all.map((each) => each.join()));
    if (!x || !y) throw new Error('no sessions');
    const [nameX = '', nameY = '', nameZ = ''] = cluster.names;
    const release = cluster.hold(nameZ, nameX);
    const made: unknown[] = [];
    const pending = x.register('com.example.echo', ([text]: [string]) => {
      made.push(text);
      return `for ${text}`;
    });
    await expect.poll(() => y.call('wamp.registration.lookup', ['com.example.echo'])).not.toBe(null);
    const old = failure(y.call('com.example.echo', ['old']));
    await y.call('wamp.session.count');
    cluster.breakLine(nameX, nameY);
    expect(await old).toMatchObject({ uri: 'wamp.error.canceled' });
    await expect.poll(() => y.call('wamp.registration.lookup', ['com.example.echo'])).not.toBe(null);
    const call = y.call('com.example.echo', ['new']);
    await y.call('wamp.session.count').catch(() => {});
    release();
    await pending;
    expect(await call).toBe('for new');
    expect(made).toEqual(['new']);
  });

  test('a node that is cut off during a registration for which calls wait goes on', async () => {
    const { cluster, all } = await nodes(3);
    const [x, y] = await Promise.all(all.map((each) => each.join()));
    if (!x || !y) throw new Error('no sessions');
    const [nameX = '', , nameZ = ''] = cluster.names;
    cluster.hold(nameZ, nameX);
    void failure(x.register('com.example.slow', () => 0));
    await expect.poll(() => y.call('wamp.registration.lookup', ['com.example.slow'])).not.toBe(null);
    void failure(y.call('com.example.slow'));
    await y.call('wamp.session.count');
    cluster.giveUp(nameX);
    await expect
      .poll(() =>
        (all[0] as Node).join().then(
          (session) => session.call('wamp.session.count'),
          () => 0,
        ),
      )
      .toBeGreaterThan(1);
    expect(cluster.names.length).toBe(3);
  });

  test('a node that is cut off while it joins again joins once more', async () => {
    const { cluster, all } = await nodes(2);
    const other = cluster.names[1] ?? '';
    cluster.giveUp(cluster.names[0] ?? '');
    await expect.poll(() => cluster.names.length).toBe(2);
    cluster.giveUp(cluster.names.find((name) => name !== other) ?? '');
    await expect
      .poll(() =>
        (all[0] as Node).join().then(
          (session) => session.call('wamp.session.count'),
          () => 0,
        ),
      )
      .toBe(1);
    expect(cluster.names.length).toBe(2);
  });
});

test('[L4] a subscriber, and a reader of the history, find what another node has published and its store has not taken yet', async () => {
  const cluster = new TestCluster();
  const topic = 'com.example.topic';
  const realm1: RealmConfig = {
    anonymous: 'user',
    authroles: { user: { permissions: 'all' } },
    history: [{ uri: topic, limit: 10 }],
  };
  const held: (() => void)[] = [];
  const { store, ...engine } = cluster.engine();
  const slow: Store = {
    open: (realm, bounds) => {
      const opened = store.open(realm, bounds);
      const append: typeof opened.append = (...event) =>
        new Promise<void>((done) => held.push(done)).then(() => opened.append(...event));
      return Object.assign(Object.create(opened), { append });
    },
  };
  const one = new Router({ realms: { realm1 } }, { cluster: { ...engine, store: slow } });
  const two = new Router({ realms: { realm1 } }, { cluster: cluster.engine() });
  const join = async (router: Router): Promise<Session> => {
    await router.ready;
    const connection = new Connection({ url: router, realm: 'realm1', retry: false });
    onTestFinished(() => connection.close());
    onTestFinished(() => router.close());
    return connection.open();
  };
  const [publisher, subscriber] = [await join(one), await join(two)];
  const id = (await lookupSubscription(subscriber, topic)) ?? 0;
  publisher.publish(topic, ['kept'], null, { retain: true });
  await expect.poll(() => held.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 20)); // nobody at the other node wanted it
  const heard: unknown[] = [];
  const subscribed = subscriber.subscribe(topic, (args) => heard.push(...args), { get_retained: true });
  const history = getEvents(subscriber, id);
  await new Promise((resolve) => setTimeout(resolve, 20));
  held.pop()?.();
  expect(await history).toMatchObject([{ args: ['kept'] }]);
  await subscribed;
  expect(heard).toEqual(['kept']);
});
