// Several messages in one read: in which order they are answered, told and settled.

import { ERROR, EVENT, INVOCATION, PUBLISHED, REGISTERED, RESULT, SUBSCRIBED, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { type Any, type Lab, script, welcome } from './lab.ts';

const outcomes: { [name: string]: (lab: Lab) => unknown } = {
  'a value': () => 7,
  'an Error': ({ autobahn }) => {
    throw new autobahn.Error('com.example.error', [1]);
  },
  'a Result': ({ autobahn }) => new autobahn.Result([1, 2], { k: 1 }),
  'a text thrown': () => {
    throw 'text';
  },
  'a promise': () => Promise.resolve(1),
  'a rejection': ({ autobahn }) => Promise.reject(new autobahn.Error('com.example.error', [2])),
  'an async value': async () => 2,
  'an async Error': async ({ autobahn }) => {
    throw new autobahn.Error('com.example.error', [3]);
  },
  'a slow value': async () => {
    for (let i = 0; i < 20; i++) await undefined;
    return 3;
  },
  'a slow Error': async ({ autobahn }) => {
    for (let i = 0; i < 20; i++) await undefined;
    throw new autobahn.Error('com.example.error', [4]);
  },
};

/** Registered as 61, 62, and so on. What goes out and what the user is told goes to `order`. */
async function callee(lab: Lab, endpoints: readonly ((...given: Any[]) => unknown)[], options: Any = {}) {
  const order: unknown[] = [];
  const { session, line } = await lab.joined({ on_user_error: (error: Any) => order.push(['told', error]), ...options });
  for (const [i, endpoint] of endpoints.entries()) {
    const asked = session.register(`com.example.p${i}`, endpoint);
    line.deliver(REGISTERED(i + 1, 61 + i));
    await asked;
  }
  const send = session._send_wamp;
  session._send_wamp = (message: Any) => {
    order.push(message);
    send(message);
  };
  return { session, line, order };
}

for (const [how, options] of [
  ['by default', {}],
  ['with native promises', { use_es6_promises: true }],
  ['with restore', { upgrades: { restore: true } }],
] as const) {
  const names = Object.keys(outcomes);
  for (const [what, given] of [
    ['in a row', names],
    ['backwards', [...names].reverse()],
    ['again and again', [...names, ...names, ...names]],
  ] as const) {
    script(`[H11] order: invocations in one read, ${what}, ${how}`, async (lab) => {
      const endpoints = given.map((name) => () => outcomes[name]?.(lab));
      const { line, order } = await callee(lab, endpoints, options);
      for (const i of given.keys()) line.deliver(INVOCATION(900 + i, 61 + i, {}));
      await lab.settle();
      lab.see('order', order);
    });
  }
  if ('upgrades' in options) continue; // who asks for handles that stay gets them a little later
  script(`[H11] order: answers of every kind in one read, ${how}`, async (lab) => {
    const { session, line } = await lab.joined(options);
    const order: unknown[] = [];
    const watch = (name: string, promise: Any): void =>
      promise.then(
        () => order.push(`${name} is there`),
        () => order.push(`${name} is refused`),
      );
    const asked = (): void => {
      watch('a call', session.call('com.example.p'));
      watch('a call', session.call('com.example.p'));
      watch('a publication', session.publish('com.example.t', [], {}, { acknowledge: true }));
      watch('a publication', session.publish('com.example.t', [], {}, { acknowledge: true }));
      watch(
        'a subscription',
        session.subscribe('com.example.t', () => order.push('an event')),
      );
      watch(
        'a subscription',
        session.subscribe('com.example.t', () => {}),
      );
      watch(
        'a registration',
        session.register('com.example.p', () => order.push('an invocation')),
      );
      watch(
        'a registration',
        session.register('com.example.p', () => {}),
      );
    };
    asked();
    const refuse = (type: number, id: number): void => line.deliver(ERROR(type, id, {}, 'com.example.error'));
    line.deliver(RESULT(1, {}, [1]));
    refuse(48, 2);
    refuse(16, 3);
    line.deliver(PUBLISHED(4, 904));
    line.deliver(SUBSCRIBED(5, 77));
    line.deliver(EVENT(77, 905, {}));
    refuse(32, 6);
    refuse(64, 7);
    line.deliver(REGISTERED(8, 61));
    await lab.settle();
    asked();
    line.deliver(REGISTERED(16, 62));
    refuse(64, 15);
    line.deliver(SUBSCRIBED(14, 78));
    refuse(32, 13);
    line.deliver(PUBLISHED(12, 912));
    refuse(16, 11);
    line.deliver(RESULT(10, {}, []));
    refuse(48, 9);
    await lab.settle();
    lab.see('order', order);
  });
}

script('[H11] order: progress, results and errors in one read', async (lab) => {
  const { session, line } = await lab.joined();
  const order: unknown[] = [];
  for (let i = 0; i < 3; i++)
    session.call('com.example.p', [], {}, { receive_progress: true }).then(
      (value: Any) => order.push([i, 'result', value]),
      (error: Any) => order.push([i, 'error', error.error]),
      (value: Any) => order.push([i, 'progress', value]),
    );
  for (let i = 0; i < 3; i++) line.deliver(RESULT(i + 1, { progress: true }, [i]));
  await lab.settle();
  line.deliver(ERROR('CALL', 2, {}, 'com.example.error'));
  line.deliver(RESULT(1, {}, ['end']));
  line.deliver(RESULT(3, {}, ['end']));
  await lab.settle();
  lab.see('order', order);
});

script('[H11] order: events in one read, some handlers throw, one unsubscribes', async (lab) => {
  const order: unknown[] = [];
  const { session, line, wire } = await lab.joined({ on_user_error: (error: Any) => order.push(['told', error]) });
  const handler = (name: string) => (args: Any) => {
    order.push([name, args[0]]);
    if (args[0] === 1) throw name;
  };
  const subscribed = ['a', 'b'].map((name) => session.subscribe('com.example.t', handler(name)));
  line.deliver(SUBSCRIBED(1, 77));
  line.deliver(SUBSCRIBED(2, 77));
  const [a, b] = await Promise.all(subscribed);
  for (let i = 0; i < 3; i++) line.deliver(EVENT(77, 900 + i, {}, [i]));
  a.unsubscribe();
  line.deliver(EVENT(77, 910, {}, [1]));
  // autobahn-js #183: the last handler is gone, and an event was under way.
  b.unsubscribe();
  line.deliver(EVENT(77, 911, {}, [1]));
  line.deliver(UNSUBSCRIBED(3));
  await lab.settle();
  lab.see('order', order);
  lab.see('wire', wire);
  lab.see('session', session.isOpen);
});

script('[H11] order: a callee of progressive results among others in one read', async (lab) => {
  const { line, order } = await callee(lab, [
    (_args, _kwargs, details) => {
      for (let i = 0; i < 2; i++) details.progress([i]);
      return 'end';
    },
    (_args, _kwargs, details) => {
      details.progress(['before']);
      throw new lab.autobahn.Error('com.example.error');
    },
    () => 7,
  ]);
  for (let i = 0; i < 3; i++) line.deliver(INVOCATION(900 + i, 61 + i, { receive_progress: true }));
  await lab.settle();
  lab.see('order', order);
});

script('[H11] order: REGISTERED and invocations in one read', async (lab) => {
  const { session, line, wire } = await lab.joined({ on_user_error: () => {} }, welcome);
  let n = 0;
  session.register('com.example.p', () => {
    if (n++ === 1) throw new lab.autobahn.Error('com.example.error');
    return n;
  });
  line.deliver(REGISTERED(1, 61));
  for (let i = 0; i < 3; i++) line.deliver(INVOCATION(900 + i, 61, {}));
  await lab.settle();
  lab.see('answers', wire.slice(1));
});
