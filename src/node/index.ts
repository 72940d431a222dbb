/**
 * What only Node.js has: ports for a router, and transports that browsers do not have.
 *
 * @module
 */

export { type RawSocketOptions, rawSocket } from './clients/rawsocket.ts';
export { type WebSocketOptions, webSocket } from './clients/web-socket.ts';
export { loadConfig } from './config/load-config.ts';
export { diagnostics } from './diagnostics.ts';
export { type Listener, listen } from './listen.ts';
export type { ListenOptions } from './listen-options.ts';
export type { TlsOptions } from './tls/tls.ts';
