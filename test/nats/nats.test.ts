/* Routers that are one over NATS, and what happens when the server, or the way to it, fails. */
import { Connection, type Session } from 'autostrada';
import { addTestament } from 'autostrada/meta';
import { type NatsOptions, nats } from 'autostrada/nats';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../chaos/fault-proxy.ts';
import { hasNats, type NatsServer, natsPrograms, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';
import { failure } from '../fixtures/scripted-session.ts';

skipLoudlyWithoutNats();

interface Node {
  readonly router: Router;
  readonly log: string[];
  /** Its way to the server. */
  readonly proxy: FaultProxy;
  join(): Promise<Session>;
}

async function node(server: NatsServer, options: Partial<NatsOptions> = {}): Promise<Node> {
  const proxy = await FaultProxy.open({ routerPort: () => server.port, protocol: 'rawsocket' });
  onTestFinished(() => proxy.close());
  const log: string[] = [];
  const cluster = nats({ servers: `nats://127.0.0.1:${proxy.port}`, ...options });
  const router = new Router({ realms: { realm1: 'open' } }, { cluster, log: ({ message }) => log.push(message) });
  onTestFinished(() => router.close());
  await router.ready;
  return {
    router,
    log,
    proxy,
    join: () => {
      const connection = new Connection({ url: router, realm: 'realm1', retry: false });
      connection.on('error', () => {});
      onTestFinished(() => connection.close());
      return connection.open();
    },
  };
}

async function server(args: readonly string[] = [], config = ''): Promise<NatsServer> {
  const started = await startNats({ args, config });
  onTestFinished(() => started.stop());
  return started;
}

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1000));

