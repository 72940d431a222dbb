/* Payloads of peers that cannot be read: each hurts that call or that event, and the session goes on. */
import { json, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, it } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { ABORT, ERROR, EVENT, INVOCATION, REGISTERED, RESULT, SUBSCRIBED, YIELD } from '../fixtures/messages.ts';
import { failure, type Joined, join } from '../fixtures/scripted-session.ts';

const DEPTH = 300_000;
const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

interface Poison {
  readonly what: string;
  readonly make: () => Serializer;
  /** `args`, as bytes or text. */
  readonly args: string | Uint8Array;
  readonly why: RegExp;
}

const text = json({
  reviver: (_key, value) => {
    if (value === 'poison') throw new Error('no such thing');
    return value;
  },
});
const poisons: readonly Poison[] = [
  { what: 'too deep, in JSON', make: json, args: `${'['.repeat(DEPTH)}"\\u0000"${']'.repeat(DEPTH)}`, why: /call stack|recursion/ },
  { what: 'refused by a reviver', make: () => text, args: '["poison"]', why: /no such thing/ },
  { what: 'too deep, in MessagePack', make: msgpack, args: hex(`${'91'.repeat(1200)}90`), why: /nested no deeper/ },
  { what: 'a dict too deep, in MessagePack', make: msgpack, args: hex(`91${'81a161'.repeat(1200)}80`), why: /nested no deeper/ },
  { what: 'too deep, in CBOR', make: cbor, args: hex(`${'81'.repeat(1200)}80`), why: /nested no deeper/ },
  {
    what: 'too deep, of no length, in CBOR',
    make: cbor,
    args: hex('9f'.repeat(1200) + 'ff'.repeat(1200)),
    why: /nested no deeper/,
  },
  { what: 'tags too deep, in CBOR', make: cbor, args: hex(`81${'c1'.repeat(1200)}00`), why: /nested no deeper/ },
  { what: 'references, in CBOR', make: cbor, args: hex('82d81c6161d81d00'), why: /a CBOR reference/ },
  { what: 'references to text, in CBOR', make: cbor, args: hex('d9010082626161d81900'), why: /a CBOR reference/ },
];

/** A message whose next element is `args`. */
function send({ peer }: Joined, { make, args }: Poison, list: readonly unknown[]): void {
  const frame = make().encode([...list, 0]);
  if (typeof frame === 'string') peer.sendFrame(frame.replace(/0\]$/, `${args as string}]`));
  else peer.sendFrame(Uint8Array.from([...frame.subarray(0, -1), ...(args as Uint8Array)]));
}

const joined = ({ make }: Poison): Promise<Joined> => join({ serializers: [make()] }, undefined, make());

