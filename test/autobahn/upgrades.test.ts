// The other upgrades, the native connection underneath, and sessions without a connection.
import { Connection, Session, when } from 'autostrada/autobahn';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Line } from '../compat/line.ts';
import {
  ABORT,
  AUTHENTICATE,
  CHALLENGE,
  Code,
  ERROR,
  EVENT,
  GOODBYE,
  HELLO,
  INVOCATION,
  REGISTERED,
  RESULT,
  SUBSCRIBE,
  SUBSCRIBED,
  WELCOME,
} from '../fixtures/messages.ts';
import { Bench, settle, welcome } from './bench.ts';

test('retry_on_goodbye: a router that shuts down is tried again, and onclose is told so', async () => {
  const bench = new Bench({ upgrades: { retry_on_goodbye: true } });
  const closes: unknown[] = [];
  bench.connection.onclose = (reason, { reason: uri, will_retry }) => void closes.push([reason, uri, will_retry]);
  await bench.open();
  await bench.reconnected((line) => line.deliver(GOODBYE({}, 'wamp.close.system_shutdown')));
  expect(closes).toEqual([['closed', 'wamp.close.system_shutdown', true]]);
  expect(bench.connection.isOpen).toBe(true);
});

test.each([
  ['a GOODBYE that means it', GOODBYE({}, 'wamp.close.normal')],
  ['an ABORT that waiting does not mend', ABORT({}, 'wamp.error.not_authorized')],
])('retry_on_goodbye: not after %s', async (_, message) => {
  const bench = new Bench({ upgrades: { retry_on_goodbye: true } });
  const closes: unknown[] = [];
  bench.connection.onclose = (reason, { will_retry }) => void closes.push([reason, will_retry]);
  bench.connection.open();
  bench.line.open();
  await settle();
  if (message[0] === Code.GOODBYE) bench.line.deliver(WELCOME(7, welcome));
  bench.line.deliver(message);
  await settle();
  expect(closes).toEqual([['closed', false]]);
});

test('retry_on_goodbye: with a transport that closes within close(), too', async () => {
  const bench = new Bench({ upgrades: { retry_on_goodbye: true } });
  const closes: unknown[] = [];
  bench.connection.onclose = (reason, { will_retry }) => void closes.push([reason, will_retry]);
  await bench.open();
  const { line } = bench;
  line.transport.close = () => line.end({ code: 1000, reason: '', wasClean: true });
  await bench.reconnected(() => line.deliver(GOODBYE({}, 'wamp.close.system_shutdown')));
  expect(closes).toEqual([['closed', true]]);
  expect(bench.connection.isOpen).toBe(true);
});

test('liveness: a silent connection gets a probe, and is dropped when nothing comes; onclose reports that it was lost', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const bench = new Bench({ upgrades: { liveness: { idleMs: 1000, timeoutMs: 500 } }, initial_retry_delay: 60 });
  const closes: unknown[] = [];
  bench.connection.onclose = (reason, { will_retry }) => void closes.push([reason, will_retry]);
  await bench.open();
  bench.line.transport.close = () => bench.line.drop(); // nobody at the other end says goodbye
  vi.advanceTimersByTime(999);
  expect(bench.line.sent).toEqual([]);
  vi.advanceTimersByTime(1);
  const [[type, request] = []] = bench.line.sent as unknown[][];
  expect(type).toBe(Code.CALL);
  bench.line.deliver(ERROR('CALL', request, {}, 'wamp.error.no_such_procedure')); // any answer is a sign of life
  vi.advanceTimersByTime(999);
  expect(bench.line.sent.length).toBe(1);
  vi.advanceTimersByTime(1);
  expect(bench.line.sent.length).toBe(2);
  vi.advanceTimersByTime(499);
  expect([bench.connection.isOpen, closes]).toEqual([true, []]);
  vi.advanceTimersByTime(1);
  await settle();
  expect([bench.connection.isOpen, bench.connection.isRetrying]).toEqual([false, true]);
  expect(closes).toEqual([['lost', true]]);
});

test('liveness: what is asked takes no answer of the program', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const bench = new Bench({ upgrades: { liveness: { idleMs: 1000 } } });
  await bench.open();
  vi.advanceTimersByTime(1000);
  const [[, request] = []] = bench.line.sent as unknown[][];
  const call = bench.session.call('com.example.p');
  bench.line.deliver(RESULT(request, {}, [1]), RESULT(Number(request) + 1, {}, ['mine']));
  expect(await call).toBe('mine');
  expect(bench.session.isOpen).toBe(true);
});

