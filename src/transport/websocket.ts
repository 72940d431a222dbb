/*
 * WebSocket as a transport: the client's connector. The transport that it opens, which a listener uses as well, is in
 * websocket-line.ts.
 */
import { messageOf, TransportError } from '../base/errors.ts';
import { withoutLogin } from '../base/words.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { isBatched } from './batched.ts';
import { noSubprotocol, subprotocols } from './subprotocol.ts';
import type { Connector, Dial, Transport } from './transport.ts';
import type { WebSocketClass, WebSocketLike } from './websocket-line.ts';
import { abandon, failureOf, platformWebSocket, SocketLine } from './ws.ts';

/** Connects to a `ws://` or `wss://` URL. @throws TypeError if the URL is not a string. */
export function webSocketConnector(url: string, WebSocketHere?: WebSocketClass): Connector {
  if (typeof url !== 'string') throw new TypeError(`expected url to be a string, got ${typeof url}`);
  return { name: withoutLogin(url), connect: (dial) => dialWebSocket(url, WebSocketHere ?? platformWebSocket, dial) };
}

function dialWebSocket(url: string, WebSocketHere: WebSocketClass | undefined, { serializers, signal }: Dial): Promise<Transport> {
  return new Promise((resolve, reject) => {
    if (!WebSocketHere) throw new TransportError('this platform has no WebSocket: pass one as environment.WebSocket');
    const names = subprotocols(serializers);
    const shown = withoutLogin(url);
    let socket: WebSocketLike;
    try {
      socket = new WebSocketHere(url, names) as WebSocketLike;
    } catch (cause) {
      // It is not kept as the cause, because it may show the whole URL.
      const why = withoutLogin(messageOf(cause));
      throw new TransportError(`cannot open ${shown}: ${why}`, { uri: 'autostrada.error.invalid_url' });
    }
    // After a rejection, `ws` closes the socket itself, and a browser's socket is closed already.
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      socket.onopen = () => socket.close();
      reject(error);
    };
    const onAbort = (): void => {
      fail(signal.reason);
      abandon(socket);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    const failure = failureOf(socket, shown, serializers, fail);
    // Some platforms fire `error` alone.
    socket.onerror = socket.onclose = (event) => fail(failure(event) ?? hidden(shown));
    socket.onopen = () => {
      signal.removeEventListener('abort', onAbort);
      const serializer = serializers[names.indexOf(socket.protocol)];
      if (serializer) return resolve(webSocketLine(socket, serializer));
      socket.close();
      fail(noSubprotocol(shown, serializers, `it chose ${socket.protocol || 'none'}`));
    };
  });
}

/** A browser does not say why, on purpose. */
function hidden(url: string): TransportError {
  return new TransportError(
    `cannot connect to ${url}: nothing listens there, it is not a WAMP router, it has none of our subprotocols, ` +
      'a certificate or the origin was refused, or a Content-Security-Policy forbids it; the browser does not say which',
  );
}

/**
 * Makes an open WebSocket a transport, at either end. `limit`: the most bytes of one message in a batch. The socket itself
 * limits the frames.
 */
export function webSocketLine(socket: WebSocketLike, serializer: Serializer, limit?: number): Transport {
  if (!isBatched(serializer)) return new SocketLine(socket, serializer);
  return serializer.unbatch(new SocketLine(socket, serializer.plain, 1), limit);
}
