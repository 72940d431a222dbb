/*
 * A WebSocket of the router: everything is bytes in both directions, text too, because a router passes most of it on unchanged.
 */
import type { Serializer } from '../../serializer/serializer.ts';
import { isBatched } from '../../transport/batched.ts';
import type { Frame, Transport, TransportReceiver } from '../../transport/transport.ts';
import { OPEN } from '../../transport/websocket-line.ts';
import { BoundedSocketLine, type Sockets } from './bounded-socket.ts';
import { joinedFrames } from './joined-frames.ts';

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

class Utf8SocketLine extends BoundedSocketLine {
  readonly hasUtf8 = true;

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

  sendAll(frames: readonly Frame[]): void {
    if (this.webSocket.readyState !== OPEN) return;
    const joined = joinedFrames(frames, this.serializer.isBinary);
    // `ws` writes to the same socket, at once: nothing of it waits, since it compresses nothing.
    if (joined) this.beneath.write(joined);
    else for (const frame of frames) this.send(frame);
  }

  protected override write(frame: Frame): void {
    const { isBinary } = this.serializer;
    this.webSocket.send(typeof frame === 'string' ? frame : bufferOf(frame), isBinary ? AS_BINARY : AS_TEXT);
  }
}

const AS_BINARY = { binary: true };
const AS_TEXT = { binary: false };

/** The view of a longer frame is not cached. */
const KEPT_BYTES = 65_536;
let lastFrame: Uint8Array | undefined;
let lastBuffer: Buffer | undefined;

/** `ws` makes a Buffer of each frame that is not a Buffer. An event goes to many subscribers in a row, and making one for each costs more than all the rest. */
function bufferOf(frame: Uint8Array): Buffer {
  if (frame === lastFrame && lastBuffer) return lastBuffer;
  const buffer = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.byteLength <= KEPT_BYTES) {
    lastFrame = frame;
    lastBuffer = buffer;
  }
  return buffer;
}
