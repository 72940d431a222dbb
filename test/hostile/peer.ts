/*
 * One end of a line to the router, on a bare socket: WebSocket or RawSocket, in any format. Nothing of our client is in it, and nothing is
 * checked or helped: it writes what it is told to. Attackers and honest sessions stand on it.
 */
import { connect, type Socket } from 'node:net';
import { AUTHENTICATE, Code, HELLO } from '../fixtures/messages.ts';
import { decode, encode, type Format } from './formats.ts';

export interface PeerOptions {
  readonly port: number;
  readonly transport?: 'websocket' | 'rawsocket' | undefined;
  readonly format?: Format | undefined;
  /** Where it comes from. */
  readonly localAddress?: string | undefined;
}

export type List = readonly unknown[];

const rawSocketIds = { json: 1, msgpack: 2, cbor: 3 } as const;

/** All features of all roles. */
export const roles = {
  publisher: { features: { payload_passthru_mode: true, publisher_identification: true } },
  subscriber: { features: { payload_passthru_mode: true, subscription_revocation: true } },
  caller: {
    features: {
      progressive_call_results: true,
      progressive_call_invocations: true,
      call_canceling: true,
      payload_passthru_mode: true,
    },
  },
  callee: {
    features: {
      progressive_call_results: true,
      progressive_call_invocations: true,
      call_canceling: true,
      registration_revocation: true,
      payload_passthru_mode: true,
    },
  },
};

/** `length`: what the frame says of itself, where that is a lie. */
export function webSocketFrame(
  opcode: number,
  payload: Uint8Array,
  { isFinal = true, isMasked = true, reserved = 0, length = payload.length } = {},
): Buffer {
  let head: Buffer;
  if (length < 126) head = Buffer.of(0, length);
  else if (length < 2 ** 16) {
    head = Buffer.of(0, 126, 0, 0);
    head.writeUInt16BE(length, 2);
  } else {
    head = Buffer.alloc(10, 0);
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  if (!isMasked) return Buffer.concat([head, payload]);
  head[1] = (head[1] ?? 0) | 0x80;
  return Buffer.concat([head, Buffer.alloc(4), payload]); // a mask of zeros is legal
}

export function rawSocketFrame(type: number, payload: Uint8Array, length: number = payload.length): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(length % 2 ** 24);
  prefix[0] = type | (length >= 2 ** 24 ? 8 : 0);
  return Buffer.concat([prefix, payload]);
}

export function upgradeRequest(port: number, protocol: string, more: readonly string[] = []): string {
  return [
    'GET /ws HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    `Sec-WebSocket-Protocol: ${protocol}`,
    ...more,
    '\r\n',
  ].join('\r\n');
}

export class Peer {
  readonly socket: Socket;
  readonly transport: 'websocket' | 'rawsocket';
  readonly format: Format;
  /** Why it is over; undefined: it is not. */
  ended: string | undefined;
  /** Each message that came and that nobody has asked for yet. */
  readonly inbox: List[] = [];
  /** Sees each message first; whether it goes into the inbox as well. */
  onMessage: ((list: List) => boolean) | undefined;
  /** A frame that is none, or a message that cannot be read. */
  onMalformed: ((what: string) => void) | undefined;
  onSent: ((list: List) => void) | undefined;
  session: number | undefined;
  private buffered: Buffer = Buffer.alloc(0);
  private isOpen = false;
  private readonly wakers = new Set<() => void>();
  private fragments: Buffer[] = [];

