/* close() and open() in any order and any timing: the last call says how it ends. */
import { Connection, drain, events, type Status } from 'autostrada';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { CALL, GOODBYE, RESULT, SUBSCRIBE, SUBSCRIBED } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

/** Joined with a router played by hand, which has not answered GOODBYE. */
async function closing() {
  const router = new ScriptedRouter();
  const connection = new Connection({ url: router, realm: 'realm1' });
  onTestFinished(() => connection.close());
  const states: Status['state'][] = [];
  connection.on('status', ({ state }) => void states.push(state));
  const opening = connection.open();
  const peer = await router.joined();
  const session = await opening;
  states.length = 0;
  return { router, connection, session, peer, states };
}

describe('open() while the connection is being closed', () => {
  it.each(['connection.close', 'session.leave'])('[H5] [C06] waits for the end, and opens again: %s', async (how) => {
    const { router, connection, session, peer, states } = await closing();
    const { closed } = connection;
    const closing_ = how === 'connection.close' ? connection.close() : session.leave();
    const opening = connection.open();
    const nextClosed = vi.fn();
    void connection.closed.then(nextClosed);
    await peer.expect(GOODBYE({}, 'wamp.close.normal'));
    await settled();
    expect([states, peer.unread]).toEqual([[], []]);
    peer.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    await closing_;
    expect(await closed).toBeUndefined();
    const next = await router.joined();
    void answerGoodbye(next);
    expect(await opening).not.toBe(session);
    expect(states).toEqual(['closed', 'connecting', 'joined']);
    expect(nextClosed).not.toHaveBeenCalled();
    await connection.close();
    expect(nextClosed).toHaveBeenCalledWith(undefined);
  });

  it('[H5] keeps handles and calls for the next session, and closes those from before', async () => {
    const { router, connection, peer } = await closing();
    const before = connection.subscribe('a.before', () => {});
    await peer.expect(SUBSCRIBE(1, {}, 'a.before'));
    void connection.close();
    expect(before.state).toBe('closed');
    connection.open().catch(() => {});
    const after = connection.subscribe('a.after', () => {});
    const call = connection.call('a.p');
    await peer.expect(GOODBYE({}, 'wamp.close.normal'));
    peer.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    const next = await router.joined();
    await next.expect(SUBSCRIBE(1, {}, 'a.after'));
    await next.expect(CALL(2, {}, 'a.p'));
    next.send(SUBSCRIBED(1, 5), RESULT(2, {}, ['answer']));
    expect([await call, after.state]).toEqual(['answer', 'active']);
    void answerGoodbye(next);
  });

  it('[H5] is cancelled by another close()', async () => {
    const { router, connection, peer, states } = await closing();
    void connection.close();
    const opening = failure(connection.open());
    const { closed } = connection;
    const handle = connection.register('a.p', () => 1);
    const call = failure(connection.call('a.p'));
    const closed2 = connection.close();
    expect((await opening).message).toBe('the connection is closed');
    expect([handle.state, (await call).message]).toEqual(['closed', 'the connection is closed']);
    await peer.expect(GOODBYE({}, 'wamp.close.normal'));
    peer.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    await closed2;
    expect([await closed, states]).toEqual([undefined, ['closed']]);
    const late = vi.fn();
    void router.peer().then(late);
    await settled();
    expect(late).not.toHaveBeenCalled();
  });

  it('[H5] continues if the router never answers GOODBYE, or the connection is lost', async () => {
    const { router, connection, peer } = await closing();
    void connection.close();
    const opening = connection.open();
    peer.close();
    void answerGoodbye(await router.joined());
    expect((await opening).isOpen).toBe(true);
  });

  it('[H5] rejects when its time is over, and then the connection stays closed', async () => {
    const { connection, peer } = await closing();
    const closing_ = connection.close();
    expect((await failure(connection.open({ timeoutMs: 1 }))).message).toBe('no session in 1 ms');
    peer.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    await closing_;
    await settled();
    expect(connection.status.state).toBe('closed');
  });

  it('[H5] is not implied by a verb: a verb rejects at once while the connection is being closed', async () => {
    const { connection, peer } = await closing();
    const closing_ = connection.close();
    const handle = connection.subscribe('a.b', () => {});
    expect([handle.state, (await failure(connection.call('a.p'))).message]).toEqual(['closed', 'the connection is closed']);
    peer.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    await closing_;
    expect(connection.status.state).toBe('closed');
  });

  it('[H5] ends a stream of events from before without an error', async () => {
    const { connection, peer } = await closing();
    const stream = events(connection, 'a.b');
    const next = stream.next();
    void connection.close();
    connection.open().catch(() => {});
    expect(await next).toEqual({ done: true, value: undefined });
    void connection.close();
    peer.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  });
});

describe('any order and timing of open() and close()', () => {
  type Step = 'open' | 'close' | 'leave' | 'drain' | 'turn' | 'cut' | 'pass';
  const kinds: readonly Step[] = ['open', 'open', 'close', 'leave', 'turn', 'turn', 'cut', 'pass', 'open', 'close'];
  const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

  it.each(seeds)('[H5] leads to the state that the last call asks for: seed %i', async (seed) => {
    const { router, clock, connect } = testBench();
    const joe = connect('joe');
    let state = seed;
    let wanted = false;
    const outcomes: Promise<unknown>[] = [];
    for (let i = 0; i < 30; i++) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      const step = kinds[(state >> 16) % kinds.length];
      if (step === 'open') {
        outcomes.push(joe.open().catch(() => {}));
        wanted = true;
      } else if (step === 'close' || (step === 'leave' && !joe.session)) {
        outcomes.push(joe.close());
        wanted = false;
      } else if (step === 'leave') {
        outcomes.push(joe.session?.leave() ?? drain(joe));
        wanted = false;
      } else if (step === 'turn') await settled();
      else if (step === 'cut') router.cut();
      else if (step === 'pass') await clock.advance(100);
    }
    await clock.advance(60_000);
    await router.settled();
    await Promise.all(outcomes);
    expect([joe.status.state === 'joined', router.sessions.length]).toEqual(wanted ? [true, 1] : [false, 0]);
  });
});
