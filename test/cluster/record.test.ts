/* Each promise is broken on purpose, and the campaign says so. */
import { describe, expect, test } from 'vitest';
import { type Entry, Record } from './record.ts';

type Told = Entry extends infer Each ? (Each extends Entry ? Omit<Each, 'at'> & { readonly at?: number } : never) : never;

/** What is violated if clients tell this, one millisecond after the other. */
function violations(told: readonly Told[], act: (record: Record) => void = () => {}): readonly string[] {
  const record = new Record(() => {});
  act(record);
  record.take(told.map((each, i) => ({ at: 10_000 + i, ...each })));
  record.close();
  return record.violations;
}

const event = (n: number) => ({ publisher: 'pub0', from: 5, n, topic: 'cluster.news' }) as const;
const there: Told = { kind: 'subscribed', subscriber: 'sub0', session: 1 };
const sent = (n: number): Told => ({ kind: 'sent', ...event(n) });
const acknowledged = (n: number): Told => ({ kind: 'acknowledged', ...event(n) });
const got = (n: number): Told => ({ kind: 'got', subscriber: 'sub0', session: 1, ...event(n) });
const gap: Told = { kind: 'gap', subscriber: 'sub0', session: 1 };
const lost: Told = { kind: 'down', client: 'sub0', session: 1 };
const called: Told = { kind: 'called', id: '0.1', name: 'echo' };
const ran: Told = { kind: 'ran', id: '0.1' };
const answered: Told = { kind: 'settled', id: '0.1', value: '0.1' };
const registered = (owner: string): Told => ({ kind: 'registered', owner });
const invoked = (owner: string): Told => ({ kind: 'invoked', owner });
const willed: readonly Told[] = [
  { kind: 'subscribed', subscriber: 'sub0', session: 1, at: 0 },
  { kind: 'willed', session: 9 },
  { kind: 'down', client: 'testator0.0', session: 9 },
];
const will: Told = { kind: 'will', subscriber: 'sub0', session: 1, of: 9 };
const failed = { kind: 'settled', id: '0.1', error: 'wamp.error.canceled' } as const;

describe('[L5] the campaign notices', () => {
  test.for<readonly [what: string, told: readonly Told[], text: string]>([
    ['an acknowledged event that is lost', [there, sent(1), acknowledged(1)], 'did not come to sub0'],
    ['an event that comes twice', [there, sent(1), got(1), got(1)], 'came twice'],
    ['events in another order', [there, sent(1), sent(2), got(2), got(1)], 'after number 2'],
    ['a call that never settles', [called], 'promises not settled'],
    ['an endpoint that runs twice for a call', [called, ran, ran, answered], 'ran 2 times'],
    ['an answer that nobody gave', [called, answered], 'never ran'],
    ['the result of another call', [called, ran, { ...answered, value: '0.2' } as Told], 'was answered with "0.2"'],
    [
      'a call that ran although the error denies it',
      [called, ran, { ...failed, error: 'wamp.error.no_such_procedure' }],
      'not sent) ran 1 times',
    ],
    ['a second owner', [registered('a'), invoked('a'), registered('b'), invoked('b'), invoked('a')], 'two owners'],
    ['a testament that is lost', willed, 'the testament of 9 did not come'],
    ['a testament that comes twice', [...willed, will, will], 'came 2 times'],
    ['progress in another order', [{ kind: 'wrong', text: 'count 0.1 made progress by 1,0' }], 'made progress by 1,0'],
  ])('%s', ([, told, text]) => {
    expect(violations(told)).toEqual([expect.stringContaining(text)]);
  });

  test('a call that ran when its router was told to end, and has no answer', () => {
    const told = [called, ran, { ...failed, at: 10_800 }];
    expect(violations(told)).toEqual([]);
    expect(violations(told, (record) => record.terms.push(10_600))).toEqual([expect.stringContaining('was told to end was lost')]);
    expect(violations(told, (record) => record.terms.push(9_000))).toEqual([]);
  });

  test('that a gap excuses nothing where routers end in peace', () => {
    const told = [there, sent(1), acknowledged(1), gap];
    expect(violations(told)).toEqual([]);
    const gently = violations(told, (record) => {
      record.isGentle = true;
    });
    expect(gently).toEqual([expect.stringContaining('did not come to sub0')]);
  });
});

test.for<readonly [what: string, told: readonly Told[]]>([
  ['all that is as it should be', [there, sent(1), sent(2), acknowledged(1), got(1), got(2), called, ran, answered]],
  ['an event for a session that was lost', [there, sent(1), acknowledged(1), lost]],
  ['an event before SUBSCRIBED', [sent(1), there, acknowledged(1)]],
  ['owners one after the other', [registered('a'), invoked('a'), registered('b'), invoked('b'), registered('a2'), invoked('a2')]],
  ['an invocation in the same read as REGISTERED', [registered('a'), invoked('b'), registered('b'), invoked('b')]],
  ['a testament', [...willed, will]],
])('[L5] the campaign accepts %s', ([, told]) => {
  expect(violations(told)).toEqual([]);
});
