/* Bad input: each piece ends its own session by ABORT with the reason in words, and nobody else's. */
import { json, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, test } from 'vitest';
import {
  AUTHENTICATE,
  CALL,
  CANCEL,
  CHALLENGE,
  Code,
  ERROR,
  EVENT,
  GOODBYE,
  HELLO,
  INTERRUPT,
  INVOCATION,
  PUBLISH,
  PUBLISHED,
  REGISTER,
  REGISTERED,
  RESULT,
  SUBSCRIBE,
  SUBSCRIBED,
  UNREGISTERED,
  UNSUBSCRIBED,
  WELCOME,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectUnread, join, openRouter, register, roles, subscribe } from './open-router.ts';

/** Does it, and looks at who did it and at a bystander. */
async function violate(what: (client: ScriptedPeer) => void, message: unknown, serializer: Serializer = json()): Promise<void> {
  const { router, log } = openRouter();
  const bystander = await join(router);
  const client = await joinedClient(router, 'realm1', serializer);
  what(client);
  await expectAbort(client, message);
  expect(client.closed).toMatchObject({ code: 1002, reason: 'wamp.error.protocol_violation' });
  expect(log.filter(({ level }) => level === 'warn')).toMatchObject([{ error: { name: 'ProtocolError', message } }]);
  await expectUnread(bystander);
  await register(bystander, 'com.example.add');
  expect(router.sessions).toHaveLength(1);
}

const topic = 'com.example.topic';

describe('[R10] a frame that is a violation', () => {
  test('is broken JSON', () =>
    violate((client) => client.sendFrame('{"a":'), expect.stringMatching(/^cannot decode a frame as json: ./)));
  test('is broken MessagePack', () =>
    violate(
      (client) => client.sendFrame(Uint8Array.of(0xc1)),
      expect.stringMatching(/^cannot decode a frame as msgpack: ./),
      msgpack(),
    ));
  test('is broken CBOR', () =>
    violate((client) => client.sendFrame(Uint8Array.of(0x81)), expect.stringMatching(/^cannot decode a frame as cbor: ./), cbor()));
  test('is empty', () => violate((client) => client.sendFrame(''), expect.stringMatching(/^cannot decode a frame as json: ./)));
  test('[R80] has bytes if text was agreed on', () =>
    violate((client) => client.sendFrame(Uint8Array.of(0x90)), 'expected a text frame for json, got a binary one'));
  test('[R80] has text if bytes were agreed on', () =>
    violate((client) => client.sendFrame('[]'), 'expected a binary frame for msgpack, got a text one', msgpack()));
  test.each(['{"0":32}', '42', 'null', '"text"'])('has %s, which is not a list', (frame) =>
    violate((client) => client.sendFrame(frame), `cannot decode a frame as json: expected a list at byte 0, got '${frame[0]}'`),
  );
  test('has MessagePack that is not a list', () =>
    violate(
      (client) => client.sendFrame(msgpack().encode({} as unknown as List)),
      'cannot decode a frame as msgpack: expected a list at byte 0, got 0x80',
      msgpack(),
    ));
});

const shapes: readonly (readonly [List, string])[] = [
  [[], 'expected a message, got an empty list'],
  [[99], 'expected a message code of WAMP, got 99'],
  [[7, 0, 0], 'expected a message code of WAMP, got 7'],
  [['48', 1, {}, 'a'], 'expected a message code of WAMP, got "48"'],
  [[null], 'expected a message code of WAMP, got null'],
  [[[32], 1, {}, 'a'], 'expected a message code of WAMP, got [32]'],
  [[32, 1, {}], 'expected SUBSCRIBE with 4 elements, got 3'],
  [[32, 1, {}, topic, []], 'expected SUBSCRIBE with 4 elements, got 5'],
  [[34, 1], 'expected UNSUBSCRIBE with 3 to 4 elements, got 2'],
  [[16, 1, {}], 'expected PUBLISH with 4 to 6 elements, got 3'],
  [[16, 1, {}, topic, [], {}, 1], 'expected PUBLISH with 4 to 6 elements, got 7'],
  [[48, 1, {}], 'expected CALL with 4 to 6 elements, got 3'],
  [[64, 1, {}], 'expected REGISTER with 4 elements, got 3'],
  [[66], 'expected UNREGISTER with 3 to 4 elements, got 1'],
  [[70, 1], 'expected YIELD with 3 to 5 elements, got 2'],
  [[8, 68, 1, {}], 'expected ERROR with 5 to 7 elements, got 4'],
  [[6, {}], 'expected GOODBYE with 3 elements, got 2'],
  [[3, {}], 'expected ABORT with 3 to 5 elements, got 2'],
];

