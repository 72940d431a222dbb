/*
 * A WebSocket of the router whose messages may be bounded for a while. `ws` has one limit for all the life of a socket, and keeps a message until
 * it is whole. So what comes is counted beside it, on the socket, and only while a shorter limit holds.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { PAYLOAD_SIZE_EXCEEDED } from '../protocol/uris.ts';
import { INTERNAL_ERROR } from '../router/inlet.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { TOO_BIG } from '../transport/close-codes.ts';
import type { Closed, Frame, TransportReceiver } from '../transport/transport.ts';
import type { WebSocketLike } from '../transport/websocket-line.ts';
import { SocketLine } from '../transport/ws.ts';

/** Of WebSocket: the server has met something that it did not expect. */
const UNEXPECTED = 1011;
/** Beside a message: the head of its frame (RFC 6455, 5.2), and what a batch puts before it. */
const FRAMING = 32;

export interface Sockets {
  readonly webSocket: WebSocket;
  /** Beneath it. */
  readonly socket: Duplex;
}

export class BoundedSocketLine extends SocketLine {
  /** Told when a message is too long; without it the socket closes. */
  broken: TransportReceiver['broken'];
  protected readonly webSocket: WebSocket;
  private readonly beneath: Duplex;
  private readonly most: number;
  private maxBytes: number;
  private isCounting = false;
  private isTooLong = false;
  /** What was said of a message that was too long: for the log. */
  private complaint: string | undefined;
  /** What came since the last whole message. */
  private count = 0;
  private hasMessage = false;

  /**
   * @param most - What `ws` sees to by itself.
   * @param maxHeld - As for `SocketLine`.
   */
  constructor({ webSocket, socket }: Sockets, serializer: Serializer, most: number, maxHeld?: number) {
    super(webSocket as unknown as WebSocketLike, serializer, maxHeld);
    this.webSocket = webSocket;
    this.beneath = socket;
    this.most = most;
    this.maxBytes = most;
    this.sayTooLong();
  }

  /** `ws` sees that a message is too long, and closes with the code only: whoever sent it is told why, and so is the log. */
  private sayTooLong(): void {
    const { webSocket } = this;
    const close = webSocket.close.bind(webSocket);
    webSocket.close = (code, reason) => {
      if (code !== TOO_BIG) return close(code, reason);
      this.complaint = reason === undefined ? `expected a message of at most ${this.most} bytes, got more` : String(reason);
      close(code, this.complaint);
    };
  }

  override start(receiver: TransportReceiver): void {
    this.broken ??= receiver.broken?.bind(receiver);
    const frame = (given: Frame): void => {
      try {
        receiver.frame(given);
      } catch {
        this.fail();
      }
    };
    const closed = (why: Closed): void =>
      receiver.closed(this.complaint === undefined ? why : { ...why, code: TOO_BIG, reason: this.complaint });
    super.start({ ...receiver, frame, closed });
  }

  /** What stands above has thrown, as a serializer of the user's may. This is an event of the socket: nobody else would catch it. */
  private fail(): void {
    try {
      this.broken?.(INTERNAL_ERROR, 'internal error');
    } catch {
      // it is closed all the same
    }
    this.close(UNEXPECTED, 'internal error');
  }

  limitMessages(maxBytes: number): void {
    this.maxBytes = maxBytes;
    const counts = maxBytes < this.most;
    if (counts === this.isCounting) return;
    this.isCounting = counts;
    this.count = 0;
    // Behind the listener of `ws`, which has taken the chunk by then.
    if (counts) this.beneath.on('data', this.onData);
    else this.beneath.off('data', this.onData);
    if (counts) this.webSocket.on('message', this.onMessage);
    else this.webSocket.off('message', this.onMessage);
  }

  override close(code?: number, reason?: string): void {
    super.close(this.isTooLong ? TOO_BIG : code, reason);
    if (this.isTooLong) this.webSocket.pause(); // else `ws` would go on keeping it until the socket is torn down
  }

  private readonly onMessage = (): void => {
    this.hasMessage = true;
  };

  private readonly onData = (chunk: Buffer): void => {
    this.count = this.hasMessage ? 0 : this.count + chunk.length;
    this.hasMessage = false;
    if (this.count <= this.maxBytes + FRAMING || this.isTooLong) return;
    this.isTooLong = true;
    const text = `expected a message of at most ${this.maxBytes} bytes before WELCOME, got more`;
    if (this.broken) this.broken(PAYLOAD_SIZE_EXCEEDED, text);
    else this.close(TOO_BIG, text);
  };
}