describe.runIf(hasNats)('routers over NATS', { timeout: 60_000 }, () => {
  test.for(natsPrograms)(
    '[L3] [L4] of 100 sessions that register a procedure at once, one gets it; 10 rounds; NATS $version',
    async (program) => {
      const started = await startNats({ program });
      onTestFinished(() => started.stop());
      const all = [await node(started), await node(started), await node(started)];
      const sessions = await Promise.all(Array.from({ length: 100 }, (_, i) => (all[i % 3] as Node).join()));
      for (let round = 0; round < 10; round++) {
        const procedure = `com.example.round${round}`;
        const tries = await Promise.allSettled(sessions.map((session) => session.register(procedure, () => session.id)));
        const winners = sessions.filter((_, i) => tries[i]?.status === 'fulfilled');
        expect(winners.length).toBe(1);
        for (const each of all) expect(await (await each.join()).call(procedure)).toBe(winners[0]?.id);
      }
    },
  );

  test('[L3] a message that is longer than what the server takes goes in parts', async () => {
    const started = await server([], 'max_payload: 8KB\nmax_pending: 64KB');
    const [one, two] = [await node(started), await node(started)];
    const [callee, caller] = [await one.join(), await two.join()];
    await callee.register('com.example.echo', ([text]: [string]) => text);
    const text = 'ä'.repeat(200_000);
    expect(await caller.call('com.example.echo', [text])).toBe(text);
  });

  test('[L3] several clusters at one server do not see each other', async () => {
    const started = await server();
    const [one, two] = [await node(started, { name: 'one' }), await node(started, { name: 'two' })];
    const [a, b] = [await one.join(), await two.join()];
    await a.register('com.example.mine', () => 'one');
    await b.register('com.example.mine', () => 'two');
    expect([await a.call('com.example.mine'), await b.call('com.example.mine')]).toEqual(['one', 'two']);
    expect(await a.call('wamp.session.count')).toBe(1);
  });

  test('[L1] of two that join in the same moment the later one knows the other when it has joined; 60 rounds', async () => {
    const { url } = await server();
    const alone: number[] = [];
    for (let round = 0; round < 60; round++) {
      const engines = [0, 1].map(() => nats({ servers: url, name: `round${round}` }));
      const joined = await Promise.all(
        engines.map(async (engine) => {
          const others: string[] = [];
          const nothing = (): void => {};
          const up = (node: string): void => void others.push(node);
          const membership = await engine.join({
            up,
            down: nothing,
            frame: nothing,
            broken: nothing,
            lost: nothing,
            note: nothing,
          });
          return { membership, knowsOther: others.length > 0 };
        }),
      );
      if (!joined.some(({ knowsOther }) => knowsOther)) alone.push(round);
      await Promise.all(joined.map(({ membership }) => membership.leave()));
      await Promise.all(engines.map((engine) => engine.close?.()));
    }
    expect(alone).toEqual([]);
  });

  test('[L5] a server that is killed and comes back ends no session, no call and no event', async () => {
    const started = await server();
    const [one, two] = [await node(started), await node(started)];
    const [callee, caller] = [await one.join(), await two.join()];
    await callee.register('com.example.double', ([n]: [number]) => 2 * n);
    const heard: number[] = [];
    await callee.subscribe('com.example.numbers', ([n]: [number]) => heard.push(n));
    const calls: Promise<unknown>[] = [];
    let count = 0;
    const send = (): void => {
      calls.push(caller.call('com.example.double', [count]));
      void caller.publish('com.example.numbers', [count]);
      count++;
    };
    const traffic = setInterval(send, 2);
    onTestFinished(() => clearInterval(traffic));
    for (let round = 0; round < 2; round++) {
      await seconds(0.5);
      await started.restart();
      await seconds(1.5);
    }
    clearInterval(traffic);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: count }, (_, i) => 2 * i));
    await expect.poll(() => heard.length).toBe(count);
    expect(heard).toEqual(Array.from({ length: count }, (_, i) => i));
    await callee.register('com.example.more', () => 'more');
    expect(await caller.call('com.example.more')).toBe('more');
  }, 60_000);

  test('[L5] a server that has lost everything ends the sessions, and the routers join again', async () => {
    const started = await server();
    const [one, two] = [await node(started), await node(started)];
    const old = await one.join();
    await old.register('com.example.old', () => 0);
    await started.restartEmpty();
    await expect
      .poll(
        () =>
          two.join().then(
            (session) => session.call('wamp.session.count'),
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(1);
    const [callee, caller] = [await one.join(), await two.join()];
    await callee.register('com.example.old', () => 'new');
    expect(await caller.call('com.example.old')).toBe('new');
  }, 60_000);

  test('[L3] a procedure has one owner when the bucket was lost and is made again at once', async () => {
    const started = await server();
    const [one, two] = [await node(started), await node(started)];
    const [old, caller] = [await one.join(), await one.join()];
    const owners: string[] = [];
    await old.register('com.example.single', () => owners.push('old'));
    const calling = (async () => {
      for (let isOver = false; !isOver; await seconds(0.005))
        isOver = await caller.call('com.example.single').then(
          () => false,
          () => true,
        );
    })();
    await started.restartEmpty();
    // Whoever can join takes it.
    const take = async (): Promise<void> => {
      const heir = await two.join();
      await heir.register('com.example.single', () => owners.push('new'));
      for (let i = 0; i < 50; i++) await heir.call('com.example.single');
    };
    for (let isTaken = false; !isTaken; await seconds(0.05))
      isTaken = await take().then(
        () => true,
        () => false,
      );
    await calling;
    expect(owners.lastIndexOf('old')).toBeGreaterThan(0);
    expect(owners.slice(owners.indexOf('new'))).not.toContain('old');
    // It answers at the other router, too.
    await expect
      .poll(() =>
        one.join().then(
          (session) => session.call('com.example.single'),
          () => 0,
        ),
      )
      .toBeGreaterThan(0);
  }, 60_000);

  test('[L5] a cut of two seconds is not noticed', async () => {
    const started = await server();
    const [one, two] = [await node(started), await node(started)];
    const [callee, caller] = [await one.join(), await two.join()];
    const heard: number[] = [];
    await callee.register('com.example.echo', ([n]: [number]) => n);
    await callee.subscribe('com.example.numbers', ([n]: [number]) => heard.push(n));
    one.proxy.refuse(2000);
    const calls = Array.from({ length: 100 }, (_, i) => caller.call('com.example.echo', [i]));
    for (let i = 0; i < 100; i++) await caller.publish('com.example.numbers', [i], {}, { acknowledge: true });
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(heard).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...one.log, ...two.log].join()).not.toContain('were lost');
  }, 60_000);

  test('[L5] a router that is cut off holds its calls before others may have its procedures, and ends its sessions', async () => {
    const started = await server();
    const [lost, other] = [await node(started), await node(started)];
    const [callee, caller, heir] = [await lost.join(), await lost.join(), await other.join()];
    const owners: string[] = [];
    await callee.register('com.example.single', () => owners.push('old'));
    await addTestament(callee, 'com.example.gone', ['will']);
    const heard: unknown[] = [];
    await heir.subscribe('com.example.gone', ([text]) => heard.push(text));
    await heir.subscribe('wamp.session.on_leave', ([id]) => heard.push(id));
    lost.proxy.refuse(12_000);
    // Its own clients call all the time.
    let goesOn = true;
    const calling = (async () => {
      while (goesOn) {
        if (
          await caller.call('com.example.single').then(
            () => false,
            () => true,
          )
        )
          return;
        await seconds(0.01);
      }
    })();
    for (;;) {
      if (
        await heir
          .register('com.example.single', () => owners.push('new'))
          .then(
            () => true,
            () => false,
          )
      )
        break;
      await seconds(0.05);
    }
    const before = owners.length;
    for (let i = 0; i < 20; i++) await heir.call('com.example.single');
    goesOn = false;
    await calling;
    expect(before).toBeGreaterThan(10);
    expect(owners.slice(before)).toEqual(Array.from({ length: 20 }, () => 'new'));
    await expect.poll(() => heard.length).toBe(3);
    expect(heard).toContain('will');
    expect(heard.indexOf('will')).toBeLessThan(heard.indexOf(callee.id));
    // It comes back as another node.
    await expect
      .poll(
        () =>
          lost.join().then(
            (session) => session.call('com.example.single'),
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    expect(owners.at(-1)).toBe('new');
    expect(heard).toHaveLength(3);
  }, 60_000);

  test('[L5] what a router had that does not answer is registered at another one at the first attempt; a cut of two seconds loses nothing', async () => {
    const started = await server();
    const [lost, other] = [await node(started), await node(started)];
    const [callee, heir] = [await lost.join(), await other.join()];
    await callee.register('com.example.single', () => 'old');
    lost.proxy.refuse(2000);
    expect(await failure(heir.register('com.example.single', () => 'new'))).toMatchObject({
      uri: 'wamp.error.procedure_already_exists',
    });
    expect(await heir.call('com.example.single')).toBe('old');
    lost.proxy.refuse(12_000);
    await heir.register('com.example.single', () => 'new');
    expect(await heir.call('com.example.single')).toBe('new');
  }, 60_000);

  test('[L5] with `whenIsolated: continue` its own sessions are served, and it gives up only if others have removed it', async () => {
    const started = await server();
    const [alone, other] = [await node(started, { whenIsolated: 'continue' }), await node(started)];
    const [callee, caller, heir] = [await alone.join(), await alone.join(), await other.join()];
    await callee.register('com.example.single', () => 'old');
    alone.proxy.refuse(9000);
    for (let i = 0; i < 16; i++) {
      expect(await caller.call('com.example.single')).toBe('old');
      await seconds(0.5);
    }
    await heir.register('com.example.single', () => 'new');
    await expect
      .poll(
        () =>
          alone.join().then(
            (session) => session.call('com.example.single'),
            () => '',
          ),
        { timeout: 20_000 },
      )
      .toBe('new');
  }, 60_000);

  test('[L3] a router that closes tells the others at once', async () => {
    const started = await server();
    const [one, two] = [await node(started), await node(started)];
    const [callee, caller] = [await one.join(), await two.join()];
    await callee.register('com.example.mine', () => 'one');
    await one.router.close();
    await expect.poll(() => caller.call('wamp.session.count')).toBe(1);
    await caller.register('com.example.mine', () => 'two');
    expect(await caller.call('com.example.mine')).toBe('two');
  });
});

