import type { InvocationDetails } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { CALL, ERROR, INTERRUPT, INVOCATION, REGISTERED, RESULT, YIELD } from '../fixtures/messages.ts';
import { failure, type Joined, join } from '../fixtures/scripted-session.ts';

type Endpoint = (args: readonly unknown[], kwargs: object, details: InvocationDetails) => unknown;

async function callee(endpoint: Endpoint): Promise<Joined> {
  const joined = await join();
  const registering = joined.session.register('a.b', endpoint);
  await joined.peer.next();
  joined.peer.send(REGISTERED(1, 5));
  await registering;
  return joined;
}

/** Runs until its signal aborts, and fails as `fetch` would. */
const untilAborted: Endpoint = (_args, _kwargs, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('INTERRUPT', () => {
  it.each<[string, object, Endpoint]>([
    ['lets its signal fail it', { mode: 'kill' }, untilAborted],
    [
      'fails with an AbortError of the platform',
      { mode: 'kill' },
      (_args, _kwargs, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new DOMException('stop', 'AbortError')))),
    ],
  ])('[C53] with kill is answered ERROR canceled by an endpoint that %s', async (_, options, endpoint) => {
    const { peer, session, reported } = await callee(endpoint);
    peer.send(INVOCATION(1, 5, {}), INTERRUPT(1, options));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled', ['the call was canceled']));
    expect([session.isOpen, reported]).toEqual([true, []]);
  });

  it('[C53] with kill is answered with the result by an endpoint that ignores the signal', async () => {
    let finish: (value: string) => void = () => {};
    const { peer } = await callee(() => new Promise<string>((resolve) => (finish = resolve)));
    peer.send(INVOCATION(1, 5, {}), INTERRUPT(1, { mode: 'kill' }));
    await settled();
    finish('done all the same');
    await peer.expect(YIELD(1, {}, ['done all the same']));
  });

  it.each([[{ mode: 'killnowait' }], [{}]])('[C53] with %j is not answered', async (options) => {
    const aborted = vi.fn();
    const { peer, session } = await callee((args, kwargs, details) => {
      details.signal.addEventListener('abort', () => aborted(details.signal.reason));
      return untilAborted(args, kwargs, details);
    });
    peer.send(INVOCATION(1, 5, {}), INTERRUPT(1, { ...options, reason: 'wamp.error.timeout' }));
    await settled();
    expect(aborted.mock.lastCall?.[0]).toMatchObject({ uri: 'wamp.error.timeout' });
    expect(peer.unread).toEqual([]);
    expect(session.isOpen).toBe(true);
  });

  it('[C53] for an ended or unknown invocation is ignored', async () => {
    const { peer, session } = await callee(() => 1);
    peer.send(INVOCATION(1, 5, {}), INTERRUPT(1, { mode: 'kill' }), INTERRUPT(99, {}));
    await peer.expect(YIELD(1, {}, [1]));
    await settled();
    expect([session.isOpen, peer.unread]).toEqual([true, []]);
  });

  it('[C53] is visible to an endpoint that reads the signal only afterwards', async () => {
    let late: InvocationDetails | undefined;
    const { peer } = await callee((_args, _kwargs, details) => {
      late = details;
      return new Promise(() => {});
    });
    peer.send(INVOCATION(1, 5, {}), INTERRUPT(1, { mode: 'kill' }));
    await settled();
    expect(late?.signal.aborted).toBe(true);
    expect(late?.signal).toBe(late?.signal);
  });

  it('comes as an abort of all running endpoints when the session ends', async () => {
    const reasons: unknown[] = [];
    const { peer, session } = await callee((_args, _kwargs, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return new Promise(() => {});
    });
    peer.send(INVOCATION(1, 5, {}));
    await settled();
    peer.close();
    await session.ended;
    expect(reasons).toMatchObject([{ name: 'ConnectionLostError' }]);
  });
});

