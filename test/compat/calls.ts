// Calling and publishing, over a transport whose other end is played by hand.

import { ERROR, PUBLISH, PUBLISHED, RESULT } from '../fixtures/messages.ts';
import { type Any, script } from './lab.ts';

script('session: argument checks', async ({ see, attempt, joined }) => {
  const { session, wire: sent } = await joined();
  const f = (): void => {};
  see(
    'call',
    [[7], ['p', 'x'], ['p', [], []], ['p', [], {}, []], ['p', 0, 0, 0], ['p', '', '', '']].map((args) =>
      shapeOf(attempt(() => session.call(...args))),
    ),
  );
  see(
    'publish',
    [[null], ['t', {}], ['t', [], 'k'], ['t', [], {}, 'o']].map((args) => shapeOf(attempt(() => session.publish(...args)))),
  );
  see(
    'subscribe',
    [
      [7, f],
      ['t', 'f'],
      ['t', f, 'o'],
    ].map((args) => shapeOf(attempt(() => session.subscribe(...args)))),
  );
  see(
    'register',
    [
      [7, f],
      ['p', 'f'],
      ['p', f, 'o'],
    ].map((args) => shapeOf(attempt(() => session.register(...args)))),
  );
  see(
    'unsubscribe',
    [{}, null].map((given) => attempt(() => session.unsubscribe(given))),
  );
  see(
    'unregister',
    [{}, null].map((given) => attempt(() => session.unregister(given))),
  );
  see(
    'leave',
    [[7], ['r', 7]].map((args) => attempt(() => session.leave(...args))),
  );
  see(
    'prefix',
    [
      [7, 'x'],
      ['a', 7],
    ].map((args) => attempt(() => session.prefix(...args))),
  );
  see(
    'resolve',
    attempt(() => session.resolve(7)),
  );
  see('join', [
    attempt(() => session.join(7)),
    attempt(() => session.join('r', 'm')),
    attempt(() => session.join('r', [], 7)),
    attempt(() => session.join('r')),
  ]);
  see('sent', sent.length);
});

/** Promises are promises. */
const shapeOf = (attempted: Any): unknown => ('throws' in attempted ? attempted : typeof attempted.gives?.then);

script('session: nothing works on one that is not open', async ({ see, attempt, connection: connect, settle }) => {
  const { connection, line } = connect();
  connection.open();
  const { session } = connection;
  const f = (): void => {};
  see('before', [
    session.isOpen,
    session.id,
    session.realm,
    session.features,
    session.subscriptions,
    session.registrations,
    ...['call', 'publish', 'leave'].map((verb) => attempt(() => session[verb]('a'))),
    attempt(() => session.subscribe('t', f)),
    attempt(() => session.register('p', f)),
  ]);
  line().open();
  await settle();
  line().drop();
  await settle();
  see('after', [session.isOpen, attempt(() => session.call('p')), connection.session]);
});

script('session: what it is', async ({ see, joined }) => {
  const { session, connection } = await joined();
  see('getters', [
    session.id,
    session.realm,
    session.isOpen,
    session.features,
    session.caller_disclose_me,
    session.publisher_disclose_me,
  ]);
  see('internals', [session._socket.info, session._socket.serializer.SERIALIZER_ID, connection._transport === session._socket]);
  see('defer', session.defer === connection.defer);
  session.caller_disclose_me = true;
  see('set', session.caller_disclose_me);
});

script('session: features are those of Autobahn that the router has, too', async ({ see, joined }) => {
  for (const [i, roles] of [
    {},
    { broker: {} },
    { dealer: { features: {} } },
    { dealer: { features: { call_canceling: false, foo: true } } },
  ].entries()) {
    const { session } = await joined({}, { roles });
    see(`features ${i}`, session.features);
  }
});

script('call: what is sent', async ({ see, joined }) => {
  const { session, wire } = await joined();
  session.call('com.example.a');
  session.call('com.example.a', [1, 'two', null]);
  session.call('com.example.a', [1], { k: 'v' });
  session.call('com.example.a', null, { k: 'v' });
  session.call('com.example.a', [1], {}, { receive_progress: true, timeout: 5, x_own: 1, someCapital: true, signal: 'no' });
  see('wire', wire);
  session.call('com.example.a', []);
  session.call('com.example.a', [], {});
  session.call('com.example.a', [1], {});
  see('wire of empty payload', wire.slice(5));
});

script('call: results', async ({ see, joined, settle }) => {
  const { session, line } = await joined();
  const outcomes: unknown[] = [];
  const answers: Any[] = [[], [[]], [[], {}], [[7]], [[null]], [[[1, 2]]], [[1, 2]], [[], { a: 1 }], [[1], { a: 1 }]];
  for (const _ of answers) session.call('com.example.a').then((value: unknown) => outcomes.push(value));
  for (const [i, answer] of answers.entries()) line.deliver([50, i + 1, {}, ...answer]);
  await settle();
  see('values', outcomes);
});

script('call: errors', async ({ autobahn, see, joined, settle }) => {
  const { session, line } = await joined();
  const outcomes: unknown[] = [];
  for (let i = 0; i < 3; i++)
    session.call('com.example.a').then(null, (error: unknown) => outcomes.push([error instanceof (autobahn.Error as Any), error]));
  line.deliver(
    ERROR('CALL', 1, {}, 'com.example.error'),
    ERROR('CALL', 2, { x: 1 }, 'com.example.error', ['text', 5]),
    ERROR('CALL', 3, {}, 'wamp.error.canceled', [], { k: 1 }),
  );
  await settle();
  see('errors', outcomes);
});

