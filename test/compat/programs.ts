// What public programs do with it.
import { CALL, ERROR, GOODBYE, INVOCATION, REGISTERED, SUBSCRIBED } from '../fixtures/messages.ts';
import { type Any, script } from './lab.ts';

for (const reason of ['user logged out', 'a..b', '', 'com.example.bye']) {
  for (const verb of ['close', 'leave']) {
    script(`connection: ${verb}(${JSON.stringify(reason)})`, async ({ see, joined, settle, attempt }) => {
      const { connection, session, line, wire } = await joined();
      const closes: Any[] = [];
      connection.onclose = (why: unknown, details: Any) => void closes.push([why, details.reason, details.will_retry]);
      see(
        'thrown',
        attempt(() => (verb === 'close' ? connection : session)[verb](reason, 'bye')),
      );
      see('wire', wire);
      line.deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
      line.end({ code: 1000, reason: '', wasClean: true });
      await settle();
      see('closes', closes);
    });
  }
}

/** As jQuery's: `resolve` and `reject` return the deferred, which is a promise that calls its handlers at once. */
function returningItself(): Any {
  const handlers: Any[][] = [];
  let settled: [at: number, value: unknown] | undefined;
  const tell = (): void => {
    if (settled) for (const each of handlers.splice(0)) each[settled[0]]?.(settled[1]);
  };
  const settle = (at: number) => (value: unknown) => {
    settled ??= [at, value];
    tell();
    return own;
  };
  const own: Any = { resolve: settle(0), reject: settle(1), notify: () => own, promise: () => own };
  // biome-ignore lint/suspicious/noThenProperty: as there
  own.then = (...given: unknown[]): Any => {
    handlers.push(given);
    tell();
    return own;
  };
  return own;
}
for (const isHandled of [true, false]) {
  script(`promises: refused, ${isHandled ? 'with' : 'without'} a handler, by a deferred that returns itself`, async (lab) => {
    const { session, line } = await lab.joined({ use_deferred: returningItself });
    const told: Any[] = [];
    const asked = [
      session.subscribe('com.example.t', () => {}),
      session.register('com.example.p', () => {}),
      session.publish('com.example.t', [], {}, { acknowledge: true }),
      session.call('com.example.p'),
    ];
    if (isHandled) for (const each of asked) each.then(null, (error: Any) => told.push(error.error));
    for (const [i, verb] of (['SUBSCRIBE', 'REGISTER', 'PUBLISH', 'CALL'] as const).entries())
      line.deliver(ERROR(verb, i + 1, {}, 'com.example.error'));
    await lab.settle();
    lab.see('told', told);
    lab.see('unhandled', lab.errors);
  });
}

script('invocation: an endpoint that the program replaces', async ({ see, joined, settle }) => {
  const { session, line, wire } = await joined();
  const asked = session.register('com.example.p', () => 'first');
  line.deliver(REGISTERED(1, 61));
  const registration = await asked;
  line.deliver(INVOCATION(900, 61, {}));
  await settle();
  registration.endpoint = () => 'second';
  line.deliver(INVOCATION(901, 61, {}));
  await settle();
  see('wire', wire);
});

script('surface: members of log, util and auth_cra may be replaced', async ({ autobahn, see, attempt, joined, settle }) => {
  const { log, util, auth_cra, auth_cryptosign } = autobahn as Any;
  const before = { ...log };
  const warned: unknown[] = [];
  for (const [name, parts] of Object.entries({ log, util, auth_cra, auth_cryptosign })) {
    const [key = ''] = Object.keys(parts).sort();
    const value = parts[key];
    see(
      name,
      attempt(() => Object.assign(parts, { [key]: value })[key] === value),
    );
  }
  try {
    log.warn = (...given: Any[]) => warned.push(given.slice(0, 2));
    const { connection, line } = await joined();
    connection.onclose = () => true;
    line.end({ code: 1000, reason: '', wasClean: true });
    await settle();
    see('warned', warned.slice(0, 1));
    const debugged: unknown[] = [];
    log.debug = (...given: Any[]) => debugged.push(given[0][3]);
    const other = await joined();
    other.session.call('com.example.p');
    see('debugged', debugged.at(-1));
    see('sent', [CALL(1, {}, 'com.example.p')]);
  } finally {
    Object.assign(log, before);
  }
});

script('connection: the count of retries, by its members', async ({ autobahn, see }) => {
  const connection: Any = new autobahn.Connection({
    url: 'ws://localhost:1',
    realm: 'realm1',
    max_retries: 2,
    initial_retry_delay: 4,
  });
  const names = ['_max_retries', '_initial_retry_delay', '_max_retry_delay', '_retry_delay_growth', '_retry_delay_jitter'];
  see(
    'options',
    names.map((name) => connection[name]),
  );
  see('at first', [connection._retry, connection._retry_count, connection._retry_delay, connection._is_retrying]);
  connection._retry = true;
  const nexts = [1, 2, 3].map(() => connection._autoreconnect_advance());
  see(
    'nexts',
    nexts.map(({ count, delay, will_retry }) => [count, typeof delay, will_retry]),
  );
  connection._autoreconnect_reset();
  see('reset', [connection._retry_count, connection._retry_delay, connection._is_retrying]);
});

script('connection: _autoreconnect_reset() while it waits', async ({ see, connection: connect, settle }) => {
  const { connection, lines, line } = connect({ initial_retry_delay: 0.1, retry_delay_jitter: 0.001 });
  connection.open();
  await settle();
  line().end({ code: 1006, reason: '', wasClean: false });
  await settle();
  connection._autoreconnect_reset();
  await new Promise((resolve) => setTimeout(resolve, 200));
  see('state', [lines.length, connection.isRetrying]);
  connection.open();
  await settle();
  see('again', [lines.length, connection.isConnected]);
});

script('connection: own members of a session', async ({ see, joined, settle }) => {
  const { session, line, wire } = await joined();
  for (const name of ['subscribed', 'registered', 'received', 'transmit', 'release', 'native', 'ends', 'restore', 'joined'])
    session[name] = 'mine';
  const asked = session.subscribe('com.example.t', () => {});
  line.deliver(SUBSCRIBED(1, 51));
  const subscription = await asked;
  subscription.unsubscribe();
  await settle();
  see('wire', wire);
});
