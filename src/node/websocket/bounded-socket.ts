/*
 * A WebSocket of the router that knows how much of a message has come. `ws` has one limit for the whole life of a socket, and keeps a message until
 * it is whole. So those that wait are counted (transport/frame-reader.ts): before WELCOME there is a shorter limit, and all sessions together have one
 * (partial-messages.ts).
 */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Uri } from '../../base/words.ts';
import { PAYLOAD_SIZE_EXCEEDED } from '../../protocol/uris.ts';
import { INTERNAL_ERROR } from '../../router/turns/inlet.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import { TOO_BIG, TRY_AGAIN_LATER } from '../../transport/close-codes.ts';
import type { Closed, Frame, TransportReceiver } from '../../transport/transport.ts';
import { SocketLine } from '../../transport/ws.ts';
import { FULL_OF_PARTS, type PartialMessage } from '../incoming/partial-messages.ts';

/** Close code of WebSocket: the server has met an unexpected condition. */
const UNEXPECTED = 1011;
/** Bytes beside a message: the head of its frame, and the prefix in a batch. */
const FRAMING = 32;

export interface Sockets {
  readonly webSocket: RouterWebSocket;
  /** Beneath it. */
  readonly socket: Duplex;
  /** For the message that comes in. */
  readonly partial: PartialMessage;
}

/** What `ws` makes for an upgrade. */
export interface RouterWebSocket extends WebSocket {
  /** The limit of a message in bytes, for the text. */
  most: number;
  /** The text about a message that was too long. */
  complaint: string | undefined;
  /** What waits past `ws`. It goes out before a close frame, also before the answer to the other side's: RFC 6455, 5.5.1 allows nothing after it. */
  out: { finish(): void } | undefined;
}

type RouterWebSocketClass = typeof WebSocket & (new (...args: ConstructorParameters<typeof WebSocket>) => RouterWebSocket);

let made: RouterWebSocketClass | undefined;

/** Made by the first port: where `ws` gives its file for browsers there is nothing to extend, and all but a port works there, too. */
export function routerWebSocketClass(): RouterWebSocketClass {
  made ??= class extends WebSocket implements RouterWebSocket {
    most = 0;
    complaint: string | undefined;
    out: { finish(): void } | undefined;

    /** `ws` notices that a message is too long, and closes with the code only. This tells the sender and the log why. */
    override close(code?: number, reason?: string | Buffer): void {
      if (code === TOO_BIG)
        this.complaint = reason === undefined ? `expected a message of at most ${this.most} bytes, got more` : String(reason);
      if (this.readyState === this.OPEN) this.out?.finish();
      super.close(code, code === TOO_BIG ? this.complaint : reason);
    }
  };
  return made;
}

/** It is the receiver of its own socket: closures for each session would take memory. */
export class BoundedSocketLine extends SocketLine implements TransportReceiver {
  /** Gets the complaint when a message is too long; without `broken` the socket closes. */
  complainTo: TransportReceiver | undefined;
  protected readonly webSocket: RouterWebSocket;
  private readonly partial: PartialMessage;
  private readonly most: number;
  private maxBytes: number;
  /** The socket reads nothing more, and closes with this. */
  private refusal: number | undefined;
  /** Gets the frames, and the end. */
  private upper: TransportReceiver | undefined;
  /** @param most - The limit that `ws` enforces itself. */
  constructor({ webSocket, socket, partial }: Sockets, serializer: Serializer, most: number) {
    super(webSocket, serializer, undefined, true);
    this.webSocket = webSocket;
    this.partial = partial;
    this.most = most;
    this.maxBytes = most;
    webSocket.most = most;
    partial.onDrop = () => this.refuse(TRY_AGAIN_LATER, 'wamp.error.unavailable', FULL_OF_PARTS);
    webSocket.on('close', () => partial.end());
    // After the listener of `ws`, which has read the chunk by then (in Bun, nobody counts).
    socket.on('data', this.onData);
  }

  override start(receiver: TransportReceiver): void {
    this.complainTo ??= receiver;
    this.upper = receiver;
    super.start(this);
  }

  frame(frame: Frame): void {
    try {
      this.upper?.frame(frame);
    } catch {
      this.fail();
    }
  }

  broken(reason: Uri, text: string): void {
    this.complainTo?.broken?.(reason, text);
  }

  closed(why: Closed): void {
    const { complaint } = this.webSocket;
    this.upper?.closed(complaint === undefined ? why : { ...why, code: TOO_BIG, reason: complaint });
  }

  /** A layer above has thrown, for example the user's serializer. This is an event of the socket: nothing else would catch the error. */
  private fail(): void {
    try {
      this.broken(INTERNAL_ERROR, 'internal error');
    } catch {
      // it is closed anyway
    }
    this.close(UNEXPECTED, 'internal error');
  }

  limitMessages(maxBytes: number): void {
    this.maxBytes = maxBytes;
  }

  override close(code?: number, reason?: string): void {
    super.close(this.refusal ?? code, reason);
    if (this.refusal !== undefined) this.webSocket.pause(); // otherwise `ws` would keep reading until the socket is destroyed
  }

  private readonly onData = (): void => {
    const bytes = this.reader?.waiting ?? 0;
    this.partial.hold(bytes);
    if (this.maxBytes === this.most || bytes <= this.maxBytes + FRAMING) return;
    this.refuse(TOO_BIG, PAYLOAD_SIZE_EXCEEDED, `expected a message of at most ${this.maxBytes} bytes before WELCOME, got more`);
  };

  private refuse(code: number, uri: Uri, text: string): void {
    if (this.refusal !== undefined) return;
    this.refusal = code;
    this.broken(uri, text);
    this.close(code, text);
  }
}