  private constructor(options: PeerOptions) {
    this.transport = options.transport ?? 'websocket';
    this.format = options.format ?? 'json';
    const { port, localAddress } = options;
    this.socket = connect({ port, host: '127.0.0.1', ...(localAddress === undefined ? {} : { localAddress }) });
    this.socket.on('data', (chunk: Buffer) => this.take(chunk));
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.end(error.code ?? error.message));
    this.socket.on('close', () => this.end('closed'));
  }

  /** @throws when the router does not open it. */
  static async open(options: PeerOptions): Promise<Peer> {
    const peer = new Peer(options);
    const { socket, format } = peer;
    socket.setNoDelay(true);
    socket.write(
      peer.transport === 'websocket'
        ? upgradeRequest(options.port, `wamp.2.${format}`)
        : Buffer.of(0x7f, 0xf0 | rawSocketIds[format], 0, 0),
    );
    await peer.until(() => peer.isOpen, 15_000);
    if (peer.isOpen) return peer;
    socket.destroy();
    throw new Error(`the router did not open a line: ${peer.ended ?? 'silence'}`);
  }

  send(...lists: readonly List[]): void {
    for (const list of lists) this.onSent?.(list);
    this.write(Buffer.concat(lists.map((list) => this.frame(encode(this.format, list)))));
  }

  /** A frame with anything in it. */
  frame(payload: Uint8Array): Buffer {
    if (this.transport === 'rawsocket') return rawSocketFrame(0, payload);
    return webSocketFrame(this.format === 'json' ? 1 : 2, payload);
  }

  write(bytes: Uint8Array | string): void {
    if (this.ended === undefined) this.socket.write(bytes);
  }

  /** Writes as fast as the router reads. */
  async writeAll(bytes: Uint8Array): Promise<void> {
    if (this.ended !== undefined || this.socket.write(bytes)) return;
    await this.until(() => !this.socket.writableNeedDrain, 5000);
  }

  /** The next message of this kind; undefined: it did not come in time. */
  async next(matches: number | ((list: List) => boolean), ms = 5000): Promise<List | undefined> {
    const isIt = typeof matches === 'number' ? (list: List) => list[0] === matches : matches;
    await this.until(() => this.inbox.some(isIt), ms);
    const at = this.inbox.findIndex(isIt);
    return at < 0 ? undefined : this.inbox.splice(at, 1)[0];
  }

  /** HELLO and what comes of it: whether it is WELCOME. */
  async join(realm: string, details: { readonly [key: string]: unknown } = {}, ms = 15_000): Promise<boolean> {
    this.send(HELLO(realm, { roles, ...details }));
    const answer = await this.next((list) => list[0] === Code.WELCOME || list[0] === Code.ABORT || list[0] === Code.CHALLENGE, ms);
    if (answer?.[0] === Code.CHALLENGE && typeof details.ticket === 'string') {
      this.send(AUTHENTICATE(details.ticket, {}));
      return (await this.next(2, ms)) !== undefined;
    }
    return answer?.[0] === Code.WELCOME;
  }

  /** Whether it has come true; false: not in time, or never. */
  async until(what: () => boolean, ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (!what()) {
      const left = deadline - performance.now();
      if (this.ended !== undefined || left <= 0) return what();
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.wakers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, Math.min(left, 100));
        this.wakers.add(wake);
      });
    }
    return true;
  }

  /** Whether the router ends it in time. */
  async ends(ms: number): Promise<boolean> {
    return this.until(() => this.ended !== undefined, ms);
  }

  /** Reads on, and looks at nothing. */
  deafen(): void {
    this.socket.removeAllListeners('data').on('data', () => {});
  }

  destroy(): void {
    this.socket.destroy();
    this.end('destroyed');
  }

  private end(why: string): void {
    this.ended ??= why;
    this.wake();
  }

  private wake(): void {
    for (const waker of [...this.wakers]) waker();
  }

  private take(chunk: Buffer): void {
    this.buffered = this.buffered.length > 0 ? Buffer.concat([this.buffered, chunk]) : chunk;
    if (!this.isOpen && !this.opens()) return;
    while (this.transport === 'websocket' ? this.takeWebSocket() : this.takeRawSocket());
    this.wake();
  }

  private opens(): boolean {
    const isRaw = this.transport === 'rawsocket';
    const end = isRaw ? 4 : this.buffered.indexOf('\r\n\r\n') + 4;
    if (this.buffered.length < end || end < 4) return false;
    const head = this.buffered.subarray(0, end);
    this.buffered = this.buffered.subarray(end);
    this.isOpen = isRaw ? head[0] === 0x7f && ((head[1] ?? 0) & 15) !== 0 : head.subarray(9, 12).toString() === '101';
    if (!this.isOpen) this.end(isRaw ? head.toString('hex') : head.toString('latin1'));
    this.wake();
    return this.isOpen;
  }

  private takeRawSocket(): boolean {
    if (this.buffered.length < 4) return false;
    const [type = 0] = this.buffered;
    const length = this.buffered.readUIntBE(1, 3);
    if (this.buffered.length < 4 + length) return false;
    const payload = this.buffered.subarray(4, 4 + length);
    this.buffered = this.buffered.subarray(4 + length);
    if (type === 0) this.message(payload);
    else if (type === Code.HELLO) this.write(rawSocketFrame(2, payload));
    else if (type !== Code.WELCOME) this.onMalformed?.(`a RawSocket frame of type ${type}`);
    return true;
  }

  private takeWebSocket(): boolean {
    const { buffered } = this;
    if (buffered.length < 2) return false;
    const [first = 0, second = 0] = buffered;
    let [length, head] = [second & 127, 2];
    if (length > 125) head = length === 126 ? 4 : 10;
    if (buffered.length < head) return false;
    if (head === 4) length = buffered.readUInt16BE(2);
    if (head === 10) length = Number(buffered.readBigUInt64BE(2));
    if (buffered.length < head + length) return false;
    const payload = buffered.subarray(head, head + length);
    this.buffered = buffered.subarray(head + length);
    if (first & 0x70 || second & 0x80) this.onMalformed?.(`a WebSocket frame that begins with ${first}, ${second}`);
    const opcode = first & 15;
    if (opcode === 9) this.write(webSocketFrame(10, payload));
    if (opcode === 8) this.end(`close ${payload.length > 1 ? payload.readUInt16BE(0) : ''} ${payload.subarray(2).toString()}`);
    if (opcode > 2) return true;
    this.fragments.push(payload);
    if (first & 0x80) this.message(Buffer.concat(this.fragments.splice(0)));
    return true;
  }

  private message(payload: Buffer): void {
    let list: unknown;
    try {
      list = decode(this.format, payload);
    } catch (error) {
      return this.onMalformed?.(`${error}: ${payload.subarray(0, 200).toString('latin1')}`);
    }
    if (!Array.isArray(list)) return this.onMalformed?.('a message that is no list');
    if (list[0] === Code.WELCOME) this.session = Number(list[1]);
    if (this.onMessage?.(list) ?? true) this.inbox.push(list);
  }
}