test('native: both share one session, and its handles come back', async () => {
  const bench = new Bench();
  const { native } = bench.connection;
  const heard: unknown[] = [];
  native.subscribe('com.example.t', ([x]: [unknown]) => heard.push(x));
  expect(bench.connection.isConnected).toBe(true); // the first verb opens
  await bench.join();
  expect(bench.line.sent).toEqual([SUBSCRIBE(1, {}, 'com.example.t')]);
  bench.line.deliver(SUBSCRIBED(1, 51));
  const old: unknown[] = [];
  const asked = bench.session.subscribe('com.example.t', (args) => old.push(args));
  bench.line.deliver(SUBSCRIBED(2, 51), EVENT(51, 1, {}, ['both']));
  const subscription = await asked;
  expect([heard, old]).toEqual([['both'], [['both']]]);
  expect(native.session?.id).toBe(bench.session.id);
  // The last of the old ones; the router is not told, since a native one is there.
  expect(await subscription.unsubscribe()).toBe(true);
  expect(bench.line.sent.length).toBe(2);
  await bench.reconnected();
  expect(bench.line.sent).toEqual([SUBSCRIBE(1, {}, 'com.example.t')]);
});

test('native: closing it closes the connection, and onclose is told', async () => {
  const bench = new Bench();
  const closes: unknown[] = [];
  bench.connection.onclose = (reason, { will_retry }) => void closes.push([reason, will_retry]);
  await bench.open();
  const closing = bench.connection.native.close();
  bench.line.deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  await closing;
  await settle();
  expect(closes).toEqual([['closed', false]]);
  expect(() => bench.connection.close()).toThrow('connection already closed');
});

test('a session of its own joins over a transport that is open', async () => {
  const line = new Line();
  const session = new Session(line.transport, when.defer, () => 'signed');
  const joins: unknown[] = [];
  session.onjoin = (details) => void joins.push(details);
  session.join('realm1', ['ticket'], 'joe', { a: 1 });
  await settle();
  expect(line.sent).toEqual([
    HELLO('realm1', expect.objectContaining({ authmethods: ['ticket'], authid: 'joe', authextra: { a: 1 } })),
  ]);
  line.deliver(CHALLENGE('ticket', {}));
  await settle();
  expect(line.sent[1]).toEqual(AUTHENTICATE('signed', {}));
  line.deliver(WELCOME(7, welcome));
  expect([session.id, session.isOpen, joins]).toEqual([7, true, [welcome]]);
  expect(() => session.join('realm1')).toThrow('session already open');
  const call = session.call('com.example.p');
  line.deliver(RESULT(1, {}, [5]));
  expect(await call).toBe(5);
  line.drop();
  expect(session.isOpen).toBe(false);
});

test('a result that cannot be sent is an error for the caller', async () => {
  const told: unknown[] = [];
  vi.spyOn(console, 'error').mockImplementation((...items) => void told.push(items));
  const bench = new Bench({ on_user_error: () => {} });
  await bench.open();
  const asked = bench.session.register('com.example.p', () => 5n);
  bench.line.deliver(REGISTERED(1, 61));
  await asked;
  bench.line.deliver(INVOCATION(900, 61, {}));
  await settle();
  vi.restoreAllMocks();
  expect(bench.line.sent[1]).toMatchObject(ERROR('INVOCATION', 900, {}, 'wamp.error.runtime_error', [expect.any(String)]));
});

test('an event that cannot be sent is told, and nothing is thrown', async () => {
  const told: unknown[] = [];
  const bench = new Bench({ on_internal_error: (error: unknown) => told.push(error) });
  await bench.open();
  expect(bench.session.publish('com.example.t', [5n])).toBe(undefined);
  expect(bench.session.publish('wamp.topic', [1])).toBe(undefined);
  expect(told).toHaveLength(2);
  expect(bench.connection.isOpen).toBe(true);
});

test('publishing in onclose is silent, and acknowledged publishing rejects', async () => {
  const told: unknown[] = [];
  const bench = new Bench({ on_internal_error: (error: unknown) => told.push(error), max_retries: 0 });
  await bench.open();
  const { session } = bench;
  let acknowledged: PromiseLike<unknown> | undefined;
  bench.connection.onclose = () => {
    session.publish('com.example.t', [1]);
    acknowledged = session.publish('com.example.t', [1], {}, { acknowledge: true });
    return true;
  };
  bench.line.drop();
  expect(await Promise.resolve(acknowledged).catch((error: unknown) => error)).toMatchObject({
    error: 'wamp.error.network_failure',
  });
  expect(told).toEqual([]);
});

test('protocols without a serializer for any of them are reported with a text', async () => {
  const told: unknown[] = [];
  const connection = new Connection({
    url: 'ws://127.0.0.1:1/',
    realm: 'realm1',
    protocols: ['wamp.2.cbor'],
    on_internal_error: (error: Error) => told.push(error.message),
  });
  const closed = new Promise((resolve) => {
    connection.onclose = resolve;
  });
  connection.open();
  expect(await closed).toBe('unsupported');
  expect(told).toEqual(['expected protocols for the serializers that are given, got wamp.2.cbor']);
});
