/* Batched WebSocket at the listener: raw clients, frame by frame. */
import { batched, Connection, json } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { Code, SUBSCRIBE } from '../fixtures/messages.ts';
import { listening } from './listening.ts';

/** A WebSocket whose frames are seen as they come. */
class FrameClient {
  readonly socket: WebSocket;
  readonly frames: (string | Uint8Array)[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(url: string, ...protocols: string[]) {
    this.socket = new WebSocket(url, protocols);
    this.socket.on('message', (data: Buffer, isBinary) => this.frames.push(isBinary ? new Uint8Array(data) : String(data)));
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    this.socket.on('error', () => {});
    onTestFinished(() => this.socket.terminate());
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.socket.once('open', () => resolve()));
  }

  async next(): Promise<string> {
    await expect.poll(() => this.frames.length).toBeGreaterThan(0);
    return String(this.frames.shift());
  }

  async end(): Promise<{ readonly code: number; readonly reason: string } | undefined> {
    await expect.poll(() => this.closed).toBeDefined();
    return this.closed;
  }
}

const HELLO = '[1,"realm1",{"roles":{"publisher":{},"subscriber":{},"caller":{},"callee":{}}}]';

async function client(url: string, ...protocols: string[]): Promise<FrameClient> {
  const opened = new FrameClient(url, ...protocols);
  await opened.open();
  return opened;
}

describe('[R82] a batched WebSocket', () => {
  // What autobahn-python offers, shortened to what is here.
  const autobahn = ['wamp.2.ubjson.batched', 'wamp.2.msgpack.batched', 'wamp.2.msgpack', 'wamp.2.json.batched', 'wamp.2.json'];

  test('is chosen when it is offered first, [R80] like every subprotocol', async () => {
    const { listener } = await listening();
    expect((await client(listener.url, ...autobahn)).socket.protocol).toBe('wamp.2.msgpack.batched');
    expect((await client(listener.url, ...autobahn.slice(3))).socket.protocol).toBe('wamp.2.json.batched');
    expect((await client(listener.url, 'wamp.2.json', 'wamp.2.json.batched')).socket.protocol).toBe('wamp.2.json');
  });

  test.each(['\x1e', '\x18'])('answers in batches, with the separator %j of the first batch', async (separator) => {
    const { listener } = await listening();
    const peer = await client(listener.url, 'wamp.2.json.batched');
    peer.socket.send(HELLO + separator);
    expect(await peer.next()).toMatch(new RegExp(`^\\[2,.*\\]${separator}$`));
    const requests = ['[32,1,{},"a.b"]', '[16,2,{"acknowledge":true},"a.b"]', '[48,3,{},"no.such"]'];
    peer.socket.send(requests.join(separator) + separator);
    const answers = (await peer.next()).split(separator);
    expect(answers.map((answer) => answer.slice(0, 4))).toEqual(['[33,', '[17,', '[8,4', '']);
    expect(peer.frames).toEqual([]);
  });

  test('answers in batches of bytes', async () => {
    const { listener } = await listening();
    const { encode, decode } = msgpack();
    const peer = await client(listener.url, 'wamp.2.msgpack.batched');
    const prefixed = (list: unknown[]): Buffer => {
      const bytes = Buffer.from(encode(list) as Uint8Array);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    peer.socket.send(Buffer.concat([prefixed(JSON.parse(HELLO)), prefixed(SUBSCRIBE(1, {}, 'a.b'))]));
    await expect.poll(() => peer.frames.length).toBe(1);
    const batch = Buffer.from(peer.frames[0] as Uint8Array);
    const first = batch.readUInt32BE(0);
    expect(decode(batch.subarray(4, 4 + first))[0]).toBe(Code.WELCOME);
    expect(decode(batch.subarray(8 + first))[0]).toBe(Code.SUBSCRIBED);
    expect(batch.readUInt32BE(4 + first)).toBe(batch.length - 8 - first);
  });

  test.each([
    ['an empty one', ''],
    ['one without an end', HELLO],
    ['one that is cut off', `${HELLO}\x1e[32,1`],
  ])('fails after an illegal batch, %s, and the router says why', async (_, batch) => {
    const { router, listener, warnings } = await listening();
    const [peer, other] = [await client(listener.url, 'wamp.2.json.batched'), await client(listener.url, 'wamp.2.json.batched')];
    other.socket.send(`${HELLO}\x1e`);
    await other.next();
    peer.socket.send(batch);
    expect((await peer.end())?.code).toBe(1002);
    expect(warnings).toEqual([expect.stringMatching(/^aborted a session: expected .* batch/)]);
    expect(router.sessions).toHaveLength(1);
  });

  test('is aborted at an invalid message in a batch, and the messages before it count', async () => {
    const { listener } = await listening();
    const peer = await client(listener.url, 'wamp.2.json.batched');
    peer.socket.send(`${HELLO}\x1e[32,1,{},"a.b"]\x1e[99]\x1e[32,2,{},"a.c"]\x1e`);
    const answers = (await peer.next()).split('\x1e');
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(['[2,', '[33', '[3,', '']);
    expect((await peer.end())?.code).toBe(1002);
  });

  test('[R84] has the limit for each message, and twice that for the whole batch', async () => {
    const { listener } = await listening({}, { maxMessageBytes: 1000 });
    const publish = (id: number, size: number) => `[16,${id},{"acknowledge":true},"a.b",["${'x'.repeat(size)}"]]\x1e`;
    const peer = await client(listener.url, 'wamp.2.json.batched');
    peer.socket.send(`${HELLO}\x1e`);
    await peer.next();
    peer.socket.send(publish(1, 900) + publish(2, 900));
    expect((await peer.next()).split('\x1e')).toHaveLength(3);
    peer.socket.send(publish(4, 10) + publish(5, 1000));
    expect((await peer.end())?.code).toBe(1009);
    const other = await client(listener.url, 'wamp.2.json.batched');
    other.socket.send(`${HELLO}\x1e${publish(1, 900).repeat(5)}`);
    expect((await other.end())?.code).toBe(1009);
    const plain = await client(listener.url, 'wamp.2.json');
    plain.socket.send(HELLO);
    await plain.next();
    plain.socket.send(publish(1, 1000).slice(0, -1));
    expect((await plain.end())?.code).toBe(1009);
  });
});

describe('[C81] the client', () => {
  test('offers batches only when it is asked to', async () => {
    const { listener } = await listening();
    const offers: string[][] = [];
    class Spied extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        offers.push(protocols);
      }
    }
    for (const serializers of [[json()], [batched(msgpack()), json()]]) {
      const connection = new Connection({ url: listener.url, realm: 'realm1', serializers, environment: { WebSocket: Spied } });
      await connection.open();
      await connection.close();
    }
    expect(offers).toEqual([['wamp.2.json'], ['wamp.2.msgpack.batched', 'wamp.2.json']]);
  });
});
