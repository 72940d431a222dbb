/* The router's end of RawSocket, seen by raw bytes. */
import { json } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, test } from 'vitest';
import { ABORT, CALL, Code, ERROR, GOODBYE, PUBLISH, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { get, listening } from './listening.ts';
import { frame, rawPeer, rawSocketSession } from './raw-peer.ts';

const SIZE = 'wamp.error.payload_size_exceeded';
const VIOLATION = 'wamp.error.protocol_violation';

describe('the handshake of RawSocket', () => {
  test.each([
    ['7ff10000', '7fb10000'],
    ['7f220000', '7fb20000'],
    ['7f330000', '7fb30000'],
  ])('[R81] %s is answered by %s: with the same serializer, and a limit of 1 MiB', async (request, reply) => {
    const { listener } = await listening();
    const peer = await rawPeer(listener.port);
    peer.send(request);
    expect(await peer.octets(4)).toBe(reply);
  });

  test.each([
    [100, '0'],
    [512, '0'],
    [513, '1'],
    [2 ** 20, 'b'],
    [2 ** 24, 'f'],
    [2 ** 28, 'f'],
  ])('[R81] [R84] announces the limit of %i bytes, rounded up to a power of two', async (maxMessageBytes, code) => {
    const { listener } = await listening({}, { maxMessageBytes });
    const peer = await rawPeer(listener.port);
    peer.send('7ff10000');
    expect(await peer.octets(4)).toBe(`7f${code}10000`);
  });

  test('[R81] may come octet by octet, with HELLO after it', async () => {
    const { listener } = await listening();
    const peer = await rawPeer(listener.port);
    await peer.trickle('7ff10000');
    expect(await peer.octets(4)).toBe('7fb10000');
    await peer.trickle(frame(0, Buffer.from('[1,"realm1",{"roles":{"caller":{}}}]')).toString('hex'));
    expect((await peer.next())[0]).toBe(Code.WELCOME);
  });

  test('[R81] may come with HELLO in one write', async () => {
    const { listener } = await listening();
    const peer = await rawPeer(listener.port);
    peer.socket.write(
      Buffer.concat([Buffer.from('7ff10000', 'hex'), frame(0, Buffer.from('[1,"realm1",{"roles":{"caller":{}}}]'))]),
    );
    expect(await peer.octets(4)).toBe('7fb10000');
    expect((await peer.next())[0]).toBe(Code.WELCOME);
  });

  test.each([
    ['7ff40000', '7f100000', 'a serializer that is not here (UBJSON)'],
    ['7ff00000', '7f100000', 'the illegal serializer 0'],
    ['7fff0000', '7f100000', 'a reserved serializer'],
    ['7f010000', '7f200000', 'a limit of 512 bytes, which WELCOME does not fit into'],
    ['7f110000', '7f200000', 'a limit of 1024 bytes'],
    ['7ff10001', '7f300000', 'a reserved octet'],
    ['7ff18000', '7f300000', 'another reserved octet'],
    ['7f040001', '7f300000', 'everything wrong'],
  ])('[R81] %s is refused with %s: %s', async (request, reply) => {
    const { router, listener } = await listening();
    const peer = await rawPeer(listener.port);
    peer.send(request);
    expect(await peer.end()).toBe(reply);
    expect(router.sessions).toEqual([]);
  });

  test('[R81] accepts the serializers that the listener was given, and no others', async () => {
    const { listener } = await listening({ serializers: [msgpack(), { ...json(), name: 'homemade' }] });
    const [one, two] = [await rawPeer(listener.port), await rawPeer(listener.port)];
    one.send('7ff10000');
    two.send('7ff20000');
    expect(await one.end()).toBe('7f100000');
    expect(await two.octets(4)).toBe('7fb20000');
  });

  test('[R81] [R84] is refused with error 4 when the router is full', async () => {
    const { router, listener } = await listening({}, { maxSessions: 1 });
    await rawSocketSession(listener.port);
    const peer = await rawPeer(listener.port);
    peer.send('7ff10000');
    expect(await peer.end()).toBe('7f400000');
    expect(router.stats()).toMatchObject({ sessions: 1, refusedConnections: 1 });
  });

  test('[R81] that stops in the middle is closed after a time', async () => {
    const { listener } = await listening({}, { joinTimeoutMs: 30 });
    const [silent, slow, mute] = [await rawPeer(listener.port), await rawPeer(listener.port), await rawPeer(listener.port)];
    slow.send('7ff100');
    mute.send('7ff10000');
    expect([await silent.end(), await slow.end()]).toEqual(['', '']);
    expect(await mute.octets(4)).toBe('7fb10000');
    expect(await mute.next()).toEqual(ABORT({ message: 'expected HELLO in 30 ms, got nothing' }, VIOLATION));
    expect(await mute.end()).toBe('');
  });

  test('[R81] that ends in the middle ends the connection', async () => {
    const { listener } = await listening();
    const peer = await rawPeer(listener.port);
    peer.socket.end(Buffer.from('7ff1', 'hex'));
    expect(await peer.end()).toBe('');
  });

  test('[R81] that does not begin with 0x7f is HTTP, or an error', async () => {
    const { listener } = await listening();
    const peer = await rawPeer(listener.port);
    peer.send('7e f10000 0a0a');
    expect(Buffer.from(await peer.end(), 'hex').toString()).toMatch(/^HTTP\/1.1 400 Bad Request/);
    expect((await get(listener.port, '/')).status).toBe(404);
  });
});

describe('a RawSocket connection', () => {
  test('[R81] tells the router where it comes from', async () => {
    const { router, listener } = await listening();
    await rawSocketSession(listener.port);
    const peer = expect.stringMatching(/^127\.0\.0\.1:\d+$/);
    expect(router.sessions).toMatchObject([{ transport: { kind: 'rawsocket', peer, isSecure: false } }]);
  });

  test('[R81] answers each PING with one PONG at once, even between other frames, and does not answer a PONG', async () => {
    const { listener } = await listening();
    const peer = await rawSocketSession(listener.port);
    const subscribe = (id: number) => frame(0, Buffer.from(`[32,${id},{},"com.example.topic${id}"]`));
    const pings = [frame(1, Buffer.from('one')), frame(2, Buffer.from('pong')), frame(1, Buffer.alloc(0))];
    peer.socket.write(Buffer.concat([subscribe(1), ...pings, subscribe(2)]));
    expect((await peer.next()).slice(0, 2)).toEqual([33, 1]);
    expect(await peer.octets(7)).toBe('02000003 6f6e65'.replace(' ', ''));
    expect(await peer.octets(4)).toBe('02000000');
    expect((await peer.next()).slice(0, 2)).toEqual([33, 2]);
  });

  test('[G2] [R81] that sends thousands of PINGs at a time ends, and no other', async () => {
    const { router, listener } = await listening();
    const other = await rawSocketSession(listener.port);
    const peer = await rawSocketSession(listener.port);
    const few = Array.from({ length: 60 }, () => frame(1, Buffer.alloc(0)));
    peer.socket.write(Buffer.concat(few));
    expect(await peer.octets(4 * 60)).toBe('02000000'.repeat(60));
    peer.socket.write(Buffer.concat(Array.from({ length: 20_000 }, () => frame(1, Buffer.alloc(0)))));
    await expect.poll(() => router.stats().sessions).toBe(1);
    other.socket.write(frame(1, Buffer.from('one')));
    expect(await other.octets(7)).toBe('020000036f6e65');
  });

  test('[R81] that sends many PINGs and reads no PONG is not read either, and gets all PONGs later', async () => {
    const { listener } = await listening();
    const peer = await rawSocketSession(listener.port);
    const count = 400;
    peer.socket.pause();
    for (let i = 0; i < count; i++) peer.socket.write(frame(1, Buffer.alloc(2 ** 16, i)));
    let before = -1;
    while (peer.socket.writableLength !== before) {
      before = peer.socket.writableLength;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(peer.socket.writableLength).toBeGreaterThan(0);
    peer.socket.resume();
    for (let i = 0; i < count; i++) expect((await peer.frame()).payload[0]).toBe(i % 256);
  });

  test.each([
    ['00100001', SIZE, 'expected a frame of at most 1048576 bytes, got one of 1048577'],
    ['01100001', SIZE, 'expected a frame of at most 1048576 bytes, got one of 1048577'],
    ['08000000', SIZE, 'expected a frame of at most 1048576 bytes, got one of 16777216'],
    ['7ff10000', VIOLATION, 'expected reserved bits of a frame to be zero, got 0x7f'],
    ['10000000', VIOLATION, 'expected reserved bits of a frame to be zero, got 0x10'],
    ['03000000', VIOLATION, 'expected a message, PING or PONG, got a frame of reserved type 3'],
    ['08000001', VIOLATION, 'expected the other bits of a length with the 25th to be zero, got 1'],
    ['00000001 ff', VIOLATION, 'cannot decode a frame as json: expected a list at byte 0, got byte 0xff'],
    ['00000000', VIOLATION, expect.stringContaining('cannot decode a frame as json')],
    ['47455420 2f20', VIOLATION, 'expected reserved bits of a frame to be zero, got 0x47'],
  ])('[R81] [R84] with %s is ended with ABORT %s', async (octets, reason, message) => {
    const { router, listener } = await listening();
    const [bad, good] = [await rawSocketSession(listener.port), await rawSocketSession(listener.port)];
    bad.send(octets);
    expect(await bad.next()).toEqual(ABORT({ message }, reason));
    expect(await bad.end()).toBe('');
    expect(router.sessions).toHaveLength(1);
    good.sendLists(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await good.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('[R81] that sends noise ends, and no other is disturbed', async () => {
    const { router, listener } = await listening();
    const other = await rawSocketSession(listener.port);
    for (let seed = 1; seed <= 40; seed++) {
      const peer = await rawSocketSession(listener.port);
      const noise = Buffer.alloc(1 + seed * 7);
      for (let i = 0, state = seed; i < noise.length; i++) {
        state = (state * 48_271) % 2_147_483_647;
        noise[i] = state;
      }
      peer.socket.write(noise);
      peer.socket.end();
      await peer.end();
    }
    await expect.poll(() => router.sessions.length).toBe(1);
    other.sendLists(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await other.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('[R84] may send no more than maxMessageBytes, whatever power of two was announced', async () => {
    const { listener } = await listening({}, { maxMessageBytes: 1000 });
    const peer = await rawSocketSession(listener.port);
    const publish = (length: number) => {
      const list = PUBLISH(1, { acknowledge: true }, 'com.example.topic', ['']);
      list[4] = ['x'.repeat(length - JSON.stringify(list).length)];
      return list;
    };
    peer.sendLists(publish(1000));
    expect((await peer.next())[0]).toBe(Code.PUBLISHED);
    peer.send('000003e9');
    expect((await peer.next())[2]).toBe(SIZE);
  });

  test('[R81] carries a message of exactly 2^24 octets, in and out, but only to a client that accepts it', async () => {
    const { listener } = await listening({}, { maxMessageBytes: 2 ** 24 });
    const [callee, big, small] = [
      await rawSocketSession(listener.port),
      await rawSocketSession(listener.port, 'f'),
      await rawSocketSession(listener.port, 'e'),
    ];
    callee.sendLists(REGISTER(1, {}, 'a.b'));
    expect((await callee.next())[0]).toBe(Code.REGISTERED);
    for (const [index, caller] of [big, small].entries()) {
      caller.sendLists(CALL(1, {}, 'a.b'));
      expect((await callee.next()).slice(0, 2)).toEqual([68, index + 1]);
      const text = Buffer.alloc(2 ** 24, 'x');
      text.write(`[70,${index + 1},{},["`);
      text.write('"]]', 2 ** 24 - 3);
      callee.socket.write(Buffer.concat([Buffer.from('08000000', 'hex'), text]));
    }
    expect(await big.octets(4)).toBe('08000000');
    expect(await big.octets(12)).toBe(Buffer.from('[50,1,{},["x').toString('hex'));
    const message = 'RESULT takes 16777216 bytes, and the other side takes at most 8388608';
    expect(await small.next()).toEqual(ERROR('CALL', 1, {}, SIZE, [message]));
  });

  test('[R07] that breaks ends its session', async () => {
    const { router, listener } = await listening();
    const peer = await rawSocketSession(listener.port);
    peer.socket.resetAndDestroy();
    await expect.poll(() => router.sessions).toEqual([]);
  });

  test('[R08] gets GOODBYE when the router closes, and continues when only the listener closes', async () => {
    const { router, listener } = await listening();
    const peer = await rawSocketSession(listener.port);
    await listener.close();
    peer.sendLists(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await peer.next())[0]).toBe(Code.SUBSCRIBED);
    const closed = router.close();
    expect(await peer.next()).toEqual(GOODBYE({}, 'wamp.close.system_shutdown'));
    peer.sendLists(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    expect(await peer.end()).toBe('');
    await closed;
  });

  test('receives in one read what was sent in one tick', async () => {
    const { listener } = await listening();
    const peer = await rawSocketSession(listener.port);
    let reads = 0;
    peer.socket.on('data', () => reads++);
    peer.sendLists(...Array.from({ length: 10 }, (_, i) => SUBSCRIBE(i + 1, {}, `com.example.topic${i}`)));
    for (let i = 0; i < 10; i++) expect((await peer.next())[1]).toBe(i + 1);
    expect(reads).toBe(1);
  });
});
