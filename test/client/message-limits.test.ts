/* How long a message the router takes: it tells, the option tells, or a line that it closed has told. What is longer costs that request, and nothing else. */
import { Connection } from 'autostrada';
import { TestRouter } from 'autostrada/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ABORT, CALL, PUBLISH, RESULT } from '../fixtures/messages.ts';
import { joinedClient, ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { failure } from '../fixtures/scripted-session.ts';

const SIZE = 'wamp.error.payload_size_exceeded';
const LIMIT = 2048;
const long = 'x'.repeat(LIMIT);

function router(): TestRouter {
  const started = new TestRouter({ realms: { realm1: 'open' }, limits: { maxMessageBytes: LIMIT } });
  onTestFinished(() => started.close());
  return started;
}

function connect(url: ConstructorParameters<typeof Connection>[0]['url'], more: object = {}): Connection {
  const connection = new Connection({ url, realm: 'realm1', retry: { minMs: 1, maxMs: 1 }, ...more });
  onTestFinished(() => connection.close());
  return connection;
}

describe('a router that announces its limit', () => {
  it('[H4] [R81] announces it in WELCOME', async () => {
    const session = await connect(router()).open();
    expect(session.details._max_message_bytes).toBe(LIMIT);
  });

  it('[H4] makes the client refuse a longer call before it is sent, with both numbers, and the session continues', async () => {
    const connection = connect(router());
    const session = await connection.open();
    await connection.register('com.test.echo', (args) => args[0]).ready;
    const bytes = JSON.stringify(CALL(1, {}, 'com.test.echo', [long])).length;
    expect(await failure(session.call('com.test.echo', [long]))).toMatchObject({
      name: 'SerializationError',
      uri: SIZE,
      message: `CALL com.test.echo takes ${bytes} bytes, and the other side takes at most ${LIMIT}`,
    });
    expect(() => session.publish('com.test.topic', [long])).toThrow('PUBLISH com.test.topic takes');
    expect(await session.call('com.test.echo', ['short'])).toBe('short');
    expect(connection.session).toBe(session);
  });

  it('[H4] makes a longer result or error an error of that call', async () => {
    const connection = connect(router());
    await connection.register('com.test.long', () => long).ready;
    await connection.register('com.test.longError', () => {
      throw new Error(long);
    }).ready;
    const before = await connection.open();
    expect(await failure(connection.call('com.test.long'))).toMatchObject({ uri: SIZE });
    expect(await failure(connection.call('com.test.longError'))).toMatchObject({ uri: SIZE });
    expect(connection.session).toBe(before);
  });

  it('[H4] [R81] ends a client in this process that ignores the limit', async () => {
    const started = router();
    const client = await joinedClient(started);
    client.send(PUBLISH(1, {}, 'a.b', [long]));
    const got = JSON.stringify(PUBLISH(1, {}, 'a.b', [long])).length;
    const message = `expected a message of at most ${LIMIT} bytes, got one of ${got}`;
    expect(await client.end()).toEqual([ABORT({ message }, SIZE)]);
  });

  it('[H4] counts bytes, not characters', async () => {
    const session = await connect(router()).open();
    expect(() => session.publish('a.b', ['ä'.repeat(LIMIT / 2)])).toThrow(`and the other side takes at most ${LIMIT}`);
    session.publish('a.b', ['ä'.repeat(LIMIT / 4)]);
  });
});

describe('the limit of a router that does not announce it', () => {
  it('[H4] comes from the option', async () => {
    const scripted = new ScriptedRouter();
    const connection = connect(scripted, { maxMessageBytes: LIMIT });
    const opened = connection.open();
    await scripted.joined();
    await opened;
    expect(await failure(connection.call('a.b', [long]))).toMatchObject({ uri: SIZE });
  });

  it('[H4] is learnt when the router closes after a long message: the error says so, and the message is not sent again', async () => {
    const scripted = new ScriptedRouter();
    const connection = connect(scripted);
    const opened = connection.open();
    let peer = await scripted.joined();
    await opened;
    const call = failure(connection.call('a.b', [long], undefined, { retryOnLoss: 'unknown', timeoutMs: 5000 }));
    await peer.next();
    peer.close(1009);
    peer = await scripted.joined();
    const bytes = JSON.stringify(CALL(1, {}, 'a.b', [long])).length;
    expect(await call).toMatchObject({
      uri: SIZE,
      message: `CALL a.b takes ${bytes} bytes, and the other side takes at most ${bytes - 1}`,
    });
    const short = connection.call('a.b', ['short']);
    await peer.expect(CALL(1, {}, 'a.b', ['short']));
    peer.send(RESULT(1, {}, [1]));
    expect(await short).toBe(1);
  });

  it('[H4] appears in the error of other requests, with the longest message', async () => {
    const scripted = new ScriptedRouter();
    const connection = connect(scripted);
    const opened = connection.open();
    const peer = await scripted.joined();
    await opened;
    const call = failure(connection.call('a.b', [long]));
    await peer.next();
    peer.close(1009);
    const bytes = JSON.stringify(CALL(1, {}, 'a.b', [long])).length;
    expect(await call).toMatchObject({
      name: 'ConnectionLostError',
      message: `the other side closed the connection (1009: a message was too long; the longest was CALL a.b with ${bytes} bytes)`,
    });
  });
});
