/* WAMP "Payload Passthru Mode", the client's side: what is packed and unpacked, refused before it is sent, and told to whom. */
import {
  ApplicationError,
  type CallOptions,
  type ConnectionOptions,
  type InvocationDetails,
  passthru,
  Result,
  type UnacknowledgedOptions,
} from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, it } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { CALL, ERROR, EVENT, INVOCATION, PUBLISH, REGISTERED, RESULT, SUBSCRIBED, YIELD } from '../fixtures/messages.ts';
import type { List } from '../fixtures/scripted-peer.ts';
import { failure, type Joined, join } from '../fixtures/scripted-session.ts';

const PASSTHRU = { payload_passthru_mode: true };
const UNSUPPORTED = 'wamp.error.feature_not_supported';
const bytes = Uint8Array.of(0, 1, 255);
const ppt = { ppt_scheme: 'x_mine', ppt_serializer: 'json' };
/** JSON of it, as bytes. */
const packed = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const five = packed({ args: [5], kwargs: {} });

const able = (more: Partial<ConnectionOptions> = {}): Promise<Joined> =>
  join({ passthru: passthru(), ...more }, { broker: PASSTHRU, dealer: PASSTHRU });

type Endpoint = (args: readonly unknown[], kwargs: object, details: InvocationDetails) => unknown;

async function callee(endpoint: Endpoint, joined?: Joined): Promise<Joined> {
  const own = joined ?? (await able());
  const registering = own.session.register('a.b', endpoint);
  await own.peer.next();
  own.peer.send(REGISTERED(1, 5));
  await registering;
  return own;
}

async function subscriber(): Promise<Joined & { readonly heard: unknown[] }> {
  const joined = await able();
  const heard: unknown[] = [];
  const subscribing = joined.session.subscribe('a.b', (args, kwargs, { ppt_scheme }) => heard.push([args, kwargs, ppt_scheme]));
  await joined.peer.next();
  joined.peer.send(SUBSCRIBED(1, 5));
  await subscribing;
  return { ...joined, heard };
}

