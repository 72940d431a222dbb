/* Small functions over the public surface: statuses, withOptions, registerAll, defineError. */
import {
  ApplicationError,
  type Connection,
  ConnectionLostError,
  defineError,
  JoinError,
  registerAll,
  type Status,
  statuses,
  withOptions,
} from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { CALL, PUBLISH } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

describe('[N7] statuses', () => {
  it('gives every status from now on and ends with closed', async () => {
    const { router, connect, clock } = testBench();
    const ann = connect('ann');
    await ann.open();
    const stream = statuses(ann);
    router.cut();
    await clock.advance(1000);
    await ann.close();
    const seen: Status[] = [];
    for await (const status of stream) seen.push(status);
    expect(seen.map(({ state }) => state)).toEqual(['waiting', 'connecting', 'joined', 'closed']);
    expect(seen[0]).toMatchObject({ error: { uri: 'wamp.error.network_failure' } });
  });

  it('stops listening when the loop is left, or when the connection has ended', async () => {
    const { connect } = testBench();
    const ann = connect('ann');
    const offs: ReturnType<typeof vi.fn>[] = [];
    const on = ann.on.bind(ann);
    vi.spyOn(ann, 'on').mockImplementation((...listening: Parameters<Connection['on']>) => {
      const off = vi.fn(on(...listening));
      offs.push(off);
      return off;
    });
    const [left, ended] = [statuses(ann), statuses(ann)];
    void ann.open();
    for await (const { state } of left) if (state === 'joined') break;
    expect(offs.map((off) => off.mock.calls.length)).toEqual([1, 0]);
    await ann.close();
    for await (const _ of ended);
    expect(offs.map((off) => off.mock.calls.length)).toEqual([1, 1]);
  });
});

describe('withOptions', () => {
  it('adds its defaults to calls and acknowledged events, and the suitable ones to others', async () => {
    const { session, peer } = await join({}, { dealer: { call_timeout: true } });
    const { signal } = new AbortController();
    const hasty = withOptions(session, {
      timeoutMs: 5,
      signal,
      disclose_me: true,
      _x: 1,
      whenOffline: 'fail',
      retryOnLoss: 'never',
    });
    hasty.call('a.b', [1]).catch(() => {});
    await peer.expect(CALL(1, { timeout: 5, disclose_me: true, _x: 1 }, 'a.b', [1]));
    hasty.callResult('a.b', null, { k: 2 }, { timeoutMs: 0, disclose_me: false }).catch(() => {});
    await peer.expect(CALL(2, { disclose_me: false, _x: 1 }, 'a.b', [], { k: 2 }));
    expect(hasty.publish('a.c', [1])).toBeUndefined();
    await peer.expect(PUBLISH(3, { disclose_me: true, _x: 1 }, 'a.c', [1]));
    hasty.publish('a.c', [1], null, { acknowledge: true }).catch(() => {});
    await peer.expect(PUBLISH(4, { acknowledge: true, disclose_me: true, _x: 1 }, 'a.c', [1]));
  });

  it('ends requests by the common signal, and one request by its own', async () => {
    const { session } = await join();
    const [common, own] = [new AbortController(), new AbortController()];
    const both = withOptions(session, { signal: common.signal });
    const [first, second] = [
      failure(both.call('a.b')),
      failure(both.publish('a.b', [], null, { acknowledge: true, signal: own.signal })),
    ];
    common.abort(new Error('all'));
    own.abort(new Error('one'));
    expect([(await first).message, (await second).message]).toEqual(['all', 'one']);
  });

  it('has options of a connection for the time without a session, and can be nested', async () => {
    const { router, connect } = testBench();
    const up = router.down();
    const ann = connect('ann');
    const now = withOptions(withOptions(ann, { whenOffline: 'fail' }), { timeoutMs: 100 });
    expect(await failure(now.call('a.b'))).toMatchObject({ delivery: 'not-sent' });
    const later = withOptions(ann, { whenOffline: 'wait' });
    later.publish('a.b', [1]);
    now.publish('a.b', [2]);
    await ann.close();
    up();
  });
});

