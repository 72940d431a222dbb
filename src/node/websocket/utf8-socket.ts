/*
 * A WebSocket of the router: everything is bytes in both directions, text too, because a router passes most of it on unchanged.
 */
import type { Serializer } from '../../serializer/serializer.ts';
import { isBatched } from '../../transport/batched.ts';
import { defer } from '../../transport/platform/tick.ts';
import type { Frame, Transport, TransportReceiver } from '../../transport/transport.ts';
import { OPEN } from '../../transport/websocket-line.ts';
import { JoinedFrames } from '../outgoing/joined-frames.ts';
import { BoundedSocketLine, type Sockets } from './bounded-socket.ts';
import { binaryHead, textHead } from './frame-head.ts';

/** @param maxMessageBytes - The limit of one message, also in a batch; the socket limits the frame. */
export function routerLine(sockets: Sockets, serializer: Serializer, maxMessageBytes: number): Transport {
  if (!isBatched(serializer)) return new Utf8SocketLine(sockets, serializer, maxMessageBytes);
  const frames = new BoundedSocketLine(sockets, serializer.plain, maxMessageBytes, 1);
  const line = serializer.unbatch(frames, maxMessageBytes);
  const start = line.start.bind(line);
  return Object.assign(line, {
    limitMessages: (maxBytes: number) => frames.limitMessages(maxBytes),
    start(receiver: TransportReceiver): void {
      frames.broken = receiver.broken?.bind(receiver);
      start(receiver);
    },
  });
}

/** Messages of one tick are written together up to this size, so that the other side begins to work while we still do. */
const MAX_HELD_BYTES = 1024;
const texts = new JoinedFrames(textHead);
const binaries = new JoinedFrames(binaryHead);

/**
 * `ws` makes a head for each message, and a write of two parts. Here all messages of a tick are one buffer. `ws` writes pongs and close frames to the same
 * socket, at once: nothing of it waits, since it compresses nothing.
 */
class Utf8SocketLine extends BoundedSocketLine {
  readonly hasUtf8 = true;
  private readonly joined = this.serializer.isBinary ? binaries : texts;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;

  override start(receiver: TransportReceiver): void {
    super.start(receiver);
    if (receiver.wantsUtf8 === true) this.listen(receiver);
  }

  /** Instead of the listener that makes strings. `ws` has checked that text is UTF-8. */
  private listen({ frame, broken }: TransportReceiver): void {
    const { webSocket, serializer } = this;
    const [wanted, other] = serializer.isBinary ? ['binary', 'text'] : ['text', 'binary'];
    webSocket.onmessage = null;
    webSocket.binaryType = 'nodebuffer';
    webSocket.on('message', (data: Buffer, isBinary) => {
      // A view, because a Buffer would make Buffers in payloads.
      if (isBinary === serializer.isBinary) frame(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      else broken?.('wamp.error.protocol_violation', `expected a ${wanted} frame for ${serializer.name}, got a ${other} one`);
    });
  }

  override get bufferedBytes(): number {
    return super.bufferedBytes + this.waitingBytes;
  }

  override send(frame: Frame): void {
    if (this.webSocket.readyState !== OPEN) return;
    if (this.waiting.length === 0) defer(this.flush);
    const bytes = typeof frame === 'string' ? Buffer.from(frame) : frame;
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= MAX_HELD_BYTES) this.flush();
  }

  sendAll(frames: readonly Frame[]): void {
    this.flush();
    if (this.webSocket.readyState !== OPEN) return;
    const joined = this.joined.of(frames);
    if (joined) this.beneath.write(joined);
    else for (const frame of frames) this.send(frame);
  }

  override close(code?: number, reason?: string): void {
    this.flush();
    super.close(code, reason);
  }

  private readonly flush = (): void => {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    this.waitingBytes = 0;
    if (this.webSocket.readyState === OPEN) this.beneath.write(this.joined.join(waiting));
  };
}