script('call: progress is the third argument of then', async ({ see, joined, settle }) => {
  const { session, line } = await joined();
  const told: unknown[] = [];
  session.call('com.example.a', [], {}, { receive_progress: true }).then(
    (value: unknown) => told.push(['result', value]),
    null,
    (value: unknown) => told.push(['progress', value]),
  );
  line.deliver(RESULT(1, { progress: true }, [1]), RESULT(1, { progress: true }), RESULT(1, { progress: true }, [1, 2], { k: 1 }));
  await settle();
  line.deliver(RESULT(1, { progress: true }, [9]), RESULT(1, {}, ['end']));
  await settle();
  see('told', told);
  const unasked: unknown[] = [];
  session.call('com.example.b').then(
    (value: unknown) => unasked.push(['result', value]),
    null,
    (value: unknown) => unasked.push(['progress', value]),
  );
  line.deliver(RESULT(2, { progress: true }, [1]), RESULT(2, {}, ['end']));
  await settle();
  see('unasked', unasked);
});

script('call: cancel', async ({ see, joined, settle }) => {
  const { session, line, wire } = await joined();
  const told: unknown[] = [];
  const call = (): Any => {
    const promise = session.call('com.example.a');
    promise.then(
      (value: unknown) => told.push(['result', value]),
      (error: unknown) => told.push(['error', error]),
    );
    return promise;
  };
  const [plain, skip, kill, killnowait] = [call(), call(), call(), call()];
  wire.length = 0;
  see('returns', plain.cancel());
  skip.cancel({ mode: 'skip' });
  kill.cancel({ mode: 'kill' });
  killnowait.cancel({ mode: 'killnowait' });
  see('wire', wire);
  await settle();
  see('told at once', [...told]);
  line.deliver(ERROR('CALL', 3, {}, 'wamp.error.canceled'));
  await settle();
  see('told by the router', told.slice(3));
  see(
    'only on what call returned',
    typeof plain.then(
      () => {},
      () => {},
    ).cancel,
  );
  see('the promise of a call has it as a key', Object.keys(plain).includes('cancel'));
});

script('call: the answer to what was canceled', async ({ see, joined, settle }) => {
  const { session, line, wire } = await joined({ on_internal_error: () => {} });
  session.call('com.example.a').then(null, () => {});
  session.call('com.example.a').cancel();
  wire.length = 0;
  line.deliver(ERROR('CALL', 2, {}, 'wamp.error.canceled'));
  await settle();
  see('what is said to the router', wire);
  see('the session', session.isOpen);
});

script('publish: what is sent and what comes back', async ({ autobahn, see, joined, settle }) => {
  const { session, line, wire } = await joined();
  see('plain', session.publish('com.example.t', [1]));
  see(
    'not acknowledged',
    session.publish(
      'com.example.t',
      [1],
      { a: 1 },
      { exclude_me: false, exclude: [1], eligible_authrole: ['r'], retain: true, someCapital: 1 },
    ),
  );
  const promise = session.publish('com.example.t', null, { a: 1 }, { acknowledge: true });
  see('wire', wire);
  line.deliver(PUBLISHED(3, 99));
  const publication = await promise;
  see('publication', [publication, publication instanceof autobahn.Publication]);
  const refused = session.publish('com.example.t', [1], {}, { acknowledge: true });
  line.deliver(ERROR('PUBLISH', 4, {}, 'wamp.error.not_authorized', ['no']));
  await settle();
  see('refused', await refused.then(null, (error: unknown) => error));
});

script('disclose_me: by session, unless said otherwise', async ({ see, joined }) => {
  const { session, wire } = await joined();
  session.caller_disclose_me = session.publisher_disclose_me = true;
  const options = {};
  session.call('com.example.a', [1], {}, options);
  session.call('com.example.a', [1], {}, { disclose_me: false });
  session.publish('com.example.t', [1]);
  session.publish('com.example.t', [1], {}, { disclose_me: false });
  see(
    'wire',
    wire.map((message: Any) => message[2]),
  );
  see("the caller's object", options);
});

script('prefixes', async ({ see, attempt, joined }) => {
  const { session, wire } = await joined();
  session.prefix('api', 'com.example.api');
  see(
    'resolve',
    ['api:add', 'api:', 'other:add', 'com.example.add', 'api:a:b', 'toString:x'].map((curie) =>
      attempt(() => session.resolve(curie)),
    ),
  );
  session.call('api:add', [1]);
  session.publish('api:t', [1]);
  session.subscribe('api:t', () => {});
  session.register('api:add', () => {});
  see(
    'wire',
    wire.map((message: Any) => message[3]),
  );
  session.prefix('api', null);
  see('gone', [session.resolve('api:add'), session.unprefix]);
});

script('_send_wamp: replaced, taken out, and with raw messages', async ({ see, joined }) => {
  const { session, wire } = await joined();
  const { _send_wamp } = session;
  _send_wamp(PUBLISH(1000, {}, 'com.example.raw'));
  const passed: unknown[] = [];
  session._send_wamp = (message: Any) => {
    passed.push(message[0]);
    _send_wamp(message);
  };
  session.call('com.example.a');
  session.publish('com.example.t');
  session.subscribe('com.example.t', () => {});
  see('passed', passed);
  see('wire', wire);
});

script('log: bound and unbound', async ({ see, joined }) => {
  const { session } = await joined();
  const { log, group } = console;
  const lines: unknown[] = [];
  console.group = (...items) => void lines.push(['group', String(items[0]).replace(/[\d.]+ ms/, 'N ms')]);
  console.log = (...items) => void lines.push(items);
  try {
    session.log('a', 1);
    const unbound = session.log;
    unbound('b');
  } finally {
    Object.assign(console, { log, group });
  }
  see('lines', lines);
});
