/* A ConnectionLostError says who ended the session, and errors of calls that were made offline say why there is no session. */
import { Connection, type ConnectionOptions, type Connector, type WampError } from 'autostrada';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { ABORT, GOODBYE, SUBSCRIBED } from '../fixtures/messages.ts';
import { type ScriptedPeer, ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure, type Joined, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

/** What ends it, and how both the call under way and a later one are told. */
const ends: readonly (readonly [who: string, end: (joined: Joined) => unknown, said: string, uri: string])[] = [
  [
    'the router, by GOODBYE',
    ({ peer }) => peer.send(GOODBYE({ message: 'new version' }, 'wamp.close.system_shutdown')),
    'the router closed the session: wamp.close.system_shutdown (new version)',
    'wamp.close.system_shutdown',
  ],
  [
    'the router, by ABORT',
    ({ peer }) => peer.send(ABORT({ message: 'too much' }, 'wamp.error.payload_size_exceeded')),
    'the router aborted the session: wamp.error.payload_size_exceeded (too much)',
    'wamp.error.payload_size_exceeded',
  ],
  [
    'we, for a violation of the router',
    ({ peer }) => peer.send(SUBSCRIBED(9, 9)),
    'we aborted the session: got SUBSCRIBED for request 9, but no SUBSCRIBE with that id waits for an answer',
    'wamp.error.protocol_violation',
  ],
  ['we, by leave()', ({ session }) => session.leave(), 'we left the session before an answer came', 'wamp.close.normal'],
  ['we, by close()', ({ connection }) => connection.close(), 'we left the session before an answer came', 'wamp.close.normal'],
  [
    'we, by reconnect()',
    ({ connection }) => connection.reconnect(),
    'we reconnect, as reconnect() asked',
    'wamp.error.network_failure',
  ],
  [
    'the other side, which closes the connection',
    ({ peer }) => peer.close(1001, 'going away'),
    'the other side closed the connection (1001: going away)',
    'wamp.error.network_failure',
  ],
];

describe('a running call', () => {
  it.each(ends)('[H8] rejects with the one who ended the session: %s', async (_, end, said, uri) => {
    const joined = await join({ retry: false });
    const call = failure(joined.session.call('a.b'));
    await joined.peer.next();
    end(joined);
    expect(await call).toMatchObject({ name: 'ConnectionLostError', message: said, uri, delivery: 'unknown', procedure: 'a.b' });
  });

  it('[H8] rejects with the cause of a broken connection', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: breaking(router), realm: 'realm1', retry: false });
    connection.on('error', () => {});
    const opening = connection.open();
    const peer = await router.joined();
    const session = await opening;
    peer.close();
    expect((await session.ended)?.message).toBe('the connection was lost (1006: read ECONNRESET)');
  });

  it('[H8] rejects with how long nothing came, and names the option for that', async () => {
    const { router, clock, connect } = testBench();
    const joe = connect('joe', { retry: false, liveness: { idleMs: 300, timeoutMs: 400 } });
    const session = await joe.open();
    router.blackhole();
    await clock.advance(1000);
    expect((await session.ended)?.message).toMatch(/^we gave the connection up: nothing came for \d+ ms \(liveness\)$/);
  });
});

describe('a session that has ended', () => {
  it.each(ends.filter(([who]) => !who.startsWith('we, by')))(
    '[H8] rejects every later request with what ended it: %s',
    async (_, end, said) => {
      const joined = await join({ retry: false });
      const { session } = joined;
      end(joined);
      const why = await session.ended;
      for (const asked of [session.call('a.b'), session.subscribe('a.b', () => {}), session.rtt()])
        expect(await failure(asked)).toMatchObject({
          message: `the session has ended: ${said}`,
          uri: 'wamp.error.network_failure',
          delivery: 'not-sent',
          cause: why,
        });
      expect(() => session.publish('a.b')).toThrow('the session has ended');
    },
  );

  it('[H8] says that we left it', async () => {
    const { session } = await join();
    await session.leave();
    expect(await failure(session.call('a.b'))).toMatchObject({
      message: 'the session has ended: we left it',
      delivery: 'not-sent',
    });
  });
});

