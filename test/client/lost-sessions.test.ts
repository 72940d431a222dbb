/* A session that is lost is not kept, whatever ended it, and though nobody reads the stack of its error. Sockets: test/node. */
import { type Connection, type Connector, type Session, TransportError } from 'autostrada';
import { TestRouter } from 'autostrada/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ABORT } from '../fixtures/messages.ts';
import { type ScriptedPeer, ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { attemptsAliveAfter, sessionsAliveAfter } from '../fixtures/weak.ts';

const LOSSES = 40;
/** The one that is there or under way, and the one that was lost last. */
const FEW = 2;

function testRouter(): TestRouter {
  const router = new TestRouter();
  onTestFinished(() => router.close());
  return router;
}

describe('a lost session is freed', () => {
  const losses: { readonly [how: string]: (router: TestRouter, session: Session, connection: Connection) => unknown } = {
    'GOODBYE of the router': (router, { id }) => router.kill(id),
    'a line that is cut': (router) => router.cut(),
    'connecting anew': (_router, _session, connection) => connection.reconnect(),
    'a violation by the router': (router) => router.garbage(),
    'a line that is cut in the middle of a call': (router, session) => {
      router.cutDuring('CALL');
      session.call('com.test.hang').catch(() => {});
    },
  };
  it.each(Object.entries(losses))('[H6] after %s', async (_, lose) => {
    const router = testRouter();
    expect(await sessionsAliveAfter(LOSSES, { url: router }, (...lost) => lose(router, ...lost))).toBeLessThanOrEqual(FEW);
  });

  it('[H6] after the connection was found dead (liveness)', async () => {
    const router = testRouter();
    const options = { url: router, liveness: { idleMs: 1, timeoutMs: 1 } };
    const lose = async (session: Session): Promise<void> => {
      const restore = router.blackhole();
      await session.ended;
      restore();
    };
    expect(await sessionsAliveAfter(LOSSES, options, lose)).toBeLessThanOrEqual(FEW);
  });

  it.each<[string, (peer: ScriptedPeer) => void]>([
    ['ABORT of the router', (peer) => peer.send(ABORT({}, 'com.example.enough'))],
    ['a line that the router closes', (peer) => peer.close(1001, 'going away')],
  ])('[H6] after %s', async (_, lose) => {
    const router = new ScriptedRouter();
    let peer: ScriptedPeer | undefined;
    const connector: Connector = {
      name: 'scripted',
      connect: async (dial) => {
        const transport = router.connect(dial);
        void router.joined().then((joined) => {
          peer = joined;
        });
        return transport;
      },
    };
    const alive = await sessionsAliveAfter(LOSSES, { url: connector }, async () => {
      while (!peer) await new Promise((resolve) => setImmediate(resolve));
      const joined = peer;
      peer = undefined;
      lose(joined);
    });
    expect(alive).toBeLessThanOrEqual(FEW);
  });
});

describe('a failed attempt is freed', () => {
  it('[H6] if nobody listens', async () => {
    const down: Connector = {
      name: 'down',
      connect: () => {
        throw new TransportError('nobody is there', { cause: new Error('refused', { cause: new Error('really') }) });
      },
    };
    expect(await attemptsAliveAfter(LOSSES, { url: down })).toBeLessThanOrEqual(FEW);
  });

  it('[H6] if nobody answers in time (joinTimeoutMs)', async () => {
    const silent: Connector = { name: 'silent', connect: () => new Promise<never>(() => {}) };
    expect(await attemptsAliveAfter(LOSSES, { url: silent, joinTimeoutMs: 1 })).toBeLessThanOrEqual(FEW);
  });

  it('[H6] if HELLO is not answered in time (joinTimeoutMs)', async () => {
    const router = testRouter();
    router.blackhole();
    expect(await attemptsAliveAfter(LOSSES, { url: router, joinTimeoutMs: 1 })).toBeLessThanOrEqual(FEW);
  });

  it('[H6] if the user cannot log in', async () => {
    const router = testRouter();
    const auth = (): never => {
      throw new Error('no password yet');
    };
    expect(await attemptsAliveAfter(LOSSES, { url: router, auth })).toBeLessThanOrEqual(FEW);
  });
});
