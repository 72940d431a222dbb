/* In place of ws.ts in bundles for browsers: a page's WebSocket does none of that, and hides on purpose why it did not open. */
import type { WebSocketClass, WebSocketLike } from './websocket-line.ts';

export { WebSocketLine as SocketLine } from './websocket-line.ts';

export const platformWebSocket: WebSocketClass | undefined = globalThis.WebSocket;

export function abandon(socket: WebSocketLike): void {
  socket.close();
}

export function failureOf(): () => undefined {
  return () => undefined;
}
