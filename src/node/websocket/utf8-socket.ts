/*
 * A WebSocket of the router: everything is bytes in both directions, text too, because a router passes most of it on unchanged.
 */

import { isUtf8 } from 'node:buffer';
import { PROTOCOL_VIOLATION } from '../../protocol/uris.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import { isBatched } from '../../transport/batched.ts';
import type { Chunk } from '../../transport/frame-reader.ts';
import type { Frame, Transport, TransportReceiver } from '../../transport/transport.ts';
import { OPEN } from '../../transport/websocket-line.ts';
import { JoinedFrames } from '../outgoing/joined-frames.ts';
import { OutBuffer } from '../outgoing/out-buffer.ts';
import { BoundedSocketLine, type Sockets } from './bounded-socket.ts';
import { binaryHead, textHead } from './frame-head.ts';

/** @param maxMessageBytes - The limit of one message, also in a batch; the socket limits the frame. */
export function routerLine(sockets: Sockets, serializer: Serializer, maxMessageBytes: number): Transport {
  if (!isBatched(serializer)) return new Utf8SocketLine(sockets, serializer, maxMessageBytes);
  const frames = new Utf8SocketLine(sockets, serializer.plain, maxMessageBytes);
  const line = serializer.unbatch(frames, maxMessageBytes);
  const start = line.start.bind(line);
  return Object.assign(line, {
    limitMessages: (maxBytes: number) => frames.limitMessages(maxBytes),
    start(receiver: TransportReceiver): void {
      frames.complainTo = receiver;
      start(receiver);
    },
  });
}

const texts = new JoinedFrames(textHead);
const binaries = new JoinedFrames(binaryHead);

/** It frames messages itself. `ws` writes pongs and close frames to the same socket, at once: nothing of it waits, since it compresses nothing. */
class Utf8SocketLine extends BoundedSocketLine {
  readonly hasUtf8 = true;
  private readonly out: OutBuffer;
  /** To bytes, instead of strings. */
  private isListening = false;

  constructor(sockets: Sockets, serializer: Serializer, maxMessageBytes: number) {
    super(sockets, serializer, maxMessageBytes);
    this.out = new OutBuffer(sockets.socket, serializer.isBinary ? binaries : texts);
    this.webSocket.out = this.out;
  }

  override start(receiver: TransportReceiver): void {
    super.start(receiver);
    if (receiver.wantsUtf8 === true) this.listen();
  }

  /** Instead of the listener that makes strings. `ws` has checked that text is UTF-8. */
  private listen(): void {
    const { webSocket } = this;
    this.isListening = true;
    webSocket.onmessage = null;
    webSocket.binaryType = 'nodebuffer';
    webSocket.on('message', (data: Buffer, isBinary) => this.message(data, isBinary));
  }

  override takeFrame(chunk: Chunk, start: number, end: number, isBinary: boolean): boolean {
    if (!this.isListening) return super.takeFrame(chunk, start, end, isBinary);
    if (isBinary !== this.serializer.isBinary) return false;
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset + start, end - start);
    if (!isBinary && !isUtf8(bytes)) return false; // `ws` closes the connection
    this.frame(bytes);
    return true;
  }

  private message(data: Buffer, isBinary: boolean): void {
    const { serializer } = this;
    // A view, because a Buffer would make Buffers in payloads.
    if (isBinary === serializer.isBinary) return this.frame(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const [wanted, other] = serializer.isBinary ? ['binary', 'text'] : ['text', 'binary'];
    this.broken(PROTOCOL_VIOLATION, `expected a ${wanted} frame for ${serializer.name}, got a ${other} one`);
  }

  override get bufferedBytes(): number {
    return super.bufferedBytes + this.out.bytes;
  }

  override send(frame: Frame): void {
    if (this.webSocket.readyState === OPEN) this.out.add(frame);
  }

  sendAll(frames: readonly Frame[]): void {
    if (this.webSocket.readyState === OPEN) this.out.addAll(frames);
  }
}
