/**
 * The deep import `lib/transport/rawsocket.js` of Autobahn|JS 26.3, for Node.js: `Factory` is the transport `rawsocket`, `Protocol` speaks RawSocket over a
 * stream that the program has opened.
 *
 * @module
 */
// It is a file of its own: esbuild replaces a file by the one for browsers only where it is imported by its path.

export type { ProtocolEmitter, ProtocolOptions, ProtocolStream } from './api/protocol-types.ts';
export { Protocol, ProtocolError } from './transports/protocol.ts';
export { RawsocketFactory as Factory } from './transports/rawsocket.ts';
