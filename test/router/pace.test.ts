/* How fast a session may send: who is too fast waits or ends, and nobody else does. */
import { type LogEntry, Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { ABORT, Code, PUBLISH } from '../fixtures/messages.ts';
import { joinedClient, type ScriptedPeer } from '../fixtures/scripted-peer.ts';

function opened(config: Omit<RouterConfig, 'realms'> & { readonly realms?: RouterConfig['realms'] }) {
  const clock = new ManualClock();
  const log: LogEntry[] = [];
  const router = new Router({ realms: { realm1: 'open' }, ...config }, { clock, log: (entry) => log.push(entry) });
  onTestFinished(async () => {
    const closed = router.close();
    await clock.advance(5000);
    await closed;
    expect(clock.pending).toBe(0);
  });
  return { router, clock, log };
}

const publications = (count: number, from = 1) =>
  Array.from({ length: count }, (_, i) => PUBLISH(from + i, { acknowledge: true }, 'com.example.news'));

async function answered(peer: ScriptedPeer): Promise<number> {
  const count = peer.unread.length;
  for (let i = 0; i < count; i++) expect((await peer.next())[0]).toBe(Code.PUBLISHED);
  return count;
}

describe('[K3] a session that sends faster than limits.messagesPerSecond', () => {
  test('is served in that rate after its burst, in order, and loses nothing', async () => {
    const { router, clock } = opened({ limits: { messagesPerSecond: 10, burst: 5 } });
    const peer = await joinedClient(router);
    peer.send(...publications(20));
    await clock.advance(0);
    const first = await answered(peer);
    expect(first).toBeGreaterThanOrEqual(5);
    expect(first).toBeLessThanOrEqual(6);
    await clock.advance(1000);
    const second = await answered(peer);
    expect(second).toBeGreaterThanOrEqual(8);
    expect(second).toBeLessThanOrEqual(11);
    await clock.advance(1000);
    expect(first + second + (await answered(peer))).toBe(20);
  });

  test('does not make others wait', async () => {
    const { router, clock } = opened({ limits: { messagesPerSecond: 10, burst: 5 } });
    const [fast, calm] = [await joinedClient(router), await joinedClient(router)];
    fast.send(...publications(50));
    calm.send(...publications(3));
    await clock.advance(0);
    expect(await answered(calm)).toBe(3);
    expect(router.stats()).toMatchObject({ slowedSessions: 1 });
  });

  test('is counted and logged once', async () => {
    const { router, clock, log } = opened({ limits: { messagesPerSecond: 10 } });
    const peer = await joinedClient(router);
    peer.send(...publications(30));
    await clock.advance(5000);
    expect(await answered(peer)).toBe(30);
    peer.send(...publications(30, 31));
    await clock.advance(5000);
    expect(router.stats().slowedSessions).toBe(1);
    expect(log.filter(({ message }) => message.includes('too fast')).map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /is too fast: expected at most 10 messages a second \(limits\.messagesPerSecond\), and 10 at once \(limits\.burst\)$/,
      ),
    ]);
  });

  test("ends with onTooFast: 'close'", async () => {
    const { router, clock } = opened({ limits: { messagesPerSecond: 10, burst: 5, onTooFast: 'close' } });
    const [peer, other] = [await joinedClient(router), await joinedClient(router)];
    peer.send(...publications(6));
    await clock.advance(0);
    for (let i = 0; i < 5; i++) expect((await peer.next())[0]).toBe(Code.PUBLISHED);
    const text = 'expected at most 10 messages a second (limits.messagesPerSecond), and 5 at once (limits.burst)';
    await peer.expect(ABORT({ message: text }, 'autostrada.error.limit_exceeded'));
    await clock.advance(2000);
    expect(router.sessions.length).toBe(1);
    other.send(...publications(1));
    await clock.advance(0);
    expect(await answered(other)).toBe(1);
  });

  test('is not slowed if it keeps to the rate', async () => {
    const { router, clock } = opened({ limits: { messagesPerSecond: 10, burst: 1 } });
    const peer = await joinedClient(router);
    for (let i = 1; i <= 20; i++) {
      peer.send(...publications(1, i));
      await clock.advance(100);
      expect(await answered(peer)).toBe(1);
    }
    expect(router.stats().slowedSessions).toBe(0);
  });

  test('leaves nothing behind when it goes away while it waits', async () => {
    const { router, clock } = opened({ limits: { messagesPerSecond: 1 } });
    const peer = await joinedClient(router);
    peer.send(...publications(10));
    await clock.advance(0);
    peer.close();
    await clock.advance(0);
    expect(router.sessions).toEqual([]);
  });

  test('may be a component of the router: that is not limited', async () => {
    const { router, clock } = opened({ limits: { messagesPerSecond: 1 } });
    const peer = await joinedClient(router.as({ authid: 'backend', authrole: 'service' }));
    peer.send(...publications(50));
    await clock.advance(0);
    expect(await answered(peer)).toBe(50);
  });

  test('has the limits of its authrole, if that has some', async () => {
    const permissions = 'all' as const;
    const { router, clock } = opened({
      realms: { realm1: { anonymous: 'visitor', authroles: { visitor: { permissions, limits: { messagesPerSecond: 2 } } } } },
      limits: { messagesPerSecond: 1000 },
    });
    const peer = await joinedClient(router);
    peer.send(...publications(10));
    await clock.advance(0);
    expect(await answered(peer)).toBeLessThanOrEqual(3);
    await clock.advance(5000);
    expect(await answered(peer)).toBeGreaterThanOrEqual(7);
  });
});

test.each([
  [{ messagesPerSecond: -1 }, 'limits.messagesPerSecond: expected an integer from 0 to 1000000 (messages a second), got -1'],
  [{ onTooFast: 'wait' }, 'limits.onTooFast: expected "slow" or "close", got "wait"'],
  [{ brust: 5 }, "limits: expected messagesPerSecond, burst, onTooFast, got 'brust'; did you mean 'burst'?"],
  [5, 'limits: expected an object, got 5'],
])('[K3] the limits of an authrole cannot be %j', (limits, text) => {
  const config = { realms: { realm1: { authroles: { user: { permissions: 'all', limits } } } } };
  expect(() => new Router(JSON.parse(JSON.stringify(config)))).toThrow(`config.realms["realm1"].authroles["user"].${text}`);
});
