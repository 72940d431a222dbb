// What of the payloads no router is needed for: bounds, what is refused, and what goes wrong while one is read.
import vm from 'node:vm';
import autobahn, { Connection, serializer } from 'autostrada/autobahn';
import { cbor } from 'autostrada/cbor';
import { expect, it, onTestFinished, vi } from 'vitest';
import { open } from '../../src/autobahn/transports/line.ts';
import { settled } from '../fixtures/manual-clock.ts';
import { EVENT, SUBSCRIBED } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye } from '../fixtures/scripted-session.ts';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

it.each([
  ['0', 0n, '81c24100'],
  ['5', 5n, '81c24105'],
  ['-1', -1n, '81c34100'],
  ['2^64 - 1', 2n ** 64n - 1n, '81c248ffffffffffffffff'],
  ['2^64', 2n ** 64n, '81c249010000000000000000'],
  ['-2^64', -(2n ** 64n), '81c348ffffffffffffffff'],
  ['-2^64 - 1', -(2n ** 64n) - 1n, '81c349010000000000000000'],
  ['2^4096 - 1', 2n ** 4096n - 1n, `81c2590200${'ff'.repeat(512)}`],
])('[H11] CBOR has the BigInt %s as a bignum, and gives it back', (_what, value, expected) => {
  const codec = new serializer.CBORSerializer();
  expect(hex(codec.serialize([value]))).toBe(expected);
  expect(codec.unserialize(codec.serialize([value]))).toEqual([value]);
  expect(autobahn.cbor.decode(autobahn.cbor.encode(value))).toBe(value);
});

it('[H11] CBOR refuses a BigInt of more than 4096 bits, wherever it is', () => {
  const codec = new serializer.CBORSerializer();
  for (const value of [2n ** 4096n, -(2n ** 4096n) - 1n])
    for (const payload of [[value], [{ f() {}, value }]])
      expect(() => codec.serialize(payload)).toThrow('expected JSON values and Uint8Array, got a bigint');
});

it('[H11] CBOR of others: integers beyond 2^53 come as BigInt, smaller ones as numbers', () => {
  const codec = new serializer.CBORSerializer();
  const frame: unknown = cbor().encode([2 ** 53 - 1, 2n ** 53n + 1n, 2n ** 64n - 1n, -(2n ** 63n), -5]);
  expect(codec.unserialize(frame as Uint8Array)).toEqual([2 ** 53 - 1, 2n ** 53n + 1n, 2n ** 64n - 1n, -(2n ** 63n), -5]);
});

it.each(['MsgpackSerializer', 'CBORSerializer'] as const)('[H11] %s names the place of a cycle, functions or not', (name) => {
  const codec = new serializer[name]();
  const cycle: { f(): void; self?: unknown } = { f() {} };
  cycle.self = cycle;
  const plain: unknown[] = [];
  plain.push(plain);
  expect(() => codec.serialize([plain])).toThrow('a cycle');
  expect(() => codec.serialize([cycle])).toThrow(/expected JSON values and Uint8Array, got a/);
});

it.each(['MsgpackSerializer', 'CBORSerializer'] as const)('[H11] %s leaves what it is given as it was', (name) => {
  const codec = new serializer[name]();
  const list = [1, () => {}];
  const value = { a: 1, f() {}, list, set: new Set([1]) };
  codec.serialize([value]);
  expect(Object.keys(value)).toEqual(['a', 'f', 'list', 'set']);
  expect(list).toHaveLength(2);
});

it('[H11] JSON is that of the language, with replacer and reviver that may be set later', () => {
  const codec = new serializer.JSONSerializer();
  const value = [Buffer.from([1]), Uint8Array.of(2), '\0AQID', { f() {} }];
  expect(codec.serialize(value)).toBe(JSON.stringify(value));
  expect(codec.unserialize('["\\u0000AQID"]')).toEqual(['\0AQID']);
  codec.replacer = (_key, item) => (typeof item === 'bigint' ? `${item}n` : item);
  codec.reviver = (_key, item) => (/^\d+n$/.test(item) ? BigInt(item.slice(0, -1)) : item);
  expect(codec.unserialize(codec.serialize([5n]))).toEqual([5n]);
});

it('[H11] a reviver that throws hurts that event alone', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => error.mockRestore());
  const router = new ScriptedRouter();
  const own = new serializer.JSONSerializer(undefined, (_key, value) => {
    if (value === 'poison') throw new TypeError('refused');
    return value;
  });
  const create = () => open(router, [own], { type: 'scripted', url: 'scripted:', protocol: 'wamp.2.json' });
  const connection = new Connection({ realm: 'realm1', url: 'ws://127.0.0.1:1/', max_retries: 0 });
  connection._transport_factories = [{ type: 'scripted', create }];
  const heard: unknown[] = [];
  connection.onopen = (session) => void session.subscribe('com.example.news', (args) => void heard.push(args?.[0]));
  connection.open();
  onTestFinished(() => connection.native.close());
  const peer = await router.joined();
  await peer.next();
  peer.send(SUBSCRIBED(1, 77));
  await settled();
  void answerGoodbye(peer);
  for (const word of ['poison', 'good']) peer.send(EVENT(77, 5, {}, [word]));
  await settled();
  expect(heard).toEqual(['good']);
  expect(connection.isOpen).toBe(true);
});

it.each(['MsgpackSerializer', 'CBORSerializer'] as const)(
  '[H11] %s sends the bytes of an ArrayBuffer, a SharedArrayBuffer and a DataView',
  (name) => {
    const codec = new serializer[name]();
    const { buffer } = Uint8Array.of(1, 2, 3);
    const shared = new SharedArrayBuffer(2);
    new Uint8Array(shared).set([4, 5]);
    const sent = [buffer, shared, new DataView(buffer, 1, 1), { a: [buffer] }, new ArrayBuffer(0)];
    const bytes = (...octets: number[]): Uint8Array => Buffer.from(octets);
    expect(codec.unserialize(codec.serialize(sent))).toEqual([
      bytes(1, 2, 3),
      bytes(4, 5),
      bytes(2),
      { a: [bytes(1, 2, 3)] },
      bytes(),
    ]);
    const foreign: unknown = vm.runInNewContext('Uint8Array.of(6).buffer');
    expect(foreign instanceof ArrayBuffer).toBe(false);
    expect(codec.unserialize(codec.serialize([foreign, vm.runInNewContext('Uint8Array.of(7)')]))).toEqual([bytes(6), bytes(7)]);
  },
);
