/* Options of what ends things, and of serializers: what does not exist is told at once, and nothing ends for it. */
import { drain, json } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import { describe, expect, it } from 'vitest';
import { failure, join } from '../fixtures/scripted-session.ts';

const wrong: readonly (readonly [options: unknown, text: (what: string) => string])[] = [
  [{ Reason: 'a.b' }, (what) => `expected an option of ${what} (reason, message), got 'Reason'; did you mean 'reason'?`],
  [{ reason: 'not a uri' }, (what) => `expected reason of ${what} to be a URI, got "not a uri"`],
  [{ message: 5 }, (what) => `expected message of ${what} to be a string, got 5`],
  ['bye', (what) => `expected options of ${what} to be an object, got "bye"`],
];

describe.each(wrong)('the value %j as options', (options, text) => {
  it('[H1] is refused by close() and leave(), and the session continues', async () => {
    const { session, connection, peer } = await join();
    expect(await failure(session.leave(options as object))).toEqual(new TypeError(text('leave')));
    expect(await failure(connection.close(options as object))).toEqual(new TypeError(text('close')));
    expect([session.isOpen, peer.unread]).toEqual([true, []]);
  });
});

it('[H1] an unknown option of drain() is reported, and nothing is ended', async () => {
  const { session, connection, peer } = await join();
  const error = await failure(drain(connection, { timeout: 5 } as object));
  expect(error).toEqual(new TypeError("expected an option of drain (signal, timeoutMs), got 'timeout'"));
  expect([session.isOpen, peer.unread]).toEqual([true, []]);
});

it.each<[make: () => unknown, text: string]>([
  [
    () => json({ revivr: () => {} } as object),
    "expected an option of json() (replacer, reviver), got 'revivr'; did you mean 'reviver'?",
  ],
  [() => json({ replacer: ['a'] } as object), 'expected replacer of json() to be a function, got ["a"]'],
  [() => cbor({ int64: 'BigInt' } as object), 'expected int64 of cbor() to be one of "number", "bigint", got "BigInt"'],
  [() => cbor({ int_64: 'bigint' } as object), "expected an option of cbor() (int64), got 'int_64'; did you mean 'int64'?"],
  [() => msgpack({ Int64: 'bigint' } as object), "expected an option of msgpack() (int64), got 'Int64'; did you mean 'int64'?"],
  [() => msgpackr({ useRecords: true } as object), "expected an option of msgpackr() (int64), got 'useRecords'"],
])('[H1] a serializer refuses an unknown option: %#', (make, text) => {
  expect(make).toThrow(new TypeError(text));
});
