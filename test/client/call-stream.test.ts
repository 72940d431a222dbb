import { ApplicationError, type CallStream, ConnectionLostError, callStream, withOptions } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { CALL, CANCEL, ERROR, RESULT } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const features = { dealer: { call_canceling: true, progressive_call_results: true } };
const WORK = 'com.test.work';
const progress = (n: unknown, request = 1) => RESULT(request, { progress: true }, [n]);

async function read(stream: CallStream<unknown, unknown>): Promise<unknown[]> {
  const got: unknown[] = [];
  for await (const value of stream) got.push(value);
  return got;
}

describe('[N9] callStream', () => {
  it('calls at once, and gives the progress that comes in the same read as the result, and the result', async () => {
    const { session, peer } = await join({}, features);
    const stream = callStream(session, WORK, [1], { a: 2 }, { disclose_me: true, maxBuffered: 9, onOverflow: 'drop-newest' });
    await peer.expect(CALL(1, { disclose_me: true, receive_progress: true }, WORK, [1], { a: 2 }));
    peer.send(progress('a'), progress('b'), RESULT(1, {}, ['end']));
    expect(await read(stream)).toEqual(['a', 'b']);
    expect(await stream.result).toBe('end');
    expect(peer.unread).toEqual([]);
  });

  it('throws the error of the call after the progress', async () => {
    const { session, peer } = await join({}, features);
    const stream = callStream(session, WORK);
    peer.send(progress('a'), ERROR('CALL', 1, {}, 'com.test.broken', ['half way']));
    expect((await stream.next()).value).toBe('a');
    const error = await failure(stream.next());
    expect(error).toBe(await failure(stream.result));
    expect(error).toMatchObject({ uri: 'com.test.broken', args: ['half way'] });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('cancels the call when the loop is left; its result rejects, and may be ignored', async () => {
    const { session, peer } = await join({}, features);
    const stream = callStream(session, WORK, null, null, { cancelMode: 'kill' });
    await peer.next();
    peer.send(progress('a'), progress('b'));
    for await (const value of stream) {
      expect(value).toBe('a');
      break;
    }
    await peer.expect(CANCEL(1, { mode: 'kill' }));
    const error = await failure(stream.result);
    expect(error).toBeInstanceOf(ApplicationError);
    expect([error.uri, error.message]).toEqual([
      'wamp.error.canceled',
      'wamp.error.canceled: the stream of com.test.work was left',
    ]);
    peer.send(progress('c'), ERROR('CALL', 1, {}, 'wamp.error.canceled')); // late, and dropped
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(session.isOpen).toBe(true);
  });

  it('cancels the call at the end of its block, but not a call that has ended', async () => {
    const { session, peer } = await join({}, features);
    {
      await using stream = callStream(session, WORK);
      peer.send(RESULT(1, {}));
      expect(await read(stream)).toEqual([]);
    }
    {
      await using _ = callStream(session, WORK);
    }
    await peer.next();
    await peer.next();
    await peer.expect(CANCEL(2, { mode: 'killnowait' }));
    expect(peer.unread).toEqual([]);
  });

  it('ends by its signal: stream and result have the reason', async () => {
    const { session, peer } = await join({}, features);
    const controller = new AbortController();
    const stream = callStream(session, WORK, [], null, { signal: controller.signal });
    await peer.next();
    const next = failure(stream.next());
    controller.abort(new Error('enough'));
    expect([(await next).message, (await failure(stream.result)).message]).toEqual(['enough', 'enough']);
    await peer.expect(CANCEL(1, { mode: 'killnowait' }));
    const late = callStream(session, WORK, [], null, { signal: controller.signal });
    expect([(await failure(late.next())).message, (await failure(late.result)).message]).toEqual(['enough', 'enough']);
    expect(peer.unread).toEqual([]);
  });

  it('cancels with onOverflow error, and names the procedure', async () => {
    const { session, peer } = await join({}, features);
    const stream = callStream(session, WORK, [], null, { onOverflow: 'error', maxBuffered: 1 });
    await peer.next();
    peer.send(progress('a'), progress('b'));
    await peer.expect(CANCEL(1, { mode: 'killnowait' }));
    expect((await stream.next()).value).toBe('a');
    const error = await failure(stream.next());
    expect(error.message).toContain('over 1 progressive results of com.test.work waited');
    expect(await failure(stream.result)).toBe(error);
  });

  it('passes progress to onProgress as well', async () => {
    const { session, peer } = await join({}, features);
    const onProgress = vi.fn();
    const stream = callStream(session, WORK, [], null, { onProgress });
    peer.send(progress('a'), RESULT(1, {}));
    expect(await read(stream)).toEqual(['a']);
    expect(onProgress.mock.calls).toEqual([['a']]);
  });

  it('ends with the connection: a call does not outlive it', async () => {
    const { router, connect, clock } = testBench();
    await connect('joe').register(WORK, async function* () {
      yield 1;
      await new Promise(() => {});
    }).ready;
    const ann = connect('ann');
    const stream = callStream<number>(ann, WORK);
    expect((await stream.next()).value).toBe(1);
    router.cut({ authid: 'ann' });
    expect(await failure(stream.next())).toBeInstanceOf(ConnectionLostError);
    await clock.advance(1000);
    expect(router.count('CALL')).toBe(1);
  });

  it('works over a requester with other defaults', async () => {
    const { session, peer } = await join({}, features);
    const stream = callStream(withOptions(session, { disclose_me: true }), WORK);
    await peer.expect(CALL(1, { disclose_me: true, receive_progress: true }, WORK));
    peer.send(RESULT(1, {}, [1]));
    expect(await stream.result).toBe(1);
  });

  it('refuses invalid buffer options before it calls', async () => {
    const { session, peer } = await join({}, features);
    expect(() => callStream(session, WORK, [], null, { maxBuffered: 0 })).toThrow(TypeError);
    expect(peer.unread).toEqual([]);
  });
});
