/*
 * A WebSocket of the router: what comes by it and goes out on it is bytes, text too, since a router hands on most of it as it is.
 */
import type { WebSocket } from 'ws';
import type { Serializer } from '../serializer/serializer.ts';
import { isBatched } from '../transport/batched.ts';
import type { Frame, Transport, TransportReceiver } from '../transport/transport.ts';
import { webSocketLine } from '../transport/websocket.ts';
import type { WebSocketLike } from '../transport/websocket-line.ts';
import { SocketLine } from '../transport/ws.ts';

/** @param maxMessageBytes - Of one message in a batch; that of a frame is the socket's matter. */
export function routerLine(socket: WebSocket, serializer: Serializer, maxMessageBytes: number): Transport {
  const like = socket as unknown as WebSocketLike;
  return isBatched(serializer) ? webSocketLine(like, serializer, maxMessageBytes) : new Utf8SocketLine(socket, like, serializer);
}

class Utf8SocketLine extends SocketLine {
  readonly hasUtf8 = true;
  private readonly webSocket: WebSocket;

  constructor(webSocket: WebSocket, like: WebSocketLike, serializer: Serializer) {
    super(like, serializer);
    this.webSocket = webSocket;
  }

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
    this.webSocket.send(frame, { binary: this.serializer.isBinary });
  }
}