describe.each(poisons)('a payload that is $what', (poison) => {
  const unreadable = { name: 'SerializationError', uri: 'wamp.error.invalid_payload', message: expect.stringMatching(poison.why) };

  it('[H3] [C32] in an EVENT is reported once, and the next events are delivered', async () => {
    const all = await joined(poison);
    const { session, peer, reported } = all;
    const heard: unknown[] = [];
    const subscribing = session.subscribe('com.example.news', (args) => heard.push(args));
    await peer.next();
    peer.send(SUBSCRIBED(1, 5));
    await subscribing;
    send(all, poison, EVENT(5, 1, {}));
    peer.send(EVENT(5, 2, {}, ['good']));
    await settled();
    expect(heard).toEqual([['good']]);
    expect(reported).toEqual([{ error: expect.objectContaining(unreadable), where: 'event', uri: 'com.example.news' }]);
    expect([session.isOpen, peer.unread]).toEqual([true, []]);
  });

  it('[H3] [C51] in an INVOCATION is answered with ERROR, and the endpoint is not called', async () => {
    const all = await joined(poison);
    const { session, peer } = all;
    const registering = session.register('com.example.add', () => 'answered');
    await peer.next();
    peer.send(REGISTERED(1, 5));
    await registering;
    send(all, poison, INVOCATION(1, 5, {}));
    peer.send(INVOCATION(2, 5, {}));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.invalid_argument', [expect.stringMatching(poison.why)]));
    await peer.expect(YIELD(2, {}, ['answered']));
  });

  it('[H3] [C40] in a RESULT rejects that call', async () => {
    const all = await joined(poison);
    const { session, peer, reported } = all;
    const progress: unknown[] = [];
    const [first, second] = [failure(session.call('a.b', [], {}, { onProgress: (p) => progress.push(p) })), session.call('a.c')];
    await peer.next();
    await peer.next();
    send(all, poison, RESULT(1, { progress: true }));
    peer.send(RESULT(1, { progress: true }, ['half']));
    send(all, poison, RESULT(1, {}));
    peer.send(RESULT(2, {}, ['good']));
    expect(await first).toMatchObject(unreadable);
    expect(await second).toBe('good');
    expect(progress).toEqual(['half']);
    expect(reported).toEqual([{ error: expect.objectContaining(unreadable), where: 'progress', uri: 'a.b' }]);
  });

  it('[H3] [C40] in an ERROR rejects that request, with its URI', async () => {
    const all = await joined(poison);
    const { session, peer } = all;
    const [call, other] = [failure(session.call('a.b')), session.call('a.c')];
    await peer.next();
    await peer.next();
    send(all, poison, ERROR('CALL', 1, {}, 'com.example.error'));
    peer.send(RESULT(2, {}, ['good']));
    expect(await call).toMatchObject({ name: 'ApplicationError', uri: 'com.example.error', args: [], cause: unreadable });
    expect(await other).toBe('good');
  });
});

describe('a message that cannot be read', () => {
  const deep = hex(`${'91'.repeat(1200)}90`);

  it.each<[string, Uint8Array]>([
    ['details are too deep', Uint8Array.from([0x94, 36, 5, 1, 0x81, 0xa1, 0x61, ...deep])],
    ['bytes end in the payload', hex('952405018091')],
    ['payload holds no value of MessagePack', hex('952405018091c1')],
    ['type has no payload', Uint8Array.from([0x94, 33, 1, 5, ...deep])],
  ])('[C11] is a violation where its %s', async (_, frame) => {
    const { peer } = await join({ serializers: [msgpack()] }, undefined, msgpack());
    peer.sendFrame(frame);
    expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.protocol_violation'));
  });

  it('[H3] [C08] is still read as an ABORT if only its payload is too deep', async () => {
    const all = await joined(poisons[2] as Poison);
    send(all, poisons[2] as Poison, ABORT({ message: 'enough' }, 'com.example.enough'));
    expect(await all.session.ended).toMatchObject({ uri: 'com.example.enough' });
  });
});

describe('a message of another library', () => {
  it.each<[string, () => Serializer, string, unknown]>([
    ['integer keys, in CBOR', cbor, '81a10102', { 1: 2 }],
    ['integer keys, in MessagePack', msgpack, '918101a162', { 1: 'b' }],
    ['a timestamp, in MessagePack', msgpack, '91d6ff00000000', '1970-01-01T00:00:00Z'],
    ['an extension, in MessagePack', msgpack, '91d40501', Uint8Array.of(1)],
    ['a bignum, in CBOR', cbor, '81c249010000000000000000', 2 ** 64],
    ['text that is no UTF-8, in CBOR', cbor, '8162c328', '\ufffd('],
    ['text that is no UTF-8, in MessagePack', msgpack, '91a2c328', '\ufffd('],
  ])('[H3] [C32] is read leniently: %s', async (what, make, args, value) => {
    const poison: Poison = { what, make, args: hex(args), why: /none/ };
    const all = await joined(poison);
    const heard: unknown[] = [];
    const subscribing = all.session.subscribe('com.example.news', ([given]: [unknown]) => heard.push(given));
    await all.peer.next();
    all.peer.send(SUBSCRIBED(1, 5));
    await subscribing;
    send(all, poison, EVENT(5, 1, {}));
    await settled();
    expect([heard, all.reported]).toEqual([[value], []]);
  });
});