const types: readonly (readonly [List, string])[] = [
  [[32, '1', {}, topic], 'expected SUBSCRIBE.request to be an id from 1 to 2^53, got "1"'],
  [SUBSCRIBE(0, {}, topic), 'expected SUBSCRIBE.request to be an id from 1 to 2^53, got 0'],
  [SUBSCRIBE(-1, {}, topic), 'expected SUBSCRIBE.request to be an id from 1 to 2^53, got -1'],
  [SUBSCRIBE(1.5, {}, topic), 'expected SUBSCRIBE.request to be an id from 1 to 2^53, got 1.5'],
  [SUBSCRIBE(2 ** 53 + 2, {}, topic), 'expected SUBSCRIBE.request to be an id from 1 to 2^53, got 9007199254740994'],
  [[32, true, {}, topic], 'expected SUBSCRIBE.request to be an id from 1 to 2^53, got true'],
  [[32, 1, [], topic], 'expected SUBSCRIBE.options to be a dict, got []'],
  [[32, 1, null, topic], 'expected SUBSCRIBE.options to be a dict, got null'],
  [[32, 1, {}, 7], 'expected SUBSCRIBE.topic to be a URI, got 7'],
  [[34, 1, 'x'], 'expected UNSUBSCRIBE.subscription to be an id from 1 to 2^53, got "x"'],
  [[16, 1, {}, topic, 'text'], 'expected PUBLISH.args to be a list, got "text"'],
  [[16, 1, {}, topic, {}], 'expected PUBLISH.args to be a list, got {}'],
  [[16, 1, {}, topic, [], []], 'expected PUBLISH.kwargs to be a dict, got []'],
  [[48, 1, {}, null], 'expected CALL.procedure to be a URI, got null'],
  [[48, 1, {}, 'a', 1], 'expected CALL.args to be a list, got 1'],
  [[64, 1, {}, ['a']], 'expected REGISTER.procedure to be a URI, got ["a"]'],
  [[66, 1, null], 'expected UNREGISTER.registration to be an id from 1 to 2^53, got null'],
  [[70, 1, 'x'], 'expected YIELD.options to be a dict, got "x"'],
  [[8, 'x', 1, {}, 'a'], 'expected ERROR.requestType to be a non-negative integer, got "x"'],
  [[8, 68, 1, {}, 7], 'expected ERROR.error to be a URI, got 7'],
  [[6, {}, 7], 'expected GOODBYE.reason to be a URI, got 7'],
  [GOODBYE({ message: 1 }, 'a'), 'expected GOODBYE.details.message to be a string, got 1'],
];

const options: readonly (readonly [List, string])[] = [
  [PUBLISH(1, { acknowledge: 1 }, topic), 'expected PUBLISH.options.acknowledge to be a boolean, got 1'],
  [PUBLISH(1, { exclude_me: 'no' }, topic), 'expected PUBLISH.options.exclude_me to be a boolean, got "no"'],
  [PUBLISH(1, { exclude: 'x' }, topic), 'expected PUBLISH.options.exclude to be a list of ids, got "x"'],
  [PUBLISH(1, { eligible_authrole: [1] }, topic), 'expected PUBLISH.options.eligible_authrole to be a list of strings, got [1]'],
  [
    SUBSCRIBE(1, { match: 'invalid' }, topic),
    'expected SUBSCRIBE.options.match to be one of "exact", "prefix", "wildcard", got "invalid"',
  ],
  [
    REGISTER(1, { invoke: 'all' }, 'a'),
    'expected REGISTER.options.invoke to be one of "single", "roundrobin", "random", "first", "last", got "all"',
  ],
  [CALL(1, { timeout: -1 }, 'a'), 'expected CALL.options.timeout to be a non-negative integer, got -1'],
  [CALL(1, { receive_progress: 1 }, 'a'), 'expected CALL.options.receive_progress to be a boolean, got 1'],
  [CANCEL(1, { mode: 'softly' }), 'expected CANCEL.options.mode to be one of "skip", "kill", "killnowait", got "softly"'],
  [YIELD(1, { progress: 'yes' }), 'expected YIELD.options.progress to be a boolean, got "yes"'],
];