describe('the details of an invocation', () => {
  it('have our members on the prototype, whatever the router sends', async () => {
    const seen: InvocationDetails[] = [];
    const { peer } = await callee((_args, _kwargs, details) => void seen.push(details));
    peer.send(INVOCATION(1, 5, { signal: 'fake', _mine: 1 }));
    await peer.next();
    const [details] = seen;
    expect(Object.keys(details ?? {}).sort()).toEqual(['_mine', 'procedure', 'registration']);
    expect(details?.signal).toBeInstanceOf(AbortSignal);
    expect(details?.sendProgress(1)).toBe(false);
  });
});

describe('progressive results', () => {
  it('[C52] are sent while the endpoint runs, and only if the caller asked', async () => {
    const sent: boolean[] = [];
    let details: InvocationDetails | undefined;
    const { peer } = await callee((_args, _kwargs, given) => {
      details = given;
      sent.push(given.sendProgress(1), given.sendProgress(undefined));
      return 'end';
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await peer.expect(YIELD(1, { progress: true }, [1]));
    await peer.expect(YIELD(1, { progress: true }));
    await peer.expect(YIELD(1, {}, ['end']));
    expect(details?.sendProgress(2)).toBe(false);
    peer.send(INVOCATION(2, 5, {}));
    await peer.expect(YIELD(2, {}, ['end']));
    expect(sent).toEqual([true, true, false, false]);
  });

  it('[C52] that cannot be sent throw an error into the endpoint', async () => {
    const { peer } = await callee((_args, _kwargs, { sendProgress }) => {
      expect(() => sendProgress(() => {})).toThrow(/a function/);
      return 'fine';
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await peer.expect(YIELD(1, {}, ['fine']));
  });

  it('[C41] are reported to on(error) when an async onProgress rejects', async () => {
    const { session, peer, reported } = await join();
    const onProgress = (async () => {
      throw new Error('a bad listener');
    }) as () => void;
    const call = session.call('a.b', [], {}, { onProgress });
    peer.send(RESULT(1, { progress: true }, [1]), RESULT(1, {}, ['end']));
    expect(await call).toBe('end');
    await settled();
    expect(reported).toMatchObject([{ where: 'progress', uri: 'a.b', error: { message: 'a bad listener' } }]);
  });

  it('[C41] are passed to onProgress in order, in the same form as the final one, which settles the call', async () => {
    const { session, peer, reported } = await join();
    const heard: unknown[] = [];
    const call = session.call(
      'a.b',
      [],
      {},
      {
        onProgress: (value) => {
          heard.push(value);
          if (value === 1) throw new Error('a bad listener');
        },
      },
    );
    await peer.expect(CALL(1, { receive_progress: true }, 'a.b'));
    peer.send(
      RESULT(1, { progress: true }, [1]),
      RESULT(1, { progress: true }),
      RESULT(1, { progress: true }, [1, 2]),
      RESULT(1, {}, ['end']),
    );
    expect(await call).toBe('end');
    expect(heard).toMatchObject([1, undefined, { args: [1, 2] }]);
    expect(reported).toEqual([{ error: new Error('a bad listener'), where: 'progress', uri: 'a.b' }]);
    peer.send(RESULT(1, { progress: true }, ['late']));
    await settled();
    expect([heard.length, session.isOpen]).toEqual([3, true]);
  });

  it('[C43] restart the time limit', async () => {
    const clock = new ManualClock();
    const { session, peer } = await join({ environment: { clock } });
    const before = clock.pending;
    const call = failure(session.call('a.b', [], {}, { timeoutMs: 100, onProgress: () => {} }));
    await peer.next();
    for (let i = 0; i < 3; i++) {
      await clock.advance(90);
      peer.send(RESULT(1, { progress: true }, [i]));
      await settled();
    }
    await clock.advance(99);
    expect(clock.pending).toBe(before + 1);
    await clock.advance(1);
    expect(await call).toMatchObject({ name: 'TimeoutError' });
    expect(clock.pending).toBe(before);
    peer.send(RESULT(1, { progress: true }, ['late']), RESULT(1, {}, ['late']));
    await settled();
    expect(session.isOpen).toBe(true);
  });
});
