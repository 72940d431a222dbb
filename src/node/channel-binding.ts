/*
 * What both ends of a TLS connection know and nobody else (WAMP "TLS Channel Binding"): signed along, it ties a login to this connection.
 */
import { createHash } from 'node:crypto';
import { TLSSocket } from 'node:tls';

const LABEL = 'EXPORTER-Channel-Binding';

/**
 * The channel id, 32 octets; undefined where this connection has none of this type.
 *
 * `tls-exporter` is RFC 9266, for TLS 1.3 alone: before it, it is safe only with an extension that Node.js does not tell of. `tls-unique` is
 * RFC 5929, which TLS 1.3 has no more: the first Finished message of the handshake, hashed, as Autobahn has it.
 *
 * @param side - Which end of it we are.
 */
export function channelBinding(socket: unknown, type: string, side: 'client' | 'server'): Uint8Array | undefined {
  if (!(socket instanceof TLSSocket) || socket.destroyed) return undefined;
  const isNew = socket.getProtocol() === 'TLSv1.3';
  if (type === 'tls-exporter') return isNew ? plain(socket.exportKeyingMaterial(32, LABEL, Buffer.alloc(0))) : undefined;
  if (type !== 'tls-unique' || isNew) return undefined;
  // A full handshake is finished by the client first, a resumed one by the server.
  const isOurs = (side === 'server') === socket.isSessionReused();
  const finished = isOurs ? socket.getFinished() : socket.getPeerFinished();
  return finished && plain(createHash('sha256').update(finished).digest());
}

/** No Buffer leaves this folder. */
function plain(bytes: Buffer): Uint8Array {
  return Uint8Array.from(bytes);
}
