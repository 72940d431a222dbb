/* Values of options are looked at before anything is sent: a router would end the session for them. */
import { type CallOptions, Connection, type ConnectionOptions, type WaitOptions } from 'autostrada';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { verbOptions, wireOptions } from '../../src/client/kernel/verb-options.ts';
import { optionNames } from '../../src/protocol/options.ts';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { CALL, PUBLISH, RESULT } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure, join } from '../fixtures/scripted-session.ts';

type Verb = 'call' | 'publish' | 'acknowledged' | 'subscribe' | 'register';

/** What each verb is given, and what it says of it. */
const mistakes: readonly (readonly [verb: Verb, options: object, text: string])[] = [
  [
    'register',
    { invoke: 'round_robin' },
    'expected invoke of register to be one of "single", "roundrobin", "random", "first", "last", got "round_robin"',
  ],
  ['register', { match: 'prefx' }, 'expected match of register to be one of "exact", "prefix", "wildcard", got "prefx"'],
  ['register', { disclose_caller: 1 }, 'expected disclose_caller of register to be a boolean, got 1'],
  ['register', { concurrency: 0 }, 'expected concurrency of register to be a positive integer, got 0'],
  ['register', { maxConcurrency: 0.5 }, 'expected maxConcurrency to be a whole number from 1, got 0.5'],
  ['subscribe', { match: 'prefx' }, 'expected match of subscribe to be one of "exact", "prefix", "wildcard", got "prefx"'],
  ['subscribe', { get_retained: 'yes' }, 'expected get_retained of subscribe to be a boolean, got "yes"'],
  ['subscribe', { Match: 'prefix' }, "expected an option of subscribe (signal, timeoutMs), got 'Match'"],
  ['acknowledged', { eligible_authid: 'joe' }, 'expected eligible_authid of publish to be a list of strings, got "joe"'],
  ['publish', { exclude: [0] }, 'expected exclude of publish to be a list of ids, got [0]'],
  ['publish', { acknowledge: 'yes' }, 'expected acknowledge of publish to be a boolean, got "yes"'],
  ['publish', { retain: 1 }, 'expected retain of publish to be a boolean, got 1'],
  ['publish', { whenOffline: 'later' }, 'expected whenOffline of publish to be one of "wait", "drop", got "later"'],
  ['publish', { whenOffline: 'fail' }, 'expected whenOffline of publish to be one of "wait", "drop", got "fail"'],
  ['acknowledged', { whenOffline: 'drop' }, 'expected whenOffline of publish to be one of "wait", "fail", got "drop"'],
  ['call', { whenOffline: 'drop' }, 'expected whenOffline of call to be one of "wait", "fail", got "drop"'],
  ['acknowledged', { timeoutMs: -1 }, 'expected timeoutMs of publish to be milliseconds from 0 on, got -1'],
  ['call', { timeout: 300.7 }, 'expected timeout of call to be a non-negative integer, got 300.7'],
  ['call', { timeoutMs: '5' }, 'expected timeoutMs of call to be milliseconds from 0 on, got "5"'],
  ['call', { timeoutMs: Number.NaN }, 'expected timeoutMs of call to be milliseconds from 0 on, got NaN'],
  ['call', { timeoutMS: 5 }, "got 'timeoutMS'; did you mean 'timeoutMs'?"],
  ['call', { cancelMode: 'kil' }, 'expected cancelMode of call to be one of "skip", "kill", "killnowait", got "kil"'],
  ['call', { retryOnLoss: 'always' }, 'expected retryOnLoss of call to be one of "never", "not-sent", "unknown", got "always"'],
  ['call', { onProgress: true }, 'expected onProgress of call to be a function, got true'],
  ['call', { disclose_me: 'true' }, 'expected disclose_me of call to be a boolean, got "true"'],
  ['call', { signal: new AbortController() }, 'expected signal of call to be an AbortSignal, got AbortController'],
  ['subscribe', { signal: 'stop' }, 'expected signal of subscribe to be an AbortSignal, got "stop"'],
];

