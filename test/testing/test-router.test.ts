import { Connection, ConnectionLostError, json, ProtocolError, Result, ticket } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { TestRouter } from 'autostrada/testing';
import { describe, expect, it, vi } from 'vitest';
import { SUBSCRIBE } from '../fixtures/messages.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from './bench.ts';

const states = (connection: Connection): string[] => {
  const seen: string[] = [];
  connection.on('status', ({ state }) => seen.push(state));
  return seen;
};

describe('[N13] TestRouter', () => {
  it('routes as the router does, in one open realm', async () => {
    const router = new TestRouter();
    const connection = new Connection({ url: router, realm: 'realm1' });
    await connection.register('com.test.add', ([a, b]: [number, number]) => a + b).ready;
    expect(await connection.call('com.test.add', [2, 3])).toBe(5);
    await connection.close();
    await router.close();
  });

  it('accepts a configuration like every router', async () => {
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
        message: SUBSCRIBE(1, {}, 'com.test.news'),
      });
    });

    it('contains no secrets', async () => {
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

    it('counts by session, authid and authrole, even for sessions that have ended', async () => {
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
    it('ends the connection without GOODBYE: the client comes back, the old session has ended', async () => {
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

    it('affects only the chosen connections', async () => {
      const { router, connect, clock } = testBench();
      const [joe, ann] = [connect('joe'), connect('ann')];
      await Promise.all([joe.open(), ann.open()]);
      const [seenByJoe, seenByAnn] = [states(joe), states(ann)];
      router.cut({ authid: 'ann' });
      await clock.advance(1000);
      expect([seenByJoe, seenByAnn]).toEqual([[], ['waiting', 'connecting', 'joined']]);
    });

    it('has the reason with which the connection was closed', async () => {
      const { router, connect } = testBench();
      const session = await connect('joe').open();
      router.cut();
      expect((await session.ended)?.message).toBe('the other side closed the connection (4000: cut)');
    });
  });

  describe('cutDuring', () => {
    it('ends the connection in the middle of a RESULT: the caller cannot know whether it ran', async () => {
      const { router, connect } = testBench();
      const endpoint = vi.fn(() => 1);
      await connect('ann').register('com.test.work', endpoint).ready;
      router.cutDuring('RESULT', { authid: 'joe' }); // before he is there
      const error = await failure(connect('joe').call('com.test.work'));
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error).toMatchObject({ delivery: 'unknown' });
      expect(endpoint).toHaveBeenCalledTimes(1);
    });

    it('ends the connection in the middle of a CALL: the router never gets it', async () => {
      const { router, connect } = testBench();
      const endpoint = vi.fn();
      await connect('ann').register('com.test.work', endpoint).ready;
      router.cutDuring('CALL');
      await failure(connect('joe').call('com.test.work'));
      expect(endpoint).not.toHaveBeenCalled();
      expect(router.count('CALL')).toBe(0);
    });

    it('happens once', async () => {
      const { router, connect, clock } = testBench();
      await connect('ann').register('com.test.work', () => 1).ready;
      const joe = connect('joe');
      router.cutDuring('RESULT');
      await failure(joe.call('com.test.work'));
      const again = joe.call('com.test.work');
      await clock.advance(1000);
      expect(await again).toBe(1);
    });

    it('ends a subscriber’s connection in the middle of an EVENT that others get', async () => {
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

  describe('garbage', () => {
    it.each([json, msgpack, cbor])('is not a valid message in %o', async (serializer) => {
      const { router, connect } = testBench();
      const session = await connect('joe', { serializers: [serializer()] }).open();
      router.garbage({ authid: 'joe' });
      const error = await session.ended;
      expect(error?.uri).toBe('wamp.error.protocol_violation');
      expect(error?.cause).toBeInstanceOf(ProtocolError);
    });
  });

  describe('settled', () => {
    it('waits for all consequences of messages, but not for running work', async () => {
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

    it('waits for delayed frames, but not for those in a black hole', async () => {
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
