/**
 * What only Node.js has: ports for a router, and transports that browsers do not have.
 *
 * @module
 */
export { diagnostics } from './diagnostics.ts';
export { type Listener, listen } from './listen.ts';
export type { ListenOptions } from './listen-options.ts';
export { loadConfig } from './load-config.ts';
export { type RawSocketOptions, rawSocket } from './rawsocket.ts';
export type { TlsOptions } from './tls.ts';
export { type WebSocketOptions, webSocket } from './web-socket.ts';
