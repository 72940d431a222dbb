import { ConnectionLostError, nextEvent, TimeoutError } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { EVENT, SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const TOPIC = 'com.test.news';

describe('[N9] nextEvent', () => {
  it('gives the next event and unsubscribes', async () => {
    const { session, peer } = await join();
    const next = nextEvent(session, TOPIC);
    await peer.expect(SUBSCRIBE(1, {}, TOPIC));
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 8, {}, ['a']), EVENT(5, 9, {}, ['b']));
    expect((await next).args).toEqual(['a']);
    await peer.expect(UNSUBSCRIBE(2, 5));
  });

  it('waits through a reconnect', async () => {
    const { router, connect, clock } = testBench();
    const [ann, joe] = [connect('ann'), connect('joe')];
    const next = nextEvent(ann, TOPIC);
    await router.settled();
    router.cut();
    await clock.advance(1000);
    await joe.publish(TOPIC, [1], null, { acknowledge: true });
    expect((await next).args).toEqual([1]);
    expect(ann.handles).toEqual([]);
  });

  it('limits the wait for the event by the clock of the connection, and names the topic', async () => {
    const { router, connect, clock } = testBench();
    const ann = connect('ann');
    const next = failure(nextEvent(ann, TOPIC, { timeoutMs: 1000 }));
    await clock.advance(1000);
    const error = await next;
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toBe('no event of com.test.news in 1000 ms');
    await router.settled();
    expect([ann.handles, router.stats().subscriptions]).toEqual([[], 0]);
  });

  it('rejects by its signal, and does not subscribe if it has already aborted', async () => {
    const { router, connect } = testBench();
    const controller = new AbortController();
    const session = await connect('ann').open();
    const next = failure(nextEvent(session, TOPIC, { signal: controller.signal }));
    await router.settled();
    controller.abort(new Error('enough'));
    expect((await next).message).toBe('enough');
    expect((await failure(nextEvent(session, TOPIC, { signal: controller.signal }))).message).toBe('enough');
    await router.settled();
    expect([router.count('SUBSCRIBE'), router.count('UNSUBSCRIBE')]).toEqual([1, 1]);
  });

  it('rejects with the topic when the session or the connection ends first', async () => {
    const { connect } = testBench();
    const ann = connect('ann');
    const session = await ann.open();
    const next = [failure(nextEvent(session, TOPIC)), failure(nextEvent(ann, TOPIC))];
    await ann.close();
    for (const error of await Promise.all(next)) {
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error.uri).toBe('wamp.close.normal');
    }
    const left = await connect('joe').open();
    const late = failure(nextEvent(left, TOPIC));
    await expect.poll(() => left.subscriptions.length).toBe(1);
    await left.leave();
    expect((await late).message).toBe('it was closed before an event of com.test.news came');
  });

  it('rejects with the error that refuses the subscription', async () => {
    const { connect } = testBench({ realms: { realm1: { authroles: { tester: { permissions: [] } } } } });
    const ann = connect('ann');
    const session = await ann.open();
    expect((await failure(nextEvent(ann, TOPIC))).uri).toBe('wamp.error.not_authorized');
    expect((await failure(nextEvent(session, TOPIC))).uri).toBe('wamp.error.not_authorized');
  });
});