describe('a packed payload', () => {
  it('[C46] is one binary item that the named serializer makes from args and kwargs', async () => {
    const { session, peer } = await able();
    void session.call('a.b', [1, undefined, bytes], { k: 'ü' }, ppt).catch(() => {});
    await peer.expect(CALL(1, ppt, 'a.b', [packed({ args: [1, null, '\0AAH/'], kwargs: { k: 'ü' } })]));
    void session.call('a.b', null, null, ppt).catch(() => {});
    await peer.expect(CALL(2, ppt, 'a.b', [packed({ args: [], kwargs: {} })]));
  });

  it('[C21] [C46] is in PUBLISH too', async () => {
    const { session, peer } = await able();
    const options = { ...ppt, ppt_keyid: 'key1' };
    void session.publish('a.b', [5], null, options);
    await peer.expect(PUBLISH(1, options, 'a.b', [five]));
  });

  it('[C46] is packed by a given serializer, whichever the session uses', async () => {
    const { session, peer } = await able({ passthru: passthru({ serializers: [msgpack()] }) });
    void session.call('a.b', [2 ** 53], { bytes }, { ppt_scheme: 'mqtt', ppt_serializer: 'msgpack' }).catch(() => {});
    const [, , options, , args] = await peer.next();
    expect(options).toEqual({ ppt_scheme: 'mqtt', ppt_serializer: 'msgpack' });
    const [frame] = args as [Uint8Array];
    expect(msgpack().decode(frame)).toEqual({ args: [2 ** 53], kwargs: { bytes } });
  });

  it.each([
    { ppt_scheme: 'x_mine' },
    { ppt_scheme: 'mqtt', ppt_serializer: 'native' },
    { ppt_scheme: 'wamp', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm', ppt_keyid: 'key1' },
  ])('[C46] with %j is the user’s Uint8Array, unchanged', async (options) => {
    const { session, peer } = await able();
    void session.call('a.b', [bytes], {}, options).catch(() => {});
    await peer.expect(CALL(1, options, 'a.b', [bytes]));
    for (const [args, kwargs] of [[[bytes], { k: 1 }], [['text']], [[bytes, bytes]], [[]], [null]] as const)
      expect(await failure(session.call('a.b', args, kwargs, options))).toMatchObject({
        name: 'SerializationError',
        message: 'expected args with one Uint8Array, which is passed through as it is, and no kwargs',
      });
    expect(peer.unread).toEqual([]);
  });

  it('[C46] is not packed with an empty scheme', async () => {
    const { session, peer } = await join();
    session.publish('a.b', [5], null, { ppt_scheme: '', ppt_serializer: 'json' });
    await peer.expect(PUBLISH(1, { ppt_scheme: '', ppt_serializer: 'json' }, 'a.b', [5]));
  });

  it.each<[object, 'TypeError' | 'SerializationError', string | RegExp]>([
    [
      { ppt_scheme: 'mine', ppt_serializer: 'json' },
      'TypeError',
      "expected ppt_scheme to be 'wamp', 'mqtt' or 'x_…', got \"mine\"",
    ],
    [{ ppt_scheme: 5 }, 'TypeError', /^expected ppt_scheme of (call|publish) to be a string, got 5$/],
    [{ ...ppt, ppt_keyid: [] }, 'TypeError', /^expected ppt_keyid of (call|publish) to be a string, got \[\]$/],
    [{ ppt_scheme: 'wamp' }, 'TypeError', /'cbor' or 'flatbuffers' with ppt_scheme 'wamp', got nothing/],
    [{ ppt_scheme: 'wamp', ppt_serializer: 'json' }, 'TypeError', /'cbor' or 'flatbuffers' with ppt_scheme 'wamp', got "json"/],
    [{ ppt_scheme: 'mqtt', ppt_cipher: 'aes256gcm' }, 'TypeError', /no ppt_cipher/],
    [{ ppt_scheme: 'mqtt', ppt_keyid: 'k' }, 'TypeError', /no ppt_keyid/],
    [
      { ppt_scheme: 'wamp', ppt_serializer: 'flatbuffers' },
      'SerializationError',
      "expected ppt_serializer to be one of those given to passthru() (json), got 'flatbuffers'",
    ],
  ])('[C46] is refused with %j, and nothing is sent', async (options, name, message) => {
    const { session, peer } = await able();
    const expected = { name, message: typeof message === 'string' ? message : expect.stringMatching(message) };
    expect(await failure(session.call('a.b', [bytes], null, options as CallOptions))).toMatchObject(expected);
    expect(() => session.publish('a.b', [bytes], null, options as UnacknowledgedOptions)).toThrow(
      expect.objectContaining(expected),
    );
    expect(peer.unread).toEqual([]);
  });

  it('[C46] is refused with the place of the error if it cannot be packed', async () => {
    const { session } = await able();
    expect(await failure(session.call('a.b', [{ f: () => {} }], null, ppt))).toMatchObject({
      name: 'SerializationError',
      path: ['args', 0, 'f'],
      message: 'cannot pack a payload in json: expected JSON values and Uint8Array, got a function (args.0.f)',
    });
  });

  it('[C46] [C21] is refused when the router has not announced it, and the error names the role', async () => {
    const { session, peer } = await join({ passthru: passthru() });
    expect(await failure(session.call('a.b', [5], null, ppt))).toMatchObject({
      name: 'ApplicationError',
      uri: UNSUPPORTED,
      args: ["the router's dealer did not announce payload_passthru_mode"],
    });
    const why = { uri: UNSUPPORTED, args: ["the router's broker did not announce payload_passthru_mode"] };
    expect(() => session.publish('a.b', [5], null, ppt)).toThrow(expect.objectContaining(why));
    expect(await failure(session.publish('a.b', [5], null, { ...ppt, acknowledge: true }))).toMatchObject(why);
    expect(peer.unread).toEqual([]);
    session.publish('a.b', [5]);
    await peer.expect(PUBLISH(1, {}, 'a.b', [5])); // and no request id is left out
  });
});

describe('a result', () => {
  /** A call that is answered with this, by `callResult`. */
  async function answered(...answer: List): Promise<Result> {
    const { session, peer } = await able();
    const call = session.callResult('a.b');
    await peer.next();
    peer.send([50, 1, ...answer]);
    return call;
  }

  it('[C46] is unpacked, and its details tell how it was packed', async () => {
    expect(await answered(ppt, [packed({ args: [1, '\0AAH/'], kwargs: { k: 2 } })])).toEqual(new Result([1, bytes], { k: 2 }, ppt));
    expect(await answered(ppt, [packed({ args: null })])).toEqual(new Result([], {}, ppt));
    expect(await answered(ppt)).toEqual(new Result([], {}, ppt));
    const { session, peer } = await able();
    const call = session.call('a.b');
    await peer.next();
    peer.send(RESULT(1, ppt, [five]));
    expect(await call).toBe(5);
  });

  it.each([
    [{ ppt_scheme: 'mqtt' }, [bytes], {}],
    [{ ppt_scheme: 'mqtt', ppt_serializer: 'native' }, [{ raw: 1 }, 2], { k: 1 }], // nexus
    [ppt, [{ not: 'packed' }], {}],
    [ppt, [five, five], {}],
    [{ ppt_scheme: 'unknown', ppt_serializer: '' }, [bytes], {}],
    [{ ppt_scheme: 'wamp', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm' }, [bytes], {}],
  ])('[C46] with %j is delivered as it comes', async (details, args, kwargs) => {
    expect(await answered(details, args, kwargs)).toEqual(new Result(args, kwargs, details));
  });

  it.each<[string, List, RegExp]>([
    [
      'by a serializer that is not there',
      [{ ...ppt, ppt_serializer: 'cbor' }, [bytes]],
      /one of those given to passthru\(\) \(json\), got 'cbor'/,
    ],
    ['as broken JSON', [ppt, [bytes]], /cannot unpack a payload in json: ./],
    ['as broken UTF-8', [ppt, [Uint8Array.of(0x22, 0xff, 0x22)]], /cannot unpack a payload in json: ./],
    ['as a list', [ppt, [packed([1])]], /expected a payload in json to be a dict of args and kwargs, got \[1\]/],
    ['as a number', [ppt, [packed(1)]], /dict of args and kwargs, got 1/],
    ['with args that are no list', [ppt, [packed({ args: 'x' })]], /dict of args and kwargs, got \{"args":"x"\}/],
    ['with kwargs that are no dict', [ppt, [packed({ kwargs: [] })]], /dict of args and kwargs/],
  ])('[C46] that was packed %s rejects only that call', async (_, answer, message) => {
    const { session, peer } = await able();
    const calls = [failure(session.call('a.b')), session.call('a.b')];
    peer.send([50, 1, ...answer], RESULT(2, {}, ['fine']));
    const [error, fine] = await Promise.all(calls);
    expect(error).toMatchObject({ name: 'SerializationError', message: expect.stringMatching(message) });
    expect([fine, session.isOpen]).toEqual(['fine', true]);
  });

  it('[C46] [C41] that is progressive is unpacked, or reported if it cannot be, and the call continues', async () => {
    const { session, peer, reported } = await able();
    const heard: unknown[] = [];
    const call = session.call('a.b', [], {}, { onProgress: (value) => heard.push(value) });
    peer.send(
      RESULT(1, { ...ppt, progress: true }, [five]),
      RESULT(1, { ...ppt, progress: true }, [bytes]),
      RESULT(1, {}, ['end']),
    );
    expect(await call).toBe('end');
    expect(heard).toEqual([5]);
    expect(reported).toMatchObject([{ where: 'progress', uri: 'a.b', error: { name: 'SerializationError' } }]);
  });

  it('[C46] that is an ERROR is unpacked, or keeps its URI and its packed payload', async () => {
    const { session, peer } = await able();
    const calls = [failure(session.call('a.b')), failure(session.call('a.b'))];
    peer.send(ERROR('CALL', 1, ppt, 'a.error', [five]), ERROR('CALL', 2, { ...ppt, ppt_serializer: 'cbor' }, 'a.error', [bytes]));
    expect(await Promise.all(calls)).toMatchObject([
      { uri: 'a.error', args: [5], details: ppt },
      { uri: 'a.error', args: [bytes], cause: { name: 'SerializationError' } },
    ]);
  });
});

describe('an event', () => {
  it('[C46] is unpacked; one that cannot be unpacked is reported, and the next one is delivered', async () => {
    const { peer, heard, reported, session } = await subscriber();
    peer.send(
      EVENT(5, 1, ppt, [five]),
      EVENT(5, 2, ppt, [bytes]),
      EVENT(5, 3, { ppt_scheme: 'mqtt' }, [bytes]),
      EVENT(5, 4, {}, [6]),
    );
    await settled();
    expect(heard).toEqual([
      [[5], {}, 'x_mine'],
      [[bytes], {}, 'mqtt'],
      [[6], {}, undefined],
    ]);
    expect(reported).toMatchObject([{ where: 'event', uri: 'a.b', error: { name: 'SerializationError' } }]);
    expect(session.isOpen).toBe(true);
  });
});

describe('an invocation', () => {
  it('[C46] is unpacked; one that cannot be unpacked is answered with ERROR, in the same read as a good one', async () => {
    const { peer, reported } = await callee((args, kwargs, { ppt_scheme }) => new Result([args, kwargs, ppt_scheme]));
    peer.send(INVOCATION(1, 5, { ...ppt, ppt_serializer: 'cbor' }, [bytes]), INVOCATION(2, 5, ppt, [five]));
    const text = expect.stringMatching(/^expected ppt_serializer .*, got 'cbor'$/);
    await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.invalid_argument', [text]));
    await peer.expect(YIELD(2, {}, [[5], {}, 'x_mine']));
    expect(reported).toEqual([]);
  });

  it('[C46] [C57] ends if a further input cannot be unpacked, and its endpoint is told', async () => {
    let signal: AbortSignal | undefined;
    const { peer } = await callee((_args, _kwargs, details) => {
      ({ signal } = details);
      return new Promise(() => {});
    });
    peer.send(
      INVOCATION(1, 5, { progress: true, ...ppt }, [five]),
      INVOCATION(1, 5, { progress: true, ...ppt, ppt_serializer: 'cbor' }, [bytes]),
    );
    await peer.expect(
      ERROR('INVOCATION', 1, {}, 'wamp.error.invalid_payload', [expect.stringMatching(/^expected ppt_serializer /)]),
    );
    expect(signal?.aborted).toBe(true);
  });

  it('[C46] has its result, progress or error packed as the endpoint says', async () => {
    const { peer } = await callee((_args, _kwargs, details) => {
      details.sendProgress(new Result([5], {}, ppt));
      if (details.receive_progress) return new Result([5], {}, { ...details });
      throw new ApplicationError('a.error', [5], {}, { details: { ...ppt, other: 1 } });
    });
    peer.send(INVOCATION(1, 5, { ...ppt, receive_progress: true }), INVOCATION(2, 5, {}));
    await peer.expect(YIELD(1, { ...ppt, progress: true }, [five]));
    await peer.expect(YIELD(1, ppt, [five]));
    await peer.expect(ERROR('INVOCATION', 2, ppt, 'a.error', [five]));
  });

  it('[C46] has an answer that is not packed if the router did not announce it', async () => {
    const { peer, reported } = await callee(
      ([how]) => {
        if (how === 'throw') throw new ApplicationError('a.error', ['why'], {}, { details: ppt });
        return new Result([5], {}, ppt);
      },
      await join({ passthru: passthru() }),
    );
    peer.send(INVOCATION(1, 5, {}), INVOCATION(2, 5, {}, ['throw']));
    await peer.expect(ERROR('INVOCATION', 1, {}, UNSUPPORTED, ["the router's dealer did not announce payload_passthru_mode"]));
    await peer.expect(ERROR('INVOCATION', 2, {}, 'a.error', ['a.error: why']));
    expect(reported).toMatchObject([{ where: 'invocation', error: { uri: UNSUPPORTED } }]);
  });

  it('[C46] ends if the caller does not accept its packed answer: the endpoint is stopped, and it is reported', async () => {
    let details: InvocationDetails | undefined;
    const { peer, session, reported } = await callee(([how], _kwargs, given) => {
      if (how === 'quick') return new Result([5], {}, ppt);
      details = given;
      given.sendProgress(new Result([5], {}, ppt));
      return new Promise((resolve) => given.signal.addEventListener('abort', () => resolve('late')));
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }), INVOCATION(2, 5, {}, ['quick']));
    await peer.next();
    await peer.next();
    peer.send(ERROR('YIELD', 1, {}, UNSUPPORTED, ['no']), ERROR('YIELD', 2, {}, UNSUPPORTED), ERROR('YIELD', 99, {}, UNSUPPORTED));
    await settled();
    expect(details?.signal.reason).toMatchObject({ uri: UNSUPPORTED });
    expect([peer.unread, session.isOpen, details?.sendProgress(6)]).toEqual([[], true, false]);
    expect(reported).toMatchObject([
      { where: 'invocation', uri: 'a.b', error: { uri: UNSUPPORTED, args: ['no'] } },
      { where: 'invocation', uri: undefined },
      { where: 'invocation', uri: undefined },
    ]);
  });
});