describe('[R10] a message', () => {
  test.each(shapes)('is a violation with a wrong shape: %j', (list, message) => violate((client) => client.send(list), message));
  test.each(types)('is a violation with an element of the wrong type: %j', (list, message) =>
    violate((client) => client.send(list), message),
  );
  test.each(options)('is a violation with a known option of the wrong type: %j', (list, message) =>
    violate((client) => client.send(list), message),
  );

  test('is accepted with unknown options, whatever they contain', async () => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(SUBSCRIBE(1, { _mine: [1], acknowledge: 1, constructor: 1, match: 'exact' }, topic));
    expect((await client.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('is accepted with null or empty instead of an absent payload', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const subscription = await subscribe(client, topic);
    client.send([16, 2, { exclude_me: false }, topic, null, null], PUBLISH(3, { exclude_me: false }, topic, [], {}));
    await client.expect(EVENT(subscription, expect.any(Number), {}));
    await client.expect(EVENT(subscription, expect.any(Number), {}));
  });
});

describe('[R05] a message that a client must not send', () => {
  const theirs: readonly (readonly [string, List])[] = [
    ['WELCOME', WELCOME(1, { roles: { broker: {} } })],
    ['CHALLENGE', CHALLENGE('ticket', {})],
    ['PUBLISHED', PUBLISHED(1, 1)],
    ['SUBSCRIBED', SUBSCRIBED(1, 1)],
    ['UNSUBSCRIBED', UNSUBSCRIBED(1)],
    ['EVENT', EVENT(1, 1, {})],
    ['RESULT', RESULT(1, {})],
    ['REGISTERED', REGISTERED(1, 1)],
    ['UNREGISTERED', UNREGISTERED(1)],
    ['INVOCATION', INVOCATION(1, 1, {})],
    ['INTERRUPT', INTERRUPT(1, {})],
  ];
  test.each(theirs)('is %s, and a violation', (name, list) =>
    violate((client) => client.send(list), `expected a message that this side may receive, got ${name}`),
  );
});

describe('[R05] a message at the wrong time', () => {
  test.each([
    ['HELLO', HELLO('realm1', { roles })],
    ['AUTHENTICATE', AUTHENTICATE('signature', {})],
  ])('is a violation: %s in a session', (name, list) =>
    violate((client) => client.send(list), `expected a message of an open session, got ${name}`),
  );

  test('[R44] is YIELD for an unknown invocation', () =>
    violate((client) => client.send(YIELD(1, {}, ['hello'])), 'got YIELD for invocation 1, which was never made'));
  test('[R44] is ERROR for an unknown invocation', () =>
    violate(
      (client) => client.send(ERROR('INVOCATION', 7, {}, 'com.example.error')),
      'got ERROR for invocation 7, which was never made',
    ));
  test.each([16, 32, 34, 48, 64, 66, 0])('[R44] is ERROR of the request type %i', (type) =>
    violate(
      (client) => client.send(ERROR(type, 1, {}, 'com.example.error')),
      `expected ERROR of an INVOCATION (68), got one of ${type}`,
    ),
  );
});

test('[R10] nothing after a violation is accepted, even in the same read', async () => {
  const { router } = openRouter();
  const [client, subscriber] = [await join(router), await join(router)];
  await subscribe(subscriber, topic);
  client.send(PUBLISH(1, {}, topic, ['before']), [], PUBLISH(2, {}, topic, ['after']));
  await client.end();
  expect(await subscriber.next()).toEqual(EVENT(expect.any(Number), expect.any(Number), {}, ['before']));
  await expectUnread(subscriber);
});

test('[R12] a message of a role that was not announced disturbs nobody', async () => {
  const { router } = openRouter();
  const client = await join(router);
  client.send(GOODBYE({}, 'wamp.close.close_realm'), HELLO('realm1', { roles: { caller: {} } }), SUBSCRIBE(1, {}, topic));
  await client.next();
  expect((await client.next())[0]).toBe(Code.WELCOME);
  expect((await client.next())[0]).toBe(Code.SUBSCRIBED);
});

describe('[G2] [R84] the limit for members that the router reads', () => {
  const many = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, i) => [`_x${i}`, 1]));

  test.each([
    [16, topic],
    [48, 'com.example.add'],
    [32, topic],
    [64, 'com.example.add'],
  ])('ends a session that sends more than a thousand options: message %i', (code, uri) =>
    violate((client) => client.send([code, 1, many(1001), uri]), expect.stringContaining('a dict of at most 1000 members')),
  );

  test('allows a thousand', async () => {
    const { router } = openRouter();
    const peer = await join(router);
    peer.send(SUBSCRIBE(1, many(1000), topic));
    expect((await peer.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('fails a call with more than a thousand keyword arguments to a procedure of the router', async () => {
    const { router } = openRouter();
    const peer = await join(router);
    peer.send(CALL(1, {}, 'wamp.session.count', [], many(1000)), CALL(2, {}, 'wamp.session.count', [], many(1001)));
    expect((await peer.next())[0]).toBe(Code.RESULT);
    expect(await peer.next()).toMatchObject(
      ERROR('CALL', 2, {}, 'wamp.error.invalid_argument', [expect.stringContaining('at most 1000')]),
    );
  });
});
