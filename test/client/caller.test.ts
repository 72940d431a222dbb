import { Result } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { CALL, CANCEL, ERROR, type Payload, PUBLISH, RESULT } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';

describe('calling', () => {
  it('[C40] settles several calls, whatever order the answers come in', async () => {
    const { session, peer } = await join();
    const calls = [session.call('a.one', [1], { k: 1 }), session.call('a.two'), failure(session.call('a.three'))];
    await peer.expect(CALL(1, {}, 'a.one', [1], { k: 1 }));
    await peer.expect(CALL(2, {}, 'a.two'));
    await peer.expect(CALL(3, {}, 'a.three'));
    peer.send(ERROR('CALL', 3, {}, 'com.example.error', ['why']), RESULT(2, {}, ['two']), RESULT(1, {}, ['one']));
    expect(await Promise.all(calls)).toMatchObject(['one', 'two', { uri: 'com.example.error', message: 'com.example.error: why' }]);
  });

  it.each<[string, Payload, unknown]>([
    ['nothing', [], undefined],
    ['empty args', [[]], undefined],
    ['one value', [[7]], 7],
    ['null', [[null]], null],
    ['two values', [[1, 2]], new Result([1, 2])],
    ['keywords', [[], { a: 1 }], new Result([], { a: 1 })],
    ['a value and keywords', [[1], { a: 1 }], new Result([1], { a: 1 })],
    ['a value and no keywords', [[1], {}], 1],
  ])('gives %s as one expects', async (_, payload, value) => {
    const { session, peer } = await join();
    const call = session.call('a.b');
    await peer.next();
    peer.send(RESULT(1, {}, ...payload));
    expect(await call).toEqual(value);
  });

  it('gives the whole result to callResult, with its details', async () => {
    const { session, peer } = await join();
    const call = session.callResult('a.b');
    await peer.next();
    peer.send(RESULT(1, { callee: 5 }));
    expect(await call).toEqual(new Result([], {}, { callee: 5 }));
  });

  it('rejects a call whose arguments cannot be sent, and only that', async () => {
    const { session, peer } = await join();
    const error = await failure(session.call('a.b', [1, { when: [() => {}] }]));
    expect(error).toMatchObject({ name: 'SerializationError', uri: 'wamp.error.invalid_payload' });
    expect(error.message).toBe(
      'cannot encode CALL a.b in json: args[1].when[0]: expected JSON values and Uint8Array, got a function',
    );
    expect((await failure(session.call('a.b', [], { n: 1n }))).message).toMatch(/kwargs\.n: .* a bigint/);
    const call = session.call('a.b', [1]);
    await peer.expect(CALL(1, {}, 'a.b', [1]));
    peer.send(RESULT(1, {}, [2]));
    expect(await call).toBe(2);
  });

  it('[C42] cancels with the chosen mode, and drops a late RESULT', async () => {
    const { session, peer } = await join({}, { dealer: { call_canceling: true } });
    const controller = new AbortController();
    const call = failure(session.call('a.b', [], {}, { signal: controller.signal, cancelMode: 'kill' }));
    await peer.next();
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await call).toBe(reason);
    await peer.expect(CANCEL(1, { mode: 'kill' }));
    peer.send(RESULT(1, {}, ['late']));
    await settled();
    expect(session.isOpen).toBe(true);
  });

  it('[C42] drops a late ERROR too, and cancels with killnowait by default', async () => {
    const { session, peer } = await join({}, { dealer: { call_canceling: true } });
    const controller = new AbortController();
    const call = failure(session.call('a.b', [], {}, { signal: controller.signal }));
    await peer.next();
    controller.abort();
    expect((await call).name).toBe('AbortError');
    await peer.expect(CANCEL(1, { mode: 'killnowait' }));
    peer.send(ERROR('CALL', 1, {}, 'wamp.error.canceled'));
    await settled();
    expect(session.isOpen).toBe(true);
  });

  it('[C42] sends no CANCEL to a router that did not announce it', async () => {
    const { session, peer } = await join();
    const controller = new AbortController();
    const call = failure(session.call('a.b', [], {}, { signal: controller.signal }));
    await peer.next();
    controller.abort();
    await call;
    session.publish('a.c');
    await peer.expect(PUBLISH(2, {}, 'a.c'));
  });

  it('sends nothing if the signal has already aborted', async () => {
    const { session, peer } = await join();
    const reason = new Error('early');
    expect(await failure(session.call('a.b', [], {}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    session.publish('a.c');
    await peer.expect(PUBLISH(1, {}, 'a.c'));
  });

  it('[C43] rejects after timeoutMs, which it sends to a router that announced call_timeout', async () => {
    const clock = new ManualClock();
    const { session, peer } = await join({ environment: { clock } }, { dealer: { call_timeout: true, call_canceling: true } });
    const before = clock.pending;
    const call = failure(session.call('a.b', [], {}, { timeoutMs: 500 }));
    await peer.expect(CALL(1, { timeout: 500 }, 'a.b'));
    await clock.advance(499);
    expect(session.isOpen).toBe(true);
    await clock.advance(1);
    expect(await call).toMatchObject({ name: 'TimeoutError', uri: 'wamp.error.timeout', message: 'no answer to CALL in 500 ms' });
    await peer.expect(CANCEL(1, { mode: 'killnowait' }));
    expect(clock.pending).toBe(before);
  });

  it('[C43] does not send its timeout to a router that did not announce call_timeout', async () => {
    const { session, peer } = await join();
    void session.call('a.b', [], {}, { timeoutMs: 500 }).catch(() => {});
    await peer.expect(CALL(1, {}, 'a.b'));
  });

  it('leaves no timer and no listener behind when the answer comes', async () => {
    const clock = new ManualClock();
    const { session, peer } = await join({ environment: { clock } });
    const before = clock.pending;
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    const call = session.call('a.b', [], {}, { timeoutMs: 500, signal });
    await peer.next();
    expect([clock.pending, add.mock.calls.length, remove.mock.calls.length]).toEqual([before + 1, 1, 0]);
    peer.send(RESULT(1, {}));
    await call;
    expect([clock.pending, add.mock.calls.length, remove.mock.calls.length]).toEqual([before, 1, 1]);
  });
});
