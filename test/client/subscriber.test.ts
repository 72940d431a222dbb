import type { Subscription } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import {
  ABORT,
  ERROR,
  EVENT,
  INVOCATION,
  PUBLISH,
  PUBLISHED,
  REGISTERED,
  SUBSCRIBE,
  SUBSCRIBED,
  UNREGISTERED,
  UNSUBSCRIBE,
  UNSUBSCRIBED,
  YIELD,
} from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';

describe('subscribing', () => {
  it('[C30] has the handler in place for an EVENT that comes in the same read as SUBSCRIBED', async () => {
    const { session, peer } = await join();
    const heard = vi.fn();
    const subscribing = session.subscribe('a.b', heard);
    await peer.expect(SUBSCRIBE(1, {}, 'a.b'));
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 100, { publisher: 3 }, ['x'], { k: 1 }));
    expect(await subscribing).toMatchObject({ id: 5, topic: 'a.b', isActive: true });
    expect(heard).toHaveBeenCalledExactlyOnceWith(
      ['x'],
      { k: 1 },
      { publisher: 3, publication: 100, subscription: 5, topic: 'a.b' },
    );
  });

  it('[C30] rejects with the ERROR of the router', async () => {
    const { session, peer } = await join();
    const subscribing = failure(session.subscribe('a.b', () => {}));
    await peer.next();
    peer.send(ERROR('SUBSCRIBE', 1, { d: 1 }, 'wamp.error.not_authorized', ['no'], { k: 1 }));
    expect(await subscribing).toMatchObject({
      name: 'ApplicationError',
      uri: 'wamp.error.not_authorized',
      args: ['no'],
      kwargs: { k: 1 },
      details: { d: 1 },
    });
  });

  it('refuses a handler that is not a function', async () => {
    const { session } = await join();
    await expect(session.subscribe('a.b', 'nope' as unknown as () => void)).rejects.toThrow(
      /handler of a.b to be a function, got string/,
    );
  });

  it('[C31] shares one subscription among several handlers, and unsubscribes with the last', async () => {
    const { session, peer } = await join();
    const order: string[] = [];
    const first = session.subscribe('a.b', () => order.push('first'));
    const second = session.subscribe('a.b', () => order.push('second'));
    await peer.next();
    await peer.next();
    peer.send(SUBSCRIBED(1, 5), SUBSCRIBED(2, 5), EVENT(5, 1, {}));
    const [one, two] = await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(session.subscriptions.map(({ id }) => id)).toEqual([5, 5]);
    await one.unsubscribe();
    expect([one.isActive, two.isActive]).toEqual([false, true]);
    expect(await one.ended).toBeUndefined();
    peer.send(EVENT(5, 2, {}));
    await settled();
    expect(order).toEqual(['first', 'second', 'second']);
    const leaving = two.unsubscribe();
    await peer.expect(UNSUBSCRIBE(3, 5));
    peer.send(UNSUBSCRIBED(3));
    await leaving;
    await two.unsubscribe();
    expect(peer.unread).toEqual([]);
    expect(session.subscriptions).toEqual([]);
  });

  it('[C31] does not unsubscribe if another SUBSCRIBE is about to share the subscription', async () => {
    const { session, peer } = await join();
    const first = session.subscribe('a.b', () => {});
    await peer.next();
    peer.send(SUBSCRIBED(1, 5));
    const one = await first;
    const heard = vi.fn();
    const second = session.subscribe('a.b', heard);
    await one.unsubscribe();
    await peer.expect(SUBSCRIBE(2, {}, 'a.b'));
    peer.send(SUBSCRIBED(2, 5), EVENT(5, 1, {}));
    await second;
    expect(heard).toHaveBeenCalledOnce();
    expect(peer.unread).toEqual([]);
  });

  it('[C31] unsubscribes after all when that SUBSCRIBE fails', async () => {
    const { session, peer } = await join();
    const first = session.subscribe('a.b', () => {});
    await peer.next();
    peer.send(SUBSCRIBED(1, 5));
    const one = await first;
    const second = failure(session.subscribe('a.b', () => {}));
    await one.unsubscribe();
    await peer.next();
    peer.send(ERROR('SUBSCRIBE', 2, {}, 'wamp.error.not_authorized'));
    await second;
    await peer.expect(UNSUBSCRIBE(3, 5));
  });

  it('[C32] calls handlers in order, even if one throws or rejects', async () => {
    const { session, peer, reported } = await join();
    const heard: unknown[] = [];
    const subscribing = session.subscribe('a.b', ([n]: [number]) => {
      heard.push(n);
      if (n === 1) throw new Error('sync');
      if (n === 2) return Promise.reject(new Error('async'));
      return undefined;
    });
    await peer.next();
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 1, {}, [1]), EVENT(5, 2, {}, [2]), EVENT(5, 3, {}, [3]));
    await subscribing;
    await settled();
    expect(heard).toEqual([1, 2, 3]);
    expect(reported).toEqual([
      { error: new Error('sync'), where: 'event', uri: 'a.b' },
      { error: new Error('async'), where: 'event', uri: 'a.b' },
    ]);
    expect(session.isOpen).toBe(true);
  });

  it('[C33] takes the topic of a pattern from the details', async () => {
    const { session, peer } = await join();
    const heard = vi.fn();
    const subscribing = session.subscribe('a.', heard, { match: 'prefix' });
    await peer.expect(SUBSCRIBE(1, { match: 'prefix' }, 'a.'));
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 1, { topic: 'a.b.c' }));
    await subscribing;
    expect(heard.mock.lastCall?.[2]).toMatchObject({ topic: 'a.b.c' });
    expect(await failure(session.subscribe('a..c', () => {}, { match: 'prefix' }))).toMatchObject({
      uri: 'wamp.error.invalid_uri',
    });
    void session.subscribe('a..c', () => {}, { match: 'wildcard' }).catch(() => {});
    await peer.expect(SUBSCRIBE(2, { match: 'wildcard' }, 'a..c'));
  });

  it('[C36] [H3] ignores an EVENT for a former subscription, even after UNSUBSCRIBED; one for an unknown subscription is a violation', async () => {
    const { session, peer } = await join();
    const heard = vi.fn();
    const subscribing = session.subscribe('a.b', heard);
    await peer.next();
    peer.send(SUBSCRIBED(1, 5));
    const leaving = (await subscribing).unsubscribe();
    await peer.next();
    peer.send(EVENT(5, 1, {}), UNSUBSCRIBED(2));
    await leaving;
    expect(heard).not.toHaveBeenCalled();
    expect(session.isOpen).toBe(true);
    peer.send(EVENT(5, 2, {}), EVENT(6, 3, {}));
    expect(await peer.next()).toMatchObject(ABORT({ message: expect.stringContaining('6') }, 'wamp.error.protocol_violation'));
    expect(heard).not.toHaveBeenCalled();
  });

  it('unsubscribes from a subscription that came after its signal had aborted', async () => {
    const { session, peer } = await join();
    const controller = new AbortController();
    const subscribing = failure(session.subscribe('a.b', () => {}, { signal: controller.signal }));
    await peer.next();
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await subscribing).toBe(reason);
    peer.send(SUBSCRIBED(1, 5));
    await peer.expect(UNSUBSCRIBE(2, 5));
    expect(session.subscriptions).toEqual([]);
  });

  it('keeps such a subscription for the handlers that share it', async () => {
    const { session, peer } = await join();
    const first: Promise<Subscription> = session.subscribe('a.b', () => {});
    await peer.next();
    peer.send(SUBSCRIBED(1, 5));
    await first;
    const controller = new AbortController();
    const second = failure(session.subscribe('a.b', () => {}, { signal: controller.signal }));
    await peer.next();
    controller.abort();
    await second;
    peer.send(SUBSCRIBED(2, 5));
    await settled();
    expect(peer.unread).toEqual([]);
    expect(session.subscriptions.length).toBe(1);
  });
});

