/* What a router is given for others arrives as it came: between peers of the same serializer byte by byte. */
import { json, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import { describe, expect, test } from 'vitest';
import {
  CALL,
  Code,
  ERROR,
  EVENT,
  GOODBYE,
  INVOCATION,
  PUBLISH,
  REGISTER,
  RESULT,
  SUBSCRIBE,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { openRouter, register, subscribe } from './open-router.ts';
import { fromHex, rawClient, toHex } from './raw-client.ts';

const add = 'com.example.add';
const topic = 'com.example.topic';
const makers: { readonly [name: string]: () => Serializer } = { json: () => json(), msgpack: () => msgpack(), cbor: () => cbor() };

/** Payloads as they stand on the wire: `args`, then `kwargs`. */
const odd = {
  json: [
    '[9007199254740993,2.0,-0.0,1e400,"\\ud800","\\u0041",{"a":1,"a":2}]',
    '{"__proto__":{"x":1e3},"big":123456789012345678901234567890}',
  ],
  // 2^64-1, 2.0 as float64, nan, a timestamp, an extension of type 5, a map with an integer and a null key
  msgpack: [
    '96 cfffffffffffffffff cb4000000000000000 cb7ff8000000000000 d6ff00000001 d40507 8201a161c0a162',
    '81 a9 5f5f70726f746f5f5f d9 03 616263',
  ],
  // 2^64-1, 2.0 as float16, a date by tag 1, a bignum, a text of two chunks, simple value 99, a map with an integer key
  cbor: [
    '87 1bffffffffffffffff f94000 c11a514b67b0 c249010000000000000000 7f61616162ff f863 a101 61 61',
    'a1 69 5f5f70726f746f5f5f 9fff',
  ],
} as const;

const compact = (name: string, text: string): string => (name === 'json' ? text : text.replace(/\s/g, ''));

/** A message of this envelope and payload, as text or hexadecimal digits. */
function message(name: string, envelope: readonly unknown[], ...payload: readonly string[]): string {
  if (name === 'json') return `[${[...envelope.map((one) => JSON.stringify(one)), ...payload].join(',')}]`;
  const elements = envelope.map((one) => toHex(encoded(name, one)));
  const head = (name === 'msgpack' ? 0x90 : 0x80) + elements.length + payload.length;
  return head.toString(16) + [...elements, ...payload.map((one) => compact(name, one))].join('');
}

function encoded(name: string, value: unknown): Uint8Array {
  const list = makers[name]?.().encode([value]);
  if (!(list instanceof Uint8Array)) throw new Error('expected bytes');
  return list.subarray(1);
}

describe('an integer that is too large for another serializer', () => {
  const digits = `1${'0'.repeat(5000)}`;
  const bignum = `c2 5907d0 ${'ff'.repeat(2000)}`;

  test.each([
    ['json', 'cbor', `[${digits}]`],
    ['cbor', 'json', `81 ${bignum}`],
  ] as const)('[G1] from %s to %s fails that call, that event and that result, and no session', async (from, to, payload) => {
    const { router } = openRouter();
    const other = from === 'json' ? `81 ${bignum}` : `[${digits}]`;
    const [mine, theirs] = [await rawClient(router, makers[from]?.() ?? json()), await rawClient(router, makers[to]?.() ?? json())];
    theirs.send(message(to, REGISTER(1, {}, add)), message(to, SUBSCRIBE(2, {}, topic)));
    const registration = decode(to, await theirs.next())[2];
    await theirs.next();
    // Neither call nor event reaches the other one.
    mine.send(message(from, CALL(1, {}, add), payload), message(from, PUBLISH(2, { acknowledge: true }, topic), payload));
    expect(decode(from, await mine.next()).slice(0, 5)).toEqual(ERROR('CALL', 1, {}, 'wamp.error.invalid_argument'));
    expect(decode(from, await mine.next())[0]).toBe(Code.PUBLISHED);
    // The answer of the callee does not reach the caller.
    mine.send(message(from, CALL(3, {}, add)));
    expect(await theirs.next()).toBe(message(to, INVOCATION(1, registration, {})));
    theirs.send(message(to, YIELD(1, {}), other));
    expect(decode(from, await mine.next()).slice(0, 5)).toEqual(ERROR('CALL', 3, {}, 'wamp.error.invalid_argument'));
    expect(router.stats()).toMatchObject({ sessions: 2, calls: 0 });
  });

  test.each([
    ['json', `[${digits}]`],
    ['cbor', `81 ${bignum}`],
  ] as const)('[G1] arrives unchanged between two peers with %s', async (name, payload) => {
    const { router } = openRouter();
    const serializer = makers[name] ?? json;
    const [publisher, subscriber] = [await rawClient(router, serializer()), await rawClient(router, serializer())];
    subscriber.send(message(name, SUBSCRIBE(1, {}, topic)));
    await subscriber.next();
    publisher.send(message(name, PUBLISH(1, {}, topic), payload));
    expect((await subscriber.next()).endsWith(name === 'json' ? `${payload}]` : compact(name, payload))).toBe(true);
  });
});

for (const name of ['json', 'msgpack', 'cbor'] as const) {
  describe(`between two peers with ${name}`, () => {
    const serializer = makers[name] ?? json;
    const payload = odd[name];

    test('[G1] [R43] arguments, results and errors keep their bytes', async () => {
      const { router } = openRouter();
      const [caller, callee] = [await rawClient(router, serializer()), await rawClient(router, serializer())];
      callee.send(message(name, REGISTER(1, {}, add)));
      const registration = decode(name, await callee.next())[2];
      caller.send(message(name, CALL(1, {}, add), ...payload), message(name, CALL(2, {}, add), ...payload));
      expect(await callee.next()).toBe(message(name, INVOCATION(1, registration, {}), ...payload));
      expect(await callee.next()).toBe(message(name, INVOCATION(2, registration, {}), ...payload));
      callee.send(
        message(name, YIELD(1, {}), ...payload),
        message(name, ERROR('INVOCATION', 2, {}, 'com.example.error'), ...payload),
      );
      expect(await caller.next()).toBe(message(name, RESULT(1, {}), ...payload));
      expect(await caller.next()).toBe(message(name, ERROR('CALL', 2, {}, 'com.example.error'), ...payload));
    });

    test('[G1] [R23] an event keeps its bytes, even a retained one, one in the history or a testament', async () => {
      const config = {
        realms: {
          realm1: { anonymous: 'user', authroles: { user: { permissions: 'all' as const } }, history: [{ uri: topic, limit: 10 }] },
        },
      };
      const { router } = openRouter(config);
      const [publisher, subscriber] = [await rawClient(router, serializer()), await rawClient(router, serializer())];
      subscriber.send(message(name, SUBSCRIBE(1, {}, topic)));
      const subscription = decode(name, await subscriber.next())[2];
      publisher.send(message(name, PUBLISH(1, { retain: true, acknowledge: true }, topic), ...payload));
      const publication = decode(name, await publisher.next())[2];
      expect(await subscriber.next()).toBe(message(name, EVENT(subscription, publication, {}), ...payload));
      const late = await rawClient(router, serializer());
      late.send(message(name, SUBSCRIBE(1, { get_retained: true }, topic)));
      await late.next();
      expect(await late.next()).toBe(message(name, EVENT(subscription, publication, { retained: true }), ...payload));
      late.send(message(name, CALL(2, {}, 'wamp.subscription.get_events', [subscription])));
      const history = await late.next();
      for (const part of payload) expect(history).toContain(compact(name, part));
      const testament = message(name, [topic], ...payload);
      publisher.send(message(name, CALL(2, {}, 'wamp.session.add_testament'), testament));
      expect(await publisher.next()).toBe(message(name, RESULT(2, {})));
      publisher.send(message(name, GOODBYE({}, 'wamp.close.normal')));
      const event = await subscriber.next();
      expect(event.endsWith(message(name, [{}], ...payload).slice(name === 'json' ? 1 : 2))).toBe(true);
    });
  });
}

function decode(name: string, frame: string): unknown[] {
  return (makers[name] ?? json)().decode(name === 'json' ? frame : fromHex(frame));
}

describe('a payload that cannot be passed on', () => {
  const deep = `${'['.repeat(1500)}${']'.repeat(1500)}`;

  test('[G1] [R12] because it is nested too deeply fails that call and that event, and the sessions continue', async () => {
    const { router } = openRouter();
    const [sender, other] = [await rawClient(router, json()), await joinedClient(router)];
    await register(other, add);
    await subscribe(other, topic, 2);
    sender.send(`[48,1,{},"${add}",${deep}]`);
    expect(await sender.next()).toMatch(/^\[8,48,1,\{\},"wamp.error.invalid_argument",/);
    sender.send(`[16,2,{"acknowledge":true},"${topic}",${deep}]`);
    expect(await sender.next()).toMatch(/^\[8,16,2,\{\},"wamp.error.invalid_argument",/);
    sender.send(`[16,3,{},"${topic}",${deep}]`, `[16,4,{},"${topic}",["fine"]]`);
    expect((await other.next()).slice(4)).toEqual([['fine']]);
    expect(router.stats().droppedPublications).toBe(1);
  });

  test('[G1] [R43] because MessagePack cannot hold it becomes an error of that call, in either direction', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await rawClient(router, json()), await joinedClient(router, 'realm1', msgpack())];
    const id = await register(callee, add);
    caller.send(`[48,1,{},"${add}",[18446744073709551617]]`);
    expect(await caller.next()).toMatch(/^\[8,48,1,\{\},"wamp.error.invalid_argument",/);
    caller.send(`[48,2,{},"${add}",[1]]`);
    await callee.expect(INVOCATION(1, id, {}, [1]));
    callee.sendFrame(fromHex('94 46 01 80 91 d40507'));
    expect(await caller.next()).toMatch(/^\[8,48,2,\{\},"wamp.error.invalid_argument",/);
  });

  test('[G1] [R23] in an event is missed only by that receiver, and logged once', async () => {
    const { router, log } = openRouter();
    const publisher = await rawClient(router, json());
    const [narrow, wide] = [await joinedClient(router, 'realm1', msgpack()), await joinedClient(router)];
    await subscribe(narrow, topic);
    await subscribe(wide, topic);
    publisher.send(`[16,1,{},"${topic}",[18446744073709551617]]`, `[16,2,{},"${topic}",[1e400]]`, `[16,3,{},"${topic}",["fine"]]`);
    expect((await narrow.next()).slice(4)).toEqual([['fine']]);
    expect((await wide.next()).slice(4)).toEqual([[18446744073709552000]]);
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});

test('[G1] [R43] references of CBOR into the envelope are replaced by their values', async () => {
  const { router } = openRouter();
  const [caller, callee] = [await rawClient(router, cbor()), await rawClient(router, json())];
  callee.send(`[64,1,{},"${add}"]`);
  const registration = decode('json', await callee.next())[2];
  // 256([48, 1, {}, "com.example.add", [25(0)]])
  caller.send(`d90100 85 1830 01 a0 6f ${toHex(new TextEncoder().encode(add))} 81 d81900`);
  expect(await callee.next()).toBe(`[68,1,${registration},{},["${add}"]]`);
});

test('[G1] [R43] an integer of 64 bits and a float without a fraction keep their type from one serializer to another', async () => {
  const { router } = openRouter();
  const [caller, callee] = [await rawClient(router, msgpack()), await rawClient(router, json())];
  callee.send(`[64,1,{},"${add}"]`);
  const registration = decode('json', await callee.next())[2];
  caller.send(`95 30 01 80 af ${toHex(new TextEncoder().encode(add))} 93 cf7fffffffffffffff cb4000000000000000 cb8000000000000000`);
  expect(await callee.next()).toBe(`[68,1,${registration},{},[9223372036854775807,2.0,-0.0]]`);
  callee.send('[70,1,{},[9223372036854775807,2.0,-0.0]]');
  expect(await caller.next()).toBe('94320180' + '93cf7fffffffffffffffcb4000000000000000cb8000000000000000');
});

test('[H14] a payload from a peer with msgpackr to one with our own MessagePack and back keeps its bytes', async () => {
  const { router } = openRouter();
  const [caller, callee] = [await rawClient(router, msgpackr()), await rawClient(router, msgpack())];
  callee.send(message('msgpack', REGISTER(1, {}, add)));
  const registration = decode('msgpack', await callee.next())[2];
  caller.send(message('msgpack', CALL(1, {}, add), ...odd.msgpack));
  expect(await callee.next()).toBe(message('msgpack', INVOCATION(1, registration, {}), ...odd.msgpack));
  callee.send(message('msgpack', YIELD(1, {}), ...odd.msgpack));
  expect(await caller.next()).toBe(message('msgpack', RESULT(1, {}), ...odd.msgpack));
});
