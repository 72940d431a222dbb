/* Requests whose answer nobody waits for any more: they are let go, and a late answer still does no harm. */
import { describe, expect, it } from 'vitest';
import { Requests, type Settle } from '../../src/client/requests.ts';
import { Code } from '../../src/protocol/messages.ts';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { failure, type Joined, join } from '../fixtures/scripted-session.ts';

const calls = (joined: Joined, count: number, dealer: object) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const controller = new AbortController();
      const call = failure(joined.session.call('a.b', [], {}, { signal: controller.signal }));
      const [code, request] = await joined.peer.next();
      expect(code).toBe(48);
      controller.abort();
      await call;
      if ('call_canceling' in dealer) await joined.peer.expect([49, request, { mode: 'killnowait' }]);
    }),
  );

describe.each([
  ['that never answers a CANCEL', { call_canceling: true }],
  ['that knows no CANCEL', {}],
])('a router %s', (_, dealer) => {
  it('[C42] keeps nobody waiting, and may still answer once', async () => {
    const joined = await join({}, { dealer });
    const { session, peer } = joined;
    await calls(joined, 1, dealer);
    await calls(joined, 1, dealer);
    peer.send([50, 1, { progress: true }, ['late']], [50, 1, {}, ['late']], [8, 48, 2, {}, 'wamp.error.canceled']);
    await settled();
    expect(session.isOpen).toBe(true);
    peer.send([50, 1, {}, ['twice']]);
    expect(await peer.next()).toMatchObject([3, {}, 'wamp.error.protocol_violation']);
  });

  it('[C42] must not answer with another kind of message, nor what was never asked', async () => {
    for (const wrong of [
      [33, 1, 5],
      [8, 32, 1, {}, 'com.example.error'],
      [50, 2, {}],
    ]) {
      const joined = await join({}, { dealer });
      await calls(joined, 1, dealer);
      joined.peer.send(wrong);
      expect(await joined.peer.next()).toMatchObject([3, {}, 'wamp.error.protocol_violation']);
    }
  });
});

describe('requests that were given up', () => {
  const nothing: Settle<unknown> = { resolve: () => {}, reject: () => {} };
  /** As many calls as there are, each given up at once. */
  function givenUp(count: number): Requests {
    const requests = new Requests(new ManualClock());
    for (let request = 1; request <= count; request++) {
      requests.wait(Code.CALL, nothing, undefined);
      requests.giveUp(request, new Error('enough'));
    }
    return requests;
  }

  it('[C42] take no more than bounded memory, and no late answer is a violation', () => {
    const requests = givenUp(5000);
    const { waits, abandoned } = requests as unknown as Record<'waits' | 'abandoned', Map<number, unknown>>;
    expect([waits.size, abandoned.size, requests.pending]).toEqual([0, 1000, 0]);
    for (const request of [1, 2500, 4999, 5000]) requests.take(request, Code.CALL, Code.RESULT).resolve(1);
    requests.take(3, Code.CALL, Code.RESULT).reject(new Error('late'));
    expect(() => requests.take(5000, Code.CALL, Code.RESULT)).toThrow(/no CALL with that id waits/);
    expect(() => requests.take(4998, Code.SUBSCRIBE, Code.SUBSCRIBED)).toThrow(/no SUBSCRIBE with that id waits/);
    expect(() => requests.take(5001, Code.CALL, Code.RESULT)).toThrow(/no CALL with that id waits/);
  });

  it('are kept when something is still to be done with the answer', () => {
    const requests = new Requests(new ManualClock());
    const answers: unknown[] = [];
    requests.wait(Code.REGISTER, { ...nothing, answered: (id) => answers.push(id) }, undefined);
    requests.giveUp(1, new Error('enough'));
    expect(requests.pending).toBe(0);
    requests.take(1, Code.REGISTER, Code.REGISTERED).resolve(7);
    expect(answers).toEqual([7]);
  });

  it('stay given up', () => {
    const outcomes: unknown[] = [];
    const requests = new Requests(new ManualClock());
    requests.wait(Code.CALL, { resolve: (v) => outcomes.push(v), reject: (e) => outcomes.push(e) }, undefined);
    requests.giveUp(1, 'first');
    requests.giveUp(1, 'second');
    requests.take(1, Code.CALL, Code.RESULT).resolve('late');
    requests.rejectAll('end');
    expect(outcomes).toEqual(['first']);
  });
});
