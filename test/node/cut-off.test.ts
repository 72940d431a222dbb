/* A router that is not part of its cluster, because it was cut off: clients are told, and go on to another one. */
import { Connection } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { type Listener, listen, rawSocket } from 'autostrada/node';
import { type Engine, type EngineEvents, Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestCluster } from '../fixtures/nodes.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { get } from './listening.ts';

const WHY = 'the router has not joined its cluster, or is cut off from it';
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': 'wamp.2.json',
};

/** Joins once; then it is cut off by `cut`, and stays so. */
function engineThatIsCutOff(): { readonly engine: Engine; cut(): void } {
  const engine = new TestCluster().engine();
  let known: EngineEvents | undefined;
  return {
    engine: {
      ...engine,
      join: (events) => {
        if (known) return new Promise(() => {});
        known = events;
        return engine.join(events);
      },
    },
    cut: () => known?.lost(),
  };
}

async function started(
  cluster?: Engine,
): Promise<{ readonly router: Router; readonly listener: Listener; readonly log: string[] }> {
  const log: string[] = [];
  const router = new Router(
    { realms: { realm1: 'open' } },
    { ...(cluster ? { cluster } : {}), log: ({ message }) => log.push(message) },
  );
  const listener = await listen(router, { port: 0 });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
  });
  return { router, listener, log };
}

describe('[L5] a router that is not part of its cluster', () => {
  test('answers a WebSocket and a long-poll with 503 and why, closes a RawSocket at once, and logs it once', async () => {
    const { engine, cut } = engineThatIsCutOff();
    const { router, listener, log } = await started(engine);
    await router.ready;
    cut();
    for (let i = 0; i < 3; i++)
      expect(await get(listener.port, '/ws', upgrade)).toMatchObject({
        status: 503,
        body: WHY,
        headers: { 'retry-after': '5' },
      });
    const polled = await fetch(`${listener.longPollUrl}/open`, { method: 'POST', body: '{"protocols":["wamp.2.json"]}' });
    expect([polled.status, polled.headers.get('retry-after'), await polled.text()]).toEqual([503, '5', WHY]);
    const raw = new Connection({ url: rawSocket(listener.rawSocketUrl ?? ''), realm: 'realm1', retry: false });
    raw.on('error', () => {});
    expect(await failure(raw.open())).toBeInstanceOf(Error);
    expect(log.filter((message) => message.includes('turns connections away'))).toEqual([
      'turns connections away, this router has not joined its cluster, or is cut off from it (cluster)',
    ]);
    expect(router.stats()).toMatchObject({ sessions: 0, refusedConnections: 5 });
  });

  test.each(['websocket', 'rawsocket', 'longpoll'] as const)('is left by its clients for their next URL: %s', async (way) => {
    const { engine, cut } = engineThatIsCutOff();
    const [lost, other] = [await started(engine), await started()];
    await lost.router.ready;
    const urlOf = ({ url, rawSocketUrl = '', longPollUrl = '' }: Listener) =>
      ({ websocket: url, rawsocket: rawSocket(rawSocketUrl), longpoll: longPoll(longPollUrl) })[way];
    const connection = new Connection({
      url: [urlOf(lost.listener), urlOf(other.listener)],
      realm: 'realm1',
      retry: { minMs: 1, maxMs: 1 },
    });
    connection.on('error', () => {});
    onTestFinished(() => connection.close());
    await connection.register('com.example.where', () => 'here').ready;
    expect(lost.router.stats().sessions).toBe(1);
    cut();
    await expect.poll(() => other.router.stats().registrations).toBe(1);
    expect(await connection.call('com.example.where')).toBe('here');
  });
});
