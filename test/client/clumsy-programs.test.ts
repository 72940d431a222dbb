/* Mistakes that outside users made, and what they are told. */
import { Connection, type Connector, callStream, drain, events, nextEvent, registerAll } from 'autostrada';
import { connect, defaults, durable, join, offline } from 'autostrada/core';
import { countSessions, getEvents } from 'autostrada/meta';
import { Router } from 'autostrada/router';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WELCOME } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

const realm = 'realm1';
const open = (): Router => {
  const router = new Router({ realms: { [realm]: 'open' } });
  onTestFinished(() => router.close());
  return router;
};

describe('a program that makes a mistake', () => {
  it.each<[string, 'waiting' | 'closed', object | false]>([
    ['reconnect() while it waits', 'waiting', {}],
    ['open() when it is closed', 'closed', false],
  ])('lets the event loop run when it asks for an attempt after each failure, by %s', async (_, when, retry) => {
    const url = open();
    await url.close();
    const connection = new Connection({ url, realm, retry });
    connection.on('error', () => {});
    let attempts = 0;
    connection.on('status', ({ state }) => {
      if (state !== when || ++attempts === 50) return;
      if (when === 'waiting') connection.reconnect();
      else void failure(connection.open());
    });
    const failed = failure(connection.open());
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(attempts).toBeLessThan(50);
    await connection.close();
    await failed;
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an object', {}],
    ['a promise of nothing', Promise.resolve(null)],
  ])('is told at once when its connector gives %s instead of a transport', async (_, given) => {
    const url = { name: 'mine', connect: () => given } as unknown as Connector;
    const error = await failure(new Connection({ url, realm }).open());
    expect([error.name, error.message]).toEqual([
      'FatalError',
      expect.stringMatching(/^expected connect of mine to give a Transport, got /),
    ]);
  });

  it('hears of a handler that is a generator, whose body would never run', async () => {
    const connection = new Connection({ url: open(), realm });
    onTestFinished(() => connection.close());
    const errors: string[] = [];
    connection.on('error', ({ message }) => errors.push(message));
    await connection.subscribe('com.example.news', function* () {
      yield 1;
    } as () => void).ready;
    await connection.publish('com.example.news', [1], null, { acknowledge: true, exclude_me: false });
    await expect.poll(() => errors).toEqual(['expected a handler that runs when it is called, got a generator']);
  });

  it.each<[string, (connection: Connection, wrong: never) => Promise<unknown>]>([
    ['nextEvent', (connection, wrong) => nextEvent(connection, wrong, { timeoutMs: 1 })],
    ['events', (connection, wrong) => events(connection, wrong).next()],
    ['callStream', (connection, wrong) => callStream(connection, wrong).next()],
  ])('learns from %s as well that a URI is a string', async (_, ask) => {
    const connection = new Connection({ url: open(), realm });
    onTestFinished(() => connection.close());
    connection.on('error', () => {});
    await connection.open();
    for (const wrong of [undefined, 7, {}, Symbol('a.b')])
      expect(await failure(ask(connection, wrong as never))).toMatchObject({ uri: 'wamp.error.invalid_uri' });
  });

  it.each([[[]], [() => {}]])('is told that options are an object: %s', async (options) => {
    const connection = new Connection({ url: open(), realm });
    onTestFinished(() => connection.close());
    connection.on('error', () => {});
    const handles = [
      connection.subscribe('a.b', () => {}, options as never),
      connection.register('a.b', () => {}, options as never),
    ];
    for (const handle of handles)
      expect((await failure(handle.ready)).message).toMatch(/^expected options of \w+ to be an object, got /);
  });

  it('learns which feature it has forgotten', async () => {
    const url = open();
    const bare = connect({ url, realm }, [durable]);
    onTestFinished(() => bare.close());
    await bare.open();
    await bare.register('com.example.one', () => 1).ready;
    expect(await failure(drain(bare as never))).toMatchObject({
      message: 'expected drain of a connection whose sessions have idle(), got something without idle',
    });
    expect(bare.handles.length).toBe(1);
    const none = connect({ url, realm }, [offline]) as never;
    expect(() => registerAll(none, {})).toThrow('expected registerAll of a connection, got something without register');
    expect(() => events(none, 'a.b' as never)).toThrow(
      'expected events of a connection or session, got something without subscribe',
    );
    expect((await failure(countSessions(bare as never))).message).toBe(
      'expected a connection or session, got something without callResult',
    );
    expect((await failure(getEvents({} as never, 1))).message).toBe(
      'expected a connection or session, got something without callResult',
    );
    expect((await failure(getEvents(bare.session as never, 1, null as never))).message).toBe(
      'expected the filter of getEvents to be an object, got null',
    );
    expect((await failure(countSessions(undefined as never))).message).toBe('expected a connection or session, got undefined');
    expect(() => connect({ url, realm, defaults: { waitForCalleeMs: 1 } }, [offline, defaults])).toThrow(
      /^expected an option of call .*, got 'waitForCalleeMs'/,
    );
    for (const name of ['retry', 'offline', 'defaults'])
      expect(() => join({ url, realm, [name]: {} } as never, [offline, defaults])).toThrow(
        `expected an option of join, got '${name}', which is for connections`,
      );
  });
});

describe('a router', () => {
  it('that says it takes fewer bytes than a GOODBYE has does not keep a session from leaving', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm });
    const opening = connection.open();
    const peer = await router.peer();
    await peer.next();
    peer.send(WELCOME(7, { roles: { broker: {}, dealer: {} }, _max_message_bytes: 1 }));
    await opening;
    void answerGoodbye(peer);
    await connection.close();
    expect(connection.status.state).toBe('closed');
  });
});
