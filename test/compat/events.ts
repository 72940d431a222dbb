// Subscribing and events.

import { ERROR, EVENT, SUBSCRIBED, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { type Any, script } from './lab.ts';

script('subscribe: what is sent, and what comes back', async ({ autobahn, see, joined }) => {
  const { session, line, wire } = await joined();
  const handler = (): void => {};
  const options = { match: 'prefix', get_retained: true, someCapital: 1 };
  const asked = session.subscribe('com.example.t', handler, options);
  const plain = session.subscribe('com.example.u', handler);
  see('wire', wire);
  line.deliver(SUBSCRIBED(1, 51), SUBSCRIBED(2, 52));
  const [subscription, other] = [await asked, await plain];
  see('subscription', [Object.keys(subscription), subscription.topic, subscription.id, subscription.active]);
  see('identity', [
    subscription instanceof autobahn.Subscription,
    subscription.handler === handler,
    subscription.options === options,
    subscription.session === session,
    other.options,
  ]);
  see('kept', [session.subscriptions.map((list: Any[]) => list.length), session._subscriptions[51][0] === subscription]);
});

script('subscribe: refused', async ({ see, joined, settle }) => {
  const { session, line } = await joined();
  const asked = session.subscribe('com.example.t', () => {});
  line.deliver(ERROR('SUBSCRIBE', 1, {}, 'wamp.error.not_authorized', ['no']));
  await settle();
  see('error', await asked.then(null, (error: unknown) => error));
  see('kept', session.subscriptions);
});

script('events: what handlers get', async ({ autobahn, see, joined, settle }) => {
  const { session, line } = await joined();
  session.prefix('api', 'com.example');
  const seen: Any[] = [];
  const asked = session.subscribe('api:t', (...given: Any[]) => seen.push(given));
  line.deliver(SUBSCRIBED(1, 51));
  const subscription = await asked;
  line.deliver(
    EVENT(51, 1, {}),
    EVENT(51, 2, {}, [1]),
    EVENT(
      51,
      3,
      { publisher: 5, publisher_authid: 'joe', publisher_authrole: 'user', retained: true, trustlevel: 3, forward_for: [] },
      [],
      { a: 1 },
    ),
  );
  await settle();
  see(
    'events',
    seen.map(([args, kwargs, details]) => [args, kwargs, details]),
  );
  see('details', [seen[0][2] instanceof (autobahn.Event as Any), seen[0][3] === subscription]);
  const wild = session.subscribe('com..t', (_: Any, __: Any, details: Any) => seen.push(details.topic), { match: 'wildcard' });
  line.deliver(SUBSCRIBED(2, 52));
  await wild;
  line.deliver(EVENT(52, 4, { topic: 'com.x.t' }));
  await settle();
  see('topic of a pattern', seen[3]);
});

script('events: one in the same read as SUBSCRIBED', async ({ see, joined, settle }) => {
  const { session, line } = await joined();
  const seen: Any[] = [];
  const asked = session.subscribe('com.example.t', (args: Any, _k: Any, _d: Any, subscription: Any) =>
    seen.push([args, subscription.id, session.subscriptions.length]),
  );
  line.deliver(SUBSCRIBED(1, 51), EVENT(51, 1, {}, ['at once']));
  await settle();
  see('seen', seen);
  see('subscription', (await asked).id);
});

script('events: handlers of one subscription run in order, and one that throws stops none', async ({ see, joined, settle }) => {
  const told: unknown[] = [];
  const { session, line } = await joined({ on_user_error: (...given: unknown[]) => told.push(given) });
  const order: unknown[] = [];
  const asked = [
    session.subscribe('com.example.t', () => order.push('first')),
    session.subscribe('com.example.t', () => {
      order.push('second');
      throw new Error('mine');
    }),
    session.subscribe('com.example.t', () => order.push('third')),
  ];
  line.deliver(SUBSCRIBED(1, 51), SUBSCRIBED(2, 51), SUBSCRIBED(3, 51));
  await Promise.all(asked);
  line.deliver(EVENT(51, 1, {}));
  await settle();
  see('order', order);
  see('told', told);
  see(
    'kept',
    session.subscriptions.map((list: Any[]) => list.length),
  );
});

script('events: without on_user_error it is a line on the console', async ({ see, joined, settle, errors }) => {
  const { session, line } = await joined();
  const asked = session.subscribe('com.example.t', () => {
    throw 'mine';
  });
  line.deliver(SUBSCRIBED(1, 51));
  await asked;
  line.deliver(EVENT(51, 1, {}));
  await settle();
  see('console', errors);
});

script('unsubscribe: the last one tells the router', async ({ see, attempt, joined, settle }) => {
  const { session, line, wire } = await joined();
  const asked = [session.subscribe('com.example.t', () => {}), session.subscribe('com.example.t', () => {})];
  line.deliver(SUBSCRIBED(1, 51), SUBSCRIBED(2, 51));
  const [first, second] = await Promise.all(asked);
  const outcomes: unknown[] = [];
  first.on_unsubscribe.then(() => outcomes.push('on_unsubscribe'));
  wire.length = 0;
  session.unsubscribe(first).then((value: unknown) => outcomes.push(value));
  await settle();
  see('first', [[...outcomes], first.active, second.active, [...wire], session.subscriptions.map((list: Any[]) => list.length)]);
  see(
    'again',
    attempt(() => first.unsubscribe()),
  );
  second.unsubscribe().then((value: unknown) => outcomes.push(value));
  session.call('com.example.after');
  see('wire', wire);
  line.deliver(UNSUBSCRIBED(3));
  await settle();
  see('last', [outcomes, second.active, session.subscriptions]);
  see(
    'once more',
    attempt(() => second.unsubscribe()),
  );
});

script('unsubscribe: refused', async ({ see, joined, settle }) => {
  const { session, line } = await joined();
  const asked = session.subscribe('com.example.t', () => {});
  line.deliver(SUBSCRIBED(1, 51));
  const leaving = (await asked).unsubscribe();
  line.deliver(ERROR('UNSUBSCRIBE', 2, {}, 'wamp.error.no_such_subscription'));
  await settle();
  see('error', await leaving.then(null, (error: unknown) => error));
});

script('unsubscribe: the router takes it away', async ({ see, attempt, joined, settle }) => {
  const { session, line } = await joined();
  const asked = session.subscribe('com.example.t', () => {});
  line.deliver(SUBSCRIBED(1, 51));
  const subscription = await asked;
  const outcomes: unknown[] = [];
  subscription.on_unsubscribe.then((reason: unknown) => outcomes.push(reason));
  line.deliver(UNSUBSCRIBED(0, { subscription: 51, reason: 'wamp.subscription.revoked' }));
  await settle();
  see('told', [outcomes, subscription.active, session.subscriptions]);
  see(
    'again',
    attempt(() => subscription.unsubscribe()),
  );
});

script('unsubscribe: after the session has ended', async ({ see, attempt, joined, settle }) => {
  const { session, line } = await joined();
  const asked = session.subscribe('com.example.t', () => {});
  line.deliver(SUBSCRIBED(1, 51));
  const subscription = await asked;
  line.drop();
  await settle();
  see('active', [subscription.active, session.subscriptions.length]);
  see(
    'unsubscribe',
    attempt(() => subscription.unsubscribe()),
  );
  see('then', subscription.active);
});
