/* The other end of a RawSocket, octet by octet: at a router's port, or in place of a router. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { Code, HELLO } from '../fixtures/messages.ts';

export class RawPeer {
  readonly socket: Socket;
  private readonly chunks: Buffer[] = [];
  private length = 0;
  private wake: (() => void) | undefined;
  /** The other end has closed. */
  isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.length += chunk.length;
      this.wake?.();
    });
    socket.on('error', () => {}); // `close` comes as well
    socket.on('close', () => {
      this.isClosed = true;
      this.wake?.();
    });
    onTestFinished(() => void socket.destroy());
  }

  /** Octets in hexadecimal, all in one write. */
  send(hex: string): void {
    this.socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  }

  /** One write for each octet, and a turn of the loop between them. */
  async trickle(hex: string): Promise<void> {
    for (const octet of Buffer.from(hex.replaceAll(' ', ''), 'hex')) {
      this.socket.write(Buffer.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Messages in JSON, as many frames in one write. */
  sendLists(...lists: readonly (readonly unknown[])[]): void {
    this.socket.write(Buffer.concat(lists.map((list) => frame(0, Buffer.from(JSON.stringify(list))))));
  }

  /** The next octets, in hexadecimal. */
  async octets(count: number): Promise<string> {
    return (await this.take(count)).toString('hex');
  }

  /** The next frame, whole. */
  async frame(): Promise<{ readonly type: number; readonly payload: Buffer }> {
    const prefix = await this.take(4);
    const [type = 0] = prefix;
    return { type, payload: await this.take(type & 8 ? 2 ** 24 : prefix.readUIntBE(1, 3)) };
  }

  /** The next frame, which must be a message in JSON. */
  async next(): Promise<unknown[]> {
    const { type, payload } = await this.frame();
    expect(type).toBe(0);
    return JSON.parse(payload.toString()) as unknown[];
  }

  /** What is left when the other end has closed. */
  async end(): Promise<string> {
    while (!this.isClosed) await this.news();
    return Buffer.concat(this.chunks).toString('hex');
  }

  private async take(count: number): Promise<Buffer> {
    while (this.length < count) {
      if (this.isClosed) throw new Error(`expected ${count} octets, but the connection was closed after ${await this.end()}`);
      await this.news();
    }
    const all = Buffer.concat(this.chunks);
    this.chunks.splice(0, this.chunks.length, all.subarray(count));
    this.length -= count;
    return all.subarray(0, count);
  }

  private news(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

export function frame(type: number, payload: Uint8Array): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(payload.length);
  prefix[0] = type;
  return Buffer.concat([prefix, payload]);
}

/** At a port of this machine, or a unix socket. */
export async function rawPeer(where: number | string): Promise<RawPeer> {
  const socket = typeof where === 'number' ? connect(where, '127.0.0.1') : connect(where);
  const peer = new RawPeer(socket);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return peer;
}

const roles = { publisher: {}, subscriber: {}, caller: {}, callee: {} };

/** Has shaken hands and joined, with JSON. `limit`: the left half of the second octet. */
export async function rawSocketSession(port: number, limit = 'f'): Promise<RawPeer> {
  const peer = await rawPeer(port);
  peer.send(`7f${limit}10000`);
  expect(await peer.octets(4)).toMatch(/^7f.10000$/);
  peer.sendLists(HELLO('realm1', { roles }));
  expect((await peer.next())[0]).toBe(Code.WELCOME);
  return peer;
}

/** A router played by hand: each connection gets a peer of its own. */
export class RawRouter {
  readonly url: string;
  /** All who came. */
  readonly peers: RawPeer[] = [];
  private wake: (() => void) | undefined;

  private constructor(port: number) {
    this.url = `rs://127.0.0.1:${port}`;
  }

  static async listen(): Promise<RawRouter> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const router = new RawRouter((server.address() as AddressInfo).port);
    server.on('connection', (socket) => {
      router.peers.push(new RawPeer(socket));
      router.wake?.();
    });
    return router;
  }

  /** The one who came as number so-and-so. */
  async peer(index = 0): Promise<RawPeer> {
    for (;;) {
      const peer = this.peers[index];
      if (peer) return peer;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