/** A connection whose session the router has just closed, while it waits to try again. */
async function offline(
  options: Partial<ConnectionOptions> = {},
  router: ScriptedRouter = new ScriptedRouter(),
): Promise<{ connection: Connection; clock: ManualClock; peer: ScriptedPeer; why: WampError }> {
  const clock = new ManualClock();
  const connection = new Connection({
    url: router,
    realm: 'realm1',
    environment: { clock, random: () => 0.5 },
    retry: { decide: () => 60_000 },
    liveness: false,
    ...options,
  });
  connection.on('status', () => {});
  onTestFinished(() => connection.close());
  const opening = connection.open();
  const peer = await router.joined();
  await opening;
  void answerGoodbye(peer);
  peer.send(GOODBYE({ message: 'new version' }, 'wamp.close.system_shutdown'));
  await settled();
  const { status } = connection;
  if (status.state !== 'waiting') throw new Error(`expected it to wait, got ${status.state}`);
  return { connection, clock, peer, why: status.error };
}

describe('a call while there is no session', () => {
  const cause = { message: 'the router closed the session: wamp.close.system_shutdown (new version)' };

  it("[H8] rejects with the reason with whenOffline: 'fail'", async () => {
    const { connection, why } = await offline();
    const error = await failure(connection.call('a.b', null, null, { whenOffline: 'fail' }));
    expect(error).toMatchObject({ message: 'the connection is down', delivery: 'not-sent', procedure: 'a.b' });
    expect(error.cause).toBe(why);
    expect(why).toMatchObject(cause);
    const publishing = connection.publish('a.b', null, null, { acknowledge: true, whenOffline: 'fail' });
    expect(await failure(publishing)).toMatchObject({ topic: 'a.b', cause });
  });

  it('[H8] rejects with the reason if too many calls wait', async () => {
    const { connection } = await offline({ offline: { maxWaiting: 1 } });
    connection.call('a.b').catch(() => {});
    expect(await failure(connection.call('a.b'))).toMatchObject({ message: expect.stringContaining('offline.maxWaiting'), cause });
  });

  it('[H8] rejects with the reason after the limit of the connection, as after its own', async () => {
    const { connection, clock } = await offline({ offline: { timeoutMs: 1000 } });
    const calls = [failure(connection.call('a.b')), failure(connection.call('a.b', null, null, { timeoutMs: 500 }))];
    await clock.advance(1000);
    expect(await Promise.all(calls)).toMatchObject([
      { name: 'ConnectionLostError', delivery: 'not-sent', cause },
      { name: 'TimeoutError', cause },
    ]);
  });

  it('[H8] rejects with the reason on a connection that has ended for good; after close() there is none', async () => {
    const { connection, clock } = await offline({ retry: { decide: ({ attempt }) => (attempt > 1 ? false : 10) } }, refusing());
    connection.on('error', () => {});
    await clock.advance(10);
    await settled();
    expect(connection.status.state).toBe('closed');
    const refused = { message: 'the connection is closed', cause: { message: expect.stringContaining('nobody there') } };
    expect(await failure(connection.call('a.b'))).toMatchObject(refused);
    expect(connection.subscribe('a.b', () => {}).error).toMatchObject(refused);
    await connection.close();
    const closed = new Connection({ url: new ScriptedRouter(), realm: 'realm1' });
    await closed.close();
    expect(await failure(closed.call('a.b'))).not.toHaveProperty('cause');
  });

  it("[H2] opens the connection, even with whenOffline: 'fail'", async () => {
    const connection = new Connection({ url: new ScriptedRouter(), realm: 'realm1' });
    onTestFinished(() => connection.close());
    const error = await failure(connection.call('a.b', null, null, { whenOffline: 'fail' }));
    expect([error.message, connection.status.state]).toEqual(['the connection is down', 'connecting']);
  });
});

/** Joins once, and cannot be reached any more. */
function refusing(): ScriptedRouter {
  const router = new ScriptedRouter();
  const connect = router.connect.bind(router);
  let times = 0;
  router.connect = (dial) => {
    times++;
    if (times > 1) throw new Error('nobody there');
    return connect(dial);
  };
  return router;
}

/** Its lines break: no end closes them. */
function breaking(router: ScriptedRouter): Connector {
  return {
    name: 'breaking',
    connect(dial) {
      const transport = router.connect(dial);
      const start = transport.start.bind(transport);
      const error = new Error('read ECONNRESET');
      transport.start = (receiver) => start({ ...receiver, closed: () => receiver.closed({ clean: false, code: 1006, error }) });
      return transport;
    },
  };
}