/** Only what differs between the connection's verbs and the session's is left out. */
interface Verbs {
  call(uri: string, args: unknown[], kwargs: object, options: object): Promise<unknown>;
  publish(uri: string, args: unknown[], kwargs: object, options: object): Promise<unknown> | undefined;
  subscribe(uri: string, handler: () => void, options: object): unknown;
  register(uri: string, endpoint: () => void, options: object): unknown;
}

async function attempt(verbs: Verbs, verb: Verb, options: object): Promise<Error> {
  const run = async (): Promise<unknown> => {
    if (verb === 'subscribe' || verb === 'register') {
      const given = verbs[verb]('a.b', () => {}, options) as PromiseLike<unknown> | { readonly ready: Promise<unknown> };
      return 'ready' in given ? given.ready : given;
    }
    if (verb === 'call') return verbs.call('a.b', [], {}, options);
    return verbs.publish('a.b', [], {}, verb === 'acknowledged' ? { ...options, acknowledge: true } : options);
  };
  return failure(run());
}

describe.each(mistakes)('%s with %o', (verb, options, text) => {
  it('[H1] [C12] is a TypeError on a session, and nothing is sent', async () => {
    const { session, peer, reported } = await join();
    const error = await attempt(session as unknown as Verbs, verb, options);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(text);
    await settled();
    expect([session.isOpen, peer.unread, reported]).toEqual([true, [], []]);
  });

  it('[H1] [C12] is a TypeError on a connection, before there is a session, too', async () => {
    const { connection, peer, reported } = await join();
    const error = await attempt(connection as unknown as Verbs, verb, options);
    expect([error.name, error.message]).toEqual(['TypeError', expect.stringContaining(text)]);
    await settled();
    expect([connection.status.state, peer.unread, reported, connection.handles]).toEqual(['joined', [], [], []]);
    const idle = new Connection({ url: new ScriptedRouter(), realm: 'realm1' });
    expect((await attempt(idle as unknown as Verbs, verb, options)).message).toBe(error.message);
    expect(idle.status.state).toBe('idle');
  });
});

describe('an invalid handle', () => {
  it('[H1] is reported once to on("error") if nobody awaits it', async () => {
    const { connection, reported } = await join();
    connection.register('a.b', () => {}, { invoke: 'round_robin' as 'roundrobin' });
    await settled();
    expect(reported).toEqual([{ error: expect.any(TypeError), where: 'registration', uri: 'a.b' }]);
  });
});

describe('the options of a request', () => {
  it('[H1] [C12] are sent, except our own, and undefined and null ones', () => {
    const signal = new AbortController().signal;
    const given = { a: 1, b_c: false, signal, timeoutMs: 2, d: undefined, e: null, disclose_me: null, constructor: 1 };
    expect(wireOptions(given, verbOptions.call)).toEqual({ a: 1, b_c: false, constructor: 1 });
    expect(wireOptions(undefined, verbOptions.call)).toEqual({});
    expect(() => wireOptions([] as object, verbOptions.call)).toThrow('expected options of call to be an object, got []');
    expect(() => wireOptions({ toString: 1 }, verbOptions.register)).toThrow(TypeError);
    for (const [kind, strange] of Object.entries({
      Promise: Promise.resolve(),
      Map: new Map(),
      Date: new Date(),
      Error: new Error('x'),
    }))
      expect(() => wireOptions(strange, verbOptions.call)).toThrow(`expected options of call to be an object, got ${kind}`);
  });

  it('[H1] are the same that a router checks', () => {
    expect(Object.keys(verbOptions.call.wamp)).toEqual([...(optionNames().get(48) ?? [])]);
    expect(Object.keys(verbOptions.register.wamp)).toEqual([...(optionNames().get(64) ?? [])]);
  });

  it('[H1] [C15] are sent even if unknown, with one warning if a known name is similar', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { session, peer, connection } = await join();
    const nearer = Object.assign({}, { acknowlege: true, correlation_id: 'x', _mine: 1 });
    const near = Object.assign({}, { timeoutms: 5 });
    for (let i = 1; i <= 2; i++) {
      connection.publish('a.b', [], null, nearer);
      session.publish('a.b', [], null, near);
    }
    await peer.expect(PUBLISH(1, { acknowlege: true, correlation_id: 'x', _mine: 1 }, 'a.b'));
    await peer.expect(PUBLISH(2, { timeoutms: 5 }, 'a.b'));
    expect(warn.mock.calls).toEqual([
      ["autostrada: 'acknowlege' is no option of publish that is known here, and is sent as it is; did you mean 'acknowledge'?"],
      ["autostrada: 'timeoutms' is no option of publish that is known here, and is sent as it is; did you mean 'timeoutMs'?"],
    ]);
  });
});

