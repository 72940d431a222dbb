/* WebSocket keep-alive, the listener's. */
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { Code, HELLO, PUBLISH } from '../fixtures/messages.ts';
import { listening, rawClient, rawSession } from './listening.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('[R80] pingMs', () => {
  test('closes the connection of a client that does not answer pings, and ends its session', async () => {
    const { router, listener } = await listening({ pingMs: 20 });
    const client = await rawClient(listener.url, ['wamp.2.json'], { autoPong: false });
    client.send(HELLO('realm1', { roles: { caller: {} } }));
    expect((await client.next())[0]).toBe(Code.WELCOME);
    expect(router.sessions).toHaveLength(1);
    expect((await client.end()).code).toBe(1006);
    await expect.poll(() => router.sessions).toEqual([]);
  });

  test('keeps a client that answers pings, however silent it is', async () => {
    const { router, listener } = await listening({ pingMs: 20 });
    const client = await rawSession(listener.url);
    let pings = 0;
    client.socket.on('ping', () => pings++);
    await expect.poll(() => pings).toBeGreaterThan(5);
    expect(router.sessions).toHaveLength(1);
    expect(client.closed).toBeUndefined();
  });

  test('keeps a client that sends anything, even if it does not answer pings', async () => {
    const { listener } = await listening({ pingMs: 100 });
    const client = await rawClient(listener.url, ['wamp.2.json'], { autoPong: false });
    client.send(HELLO('realm1', { roles: { publisher: {} } }));
    for (let i = 1; i < 30; i++) {
      client.send(PUBLISH(i, {}, 'com.example.topic'));
      await pause(10);
    }
    expect(client.closed).toBeUndefined();
  });

  test('is off with 0', async () => {
    const { listener } = await listening({ pingMs: 0 });
    const client = await rawSession(listener.url);
    client.socket.on('ping', () => expect.unreachable());
    await pause(50);
    expect(client.closed).toBeUndefined();
  });

  test.each([-1, Number.NaN])('cannot be %d', async (pingMs) => {
    await expect(listen(new Router({ realms: {} }), { port: 0, pingMs })).rejects.toThrow(
      'expected pingMs of listen to be milliseconds from 0 to 2147483647, got ',
    );
  });
});
