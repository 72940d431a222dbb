/* The client's end of RawSocket, with a router played by hand, octet by octet. */
import { Connection, type ConnectionOptions, json, type WampError } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { type RawSocketOptions, rawSocket } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ABORT, Code, ERROR, GOODBYE, INVOCATION, PUBLISH, REGISTERED, RESULT, WELCOME } from '../fixtures/messages.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { frame, type RawPeer, RawRouter } from './raw-peer.ts';

const both = [json(), msgpack()];
const welcome = WELCOME(7, { roles: { broker: {}, dealer: {} } });

interface Dialled {
  readonly router: RawRouter;
  readonly connection: Connection;
  /** What `open` was rejected with. */
  readonly error: Promise<WampError>;
}

async function dial(options: Partial<ConnectionOptions> = {}, rawOptions?: RawSocketOptions): Promise<Dialled> {
  const router = await RawRouter.listen();
  const url = rawSocket(router.url, rawOptions);
  const connection = new Connection({ url, realm: 'realm1', retry: false, ...options });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  const error = failure(connection.open());
  error.catch(() => {}); // who joins does not look at it
  return { router, connection, error };
}

async function joined(reply = '7ff10000', rawOptions?: RawSocketOptions): Promise<{ connection: Connection; peer: RawPeer }> {
  const { router, connection } = await dial({}, rawOptions);
  const peer = await router.peer();
  await peer.octets(4);
  peer.send(reply);
  expect((await peer.next())[0]).toBe(Code.HELLO);
  peer.sendLists(welcome);
  await connection.open();
  onTestFinished(() => peer.sendLists(GOODBYE({}, 'wamp.close.goodbye_and_out')));
  return { connection, peer };
}

describe('the handshake of RawSocket', () => {
  test.each([
    [undefined, '7ff10000'],
    [1, '7f010000'],
    [65_536, '7f710000'],
    [65_537, '7f810000'],
    [2 ** 30, '7ff10000'],
  ])('[C82] sends the limit %s, rounded up to a power of two, as %s', async (maxMessageBytes, octets) => {
    const { router } = await dial({}, { maxMessageBytes });
    expect(await (await router.peer()).octets(4)).toBe(octets);
  });

  test('[C82] may be answered octet by octet, with messages after it in the same write', async () => {
    const { router, connection } = await dial();
    const peer = await router.peer();
    await peer.octets(4);
    await peer.trickle('7ff100');
    peer.socket.write(Buffer.concat([Buffer.of(0), frame(1, Buffer.from('early'))]));
    const kinds = [(await peer.frame()).type, (await peer.frame()).type];
    expect(kinds.sort()).toEqual([0, 2]); // HELLO and PONG
    peer.sendLists(welcome);
    expect((await connection.open()).id).toBe(7);
    peer.sendLists(GOODBYE({}, 'wamp.close.normal'));
  });

  test.each([
    ['7f200000', 'refused messages of up to 16777216 bytes (error 2, maximum length unacceptable)'],
    ['7f300000', 'refused the handshake (error 3, use of reserved bits)'],
    ['7f400000', 'takes no more connections (error 4, maximum connection count reached)'],
    ['7f500000', 'refused the handshake (error 5, which WAMP does not define)'],
    ['7f000000', 'refused the handshake (error 0, which WAMP does not define)'],
    ['7ff20000', 'answered with msgpack (2), expected json (1)'],
    ['7ffa0000', 'answered with serializer 10 (10), expected json (1)'],
    ['7ff10001', 'answered the handshake with reserved octets that are not zero'],
  ])('[C82] that is answered by %s fails: %s', async (reply, message) => {
    const { router, error } = await dial();
    const peer = await router.peer();
    peer.send(reply);
    expect(await error).toMatchObject({
      name: 'TransportError',
      uri: 'wamp.error.network_failure',
      message: `${router.url} ${message}`,
    });
    await peer.end();
  });

  test('[C82] offers the next serializer on a new connection when the router refuses the first', async () => {
    const { router, connection } = await dial({ serializers: both });
    const first = await router.peer(0);
    expect(await first.octets(4)).toBe('7ff10000');
    first.send('7f100000');
    expect(await first.end()).toBe('');
    const second = await router.peer(1);
    expect(await second.octets(4)).toBe('7ff20000');
    second.send('7ff20000');
    const { payload } = await second.frame();
    expect(msgpack().decode(payload)[0]).toBe(1);
    second.socket.write(frame(0, msgpack().encode(welcome) as Uint8Array));
    expect((await connection.open()).id).toBe(7);
    second.socket.end();
  });

  test('[C82] offers the next serializer also if the router drops the connection instead of answering, as Twisted does', async () => {
    const { router } = await dial({ serializers: both });
    (await router.peer(0)).socket.destroy();
    expect(await (await router.peer(1)).octets(4)).toBe('7ff20000');
  });

  test('[C82] fails for good when the router refuses all', async () => {
    const { router, error } = await dial({ serializers: both });
    for (const index of [0, 1]) (await router.peer(index)).send('7f100000');
    expect(await error).toMatchObject({
      uri: 'autostrada.error.no_subprotocol',
      message: `no common serializer with ${router.url}: it takes none of json, msgpack`,
    });
  });

  test.each(['destroy', 'resetAndDestroy'] as const)(
    '[C82] explains what it may mean that the connection was dropped (%s)',
    async (drop) => {
      const { router, error } = await dial();
      const peer = await router.peer();
      await peer.octets(4);
      peer.socket[drop]();
      expect(await error).toMatchObject({
        uri: 'wamp.error.network_failure',
        message:
          `${router.url} closed the connection instead of answering the RawSocket handshake: it does not speak RawSocket, or not in json ` +
          '(Crossbar.io and Autobahn do that for a serializer that they do not accept)',
      });
    },
  );

  test('[C82] skips serializers that have no id in RawSocket, and fails if there is no other', async () => {
    const homemade = { ...json(), name: 'homemade' };
    const { router } = await dial({ serializers: [homemade, msgpack()] });
    expect(await (await router.peer()).octets(4)).toBe('7ff20000');
    const { error } = await dial({ serializers: [homemade] });
    expect(await error).toMatchObject({
      uri: 'autostrada.error.no_subprotocol',
      message: expect.stringContaining('RawSocket has no id for homemade'),
    });
  });

  test.each([
    ['485454502f312e312034303020426164205265717565737420210d0a', 'got HTTP/1.1 400 Bad Request !'],
    ['15030100020246', 'got 0x15 0x03 0x01 0x00 (it speaks TLS: try rss://)'],
    ['0a', 'got 0x0a'],
  ])('[C82] that is answered by %s is not RawSocket: %s', async (reply, said) => {
    const { router, error } = await dial();
    (await router.peer()).send(reply);
    expect(await error).toMatchObject({
      uri: 'autostrada.error.no_rawsocket',
      message: `no RawSocket there: expected ${router.url} to answer with 0x7f, ${said}`,
    });
  });

  test('[C82] that is not answered ends with the attempt, and so does its connection', async () => {
    const { router, error } = await dial({ joinTimeoutMs: 30 });
    const peer = await router.peer();
    peer.send('7ff1');
    expect(await error).toMatchObject({ uri: 'wamp.error.timeout' });
    await peer.end();
  });

  test('[C82] is not sent if the attempt has ended already', async () => {
    const signal = AbortSignal.abort(new Error('over'));
    const attempt = Promise.resolve(rawSocket('rs://127.0.0.1:1').connect({ serializers: both, signal }));
    expect((await failure(attempt)).message).toBe('over');
  });

  test('[C82] is not sent if nobody listens, or the host does not exist', async () => {
    const { signal } = new AbortController();
    const refused = await failure(Promise.resolve(rawSocket('rs://127.0.0.1:1').connect({ serializers: both, signal })));
    expect(refused).toMatchObject({ uri: 'wamp.error.network_failure', cause: { code: 'ECONNREFUSED' } });
    expect(refused.message).toMatch(/^cannot connect to rs:\/\/127.0.0.1:1: .*ECONNREFUSED/);
    const absent = rawSocket('unix:/nowhere/router.sock');
    const missing = await failure(Promise.resolve(absent.connect({ serializers: both, signal })));
    expect(missing).toMatchObject({ uri: 'wamp.error.network_failure', cause: { code: 'ENOENT' } });
  });
});