describe('timeoutMs', () => {
  const dealer = { call_timeout: true };

  it.each([
    [4999.2, { timeout: 5000 }],
    [0.1, { timeout: 1 }],
    [0, {}],
    [Number.POSITIVE_INFINITY, {}],
    [1e300, {}],
  ])('[H1] [C43] of %d ms is sent as %j', async (timeoutMs, wire) => {
    const { session, peer } = await join({}, { dealer });
    const call = session.call('a.b', [], null, { timeoutMs });
    await peer.expect(CALL(1, wire, 'a.b'));
    peer.send(RESULT(1, {}, ['in time']));
    expect(await call).toBe('in time');
  });

  it('[H1] [C43] of Infinity means no limit, and sets no timer', async () => {
    const clock = new ManualClock();
    const { session, peer } = await join({ environment: { clock }, liveness: false }, { dealer });
    const before = clock.pending;
    const outcome = vi.fn();
    void session.call('a.b', [], null, { timeoutMs: Number.POSITIVE_INFINITY }).then(outcome, outcome);
    await peer.next();
    expect(clock.pending).toBe(before);
    void answerGoodbye(peer);
  });
});

describe('a request that waits', () => {
  const wrong = [
    { signal: {} },
    { signal: 'stop' },
    { timeoutMs: 'soon' },
    { timeoutMs: -1 },
    { timeoutMs: Number.NaN },
    { timeoutMS: 5 },
  ] as unknown as CallOptions[];

  it.each(wrong)('[H1] refuses %j at once', async (options) => {
    const connection = new Connection({ url: new ScriptedRouter(), realm: 'realm1' });
    const { session } = await join();
    for (const waiting of [connection.open(options), session.rtt(options), session.idle(options)])
      expect(await failure(waiting)).toBeInstanceOf(TypeError);
    expect(connection.status.state).toBe('idle');
  });
});

it.each([
  [{ serializers: [] }, 'expected serializers of Connection to be a list of serializers'],
  [{ url: [] }, 'expected url of Connection to be ws://'],
  [{ maxMessageBytes: 10 }, 'expected maxMessageBytes of Connection to be an integer from 512 on, got 10'],
  [{ environment: { clock: {} } }, 'to be a clock with now, setTimeout and clearTimeout, got {}'],
])('[H1] a connection refuses options that could only fail later: %j', (options, text) => {
  const given = { url: 'ws://127.0.0.1:1', realm: 'realm1', ...options } as unknown as ConnectionOptions;
  expect(() => new Connection(given)).toThrow(text);
});

it('[H1] open() checks its options even if there is a session', async () => {
  const { connection } = await join();
  await connection.open();
  const wrong = { timeout: 5 } as unknown as WaitOptions;
  expect((await failure(connection.open(wrong))).message).toContain("got 'timeout'");
  expect(await failure(connection.open({ signal: AbortSignal.abort('enough') }))).toBe('enough');
});
