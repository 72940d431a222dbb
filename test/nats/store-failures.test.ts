/* The store of a cluster when NATS ends, pauses, comes back, or has lost what it had. */
import { jetstreamManager } from '@nats-io/jetstream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasNats, type NatsServer, natsPrograms, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';
import { boundsOf, clusterName, eventOf, keep, openNode, retain, retained, texts } from './stores.ts';

skipLoudlyWithoutNats();

describe.runIf(hasNats).each(natsPrograms)('a store over NATS $version', { timeout: 60_000 }, (program) => {
  const start = async (): Promise<NatsServer> => {
    const server = await startNats({ program });
    onTestFinished(() => server.stop());
    return server;
  };

  it('[L3] loses nothing that it acknowledged when the server is killed and starts again, and keeps the order', async () => {
    const server = await start();
    const name = clusterName();
    const [one, two] = [await openNode(server, name), await openNode(server, name)];
    const acknowledged: string[] = [];
    const publish = async (n: number): Promise<void> => {
      await one.realm.append(eventOf(`com.example.${n % 7}`, String(n)), keep);
      acknowledged.push(String(n));
    };
    let n = 0;
    await publish(n++); // nats-server 2.9 cannot read a stream again if it is killed while it makes it
    for (let round = 0; round < 4; round++) {
      const sent: Promise<void>[] = [];
      for (let i = 0; i < 100; i++) {
        sent.push(publish(n++));
        if (i === 50) sent.push(server.restart());
        if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await Promise.all(sent);
    }
    expect(acknowledged).toHaveLength(401);
    const expected = Array.from({ length: 401 }, (_, i) => String(i));
    for (const { realm } of [one, two, await openNode(server, name)]) {
      expect(await texts(realm)).toEqual(expected);
      expect(new Set(await retained(realm))).toEqual(new Set(expected.slice(-7)));
    }
    // It may have delivered what it had not written; nothing of that was acknowledged.
    expect([...one.warnings, ...two.warnings].filter((text) => !text.includes('newest messages'))).toEqual([]);
  }, 60_000);

  it('[L3] answers when a server that was away is back, and fails in less than ten seconds when it is not', async () => {
    const server = await start();
    const { realm, warnings } = await openNode(server, clusterName());
    await realm.append(eventOf('com.example.topic', '1'), keep);
    await server.kill();
    const answers = [realm.append(eventOf('com.example.topic', '2'), keep), retained(realm), texts(realm), realm.endSession(5)];
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.start();
    expect(await Promise.all(answers)).toEqual([undefined, ['2'], ['1', '2'], undefined]);
    await server.pause();
    const asked = [
      realm.append(eventOf('com.example.topic', '3'), keep),
      retained(realm),
      texts(realm),
      realm.forget('com.example.topic'),
      realm.endSession(5),
    ];
    const failed = await Promise.allSettled(asked);
    for (const answer of failed)
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringMatching(/^NATS did not do /) },
      });
    server.resume();
    await expect.poll(() => retained(realm).catch(() => [])).toHaveLength(1);
    await realm.append(eventOf('com.example.topic', '4'), keep);
    expect(await retained(realm)).toEqual(['4']);
    expect(warnings).toEqual([]);
  }, 60_000);

  it('[L3] opens when NATS comes later', async () => {
    const server = await start();
    const name = clusterName();
    const one = await openNode(server, name);
    await one.realm.append(eventOf('com.example.topic', '1'), keep);
    await server.pause();
    const realm = one.store.open('realm1', boundsOf());
    const answers = [retained(realm), texts(realm)];
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.resume();
    expect(await Promise.all(answers)).toEqual([['1'], ['1']]);
  }, 30_000);

  it.each(['the server lost its data', 'the streams were deleted'])(
    '[L3] begins again, and says so, when %s',
    async (what) => {
      const server = await start();
      const name = clusterName();
      const nodes = [await openNode(server, name), await openNode(server, name)];
      const [one, two] = nodes;
      for (let n = 0; n < 5; n++) await one?.realm.append(eventOf('com.example.topic', `old ${n}`), keep);
      expect(await Promise.all(nodes.map(({ realm }) => texts(realm)))).toMatchObject([{ length: 5 }, { length: 5 }]);
      expect(await Promise.all(nodes.map(({ realm }) => retained(realm)))).toEqual([['old 4'], ['old 4']]);
      if (what.startsWith('the server')) await server.restartEmpty();
      else if (one) {
        const { streams } = await jetstreamManager(one.connection);
        for await (const { config } of streams.list()) await streams.delete(config.name);
      }
      await one?.realm.append(eventOf('com.example.topic', 'new'), keep);
      await two?.realm.append(eventOf('com.example.other', 'limited', { audience: { exclude: [1] } }), retain);
      for (const { realm, warnings } of [...nodes, await openNode(server, name)]) {
        expect(await retained(realm)).toEqual(['new', 'limited']);
        expect(await texts(realm)).toEqual(['new']);
        if (nodes.some((node) => node.realm === realm))
          expect([...warnings].sort()).toEqual([
            expect.stringMatching(
              /^the stream \S+ of NATS was lost \(the history of com\. \(prefix\) in realm1\): it begins again$/,
            ),
            expect.stringMatching(/^the stream \S+ of NATS was lost \(retained events in realm1\): it begins again$/),
          ]);
      }
    },
    30_000,
  );

  it('[L3] hears what others have kept while its own connection was away', async () => {
    const server = await start();
    const name = clusterName();
    const [one, two] = [await openNode(server, name), await openNode(server, name)];
    await one.realm.append(eventOf('com.example.topic', '0'), keep);
    expect(await texts(two.realm)).toEqual(['0']);
    for (let n = 1; n < 6; n++) {
      await two.connection.reconnect();
      await one.realm.append(eventOf('com.example.topic', String(n)), keep);
      expect(await retained(two.realm)).toEqual([String(n)]);
    }
    expect(await texts(two.realm)).toEqual(await texts(one.realm));
    expect(await texts(two.realm)).toHaveLength(6);
  }, 30_000);

  it('[L3] that is closed fails what is asked of it; nothing hangs', async () => {
    const server = await start();
    const node = await openNode(server, clusterName());
    await node.realm.append(eventOf('com.example.topic', '0'), keep);
    await node.store.close();
    const asked = [
      node.realm.append(eventOf('com.example.topic', '1'), keep),
      retained(node.realm),
      texts(node.realm),
      node.realm.forget('x'),
    ];
    for (const answer of await Promise.allSettled(asked))
      expect(answer).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('is closed') } });
  });
});