describe('a URL of RawSocket', () => {
  test.each(['rs://host', 'rs://host:0', 'rs://host:65536', 'rs://host:80/path', 'ws://host:80', 'rs:/host:80', 'unix:', ''])(
    '%s is refused at once',
    (url) => {
      expect(() => rawSocket(url)).toThrow(`expected rs://host:port, rss://host:port or unix:/path, got ${JSON.stringify(url)}`);
    },
  );

  test.each(['rs://host:80', 'rss://[::1]:8080', 'RS://10.0.0.1:1/', 'unix:/tmp/x', 'unix:///tmp/x', 'rs://unix:/tmp/x'])(
    '%s is accepted, and is the name of the connector',
    (url) => {
      expect(rawSocket(url).name).toBe(url);
      expect(rawSocket(new URL('rs://host:80')).name).toBe('rs://host:80');
    },
  );

  test('without TLS refuses certificates', () => {
    expect(() => rawSocket('rs://host:80', { tls: {} })).toThrow('expected rss:// with tls, got rs://host:80');
    expect(() => rawSocket('rs://host:80', { maxMessageBytes: 0 })).toThrow('expected maxMessageBytes to be an integer');
  });
});

describe('a session over RawSocket', () => {
  test('[C82] answers each PING with one PONG, and does not answer a PONG', async () => {
    const { connection, peer } = await joined();
    peer.socket.write(
      Buffer.concat([frame(1, Buffer.from('are you there')), frame(2, Buffer.alloc(3)), frame(1, Buffer.alloc(0))]),
    );
    expect(await peer.frame()).toEqual({ type: 2, payload: Buffer.from('are you there') });
    expect(await peer.frame()).toEqual({ type: 2, payload: Buffer.alloc(0) });
    connection.publish('a.b');
    expect(await peer.next()).toEqual(PUBLISH(1, {}, 'a.b'));
  });

  test.each([
    ['00000201', 'wamp.error.payload_size_exceeded', 'expected a frame of at most 512 bytes, got one of 513'],
    ['08000000', 'wamp.error.payload_size_exceeded', 'expected a frame of at most 512 bytes, got one of 16777216'],
    ['7ff10000', 'wamp.error.protocol_violation', 'expected reserved bits of a frame to be zero, got 0x7f'],
    ['04000000', 'wamp.error.protocol_violation', 'expected a message, PING or PONG, got a frame of reserved type 4'],
    ['00000002 c328', 'wamp.error.protocol_violation', 'expected UTF-8 for json, got other bytes'],
  ])('[H8] [C82] ends after %s, and says why at both ends', async (octets, reason, message) => {
    const { connection, peer } = await joined('7ff10000', { maxMessageBytes: 512 });
    const { session } = connection;
    peer.send(octets);
    expect(await peer.next()).toEqual(ABORT({ message }, reason));
    expect(await session?.ended).toMatchObject({
      name: 'ConnectionLostError',
      uri: reason,
      message: `we aborted the session: ${message}`,
      cause: { name: 'ProtocolError', uri: reason },
    });
    expect(await peer.end()).toBe('');
  });

  test('[C82] does not send a call that is longer than the router accepts, and continues', async () => {
    const { connection, peer } = await joined('7f210000');
    const text = 'x'.repeat(2048 - '[48,1,{},"a.b",[""]]'.length);
    expect(await failure(connection.call('a.b', [`${text}y`]))).toMatchObject({
      name: 'SerializationError',
      uri: 'wamp.error.payload_size_exceeded',
      message: 'CALL a.b takes 2049 bytes, and the other side takes at most 2048',
    });
    expect(() => connection.publish('a.b', ['ä'.repeat(1024)])).toThrow('PUBLISH a.b takes 2068 bytes');
    const call = connection.call('a.b', [text]);
    expect((await peer.next())[4]).toEqual([text]);
    peer.sendLists(RESULT(1, {}, ['fits']));
    expect(await call).toBe('fits');
  });

  test('[C82] does not begin if even HELLO is too long', async () => {
    const { router, error } = await dial({ hello: { agent: 'x'.repeat(512) } });
    const peer = await router.peer();
    peer.send('7f010000');
    expect((await error).message).toMatch(/^cannot say HELLO: HELLO takes \d+ bytes, and the other side takes at most 512$/);
    expect(await peer.octets(4)).toBe('7ff10000');
    expect((await peer.next())[0]).toBe(Code.ABORT);
  });

  test('[C82] answers an INVOCATION with ERROR when the result is longer than the router accepts', async () => {
    const { connection, peer } = await joined('7f210000');
    const registration = connection.session?.register('a.b', (args) => {
      if (args?.[0] === 'throw') throw new Error('y'.repeat(2048));
      return 'x'.repeat(2048);
    });
    await peer.next();
    peer.sendLists(REGISTERED(1, 9));
    await registration;
    peer.sendLists(INVOCATION(1, 9, {}), INVOCATION(2, 9, {}, ['throw']));
    const message = 'YIELD takes 2062 bytes, and the other side takes at most 2048';
    expect(await peer.next()).toEqual(ERROR('INVOCATION', 1, {}, 'wamp.error.payload_size_exceeded', [message]));
    expect(await peer.next()).toEqual(ERROR('INVOCATION', 2, {}, 'wamp.error.payload_size_exceeded'));
  });

  test('[C82] carries exactly 2^24 octets with the 25th bit, in both directions', async () => {
    const { connection, peer } = await joined();
    const call = connection.call<string>('a.b', ['x'.repeat(2 ** 24 - '[48,1,{},"a.b",[""]]'.length)]);
    expect(await peer.octets(4)).toBe('08000000');
    await peer.octets(2 ** 24);
    const text = Buffer.alloc(2 ** 24, 'z');
    text.write('[50,1,{},["');
    text.write('"]]', 2 ** 24 - 3);
    peer.socket.write(Buffer.concat([Buffer.from('08000000', 'hex'), text]));
    expect(await call).toHaveLength(2 ** 24 - 14);
  });

  test('receives in one read what was sent in one tick', async () => {
    const { connection, peer } = await joined();
    const { session } = connection;
    let reads = 0;
    peer.socket.on('data', () => reads++);
    for (let i = 0; i < 16; i++) session?.publish('a.b', [i]);
    for (let i = 0; i < 16; i++) expect((await peer.next())[4]).toEqual([i]);
    expect(reads).toBe(1);
  });

  test('[C82] is lost when the router closes, and delivers what came before that', async () => {
    const { connection, peer } = await joined();
    const { session } = connection;
    peer.socket.resetAndDestroy();
    expect(await session?.ended).toMatchObject({
      uri: 'wamp.error.network_failure',
      message: 'the connection was lost (read ECONNRESET)',
    });
  });
});
