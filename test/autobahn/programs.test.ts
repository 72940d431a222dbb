// What programs add to a connection and a session, and what goes wrong in their `onchallenge`.
import { Connection, Session } from 'autostrada/autobahn';
import { expect, test } from 'vitest';
import { AUTHENTICATE, CHALLENGE } from '../fixtures/messages.ts';
import { Bench, settle } from './bench.ts';

const membersOf = (value: object): string[] => {
  const found = Object.getOwnPropertyNames(value);
  const parent: object | null = Object.getPrototypeOf(value);
  return parent && parent !== Object.prototype ? [...found, ...membersOf(parent)] : found;
};
const shown = (value: object): string[] =>
  [...new Set(membersOf(value))].filter((name) => name !== 'constructor' && !name.startsWith('_')).sort();

test('a connection and a session have the members of Autobahn|JS, `native`, and others with an underscore only', async () => {
  const bench = new Bench();
  await bench.open();
  const names = ['close', 'defer', 'isConnected', 'isOpen', 'isRetrying', 'native', 'open', 'session', 'transport'];
  expect(shown(bench.connection)).toEqual(names);
  expect(shown(bench.session)).toEqual(
    [
      ...['call', 'caller_disclose_me', 'defer', 'features', 'id', 'isOpen', 'join', 'leave', 'log', 'native', 'onjoin', 'onleave'],
      ...['prefix', 'publish', 'publisher_disclose_me', 'realm', 'register', 'registrations', 'resolve', 'subscribe'],
      ...['subscriptions', 'unregister', 'unsubscribe'],
    ].sort(),
  );
  expect(shown(Connection.prototype)).toEqual(names.filter((name) => name !== 'native'));
  expect(shown(Session.prototype)).not.toContain('native');
});

test('a subclass may have a `native` of its own', async () => {
  const bench = new Bench();
  const { native } = bench.connection;
  Object.assign(bench.connection, { native: 'mine' });
  bench.connection.open();
  await bench.join();
  expect(bench.connection.isOpen).toBe(true);
  const closed = new Promise((resolve) => {
    bench.connection.onclose = resolve;
  });
  bench.connection.close();
  bench.line.end({ code: 1000, reason: '', wasClean: true });
  expect(await closed).toBe('closed');
  expect(bench.connection.isOpen).toBe(false);
  Object.assign(bench.connection, { native });
});

const answers: { [name: string]: () => unknown } = {
  'returns undefined': () => undefined,
  'returns null': () => null,
  'returns a number': () => 5,
  'returns a list without a signature': () => [],
  'returns a promise of nothing': async () => {},
  throws: () => {
    throw new Error('wrong');
  },
};
for (const [name, onchallenge] of Object.entries(answers)) {
  test(`an onchallenge that ${name} is reported, and tried max_retries times again`, async () => {
    const reported: unknown[] = [];
    const bench = new Bench({ max_retries: 2, onchallenge, on_user_error: (error) => reported.push(String(error)) });
    const closes: unknown[] = [];
    bench.connection.onclose = (_, details) => {
      closes.push([details.reason, details.will_retry, details.retry_count]);
    };
    bench.connection.open();
    for (let attempt = 0; attempt < 3; attempt++) {
      while (bench.lines.length === attempt) await new Promise((resolve) => setTimeout(resolve, 1));
      const { line } = bench;
      line.open();
      await settle();
      line.deliver(CHALLENGE('ticket', {}));
      await settle();
      line.end({ code: 1000, reason: '', wasClean: true });
      await settle();
    }
    expect(closes).toEqual([
      ['wamp.error.cannot_authenticate', true, 1],
      ['wamp.error.cannot_authenticate', true, 2],
      ['wamp.error.cannot_authenticate', false, null],
    ]);
    expect(reported).toHaveLength(3);
    expect(reported[0]).toMatch(
      name === 'throws' ? /wrong/ : /expected a signature as a string, got (undefined|null|number|object)/,
    );
    expect(bench.connection.isRetrying).toBe(false);
  });
}

test('an onchallenge may give an object with the signature', async () => {
  const bench = new Bench({ onchallenge: () => ({ signature: 'signed' }) });
  bench.connection.open();
  bench.line.open();
  await settle();
  bench.line.sent.length = 0;
  bench.line.deliver(CHALLENGE('ticket', {}));
  await settle();
  expect(bench.line.sent).toEqual([AUTHENTICATE('signed', {})]);
});
