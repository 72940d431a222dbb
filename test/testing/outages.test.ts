import { Connection, json, TransportError } from 'autostrada';
import { ManualClock, TestRouter } from 'autostrada/testing';
import { describe, expect, it, vi } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from './bench.ts';

const states = (connection: Connection): string[] => {
  const seen: string[] = [];
  connection.on('status', ({ state }) => seen.push(state));
  return seen;
};

describe('[N13] TestRouter', () => {
  describe('blackhole', () => {
    it('passes nothing on in either direction, tells nobody, and delivers in order when it ends', async () => {
      const { router, connect, clock } = testBench();
      const [ann, joe] = [connect('ann', { liveness: false }), connect('joe')];
      const got: unknown[] = [];
      await ann.subscribe('com.test.news', ([n]: [number]) => got.push(n)).ready;
      await joe.open();
      const seen = states(ann);
      const restore = router.blackhole({ authid: 'ann' });
      for (const n of [1, 2, 3]) await joe.publish('com.test.news', [n], null, { acknowledge: true });
      const calls = [ann.callResult('wamp.session.count'), ann.callResult('wamp.session.list')];
      await clock.advance(60_000);
      expect([got, seen]).toEqual([[], []]);
      expect(router.count('CALL', { authid: 'ann' })).toBe(0);
      restore();
      expect(await Promise.all(calls)).toHaveLength(2);
      expect(got).toEqual([1, 2, 3]);
      expect(seen).toEqual([]);
    });

    it('also holds new connections, from WELCOME on', async () => {
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

    it('holds the end of a connection back as well: for the router the client is still there', async () => {
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

    it('fills the queue of a client that does not read, as a real one does', async () => {
      const { router, connect } = testBench();
      const [ann, joe] = [connect('ann'), connect('joe')];
      await ann.subscribe('com.test.news', () => {}).ready;
      router.blackhole({ authid: 'ann' });
      await joe.publish('com.test.news', ['x'.repeat(1000)], null, { acknowledge: true });
      expect(router.sessions.find(({ authid }) => authid === 'ann')?.queuedBytes).toBeGreaterThan(1000);
    });

    it('does not prevent the router from closing', async () => {
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
    it('delays everything by this time, in order, until it ends', async () => {
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

    it('adds up, and frames that are being delayed when it ends keep their time', async () => {
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

  it('does not wait for delayed frames when it closes', async () => {
    const clock = new ManualClock();
    const router = new TestRouter(undefined, { clock });
    const joe = new Connection({ url: router, realm: 'realm1', retry: false, environment: { clock } });
    joe.on('status', () => {});
    await joe.open();
    router.delay(1000);
    const call = failure(joe.call('wamp.session.count'));
    await clock.advance(500);
    await router.close();
    expect((await joe.closed)?.uri).toBe('wamp.close.system_shutdown');
    await call.catch(() => {}); // answered or not
    await clock.advance(15_000);
    expect(clock.pending).toBe(0);
  });

  describe('down', () => {
    it('cuts all connections, forgets the sessions and accepts nobody until it ends', async () => {
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

    it('ends when all that began it have ended it', async () => {
      const { router, connect } = testBench();
      const offs = [router.down(), router.down()] as const;
      offs[0]();
      offs[0]();
      expect(await failure(connect('joe', { retry: false }).open())).toBeInstanceOf(TransportError);
      offs[1]();
      expect((await connect('joe', { retry: false }).open()).isOpen).toBe(true);
    });
  });

  describe('ghosts', () => {
    it('keeps the sessions for a while, with all they have', async () => {
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

    it('makes a client that comes back at once conflict with its own old session, and lets it take over', async () => {
      const { router, connect, clock } = testBench();
      const joe = connect('joe', { retry: { maxMs: 1000 } });
      const mine = joe.register('com.test.mine', () => 1);
      await mine.ready;
      router.ghosts()();
      router.cut({ authid: 'joe' }); // the ghost does not hear it
      await joe.session?.ended;
      await clock.advance(1000);
      expect(router.sessions).toHaveLength(2);
      const errors = router.log.filter(({ type }) => type === 'ERROR').map(({ message }) => message[4]);
      expect(new Set(errors)).toEqual(new Set(['wamp.error.procedure_already_exists']));
      await clock.advance(10_000);
      expect(router.sessions).toHaveLength(1);
      expect(mine.state).toBe('active');
    });

    it('does not prevent the router from closing', async () => {
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
});