describe.runIf(hasNats)('the way to a NATS server', { timeout: 60_000 }, () => {
  const joined = async (options: NatsOptions): Promise<unknown> => {
    const router = new Router({ realms: { realm1: 'open' } }, { cluster: nats(options) });
    onTestFinished(() => router.close());
    return failure(router.ready);
  };

  test('[L3] needs the right user, and says where it was refused', async () => {
    const { port } = await server(['--user', 'joe', '--pass', 'se:cret']);
    expect(await joined({ servers: `nats://joe:wrong@127.0.0.1:${port}` })).toMatchObject({
      message: expect.stringMatching(new RegExp(`cannot connect to NATS at 127.0.0.1:${port}: .*Authorization`)),
    });
    const router = new Router(
      { realms: { realm1: 'open' } },
      { cluster: nats({ servers: `nats://joe:${encodeURIComponent('se:cret')}@127.0.0.1:${port}` }) },
    );
    await router.ready;
    await router.close();
  });

  test('[L3] a server that is not there is named', async () => {
    expect(await joined({ servers: 'nats://127.0.0.1:9' })).toMatchObject({
      message: expect.stringContaining('cannot connect to NATS at 127.0.0.1:9'),
    });
  });
});

describe('[L3] options of nats', () => {
  const wrong: readonly [text: string, options: unknown][] = [
    ['expected servers of nats to be a URL, or a list of them, got nothing', {}],
    ['got an empty list', { servers: [] }],
    ['expected a server of nats to be a URL like nats://host:4222, got http:', { servers: 'http://127.0.0.1' }],
    ['expected a server of nats to be a URL like nats://host:4222, got another text', { servers: 'secret' }],
    ['expected TLS and credentials for the NATS server nats.example.com:4222', { servers: 'nats://nats.example.com:4222' }],
    ['got TLS only', { servers: 'tls://nats.example.com' }],
    ['got credentials only', { servers: 'nats://a:b@nats.example.com' }],
    ['expected name of nats to be 1 to 64 letters, digits, - and _, got "a.b"', { servers: 'nats://127.0.0.1', name: 'a.b' }],
    ['expected name of nats to be 1 to 64 letters, digits, - and _, got 7', { servers: 'nats://127.0.0.1', name: 7 }],
    ['expected replicas of nats to be 1, 3 or 5, got 2', { servers: 'nats://127.0.0.1', replicas: 2 }],
    ['expected replicas of nats to be 1, 3 or 5, got "3"', { servers: 'nats://127.0.0.1', replicas: '3' }],
    [`got "${'x'.repeat(56)}...`, { servers: 'nats://127.0.0.1', name: 'x'.repeat(1000) }],
    ['expected servers of nats to be a URL, or a list of them, got 7', { servers: 7 }],
    ['expected servers of nats to be a URL, or a list of them, got another list', { servers: ['secret', 7] }],
    [
      'expected credentials of nats to be a string, got an object',
      { servers: 'nats://127.0.0.1', credentials: { seed: 'secret' } },
    ],
    ['expected options of nats to be an object, got another text', 'nats://joe:secret@127.0.0.1'],
    [
      "expected an option of nats (servers, name, credentials, tls, replicas, whenIsolated, insecure), got 'server'",
      { server: 'nats://127.0.0.1' },
    ],
    ['the same user and password', { servers: ['nats://a:b@127.0.0.1', 'nats://127.0.0.2'] }],
  ];
  test.for(wrong)('%s', ([text, options]) => {
    const error = thrown(() => nats(options as NatsOptions));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(text);
    expect(String(error)).not.toContain('secret');
  });

  test('a private network needs neither, if it is said', () => {
    expect(nats({ servers: 'nats://nats:4222', insecure: true })).toHaveProperty('join');
    expect(nats({ servers: 'tls://a:b@nats.example.com' })).toHaveProperty('join');
  });
});

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
