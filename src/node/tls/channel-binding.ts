/*
 * A value that only the two ends of a TLS connection know (WAMP "TLS Channel Binding"). It is signed too, which binds a login to this connection.
 */
import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

const LABEL = 'EXPORTER-Channel-Binding';

/**
 * The channel id, 32 octets; undefined if this connection has no id of this type.
 *
 * `tls-exporter` is RFC 9266, for TLS 1.3 alone: in older versions it is safe only with an extension that Node.js does not report. `tls-unique` is
 * RFC 5929, which TLS 1.3 no longer has: the first Finished message of the handshake, hashed as in Autobahn.
 */
export function channelBinding(socket: unknown, type: string, side: 'client' | 'server'): Uint8Array | undefined {
  if (!isSocket(socket)) return undefined;
  if (!socket.getProtocol || socket.encrypted !== true) return undefined;
  const isNew = socket.getProtocol() === 'TLSv1.3';
  if (type === 'tls-exporter') return isNew ? socket.exportKeyingMaterial?.(32, LABEL, Buffer.alloc(0)) : undefined;
  if (type !== 'tls-unique' || isNew) return undefined;
  // In a full handshake the client finishes first, in a resumed one the server.
  const isOurs = (side === 'server') === (socket.isSessionReused?.() ?? false);
  const finished = isOurs ? socket.getFinished?.() : socket.getPeerFinished?.();
  return finished && createHash('sha256').update(finished).digest();
}

/** Of TLS or not, and not only those of Node.js: what is used of it is looked for. */
function isSocket(socket: unknown): socket is Partial<TLSSocket> {
  return typeof socket === 'object' && socket !== null;
}