describe('revocation', () => {
  it('[C34] ends the subscription, with the router’s reason', async () => {
    const { session, peer } = await join();
    const subscribing = [session.subscribe('a.b', () => {}), session.subscribe('a.b', () => {})];
    await peer.next();
    await peer.next();
    peer.send(SUBSCRIBED(1, 5), SUBSCRIBED(2, 5));
    const subscriptions = await Promise.all(subscribing);
    peer.send(UNSUBSCRIBED(0, { subscription: 5, reason: 'com.example.enough' }), UNSUBSCRIBED(0, { subscription: 99 }));
    for (const subscription of subscriptions) {
      expect(await subscription.ended).toMatchObject({ name: 'ApplicationError', uri: 'com.example.enough' });
      await subscription.unsubscribe();
    }
    expect([session.isOpen, session.subscriptions, peer.unread]).toEqual([true, [], []]);
  });

  it('[C58] ends the registration; running invocations are answered', async () => {
    const { session, peer } = await join();
    let finish: (value: string) => void = () => {};
    const registering = session.register('a.b', () => new Promise<string>((resolve) => (finish = resolve)));
    await peer.next();
    peer.send(REGISTERED(1, 5), INVOCATION(1, 5, {}), UNREGISTERED(0, { registration: 5 }));
    const registration = await registering;
    expect(await registration.ended).toMatchObject({ uri: 'wamp.error.no_such_registration' });
    expect(registration.isActive).toBe(false);
    finish('done');
    await peer.expect(YIELD(1, {}, ['done']));
  });

  it('[C34] [C58] closes durable handles, and reports it', async () => {
    const { connection, peer, reported } = await join();
    const [subscription, registration] = [connection.subscribe('a.b', () => {}), connection.register('a.c', () => {})];
    await peer.next();
    await peer.next();
    peer.send(SUBSCRIBED(1, 5), REGISTERED(2, 6));
    await Promise.all([subscription.ready, registration.ready]);
    peer.send(UNSUBSCRIBED(0, { subscription: 5 }), UNREGISTERED(0, { registration: 6, reason: 'com.example.enough' }));
    await settled();
    expect([subscription.state, registration.state]).toEqual(['closed', 'closed']);
    expect(reported).toMatchObject([
      { where: 'subscription', uri: 'a.b', error: { uri: 'wamp.error.no_such_subscription' } },
      { where: 'registration', uri: 'a.c', error: { uri: 'com.example.enough' } },
    ]);
    expect(connection.handles).toEqual([]);
  });
});