describe('registerAll', () => {
  it('registers all procedures with the same options, and unregisters all', async () => {
    const { router, connect } = testBench();
    const [service, client] = [connect('service'), connect('client')];
    const endpoints = registerAll(
      service,
      { 'a.add': ([a, b]: [number, number]) => a + b, 'a.none': undefined, 'a.time': () => 'now' },
      { invoke: 'roundrobin' },
    );
    await endpoints.ready;
    expect(endpoints.registrations.map(({ procedure, state }) => [procedure, state])).toEqual([
      ['a.add', 'active'],
      ['a.time', 'active'],
    ]);
    expect([await client.call('a.add', [2, 3]), await client.call('a.time')]).toEqual([5, 'now']);
    expect(router.log.filter(({ type }) => type === 'REGISTER').map(({ message }) => message[2])).toEqual([
      { invoke: 'roundrobin' },
      { invoke: 'roundrobin' },
    ]);
    await endpoints.unregister();
    expect(service.handles).toEqual([]);
    expect((await failure(client.call('a.add', [2, 3]))).uri).toBe('wamp.error.no_such_procedure');
  });

  it('is unregistered at the end of its block', async () => {
    const { router, connect } = testBench();
    const service = connect('service');
    {
      await using endpoints = registerAll(service, { 'a.b': () => 1 });
      await endpoints.ready;
    }
    {
      using _ = registerAll(service, { 'a.c': () => 1 });
    }
    expect(service.handles).toEqual([]);
    await router.settled();
    expect(router.stats().registrations).toBe(0);
  });

  it('[H6] rejects when one is refused, and names it; none of the others stays', async () => {
    const { router, connect } = testBench();
    await connect('other').register('a.c', () => 1).ready;
    const service = connect('service');
    const told = vi.fn();
    service.on('error', told);
    const endpoints = registerAll(service, { 'a.b': () => 1, 'a.c': () => 2 });
    const error = await failure(endpoints.ready);
    expect(error.uri).toBe('wamp.error.procedure_already_exists');
    expect(error.message).toContain('a.c');
    expect(told).not.toHaveBeenCalled();
    await router.settled();
    expect(endpoints.registrations.map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect([service.handles.length, router.stats().registrations]).toEqual([0, 1]);
    expect((await failure(endpoints.ready)).uri).toBe('wamp.error.procedure_already_exists');
    registerAll(service, { 'a.c': () => 2 }); // and nobody waits
    await expect.poll(() => told.mock.calls.map(([, { uri }]) => uri)).toEqual(['a.c']);
  });

  it('[H6] keeps the others when one is lost after all were active', async () => {
    const { router, clock, connect } = testBench();
    const [service, other] = [connect('service'), connect('other')];
    service.on('error', () => {});
    const endpoints = registerAll(service, { 'a.b': () => 1, 'a.c': () => 2 });
    await endpoints.ready;
    const up = router.down();
    up();
    await other.register('a.c', () => 3).ready;
    await clock.advance(1000);
    await router.settled();
    expect(endpoints.registrations.map(({ state }) => state)).toEqual(['active', 'closed']);
  });
});

describe('defineError', () => {
  const UnknownSku = defineError<[sku: string], { left?: number }>('com.test.unknown_sku');

  it('makes errors that endpoints throw and callers recognize by class', async () => {
    const { connect } = testBench();
    await connect('service').register('a.b', ([sku]: [string]) => {
      throw new UnknownSku([sku], { left: 3 });
    }).ready;
    const error: unknown = await failure(connect('client').call('a.b', ['a1']));
    expect(error).toBeInstanceOf(UnknownSku);
    expect(error).toBeInstanceOf(ApplicationError);
    if (!(error instanceof UnknownSku)) throw error;
    expect([error.args[0].toUpperCase(), error.kwargs.left]).toEqual(['A1', 3]);
    expect(UnknownSku.is(error)).toBe(true);
  });

  it('recognizes errors by their URI alone', () => {
    const Twin = defineError('com.test.unknown_sku');
    const made = new UnknownSku(['a1']);
    expect([made instanceof Twin, made instanceof Error, made.name, made.message]).toEqual([
      true,
      true,
      'ApplicationError',
      'com.test.unknown_sku: a1',
    ]);
    const others = [
      new ApplicationError('com.test.other', ['a1']),
      new JoinError('com.test.unknown_sku', 'no'),
      new ConnectionLostError('com.test.unknown_sku', 'gone'),
      { uri: 'com.test.unknown_sku', name: 'ApplicationError' },
      'com.test.unknown_sku',
      null,
      undefined,
    ];
    expect(others.filter((other) => UnknownSku.is(other) || other instanceof UnknownSku)).toEqual([]);
  });

  it('recognizes an error of another copy of this package', () => {
    const foreign = Object.assign(new Error('x'), { name: 'ApplicationError', uri: UnknownSku.uri, args: ['a1'], kwargs: {} });
    expect(foreign).toBeInstanceOf(UnknownSku);
  });

  it('accepts a message and a cause', () => {
    const cause = new Error('disk');
    const error = new UnknownSku(['a1'], {}, { cause, message: 'no such item' });
    expect([error.message, error.cause, error.uri]).toEqual(['no such item', cause, 'com.test.unknown_sku']);
  });

  it('refuses anything but a URI', () => {
    expect(() => defineError('a b')).toThrow(TypeError);
  });
});
