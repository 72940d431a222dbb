/* A session that does not read. Its transport counts what it is given, and gives nothing away. */
import { json, type Transport, type TransportReceiver } from 'autostrada';
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { ABORT, CALL, Code, ERROR, HELLO, PUBLISH, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { expectUnread, join, openRouter, register, roles } from './open-router.ts';

class StuckLine implements Transport {
  readonly serializer = json();
  readonly sent: unknown[][] = [];
  bufferedBytes = 0;
  closedWith: string | undefined;
  private receiver: TransportReceiver | undefined;

  constructor(router: Router) {
    router.attach(this, { kind: 'stuck' });
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }
  /** What the client says. */
  say(list: readonly unknown[]): void {
    this.receiver?.frame(JSON.stringify(list));
  }
  send(frame: string): void {
    this.bufferedBytes += frame.length;
    this.sent.push(JSON.parse(frame));
  }
  close(_code?: number, reason = ''): void {
    this.closedWith ??= reason;
    this.receiver?.closed({ clean: true });
    this.receiver = undefined;
  }
  count(code: number): number {
    return this.sent.filter(([type]) => type === code).length;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const SLOW = 'autostrada.error.slow_consumer';

function stuck(router: Router): StuckLine {
  const line = new StuckLine(router);
  line.say(HELLO('realm1', { roles }));
  line.say(SUBSCRIBE(1, {}, 'com.example.flood'));
  return line;
}

const limits = (onQueueFull: 'close' | 'drop-events') => ({
  realms: { realm1: 'open' as const },
  limits: { maxMessageBytes: 10_000, maxQueuedBytes: 10_000, onQueueFull },
});

describe('a session that does not read', () => {
  test('[R84] ends when more than the limit waits for it, and no other is affected', async () => {
    const { router, log } = openRouter(limits('close'));
    const line = stuck(router);
    const publisher = await join(router);
    for (let i = 1; i <= 500; i++) publisher.send(PUBLISH(i, {}, 'com.example.flood', ['x'.repeat(100)]));
    await settled();
    expect(line.sent.at(-1)).toMatchObject(
      ABORT({ message: 'over 10000 bytes wait for it (limits.maxQueuedBytes, limits.onQueueFull)' }, SLOW),
    );
    expect(line.bufferedBytes).toBeLessThan(10_500);
    expect(router.sessions.length).toBe(1);
    expect(router.stats()).toMatchObject({ sessions: 1, subscriptions: 0, slowConsumers: 1, droppedEvents: 0, messagesIn: 501 });
    expect(log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      'ended a session: over 10000 bytes wait for it (limits.maxQueuedBytes, limits.onQueueFull)',
    ]);
    publisher.send(SUBSCRIBE(501, {}, 'com.example.other'));
    expect((await publisher.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('[R84] loses events until it has caught up, if the configuration says so', async () => {
    const { router, log } = openRouter(limits('drop-events'));
    const line = stuck(router);
    const publisher = await join(router);
    for (let i = 1; i <= 500; i++) publisher.send(PUBLISH(i, {}, 'com.example.flood', ['x'.repeat(100)]));
    await settled();
    const got = line.count(36);
    expect(line.bufferedBytes).toBeLessThan(10_500);
    expect(router.stats()).toMatchObject({
      sessions: 2,
      droppedEvents: 500 - got,
      slowConsumers: 0,
      queuedBytes: line.bufferedBytes,
    });
    expect(router.sessions[0]).toMatchObject({ droppedEvents: 500 - got, queuedBytes: line.bufferedBytes });
    expect(log.filter(({ level }) => level === 'warn').length).toBe(1);
    line.bufferedBytes = 0;
    publisher.send(PUBLISH(501, {}, 'com.example.flood', ['again']));
    await settled();
    expect(line.sent.at(-1)?.[4]).toEqual(['again']);
  });

  test('[R84] still gets answers while events are dropped, up to twice the limit', async () => {
    const { router } = openRouter(limits('drop-events'));
    const line = stuck(router);
    line.bufferedBytes = 10_000;
    line.say(SUBSCRIBE(2, {}, 'com.example.other'));
    expect(line.sent.at(-1)?.[0]).toBe(Code.SUBSCRIBED);
    line.bufferedBytes = 20_000;
    line.say(SUBSCRIBE(3, {}, 'com.example.third'));
    await settled();
    expect(line.closedWith).toBe(SLOW);
    expect(router.sessions).toEqual([]);
  });

  test('[R45] [R84] fails the calls for which it is the callee', async () => {
    const { router } = openRouter(limits('close'));
    const line = stuck(router);
    line.say(REGISTER(2, {}, 'com.example.slow'));
    const caller = await join(router);
    line.bufferedBytes = 9_990;
    caller.send(CALL(1, {}, 'com.example.slow', ['fits']), CALL(2, {}, 'com.example.slow', ['does not']));
    const canceled = (request: number) => ERROR('CALL', request, {}, 'wamp.error.canceled', [expect.any(String)]);
    await caller.expect(canceled(1));
    await caller.expect(canceled(2));
    await expectUnread(caller);
    expect(router.stats().calls).toBe(0);
  });
});

describe('a router that is full', () => {
  test('[R84] refuses the next session, and accepts one when there is room again', async () => {
    const { router } = openRouter({ realms: { realm1: 'open' }, limits: { maxSessions: 2 } });
    const [one] = [await join(router), await join(router)];
    const turnedAway = new StuckLine(router);
    expect(turnedAway.sent).toEqual([ABORT({ message: 'the router is full' }, 'wamp.error.unavailable')]);
    expect(router.stats()).toMatchObject({ sessions: 2, refusedConnections: 1 });
    one.close();
    await settled();
    const later = await join(router);
    await register(later, 'com.example.here');
  });
});
