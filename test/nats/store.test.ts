/* The store of a cluster over NATS JetStream. store-failures.test.ts has servers that end. */
import { memoryStore, type StoredEvent } from 'autostrada/router';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lateStore } from '../fixtures/late-store.ts';
import { hasNats, type NatsServer, natsPrograms, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';
import { boundsOf, clusterName, eventOf, found, history, keep, log, openNode, retain, retained, texts } from './stores.ts';

skipLoudlyWithoutNats();

describe.runIf(hasNats).each(natsPrograms)('a store over NATS $version', { timeout: 60_000 }, (program) => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats({ program });
  });
  afterAll(() => server?.stop());

  it('[L3] gives each node what any node has kept, as it was', async () => {
    const name = clusterName();
    const [one, two] = [await openNode(server, name), await openNode(server, name)];
    const event = eventOf('com.example.topic', 'hello', {
      payload: { serializer: 'msgpack', args: new Uint8Array([0x91, 0xff, 0, 1]), kwargs: new Uint8Array([0x81, 1, 2]) },
      details: { publisher: 5, topic: 'com.example.topic', deep: { list: [1, 'é', null, 0.5] } },
      excluded: 2 ** 53,
    });
    await one.realm.append(event, keep);
    expect(await two.realm.retained('com.example.topic', 'exact')).toEqual([event]);
    expect(await found(two.realm)).toEqual([event]);
    await two.realm.append(eventOf('com.example.topic', 'second'), keep);
    expect(await retained(one.realm)).toEqual(['second']);
    const late = await openNode(server, name);
    expect(await retained(late.realm)).toEqual(['second']);
    expect((await found(late.realm))[0]).toEqual(event);
    expect([...one.warnings, ...two.warnings, ...late.warnings]).toEqual([]);
  });

  it('[L3] takes requests in the order in which they are made, without waiting for answers', async () => {
    const { realm } = await openNode(server, clusterName());
    const [topic, other] = ['com.example.topic', 'com.example.other'];
    const answers = [
      realm.append(eventOf(topic, '1'), keep),
      realm.append(eventOf(topic, '2'), keep),
      realm.append(eventOf(topic, 'joe', { audience: { eligible_authid: ['joe'] } }), retain),
      realm.append(eventOf(other, 'bound', { session: 7 }), keep),
      retained(realm),
      texts(realm),
      realm.append(eventOf(topic, '3'), keep),
      realm.endSession(7),
      realm.forget(topic),
      realm.forget(other),
      retained(realm),
      realm.append(eventOf(other, '4'), keep),
      realm.append(eventOf(other, '5'), keep),
      retained(realm),
      texts(realm, { reverse: true }),
    ];
    const answered = await Promise.all(answers);
    expect(answered[5]).toEqual(['1', '2', 'bound']);
    expect([...answered.slice(8, 10), ...answered.slice(11)]).toEqual([
      true,
      false,
      undefined,
      undefined,
      ['5'],
      ['5', '4', '3', 'bound', '2', '1'],
    ]);
    expect(await retained(realm)).toEqual(['5']);
  });

  it('[L3] has the same last value everywhere when two nodes retain at once', async () => {
    const name = clusterName();
    const nodes = [await openNode(server, name), await openNode(server, name)];
    const publish = async (node: (typeof nodes)[number], who: number): Promise<void> => {
      const all: unknown[] = [];
      for (let n = 0; n < 1000; n++) {
        all.push(node.realm.append(eventOf('com.example.topic', `${who} ${n}`), keep));
        if (n % 50 === 0) await Promise.all(all);
      }
      await Promise.all(all);
    };
    await Promise.all(nodes.map(publish));
    const [first, second] = await Promise.all(nodes.map(({ realm }) => retained(realm)));
    expect(first).toEqual(second);
    expect(['0 999', '1 999']).toContain(first?.[0]);
    const [one = [], two] = await Promise.all(nodes.map(({ realm }) => texts(realm)));
    expect(one).toEqual(two);
    expect(one).toHaveLength(1000); // the limit
    for (const who of ['0 ', '1 ']) {
      const own = one.map(String).filter((text) => text.startsWith(who));
      expect(own).toEqual([...own].sort((a, b) => Number(a.slice(2)) - Number(b.slice(2))));
    }
    const late = await openNode(server, name);
    expect(await retained(late.realm)).toEqual(first);
    expect(await texts(late.realm)).toEqual(one);
  });

  it('[L3] keeps long events, and refuses one that is longer than the server takes, without any harm to others', async () => {
    const name = clusterName();
    const [one, two] = [await openNode(server, name), await openNode(server, name)];
    const ofBytes = (length: number): Uint8Array => new Uint8Array(length).map((_, i) => i % 251);
    const long = eventOf('com.example.long', '', { payload: { serializer: 'cbor', args: ofBytes(900_000) } });
    const tooLong = eventOf('com.example.long', '', { payload: { serializer: 'cbor', args: ofBytes(2_000_000) } });
    const [kept, refused, after] = await Promise.allSettled([
      one.realm.append(long, keep),
      one.realm.append(tooLong, keep),
      one.realm.append(eventOf('com.example.short', 'short'), keep),
    ]);
    expect([kept.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(refused).toMatchObject({
      reason: new RangeError(
        'expected an event of at most 1047040 bytes, got 2000045: the max_payload of the NATS server bounds it',
      ),
    });
    const bytesOf = (events: readonly StoredEvent[] = []): readonly Buffer[] =>
      events.map(({ payload }) => Buffer.from(payload?.args ?? []));
    const isSame = (events: readonly StoredEvent[], expected: readonly StoredEvent[]): boolean =>
      Buffer.concat(bytesOf(events)).equals(Buffer.concat(bytesOf(expected)));
    expect(isSame(await two.realm.retained('com.example.long', 'exact'), [long])).toBe(true);
    expect(await found(two.realm)).toHaveLength(2);
    const many = Array.from({ length: 20 }, (_, n) =>
      eventOf(`com.example.many.${n}`, '', { payload: { serializer: 'cbor', args: ofBytes(200_000) } }),
    );
    await Promise.all(many.map((event) => one.realm.append(event, keep)));
    expect(isSame(await two.realm.retained('com.example.many.', 'prefix'), many)).toBe(true);
  });

  it('[L3] keeps any topic', async () => {
    const name = clusterName();
    const [one, two] = [await openNode(server, name), await openNode(server, name)];
    const names = [
      `com.${'x'.repeat(3000)}`,
      'com.*',
      'com.>',
      'com.a b\t.c',
      'com.é.日本.😀',
      'com..x.',
      'COM.x',
      'com.x',
      '>',
      '*',
      ' ',
    ];
    await Promise.all(names.map((topic) => one.realm.append(eventOf(topic, topic), retain)));
    expect(new Set(await retained(two.realm))).toEqual(new Set(names));
    for (const topic of names) {
      expect(await retained(two.realm, topic, 'exact')).toEqual([topic]);
      expect(await two.realm.forget(topic)).toBe(true);
      expect(await two.realm.forget(topic)).toBe(false);
    }
    expect(await retained(one.realm)).toEqual([]);
  });

  it('[L3] keeps realms and clusters apart', async () => {
    const name = clusterName();
    const nodes = [
      await openNode(server, name, boundsOf(), 'realm1'),
      await openNode(server, name, boundsOf(), 'realm1 *.>'),
      await openNode(server, clusterName(), boundsOf(), 'realm1'),
    ];
    for (const [n, { realm }] of nodes.entries()) await realm.append(eventOf('com.example.topic', String(n)), keep);
    expect(await Promise.all(nodes.map(({ realm }) => retained(realm)))).toEqual([['0'], ['1'], ['2']]);
    expect(await Promise.all(nodes.map(({ realm }) => texts(realm)))).toEqual([['0'], ['1'], ['2']]);
  });

  it('[L3] forgets the events of a session everywhere, and those of sessions whose node was killed', async () => {
    const name = clusterName();
    const [one, two] = [await openNode(server, name), await openNode(server, name)];
    await one.realm.append(eventOf('com.example.a', 'a', { session: 1 }), retain);
    await one.realm.append(eventOf('com.example.b', 'b', { session: 2 }), retain);
    await two.realm.append(eventOf('com.example.c', 'c', { session: 3 }), retain);
    await two.realm.append(eventOf('com.example.d', 'd'), retain);
    await one.realm.endSession(1);
    expect(await retained(two.realm)).toEqual(['b', 'c', 'd']);
    await one.kill();
    await two.realm.endSession(2); // as the heir of the node
    expect(await retained(two.realm)).toEqual(['c', 'd']);
    const three = await openNode(server, name);
    expect(await retained(three.realm)).toEqual(['c', 'd']); // the second node is alive
    await two.kill();
    await three.kill();
    expect(await retained((await openNode(server, name)).realm)).toEqual(['d']);
  });

  it('[L3] applies the bounds of each node, and its streams have bounds, too', async () => {
    const name = clusterName();
    const small = boundsOf({ histories: [{ ...history, limit: 3 }], maxRetainedTopics: 2 });
    const [one, two] = [await openNode(server, name, small), await openNode(server, name)];
    for (let n = 0; n < 10; n++) await one.realm.append(eventOf(`com.example.${n}`, String(n)), keep);
    expect(await retained(one.realm)).toEqual(['8', '9']);
    expect(await texts(one.realm)).toEqual(['7', '8', '9']);
    expect(await retained(two.realm)).toHaveLength(10);
    expect(await texts(two.realm)).toHaveLength(10);
    const aged = await openNode(
      server,
      name,
      boundsOf({ maxRetainedAgeMs: 1000, histories: [{ ...history, maxAgeMs: 1000 }], now: () => Date.now() + 2000 }),
    );
    expect(await retained(aged.realm)).toEqual([]);
    expect(await texts(aged.realm)).toEqual([]);
    const { streams } = await (await import('@nats-io/jetstream')).jetstreamManager(one.connection);
    let count = 0;
    for await (const { config, state } of streams.list(`autostrada.${name}.>`)) {
      count++;
      expect(config.max_bytes).toBe(2 * 2 ** 24 + 2 ** 22);
      expect(config.max_msgs).toBe(config.name.includes('retained') ? 9 * 1000 + 1000 : 1000);
      expect(state.messages).toBe(10);
    }
    expect(count).toBe(2);
  });

  it('[L3] removes from its streams what was replaced, forgotten or ended', async () => {
    const name = clusterName();
    const { realm, connection } = await openNode(server, name);
    const limited = { audience: { eligible_authid: ['joe'] } };
    for (let n = 0; n < 30; n++) {
      await realm.append(eventOf('com.example.a', String(n), limited), retain);
      await realm.append(eventOf('com.example.b', String(n), { ...limited, session: n }), retain);
      await realm.append(eventOf('com.example.c', String(n), { session: n }), retain);
      await realm.append(eventOf('com.example.d', String(n), limited), retain);
      await realm.append(eventOf('com.example.e', String(n)), retain);
    }
    for (let n = 0; n < 30; n++) await realm.endSession(n);
    await realm.append(eventOf('com.example.a', 'a'), retain);
    expect(await realm.forget('com.example.d')).toBe(true);
    expect(await retained(realm)).toEqual(['29', 'a']);
    const { streams } = await (await import('@nats-io/jetstream')).jetstreamManager(connection);
    const subjects = async (): Promise<number> => {
      for await (const { state } of streams.list(`autostrada.${name}.retained.>`)) return state.messages;
      return -1;
    };
    // Beside the two events: the ends of the sessions that had some then, and what was forgotten. They stay for some minutes.
    await expect.poll(subjects).toBe(2 + 8 + 1);
    expect(await retained((await openNode(server, name)).realm)).toEqual(['29', 'a']);
  });

  it('[L3] answers as a store in memory does, whatever is asked, at each of its nodes', async () => {
    const name = clusterName();
    const histories = [history, { ...history, uri: 'com.a', match: 'exact', limit: 7 } as const];
    const bounds = boundsOf({ histories, maxRetainedTopics: 8 });
    const nodes = [await openNode(server, name, bounds), await openNode(server, name, bounds)];
    const others = [memoryStore().open('realm1', bounds), lateStore().open('realm1', bounds)];
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const topics = ['com.a', 'com.b', 'com.c.d', 'com.c.e', 'com.f', 'org.a', 'org.b.c', 'org.d'];
    const published: number[] = [];
    for (let step = 0; step < 400; step++) {
      const topic = topics[random(topics.length)] ?? '';
      const node = nodes[random(2)] ?? nodes[0];
      const stores = [node?.realm ?? others[0], ...others];
      const kind = random(12);
      const event = eventOf(topic, String(step), {
        ...(random(3) === 0 ? { audience: { exclude: [step] } } : {}),
        ...(random(3) === 0 ? { session: random(4) } : {}),
      });
      const answers: unknown[] = [];
      for (const store of stores) {
        if (kind < 7) {
          const into = histories.filter(({ uri, match }) => (match === 'exact' ? topic === uri : topic.startsWith(uri)));
          answers.push(await store?.append(event, { retain: random(1) === 0, histories: into }));
        } else if (kind === 7) answers.push(await store?.forget(topic));
        else if (kind === 8) answers.push(await store?.endSession(step % 4));
        else if (kind === 9) answers.push(await store?.retained(topic, 'exact'));
        else if (kind === 10) answers.push([await store?.retained('com.', 'prefix'), await store?.retained('org..c', 'wildcard')]);
        else {
          const after = published[step % Math.max(published.length, 1)];
          const query = { reverse: step % 2 === 0, after, ...(step % 3 === 0 ? { topic } : {}) };
          answers.push(store && [await found(store, query, histories[0]), await found(store, query, histories[1])]);
        }
      }
      if (kind < 7) published.push(event.publication);
      expect(answers[0], `step ${step}`).toEqual(answers[2]);
      expect(answers[1], `step ${step}`).toEqual(answers[2]);
    }
    const late = await openNode(server, name, bounds);
    expect(await late.realm.retained('', 'prefix')).toEqual(await others[0]?.retained('', 'prefix'));
  });

  it('[L3] refuses a wrong name', async () => {
    await expect(openNode(server, 'a.b')).rejects.toThrow('name: expected up to 64 letters, digits, "_" and "-", got "a.b"');
    expect(log.retain).toBe(false);
  });
});