describe('publishing', () => {
  it('[C20] resolves with the publication when it asked for one', async () => {
    const { session, peer } = await join();
    const publishing = session.publish('a.b', [1], null, { acknowledge: true });
    await peer.expect(PUBLISH(1, { acknowledge: true }, 'a.b', [1]));
    peer.send(PUBLISHED(1, 99));
    expect(await publishing).toEqual({ id: 99 });
  });

  it('[C20] rejects with the ERROR, and gives nothing when it did not ask', async () => {
    const { session, peer } = await join();
    expect(session.publish('a.b')).toBeUndefined();
    const publishing = failure(session.publish('a.b', [1], null, { acknowledge: true }));
    await peer.next();
    await peer.next();
    peer.send(ERROR('PUBLISH', 2, {}, 'wamp.error.not_authorized'));
    expect(await publishing).toMatchObject({ uri: 'wamp.error.not_authorized' });
  });

  it('throws for a payload that cannot be sent, and sends nothing', async () => {
    const { session, peer } = await join();
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => session.publish('a.b', [{ deep: cycle }])).toThrow(
      /cannot encode PUBLISH a\.b in json: args\[0\]\.deep\.self: .* a cycle/,
    );
    expect(() => session.publish('a.b', 'text' as unknown as [])).toThrow(/expected args to be a list, got string/);
    session.publish('a.b', [1]);
    await peer.expect(PUBLISH(1, {}, 'a.b', [1]));
  });
});
