/* Requests whose answer nobody waits for any more: they are let go, and a late answer still does no harm. */
import { describe, expect, it, vi } from 'vitest';
import type { Settle } from '../../src/client/kernel/settle.ts';
import { createRequests } from '../../src/client/roles/requests.ts';
import { IdMap } from '../../src/protocol/id-map.ts';
import { Code } from '../../src/protocol/messages.ts';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { ABORT, CANCEL, ERROR, RESULT } from '../fixtures/messages.ts';
import { failure, type Joined, join } from '../fixtures/scripted-session.ts';

const calls = (joined: Joined, count: number, dealer: object) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const controller = new AbortController();
      const call = failure(joined.session.call('a.b', [], {}, { signal: controller.signal }));
      const [code, request] = await joined.peer.next();
      expect(code).toBe(Code.CALL);
      controller.abort();
      await call;
      if ('call_canceling' in dealer) await joined.peer.expect(CANCEL(request, { mode: 'killnowait' }));
    }),
  );

describe.each([
  ['that never answers a CANCEL', { call_canceling: true }],
  ['that knows no CANCEL', {}],
])('a router %s', (_, dealer) => {
  it('[H3] [C42] lets no request wait, and may still answer, once or twice', async () => {
    const joined = await join({}, { dealer });
    const { session, peer } = joined;
    await calls(joined, 1, dealer);
    await calls(joined, 1, dealer);
    peer.send(RESULT(1, { progress: true }, ['late']), RESULT(1, {}, ['late']), ERROR('CALL', 2, {}, 'wamp.error.canceled'));
    peer.send(RESULT(1, {}, ['twice']), ERROR('CALL', 2, {}, 'wamp.error.canceled'));
    await settled();
    expect([session.isOpen, peer.unread]).toEqual([true, []]);
  });

  it('[C42] must not answer a request that was never made', async () => {
    for (const wrong of [RESULT(2, {}), ERROR('SUBSCRIBE', 2, {}, 'com.example.error')]) {
      const joined = await join({}, { dealer });
      await calls(joined, 1, dealer);
      joined.peer.send(wrong);
      expect(await joined.peer.next()).toMatchObject(ABORT({}, 'wamp.error.protocol_violation'));
    }
  });
});

describe('requests that were given up', () => {
  const nothing: Settle<unknown> = { resolve: () => {}, reject: () => {} };
  /** As many calls as there are, each given up at once. */
  function givenUp(count: number): ReturnType<typeof createRequests> {
    const requests = createRequests(new ManualClock(), () => {});
    for (let request = 1; request <= count; request++) {
      requests.wait(Code.CALL, nothing, undefined);
      requests.giveUp(request, new Error('enough'));
    }
    return requests;
  }

  it('[H3] [C42] take no memory, and late or repeated answers to them are not violations', () => {
    const set = vi.spyOn(IdMap.prototype, 'set');
    const requests = givenUp(5000);
    const waits = set.mock.contexts[0] as IdMap<unknown>;
    expect([waits.values(), requests.pending]).toEqual([[], 0]);
    set.mockRestore();
    for (const request of [1, 2500, 5000, 5000]) requests.take(request, Code.CALL, Code.RESULT).resolve(1);
    requests.take(3, Code.CALL, Code.RESULT).reject(new Error('late'));
    expect(() => requests.take(5001, Code.CALL, Code.RESULT)).toThrow(/no CALL with that id waits/);
  });

  it('are kept if the answer still has an effect', () => {
    const requests = createRequests(new ManualClock(), () => {});
    const answers: unknown[] = [];
    requests.wait(Code.REGISTER, { ...nothing, answered: (id) => answers.push(id) }, undefined);
    requests.giveUp(1, new Error('enough'));
    expect(requests.pending).toBe(0);
    requests.take(1, Code.REGISTER, Code.REGISTERED).resolve(7);
    expect(answers).toEqual([7]);
  });

  it('never settle again', () => {
    const outcomes: unknown[] = [];
    const requests = createRequests(new ManualClock(), () => {});
    requests.wait(Code.CALL, { resolve: (v) => outcomes.push(v), reject: (e) => outcomes.push(e) }, undefined);
    requests.giveUp(1, 'first');
    requests.giveUp(1, 'second');
    requests.take(1, Code.CALL, Code.RESULT).resolve('late');
    requests.rejectAll('end');
    expect(outcomes).toEqual(['first']);
  });
});
