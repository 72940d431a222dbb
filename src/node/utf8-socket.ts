/*
 * A WebSocket of the router: what comes by it and goes out on it is bytes, text too, since a router hands on most of it as it is.
 */
import type { Serializer } from '../serializer/serializer.ts';
import { isBatched } from '../transport/batched.ts';
import type { Frame, Transport, TransportReceiver } from '../transport/transport.ts';
import { BoundedSocketLine, type Sockets } from './bounded-socket.ts';

/** @param maxMessageBytes - Of one message, in a batch, too; that of a frame is the socket's matter. */
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

class Utf8SocketLine extends BoundedSocketLine {
  readonly hasUtf8 = true;

  override start(receiver: TransportReceiver): void {
    super.start(receiver);
    if (receiver.wantsUtf8 === true) this.listen(receiver);
  }

  /** In place of the listener that makes strings. `ws` has seen to it that text is UTF-8. */
  private listen({ frame, broken }: TransportReceiver): void {
    const { webSocket, serializer } = this;
    const [wanted, other] = serializer.isBinary ? ['binary', 'text'] : ['text', 'binary'];
    webSocket.onmessage = null;
    webSocket.binaryType = 'nodebuffer';
    webSocket.on('message', (data: Buffer, isBinary) => {
      // A view, since a Buffer would give Buffers as payload.
      if (isBinary === serializer.isBinary) frame(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      else broken?.('wamp.error.protocol_violation', `expected a ${wanted} frame for ${serializer.name}, got a ${other} one`);
    });
  }

  protected override write(frame: Frame): void {
    const { isBinary } = this.serializer;
    this.webSocket.send(typeof frame === 'string' ? frame : bufferOf(frame), isBinary ? AS_BINARY : AS_TEXT);
  }
}

const AS_BINARY = { binary: true };
const AS_TEXT = { binary: false };

/** A longer frame is not kept for its view. */
const KEPT_BYTES = 65_536;
let lastFrame: Uint8Array | undefined;
let lastBuffer: Buffer | undefined;

/** `ws` makes a Buffer of each frame that is none. An event goes to many in a row, and to make one for each costs more than all the rest of it. */
function bufferOf(frame: Uint8Array): Buffer {
  if (frame === lastFrame && lastBuffer) return lastBuffer;
  const buffer = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.byteLength <= KEPT_BYTES) {
    lastFrame = frame;
    lastBuffer = buffer;
  }
  return buffer;
}
