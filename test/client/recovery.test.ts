import { Connection, type SubscribeOptions } from 'autostrada';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { gapBench, Recoveries, recovered, subscribed, TOPIC } from '../fixtures/gap-bench.ts';
import { EVENT, SUBSCRIBE, SUBSCRIBED } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

describe('recoverWith', () => {
  it('[N10] runs after the first SUBSCRIBED without a gap, and holds events of the same read back', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1', retry: false });
    onTestFinished(() => connection.close());
    const recoveries = new Recoveries();
    const got: unknown[] = [];
    connection.subscribe(TOPIC, ([n]: [number]) => got.push(n), { recoverWith: recoveries.recoverWith });
    const peer = await router.joined();
    void answerGoodbye(peer);
    expect(await peer.next()).toEqual(SUBSCRIBE(1, {}, TOPIC));
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 100, {}, [1]), EVENT(5, 101, {}, [2]));
    await vi.waitFor(() => expect(recoveries.begun).toHaveLength(1));
    expect(recoveries.last).toMatchObject({ gap: undefined, subscription: { id: 5, topic: TOPIC } });
    expect(recoveries.last.session).toBe(connection.session);
    await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual([]);
    recoveries.last.deliver(recovered(99, 0));
    expect(got).toEqual([0]);
    await recoveries.succeed();
    expect(got).toEqual([0, 1, 2]);
    peer.send(EVENT(5, 102, {}, [3]));
    await vi.waitFor(() => expect(got).toEqual([0, 1, 2, 3]));
  });

  it('[N10] holds nothing back if it returns at once', async () => {
    const { ann, publish, settled } = await gapBench();
    const got: unknown[] = [];
    await ann.subscribe(TOPIC, ([n]: [number]) => got.push(n), { recoverWith: () => {} }).ready;
    await publish(1);
    await settled();
    expect(got).toEqual([1]);
  });

  it('[N10] gets the times between which events may have been missed, and the last event', async () => {
    const { ann, clock, recoveries, publish, cut, settled, got } = await subscribed();
    await recoveries.succeed();
    await clock.advance(5000);
    const last = await publish('before');
    await settled();
    const heardAt = clock.now();
    await clock.advance(3000);
    await cut();
    await publish('missed');
    await clock.advance(10_000);
    await settled();
    const { gap } = recoveries.last;
    expect(recoveries.begun).toHaveLength(2);
    expect(gap?.from).toEqual(new Date(heardAt));
    expect(gap?.to.getTime()).toBeGreaterThanOrEqual(heardAt + 3000);
    expect(gap?.to.getTime()).toBeLessThanOrEqual(clock.now());
    expect(gap?.lastPublication).toBe(last);
    expect(recoveries.last.session).toBe(ann.session);
    expect(got).toEqual(['before']);
  });

  it('[N10] begins the gap of a half-open connection at its last message, not when the loss was noticed', async () => {
    const { router, clock, recoveries, got } = await subscribed();
    await recoveries.succeed();
    await clock.advance(5000);
    await router.settled();
    const before = clock.now();
    const restore = router.blackhole({ authid: 'ann' });
    await clock.advance(60_000); // 20 s of silence, 10 s after the probe
    restore();
    await clock.advance(60_000);
    await router.settled();
    expect(recoveries.begun).toHaveLength(2);
    expect(recoveries.last.gap?.from.getTime()).toBeLessThanOrEqual(before);
    expect(recoveries.last.gap?.to.getTime()).toBeGreaterThanOrEqual(before + 30_000);
    expect(got).toEqual([]);
  });

  it('[N10] delivers each publication once: recovered, held, or from before the loss', async () => {
    const { recoveries, publish, cut, back, settled, got } = await subscribed();
    await recoveries.succeed();
    const first = await publish(1);
    await settled();
    await cut();
    const missed = await publish(2);
    await back();
    const held = await publish(3);
    await publish(4);
    await settled();
    expect(got).toEqual([1]);
    const { deliver } = recoveries.last;
    for (const [id, value] of [
      [first, 1],
      [missed, 2],
      [missed, 2],
      [held, 3],
    ] as const)
      deliver(recovered(id, value));
    expect(got).toEqual([1, 2, 3]);
    await recoveries.succeed();
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('[N10] remembers at least the last 1,000 publications, and not all of them', async () => {
    const { recoveries, joe, publish, cut, back, settled, got } = await subscribed();
    await recoveries.succeed();
    const oldest = await publish(-1);
    for (let n = 0; n < 2000; n++) joe.publish(TOPIC, [n]);
    const early = await publish(2000);
    for (let n = 2001; n < 3000; n++) joe.publish(TOPIC, [n]);
    await publish(3000);
    await settled();
    expect(got).toHaveLength(3002);
    await cut();
    await back();
    recoveries.last.deliver(recovered(early, 'again'));
    recoveries.last.deliver(recovered(oldest, 'forgotten'));
    expect(got.slice(3002)).toEqual(['forgotten']);
    await recoveries.succeed();
  });

  it('[N10] remembers all that it delivers while it runs', async () => {
    const { recoveries, publish, settled, got } = await subscribed();
    const first = await publish('held');
    await settled();
    const { deliver } = recoveries.last;
    deliver(recovered(first, 'held'));
    for (let n = 1; n <= 2500; n++) deliver(recovered(n, n));
    await recoveries.succeed();
    expect(got).toHaveLength(2501);
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('no snapshot'))],
    [
      'throws',
      () => {
        throw new Error('no snapshot');
      },
    ],
  ])(
    '[N10] delivers the held events when it %s, reports that, and begins the next gap with the next loss',
    async (_what, failing) => {
      const { ann, publish, cut, back, settled, errors } = await gapBench();
      const got: unknown[] = [];
      const gaps: unknown[] = [];
      await ann.subscribe(TOPIC, ([value]: [unknown]) => got.push(value), {
        recoverWith: ({ gap }) => {
          gaps.push(gap?.lastPublication);
          return failing();
        },
      }).ready;
      await settled();
      expect(errors).toEqual([{ error: new Error('no snapshot'), where: 'recovery' }]);
      const last = await publish(1);
      await settled();
      await cut();
      await back();
      await publish(2);
      await settled();
      expect([got, gaps, errors.length]).toEqual([[1, 2], [undefined, last], 2]);
    },
  );

  it('[N10] delivers the held events in order when it fails while events wait', async () => {
    const { recoveries, publish, settled, got, errors } = await subscribed();
    for (const n of [1, 2, 3]) await publish(n);
    await settled();
    expect(got).toEqual([]);
    await recoveries.fail(new Error('no snapshot'));
    expect(got).toEqual([1, 2, 3]);
    expect(errors).toEqual([{ error: new Error('no snapshot'), where: 'recovery' }]);
    recoveries.last.deliver(recovered(1, 'late'));
    expect(got).toEqual([1, 2, 3]);
  });

  it('[N10] holds back the events of its own handle only', async () => {
    const { ann, router, recoveries, publish, settled, got } = await subscribed();
    const others: unknown[] = [];
    await ann.subscribe(TOPIC, ([value]: [unknown]) => others.push(value)).ready;
    const second = new Recoveries();
    const slow: unknown[] = [];
    await ann.subscribe(TOPIC, ([value]: [unknown]) => slow.push(value), { recoverWith: second.recoverWith }).ready;
    expect(second.last.subscription.id).toBe(recoveries.last.subscription.id);
    await publish(1);
    await settled();
    expect([others, got, slow]).toEqual([[1], [], []]);
    await recoveries.succeed();
    expect([others, got, slow]).toEqual([[1], [1], []]);
    await second.succeed();
    expect(slow).toEqual([1]);
    expect(router.log.filter(({ type, direction }) => type === 'EVENT' && direction === 'out')).toHaveLength(1);
  });

  it('[N10] reports a handler that throws for a recovered event, and continues', async () => {
    const { ann, errors, settled } = await gapBench();
    const got: unknown[] = [];
    const handler = ([n]: [number]): unknown => {
      got.push(n);
      if (n === 1) throw new Error('one');
      return n === 2 ? Promise.reject(new Error('two')) : undefined;
    };
    const recoverWith = ({ deliver }: { deliver(event: ReturnType<typeof recovered>): void }): void => {
      for (const n of [1, 2, 3]) deliver(recovered(n, n));
    };
    await ann.subscribe(TOPIC, handler, { recoverWith: recoverWith as never }).ready;
    await settled();
    expect(got).toEqual([1, 2, 3]);
    expect(errors).toEqual([
      { error: new Error('one'), where: 'event' },
      { error: new Error('two'), where: 'event' },
    ]);
  });

  it('[N10] refuses anything but a function, and is refused by a session', async () => {
    const { ann, errors } = await gapBench();
    const handle = ann.subscribe(TOPIC, () => {}, { recoverWith: 'history' as never });
    expect(await failure(handle.ready)).toEqual(new TypeError('expected recoverWith to be a function, got string'));
    await ann.subscribe(TOPIC, () => {}, { recoverWith: undefined }).ready;
    const wrong: SubscribeOptions = Object.assign({}, { recoverWith: () => {} });
    expect((await failure(ann.session?.subscribe(TOPIC, () => {}, wrong) ?? Promise.resolve())).message).toContain(
      "got 'recoverWith'",
    );
    expect(errors).toEqual([]); // who asks for `ready` hears of it there
  });

  it('[N10] ends with its handle: the signal aborts, and nothing is delivered any more', async () => {
    const { recoveries, publish, settled, got, handle, errors } = await subscribed();
    await publish(1);
    await settled();
    const { signal, deliver } = recoveries.last;
    expect(signal.aborted).toBe(false);
    await handle.unsubscribe();
    expect(signal.aborted).toBe(true);
    deliver(recovered(99, 'late'));
    await recoveries.fail(new Error('aborted'));
    expect([got, errors]).toEqual([[], []]);
  });

  it('[N10] reports no error when the connection is closed meanwhile', async () => {
    const { ann, joe, router, clock, errors } = await gapBench();
    await joe.register('com.test.never', () => new Promise(() => {})).ready;
    const begun = vi.fn();
    await ann.subscribe(TOPIC, () => {}, {
      recoverWith: async ({ session }) => {
        begun();
        await session.call('com.test.never');
      },
    }).ready;
    expect(begun).toHaveBeenCalled();
    router.delay(100); // the answer to GOODBYE takes a while
    const closing = ann.close();
    await clock.advance(1000);
    await closing;
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors).toEqual([]);
  });

  it('[N10] delivers nothing more when an event that it delivers closes its handle', async () => {
    const { recoveries, publish, settled, ann, got, handle } = await subscribed();
    const seen: unknown[] = [];
    const other = new Recoveries();
    const closing = ann.subscribe(
      TOPIC,
      ([n]: [number]) => {
        seen.push(n);
        if (n === 2) closing.unsubscribe().catch(() => {});
      },
      { recoverWith: other.recoverWith },
    );
    await closing.ready;
    for (const n of [1, 2, 3]) await publish(n);
    await settled();
    await other.succeed();
    expect(seen).toEqual([1, 2]);
    await recoveries.succeed();
    expect([got, handle.state]).toEqual([[1, 2, 3], 'active']);
  });

  it('[N10] does not begin for a handle that is closed together with SUBSCRIBED', async () => {
    const { ann } = await gapBench();
    const recoveries = new Recoveries();
    const handle = ann.subscribe(TOPIC, () => {}, { recoverWith: recoveries.recoverWith });
    handle.on('state', () => handle.unsubscribe());
    await handle.ready.catch(() => {});
    await ann.callResult('wamp.session.count');
    expect(recoveries.begun).toEqual([]);
  });

  it('[N10] is abandoned, without losing an event, when more than 10,000 wait', async () => {
    const { recoveries, joe, publish, settled, got, errors } = await subscribed();
    for (let n = 0; n < 10_000; n++) joe.publish(TOPIC, [n]);
    await settled();
    expect([got.length, recoveries.last.signal.aborted]).toEqual([0, false]);
    await publish(10_000);
    await settled();
    expect(got).toEqual(Array.from({ length: 10_001 }, (_, n) => n));
    expect(errors).toMatchObject([{ where: 'recovery', error: { uri: 'autostrada.error.slow_consumer' } }]);
    expect(recoveries.last.signal.aborted).toBe(true);
    recoveries.last.deliver(recovered(99, 'late'));
    await recoveries.succeed();
    expect([got.length, errors.length]).toEqual([10_001, 1]);
  });
});
