/**
 * What only Node has: ports for a router, and lines that browsers do not have.
 *
 * @module
 */
export { diagnostics } from './diagnostics.ts';
export { type Listener, type ListenOptions, listen } from './listen.ts';
export { loadConfig } from './load-config.ts';
export { type RawSocketOptions, rawSocket } from './rawsocket.ts';
export type { TlsOptions } from './tls.ts';
export { type WebSocketOptions, webSocket } from './web-socket.ts';
