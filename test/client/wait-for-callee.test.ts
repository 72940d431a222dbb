/* A caller that is there before its callee waits for it, as long as it says. */
import { withOptions } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { Code, ERROR, RESULT } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const ADD = 'com.test.add';
const missing = (request: number) => ERROR('CALL', request, {}, 'wamp.error.no_such_procedure');
const meta = { dealer: { registration_meta_api: true } };

describe('waitForCalleeMs', () => {
  it.each(['connection', 'session', 'a default of the connection', 'withOptions'])(
    '[H5] ends with the registration, which the router reports: %s',
    async (scope) => {
      const { router, clock, connect } = testBench();
      const options = { waitForCalleeMs: 60_000 };
      const joe = connect('joe', { liveness: false, ...(scope.startsWith('a default') && { defaults: options }) });
      const session = await joe.open();
      const at = scope === 'session' ? session : scope === 'withOptions' ? withOptions(joe, options) : joe;
      const call = at.call(ADD, [2, 3], null, scope === 'connection' || scope === 'session' ? options : {});
      await clock.advance(30_000);
      expect(router.count('CALL')).toBe(2); // once more when it listened
      await connect('ann').register('com.test.other', () => 0).ready;
      await connect('ann').register(ADD, ([a, b]: [number, number]) => a + b).ready;
      await router.settled();
      expect(await call).toBe(5);
      await router.settled();
      expect([router.count('CALL'), router.count('SUBSCRIBE'), session.subscriptions.length]).toEqual([3, 1, 0]);
    },
  );

  it('[H5] survives a restart in which the caller is back before the callee, and loses no call', async () => {
    const { router, clock, connect } = testBench();
    const [joe, ann] = [connect('joe'), connect('ann', { retry: { minMs: 5000, maxMs: 5000 } })];
    await Promise.all([ann.register(ADD, ([a, b]: [number, number]) => a + b).ready, joe.open()]);
    const up = router.down();
    await router.settled();
    const calls = Array.from({ length: 20 }, (_, i) => joe.call(ADD, [i, 1], null, { waitForCalleeMs: 10_000 }));
    up();
    await clock.advance(1000);
    expect(joe.status.state).toBe('joined');
    router.cut({ authid: 'joe' }); // and once more
    await clock.advance(9000);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(router.stats().subscriptions).toBe(0);
  });

  it('[H5] rejects with the router’s error when the time has passed', async () => {
    const { clock, connect } = testBench();
    const call = failure(connect('joe').call(ADD, [], null, { waitForCalleeMs: 1000 }));
    const rejected = vi.fn();
    void call.then(rejected);
    await clock.advance(999);
    expect(rejected).not.toHaveBeenCalled();
    await clock.advance(1);
    expect((await call).uri).toBe('wamp.error.no_such_procedure');
  });

  it.each([
    ['the router has no such events', {}],
    ['they are refused', meta],
  ])('[H5] calls again, less and less often, if %s', async (_, features) => {
    const { clock } = testBench();
    const { session, peer } = await join({ environment: { clock } }, features);
    const call = session.call(ADD, [], null, { waitForCalleeMs: 10_000 });
    let calls = 0;
    const answer = async (): Promise<void> => {
      await settled();
      while (peer.unread.length > 0) {
        const [type, request] = (await peer.next()) as [number, number];
        if (type === Code.CALL) calls++;
        if (type === Code.SUBSCRIBE) peer.send(ERROR('SUBSCRIBE', request, {}, 'wamp.error.not_authorized'));
        else if (calls < 8) peer.send(missing(request));
        else peer.send(RESULT(request, {}, ['answer']));
      }
      await settled();
    };
    for (let i = 0; i < 200; i++) {
      await answer();
      await clock.advance(50);
    }
    expect([await call, calls]).toEqual(['answer', 8]);
  });

  it('[H5] applies to that error alone, and not to a call with inputs', async () => {
    const { session, peer } = await join({}, { dealer: { progressive_call_invocations: true } });
    const other = failure(session.call(ADD, [], null, { waitForCalleeMs: 1000 }));
    const inputs = failure(session.call(ADD, [], null, { waitForCalleeMs: 1000, inputsFrom: [] }));
    peer.send(ERROR('CALL', 1, {}, 'wamp.error.runtime_error'), missing(2));
    expect([(await other).uri, (await inputs).uri]).toEqual(['wamp.error.runtime_error', 'wamp.error.no_such_procedure']);
  });

  it('[H5] can be ended, and ends with the session or the connection', async () => {
    const { clock, connect } = testBench();
    const joe = connect('joe');
    const session = await joe.open();
    const controller = new AbortController();
    const wait = { waitForCalleeMs: 60_000 };
    const given = failure(joe.call(ADD, [], null, { ...wait, signal: controller.signal }));
    const limited = failure(joe.call(ADD, [], null, { ...wait, timeoutMs: 100 }));
    const [left, closed] = [failure(session.call(ADD, [], null, wait)), failure(joe.call(ADD, [], null, wait))];
    await settled();
    controller.abort(new Error('enough'));
    expect((await given).message).toBe('enough');
    await clock.advance(100);
    expect((await limited).uri).toBe('wamp.error.no_such_procedure');
    await joe.close();
    expect([await left, await closed]).toMatchObject([{ delivery: 'not-sent' }, { message: 'the connection is closed' }]);
  });

  it('[H5] is not an option of a publication, and must be a duration', async () => {
    const { connect } = testBench();
    const joe = connect('joe');
    await joe.open();
    const odd = { waitForCalleeMs: 'soon' } as never;
    expect((await failure(joe.call(ADD, [], null, odd))).message).toMatch(/^expected waitForCalleeMs of call to be milliseconds/);
    expect(() => connect('joe', { defaults: odd })).toThrow(/waitForCalleeMs/);
    const patient = withOptions(joe, { waitForCalleeMs: 100 });
    expect(await patient.publish('com.test.news', [], null, { acknowledge: true })).toEqual({ id: expect.any(Number) });
  });
});
