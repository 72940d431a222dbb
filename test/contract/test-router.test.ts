/* Faults on lines through sockets: the test router behind `listen`. */
import { Connection, ConnectionLostError } from 'autostrada';
import { ManualClock, TestRouter } from 'autostrada/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { openWay, ways } from '../fixtures/ways.ts';

describe.each(ways)('TestRouter over %s', (transport) => {
  async function open() {
    const router = new TestRouter(undefined, transport === 'memory' ? { clock: new ManualClock() } : {});
    const way = await openWay(transport, router);
    const connect = (): Connection => {
      const connection = new Connection({ url: way.url, realm: 'realm1', retry: { minMs: 10, maxMs: 10 } });
      connection.on('status', () => {});
      onTestFinished(() => connection.close());
      return connection;
    };
    onTestFinished(async () => {
      await way.close();
      await router.close();
    });
    return { router, connect };
  }

  it('[N13] cuts a connection: both ends notice, and the client comes back', async () => {
    const { router, connect } = await open();
    const connection = connect();
    const session = await connection.open();
    router.cut({ session: session.id });
    expect(await session.ended).toBeInstanceOf(ConnectionLostError);
    await expect.poll(() => router.sessions.map(({ id }) => id)).not.toContain(session.id);
    expect((await connection.open()).id).not.toBe(session.id);
  });

  it('[N13] cuts a connection in the middle of a RESULT', async () => {
    const { router, connect } = await open();
    await connect().register('com.test.work', () => 1).ready;
    const client = connect();
    await client.open();
    router.cutDuring('RESULT');
    expect(await failure(client.call('com.test.work'))).toMatchObject({ delivery: 'unknown' });
    expect(await client.call('com.test.work')).toBe(1);
  });

  it('[N13] can be down, and up again', async () => {
    const { router, connect } = await open();
    const connection = connect();
    await connection.open();
    const up = router.down();
    await expect.poll(() => connection.status).toMatchObject({ state: 'waiting' });
    expect(router.sessions).toEqual([]);
    up();
    await connection.open();
  });

  it('[N13] holds all frames back in a black hole, and delivers them when it ends', async () => {
    const { router, connect } = await open();
    const connection = connect();
    await connection.open();
    const restore = router.blackhole();
    const call = connection.callResult('wamp.session.count');
    expect((await failure(connection.call('wamp.session.count', [], null, { timeoutMs: 50 }))).uri).toBe('wamp.error.timeout');
    restore();
    expect((await call).args).toEqual([1]);
  });

  it('[N13] sends garbage, which ends the session as a violation', async () => {
    const { router, connect } = await open();
    const session = await connect().open();
    router.garbage();
    expect((await session.ended)?.uri).toBe('wamp.error.protocol_violation');
  });
});
