/*
 * Bundles for browsers have this file instead of ws.ts. A page's WebSocket can do none of that, and does not say why it did
 * not open, on purpose.
 */
import type { WebSocketClass, WebSocketLike } from './websocket-line.ts';

export { WebSocketLine as SocketLine } from './websocket-line.ts';

export const platformWebSocket: WebSocketClass | undefined = globalThis.WebSocket;

export function abandon(socket: WebSocketLike): void {
  socket.close();
}

export function failureOf(): () => undefined {
  return () => undefined;
}
