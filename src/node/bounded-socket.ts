/*
 * A WebSocket of the router, which knows how much of a message has come. `ws` has one limit for all the life of a socket, and keeps a message until
 * it is whole. So what comes is counted beside it, on the socket: before WELCOME a shorter limit holds, and all sessions together have one
 * (partial-messages.ts).
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { PAYLOAD_SIZE_EXCEEDED } from '../protocol/uris.ts';
import { INTERNAL_ERROR } from '../router/turns/inlet.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { TOO_BIG, TRY_AGAIN_LATER } from '../transport/close-codes.ts';
import type { Closed, Frame, TransportReceiver } from '../transport/transport.ts';
import type { WebSocketLike } from '../transport/websocket-line.ts';
import { SocketLine } from '../transport/ws.ts';
import type { Uri } from '../words.ts';
import { FULL_OF_PARTS, type PartialMessage } from './partial-messages.ts';

/** Of WebSocket: the server has met something that it did not expect. */
const UNEXPECTED = 1011;
/** Beside a message: the head of its frame, and what a batch puts before it. */
const FRAMING = 32;

/** RFC 6455, 5.2: what a frame of a client takes, with its head and its mask. */
function frameBytes(length: number): number {
  if (length < 126) return length + 6;
  return length + (length < 65_536 ? 8 : 14);
}

export interface Sockets {
  readonly webSocket: WebSocket;
  /** Beneath it. */
  readonly socket: Duplex;
  /** For the message that comes in. */
  readonly partial: PartialMessage;
}

export class BoundedSocketLine extends SocketLine {
  /** Told when a message is too long; without it the socket closes. */
  broken: TransportReceiver['broken'];
  protected readonly webSocket: WebSocket;
  private readonly partial: PartialMessage;
  private readonly most: number;
  private maxBytes: number;
  /** It takes nothing more, and closes with this. */
  private refusal: number | undefined;
  /** What was said of a message that was too long: for the log. */
  private complaint: string | undefined;
  /** What has come and was not whole when it was last counted. */
  private count = 0;
  /** Of it, what was whole meanwhile. */
  private whole = 0;

  /**
   * @param most - What `ws` sees to by itself.
   * @param maxHeld - As for `SocketLine`.
   */
  constructor({ webSocket, socket, partial }: Sockets, serializer: Serializer, most: number, maxHeld?: number) {
    super(webSocket as unknown as WebSocketLike, serializer, maxHeld);
    this.webSocket = webSocket;
    this.partial = partial;
    this.most = most;
    this.maxBytes = most;
    this.sayTooLong();
    partial.onDrop = () => this.refuse(TRY_AGAIN_LATER, 'wamp.error.unavailable', FULL_OF_PARTS);
    webSocket.on('message', this.onWhole).on('ping', this.onWhole).on('pong', this.onWhole);
    webSocket.on('close', () => partial.end());
    // Behind the listener of `ws`, which has taken the chunk by then.
    socket.on('data', this.onData);
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
  }

  override close(code?: number, reason?: string): void {
    super.close(this.refusal ?? code, reason);
    if (this.refusal !== undefined) this.webSocket.pause(); // else `ws` would go on keeping it until the socket is torn down
  }

  /** `ws` gives a Buffer or, where its user asked for it, an ArrayBuffer. */
  private readonly onWhole = ({ byteLength }: Buffer | ArrayBuffer): void => {
    this.whole += frameBytes(byteLength);
  };

  private readonly onData = ({ length }: Buffer): void => {
    // Heads of fragments and of what closes are not known: what a whole message leaves is no more than its chunk.
    const rest = this.count + length - this.whole;
    this.count = this.whole === 0 ? rest : Math.max(0, Math.min(rest, length));
    this.whole = 0;
    this.partial.hold(this.count);
    if (this.maxBytes === this.most || this.count <= this.maxBytes + FRAMING) return;
    this.refuse(TOO_BIG, PAYLOAD_SIZE_EXCEEDED, `expected a message of at most ${this.maxBytes} bytes before WELCOME, got more`);
  };

  private refuse(code: number, uri: Uri, text: string): void {
    if (this.refusal !== undefined) return;
    this.refusal = code;
    this.broken?.(uri, text);
    this.close(code, text);
  }
}
