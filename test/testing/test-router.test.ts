import { Connection, ConnectionLostError, json, ProtocolError, Result, TransportError, ticket } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { ManualClock, TestRouter } from 'autostrada/testing';
import { describe, expect, it, vi } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from './bench.ts';

const states = (connection: Connection): string[] => {
  const seen: string[] = [];
  connection.on('status', ({ state }) => seen.push(state));
  return seen;
};

describe('TestRouter', () => {
  it('routes as the router does, in one open realm', async () => {
    const router = new TestRouter();
    const connection = new Connection({ url: router, realm: 'realm1' });
    await connection.register('com.test.add', ([a, b]: [number, number]) => a + b).ready;
    expect(await connection.call('com.test.add', [2, 3])).toBe(5);
    await connection.close();
    await router.close();
  });

  it('takes a configuration like every router', async () => {
    const router = new TestRouter({ realms: { a: { anonymous: 'guest', authroles: { guest: { permissions: [] } } } } });
    const connection = new Connection({ url: router, realm: 'a' });
    expect((await failure(connection.call('com.test.add'))).uri).toBe('wamp.error.not_authorized');
    await connection.close();
    await router.close();
  });

  describe('its log', () => {
    it('has every message, in order, with the session and seen from the router', async () => {
      const { router, connect, clock } = testBench();
      const session = await connect('joe').open();
      await session.subscribe('com.test.news', () => {});
      expect(router.log.map(({ direction, type }) => `${direction} ${type}`)).toEqual([
        'in HELLO',
        'out WELCOME',
        'in SUBSCRIBE',
        'out SUBSCRIBED',
      ]);
      expect(router.log.map((entry) => entry.session)).toEqual([undefined, session.id, session.id, session.id]);
      expect(router.log[2]).toEqual({
        at: clock.now(),
        session: session.id,
        direction: 'in',
        type: 'SUBSCRIBE',
        message: [32, 1, {}, 'com.test.news'],
      });
    });

    it('leaves secrets out', async () => {
      const router = new TestRouter({
        realms: { a: { authroles: { user: { permissions: 'all' } }, users: { joe: { authrole: 'user', ticket: 'sesame' } } } },
      });
      const connection = new Connection({ url: router, realm: 'a', auth: ticket({ authid: 'joe', ticket: 'sesame' }) });
      await connection.open();
      expect(router.count('AUTHENTICATE')).toBe(1);
      expect(JSON.stringify(router.log)).not.toContain('sesame');
      await connection.close();
      await router.close();
    });

    it('counts by session, authid and authrole, over sessions that are over', async () => {
      const { router, connect, clock } = testBench();
      const [joe, ann] = [connect('joe'), connect('ann')];
      joe.subscribe('com.test.news', () => {});
      const { id } = await ann.open();
      await joe.open();
      router.cut({ authid: 'joe' });
      await clock.advance(1000);
      expect(router.count('SUBSCRIBE')).toBe(2);
      expect(router.count('SUBSCRIBE', { authid: 'joe' })).toBe(2);
      expect(router.count('SUBSCRIBE', { session: id })).toBe(0);
      expect(router.count('HELLO', { authid: 'joe', authrole: 'tester' })).toBe(2);
      expect(router.count('HELLO', { authrole: 'other' })).toBe(0);
    });
  });

  describe('cut', () => {
    it('drops the line without GOODBYE: the client comes back, the old session is gone', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe');
      const { id } = await joe.open();
      const seen = states(joe);
      router.cut();
      await clock.advance(1000);
      expect(seen).toEqual(['waiting', 'connecting', 'joined']);
      expect(router.count('GOODBYE')).toBe(0);
      expect(router.sessions.map(({ authid }) => authid)).toEqual(['joe']);
      expect(router.sessions[0]?.id).not.toBe(id);
    });

    it('meets only those that are meant', async () => {
      const { router, connect, clock } = testBench();
      const [joe, ann] = [connect('joe'), connect('ann')];
      await Promise.all([joe.open(), ann.open()]);
      const [seenByJoe, seenByAnn] = [states(joe), states(ann)];
      router.cut({ authid: 'ann' });
      await clock.advance(1000);
      expect([seenByJoe, seenByAnn]).toEqual([[], ['waiting', 'connecting', 'joined']]);
    });

    it('is told with what the line was closed with', async () => {
      const { router, connect } = testBench();
      const session = await connect('joe').open();
      router.cut();
      expect((await session.ended)?.message).toBe('the line was lost (4000: cut)');
    });
  });

  describe('cutDuring', () => {
    it('drops the line in the middle of a RESULT: the caller cannot know whether it ran', async () => {
      const { router, connect } = testBench();
      const endpoint = vi.fn(() => 1);
      await connect('ann').register('com.test.work', endpoint).ready;
      router.cutDuring('RESULT', { authid: 'joe' }); // before he is there
      const error = await failure(connect('joe').call('com.test.work'));
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error).toMatchObject({ delivery: 'unknown' });
      expect(endpoint).toHaveBeenCalledTimes(1);
    });

    it('drops it in the middle of a CALL: the router never gets it', async () => {
      const { router, connect } = testBench();
      const endpoint = vi.fn();
      await connect('ann').register('com.test.work', endpoint).ready;
      router.cutDuring('CALL');
      await failure(connect('joe').call('com.test.work'));
      expect(endpoint).not.toHaveBeenCalled();
      expect(router.count('CALL')).toBe(0);
    });

    it('does so once', async () => {
      const { router, connect, clock } = testBench();
      await connect('ann').register('com.test.work', () => 1).ready;
      const joe = connect('joe');
      router.cutDuring('RESULT');
      await failure(joe.call('com.test.work'));
      const again = joe.call('com.test.work');
      await clock.advance(1000);
      expect(await again).toBe(1);
    });

    it('drops a subscriber in the middle of an EVENT that others get', async () => {
      const { router, connect } = testBench();
      const [ann, joe] = [connect('ann'), connect('joe')];
      const [toAnn, toJoe] = [vi.fn(), vi.fn()];
      await joe.subscribe('com.test.news', toJoe).ready;
      await ann.subscribe('com.test.news', toAnn).ready;
      router.cutDuring('EVENT', { authid: 'joe' });
      await connect('bob').publish('com.test.news', [1], null, { acknowledge: true });
      await router.settled();
      expect([toAnn.mock.calls.length, toJoe.mock.calls.length]).toEqual([1, 0]);
    });
  });

  describe('blackhole', () => {
    it('lets nothing through in either direction, tells nobody, and delivers in order when it ends', async () => {
      const { router, connect, clock } = testBench();
      const [ann, joe] = [connect('ann'), connect('joe')];
      const got: unknown[] = [];
      await ann.subscribe('com.test.news', ([n]: [number]) => got.push(n)).ready;
      await joe.open();
      const seen = states(ann);
      const restore = router.blackhole({ authid: 'ann' });
      for (const n of [1, 2, 3]) await joe.publish('com.test.news', [n], null, { acknowledge: true });
      const calls = [ann.callResult('wamp.session.count'), ann.callResult('wamp.session.list')];
      await clock.advance(60_000);
      expect([got, seen]).toEqual([[], []]);
      expect(router.count('CALL')).toBe(0);
      restore();
      expect(await Promise.all(calls)).toHaveLength(2);
      expect(got).toEqual([1, 2, 3]);
      expect(seen).toEqual([]);
    });

    it('meets also those to come, from WELCOME on', async () => {
      const { router, connect, clock } = testBench();
      const restore = router.blackhole({ authid: 'joe' });
      const joe = connect('joe', { joinTimeoutMs: 1000 });
      const opening = joe.open();
      await clock.advance(10_000);
      expect(joe.session).toBeUndefined();
      restore();
      await clock.advance(10_000);
      expect(await opening).toBe(joe.session);
    });

    it('holds back the end of a line as well: who leaves is still there for the router', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe');
      await joe.open();
      const restore = router.blackhole();
      const closing = joe.close();
      await clock.advance(5000);
      await closing;
      expect(router.sessions).toHaveLength(1);
      restore();
      await router.settled();
      expect(router.sessions).toHaveLength(0);
    });

    it('fills the queue of who does not read, as a real one does', async () => {
      const { router, connect } = testBench();
      const [ann, joe] = [connect('ann'), connect('joe')];
      await ann.subscribe('com.test.news', () => {}).ready;
      router.blackhole({ authid: 'ann' });
      await joe.publish('com.test.news', ['x'.repeat(1000)], null, { acknowledge: true });
      expect(router.sessions.find(({ authid }) => authid === 'ann')?.queuedBytes).toBeGreaterThan(1000);
    });

    it('does not keep the router from closing', async () => {
      const clock = new ManualClock();
      const router = new TestRouter(undefined, { clock });
      const joe = new Connection({ url: router, realm: 'realm1', retry: false, environment: { clock } });
      await joe.open();
      router.blackhole();
      joe.on('status', () => {});
      await router.close();
      expect((await joe.closed)?.uri).toBe('wamp.close.system_shutdown');
    });
  });

  describe('delay', () => {
    it('makes everything take so much longer, in order, until it ends', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe');
      await joe.open();
      const off = router.delay(100);
      const since = clock.now();
      const answers: string[] = [];
      const note = (name: string) => () => answers.push(`${name} ${clock.now() - since}`);
      void joe.callResult('wamp.session.count').then(note('count'));
      void joe.callResult('wamp.session.list').then(note('list'));
      await clock.advance(199);
      expect(answers).toEqual([]);
      await clock.advance(1);
      expect(answers).toEqual(['count 200', 'list 200']);
      off();
      await joe.callResult('wamp.session.count').then(note('count'));
      expect(answers.at(-1)).toBe('count 200');
    });

    it('adds up, and what is under way when it ends keeps its time', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe');
      await joe.open();
      const offs = [router.delay(100), router.delay(50, { authid: 'joe' })];
      const call = joe.callResult('wamp.session.count');
      await clock.advance(0); // it is on its way
      for (const off of offs) off();
      const settled = vi.fn();
      void call.then(settled);
      await clock.advance(149);
      expect(settled).not.toHaveBeenCalled();
      await clock.advance(1);
      expect(settled).toHaveBeenCalled();
    });
  });

  describe('down', () => {
    it('cuts all lines, forgets the sessions and takes nobody until it ends', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe');
      joe.subscribe('com.test.news', () => {});
      await joe.open();
      const up = router.down();
      await clock.advance(10_000);
      expect(joe.status).toMatchObject({ state: 'waiting', error: { uri: 'wamp.error.network_failure' } });
      expect((joe.status as { error?: unknown }).error).toBeInstanceOf(TransportError);
      expect(router.sessions).toEqual([]);
      expect(() => router.connect({ serializers: [json()], signal: new AbortController().signal })).toThrow('the router is down');
      up();
      await clock.advance(30_000);
      expect(joe.status.state).toBe('joined');
      expect(router.count('SUBSCRIBE')).toBe(2);
    });

    it('is over when all that began it have ended it', async () => {
      const { router, connect } = testBench();
      const offs = [router.down(), router.down()] as const;
      offs[0]();
      offs[0]();
      await failure(connect('joe', { retry: false }).open());
      offs[1]();
      await connect('joe', { retry: false }).open();
    });
  });

  describe('ghosts', () => {
    it('keeps the sessions for a while, with what they have', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe');
      const errors: unknown[] = [];
      joe.on('error', (error) => errors.push(error));
      const mine = joe.register('com.test.mine', () => 1);
      const shared = joe.register('com.test.shared', () => 1, { invoke: 'roundrobin' });
      await Promise.all([mine.ready, shared.ready]);
      const gone = router.ghosts();
      await clock.advance(10_000);
      expect([mine.state, shared.state, router.sessions.length]).toEqual(['lost', 'lost', 1]);
      gone();
      await clock.advance(4999);
      expect(router.sessions.map(({ authid }) => authid)).toEqual(['joe']); // he is still waiting
      await clock.advance(30_000);
      expect([shared.state, router.sessions.length]).toEqual(['active', 1]);
    });

    it('gives who comes back at once the conflict with his own ghost', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe', { retry: { maxMs: 1000 } });
      const mine = joe.register('com.test.mine', () => 1);
      await mine.ready;
      router.ghosts()();
      router.cut({ authid: 'joe' }); // the ghost does not hear it
      await joe.session?.ended;
      await clock.advance(1000);
      expect(router.sessions).toHaveLength(2);
      expect(router.log.filter(({ type }) => type === 'ERROR').map(({ message }) => message[4])).toEqual([
        'wamp.error.procedure_already_exists',
      ]);
      await clock.advance(5000);
      expect(router.sessions).toHaveLength(1);
    });

    it('does not keep the router from closing', async () => {
      const clock = new ManualClock();
      const router = new TestRouter(undefined, { clock });
      const joe = new Connection({ url: router, realm: 'realm1', retry: false, environment: { clock } });
      joe.on('status', () => {});
      await joe.open();
      router.ghosts();
      expect(router.sessions).toHaveLength(1);
      await router.close();
      expect(router.sessions).toHaveLength(0);
    });
  });

  describe('garbage', () => {
    it.each([json, msgpack, cbor])('is no message in %o', async (serializer) => {
      const { router, connect } = testBench();
      const session = await connect('joe', { serializers: [serializer()] }).open();
      router.garbage({ authid: 'joe' });
      const error = await session.ended;
      expect(error?.uri).toBe('wamp.error.protocol_violation');
      expect(error?.cause).toBeInstanceOf(ProtocolError);
    });
  });

  describe('settled', () => {
    it('waits for what follows from what was said, not for what runs', async () => {
      const { router, connect } = testBench();
      const [ann, joe] = [connect('ann'), connect('joe')];
      const got = vi.fn();
      await joe.subscribe('com.test.done', got).ready;
      await ann.register('com.test.work', () => {
        ann.publish('com.test.done');
        return new Promise(() => {});
      }).ready;
      joe.call('com.test.work').catch(() => {});
      await router.settled();
      expect(got).toHaveBeenCalledTimes(1);
    });

    it('waits for what is delayed, not for what a black hole holds', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe');
      await joe.open();
      const settled = vi.fn();
      const off = router.delay(1000);
      const answer = joe.callResult('wamp.session.count');
      void router.settled().then(settled);
      await clock.advance(1999);
      expect(settled).not.toHaveBeenCalled();
      await clock.advance(1);
      await expect.poll(() => settled.mock.calls.length).toBe(1);
      expect(await answer).toBeInstanceOf(Result);
      off();
      router.blackhole();
      joe.call('wamp.session.count').catch(() => {});
      await router.settled();
      expect(router.count('CALL')).toBe(1);
    });
  });
});
