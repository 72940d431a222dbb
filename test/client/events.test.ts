import { ApplicationError, ConnectionLostError, type EventStream, events } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { ERROR, EVENT, GOODBYE, SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const TOPIC = 'com.test.news';
const value = async (stream: EventStream) => (await stream.next()).value?.args[0];

describe('[N9] events of a session', () => {
  it('subscribe at once, include those that come with SUBSCRIBED, and unsubscribe when the loop is left', async () => {
    const { session, peer } = await join();
    const stream = events(session, TOPIC, { match: 'prefix', get_retained: true, maxBuffered: 10, onOverflow: 'drop-newest' });
    await peer.expect(SUBSCRIBE(1, { match: 'prefix', get_retained: true }, TOPIC));
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 8, {}, ['a'], { b: 1 }), EVENT(5, 9, {}, ['c']));
    for await (const event of stream) {
      expect(event).toEqual({ args: ['a'], kwargs: { b: 1 }, details: { publication: 8, subscription: 5, topic: TOPIC } });
      break;
    }
    await peer.expect(UNSUBSCRIBE(2, 5));
  });

  it('unsubscribe when the answer comes, if the loop was left before', async () => {
    const { session, peer } = await join();
    const stream = events(session, TOPIC);
    await peer.expect(SUBSCRIBE(1, {}, TOPIC));
    await stream.return?.();
    peer.send(SUBSCRIBED(1, 5));
    await peer.expect(UNSUBSCRIBE(2, 5));
  });

  it('throw the error when the subscription is refused', async () => {
    const { session, peer } = await join();
    const stream = events(session, TOPIC);
    peer.send(ERROR('SUBSCRIBE', 1, {}, 'wamp.error.not_authorized', ['no']));
    expect((await failure(stream.ready)).uri).toBe('wamp.error.not_authorized');
    expect(await failure(stream.next())).toBeInstanceOf(ApplicationError);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('throw for an invalid option or topic', async () => {
    const { session } = await join();
    expect((await failure(events(session, 'a b').next())).uri).toBe('wamp.error.invalid_uri');
    expect(await failure(events(session, TOPIC, { ...{ maxBufered: 1 } }).next())).toBeInstanceOf(TypeError);
    expect(() => events(session, TOPIC, { maxBuffered: -1 })).toThrow(TypeError);
  });

  it('throw why the session ended, after the events that were kept', async () => {
    const { session, peer } = await join();
    const stream = events(session, TOPIC);
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 8, {}, ['a']), GOODBYE({}, 'wamp.close.system_shutdown'));
    expect(await value(stream)).toBe('a');
    const error = await failure(stream.next());
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error.uri).toBe('wamp.close.system_shutdown');
  });

  it('throw why the router revoked the subscription', async () => {
    const { session, peer } = await join();
    const stream = events(session, TOPIC);
    peer.send(SUBSCRIBED(1, 5));
    await stream.ready;
    peer.send(UNSUBSCRIBED(0, { subscription: 5, reason: 'com.test.gone' }));
    expect((await failure(stream.next())).uri).toBe('com.test.gone');
  });

  it('end without an error when we leave the session', async () => {
    const { session, peer } = await join();
    const stream = events(session, TOPIC);
    peer.send(SUBSCRIBED(1, 5));
    await stream.ready;
    const next = stream.next();
    await session.leave();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('throw the reason of the signal and unsubscribe; if it has already aborted, they do not subscribe', async () => {
    const { session, peer } = await join();
    const controller = new AbortController();
    const stream = events(session, TOPIC, { signal: controller.signal });
    await peer.expect(SUBSCRIBE(1, {}, TOPIC));
    peer.send(SUBSCRIBED(1, 5));
    await stream.ready;
    const next = failure(stream.next());
    controller.abort(new Error('enough'));
    expect((await next).message).toBe('enough');
    await peer.expect(UNSUBSCRIBE(2, 5));
    const late = events(session, TOPIC, { signal: controller.signal });
    expect((await failure(late.next())).message).toBe('enough');
    expect((await failure(late.ready)).message).toBe('enough');
    expect(peer.unread).toEqual([]);
  });

  it('are dropped, counted and reported when nobody reads; a listener that throws is reported', async () => {
    const { session, peer, reported } = await join();
    const onSlow = vi.fn(() => {
      throw new Error('mine');
    });
    const stream = events(session, TOPIC, { onOverflow: 'latest', onSlow });
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 8, {}, ['a']), EVENT(5, 9, {}, ['b']), EVENT(5, 10, {}, ['c']));
    await stream.ready;
    expect(await value(stream)).toBe('c');
    expect([stream.dropped, onSlow.mock.calls]).toEqual([2, [[1]]]);
    expect(reported.map(({ where, uri }) => [where, uri])).toEqual([['event', TOPIC]]);
  });

  it('unsubscribe with onOverflow error, and name the topic', async () => {
    const { session, peer } = await join();
    const stream = events(session, TOPIC, { onOverflow: 'error', maxBuffered: 1 });
    await peer.expect(SUBSCRIBE(1, {}, TOPIC));
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 8, {}, ['a']), EVENT(5, 9, {}, ['b']));
    await peer.expect(UNSUBSCRIBE(2, 5));
    expect(await value(stream)).toBe('a');
    expect((await failure(stream.next())).message).toContain('over 1 events of com.test.news waited');
  });
});

describe('[N9] events of a connection', () => {
  it('continue after a reconnect', async () => {
    const { router, connect, clock } = testBench();
    const [ann, joe] = [connect('ann'), connect('joe')];
    const stream = events(ann, TOPIC);
    await stream.ready;
    await joe.publish(TOPIC, [1], null, { acknowledge: true });
    router.cut({ authid: 'ann' });
    await clock.advance(1000);
    await joe.publish(TOPIC, [2], null, { acknowledge: true });
    expect([await value(stream), await value(stream)]).toEqual([1, 2]);
    await stream.return?.();
    expect(ann.handles).toEqual([]);
    await router.settled();
    expect(router.stats().subscriptions).toBe(0);
  });

  it('end without an error when we close the connection', async () => {
    const { connect } = testBench();
    const ann = connect('ann');
    const stream = events(ann, TOPIC);
    await stream.ready;
    const next = stream.next();
    await ann.close();
    expect(await next).toEqual({ done: true, value: undefined });
    const late = events(ann, TOPIC);
    expect((await failure(late.next())).message).toBe('the connection is closed');
  });

  it('throw why the connection ended for good', async () => {
    const { router, connect } = testBench();
    const stream = events(connect('ann', { retry: false }), TOPIC);
    await stream.ready;
    router.cut();
    expect(await failure(stream.next())).toBeInstanceOf(ConnectionLostError);
  });

  it('throw a refusal to the reader, or report it on error when nobody reads', async () => {
    const { connect } = testBench({ realms: { realm1: { authroles: { tester: { permissions: [] } } } } });
    const ann = connect('ann');
    const told = vi.fn();
    ann.on('error', told);
    expect((await failure(events(ann, TOPIC).next())).uri).toBe('wamp.error.not_authorized');
    expect(told).not.toHaveBeenCalled();
    events(ann, TOPIC);
    await expect.poll(() => told.mock.calls.map(([, context]) => context)).toEqual([{ where: 'subscription', uri: TOPIC }]);
  });
});
