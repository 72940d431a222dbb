// Which promises are given.
import { createRequire } from 'node:module';
import { ERROR, PUBLISHED, REGISTERED, RESULT, SUBSCRIBED, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { type Any, script } from './lab.ts';

const foreign = createRequire(import.meta.url)('when') as Any;

/** As jQuery's: `promise` is a function, and the deferred is a promise itself. */
function jQueryLike(): Any {
  const { promise, resolve, reject } = withResolvers();
  const own: Any = { resolve, reject, notify: (value: unknown) => own.told.push(value), told: [], promise: () => promise };
  // biome-ignore lint/suspicious/noThenProperty: as there
  own.then = promise.then.bind(promise);
  return own;
}
function withResolvers(): Any {
  const given: Any = {};
  given.promise = new Promise((resolve, reject) => Object.assign(given, { resolve, reject }));
  return given;
}

const kinds: { [name: string]: Any } = {
  'the default': {},
  'native promises': { use_es6_promises: true },
  'a foreign library': { use_deferred: foreign.defer },
  'a library like jQuery': { use_deferred: jQueryLike },
  'both asked for': { use_es6_promises: true, use_deferred: foreign.defer },
};
for (const [name, options] of Object.entries(kinds)) {
  script(`promises: ${name}`, async ({ see, joined, settle }) => {
    const { session, line, connection } = await joined(options);
    const told: unknown[] = [];
    const call = session.call('com.example.a');
    const subscribing = session.subscribe('com.example.t', () => {});
    const registering = session.register('com.example.p', () => {});
    const publishing = session.publish('com.example.t', [], {}, { acknowledge: true });
    const refused = session.call('com.example.a');
    for (const promise of [call, subscribing, registering, publishing, refused])
      promise.then(
        (value: Any) => told.push(value?.id ?? value),
        (error: Any) => told.push(error.error),
      );
    line.deliver(
      RESULT(1, {}, [1]),
      SUBSCRIBED(2, 51),
      REGISTERED(3, 61),
      PUBLISHED(4, 71),
      ERROR('CALL', 5, {}, 'com.example.error'),
    );
    await settle();
    see('settled', [...told].sort());
    see('native', call instanceof Promise);
    see(
      'members',
      ['then', 'cancel', 'otherwise', 'resolve'].map((key) => typeof call[key]),
    );
    see('on_unsubscribe', typeof session.subscriptions[0][0].on_unsubscribe.then);
    see('defer', Object.keys(connection.defer()).includes('resolve'));
    const leaving = session.subscriptions[0][0].unsubscribe();
    line.deliver(UNSUBSCRIBED(6));
    see('unsubscribe', await leaving);
  });
}

script('promises: progress with a foreign library', async ({ see, joined, settle }) => {
  const { session, line } = await joined({ use_deferred: foreign.defer });
  const told: unknown[] = [];
  session.call('com.example.a', [], {}, { receive_progress: true }).then(
    (v: unknown) => told.push(v),
    null,
    (v: unknown) => told.push(['progress', v]),
  );
  line.deliver(RESULT(1, { progress: true }, [1]));
  await settle();
  line.deliver(RESULT(1, {}, ['end']));
  await settle();
  see('told', told);
});

script('promises: a rejection that nobody looks at is a line on the console', async ({ see, joined, errors }) => {
  const { session, line } = await joined();
  session.call('com.example.a');
  session.call('com.example.b').then(() => {});
  line.deliver(ERROR('CALL', 1, {}, 'com.example.error'), ERROR('CALL', 2, {}, 'com.example.error'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  see('lines', errors.length);
});
