/* Where a connection comes from: the address of the other end, and whether it is encrypted. */
import type { IncomingHttpHeaders } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { PeerCertificate } from '../../router/session/transport-info.ts';
import { channelBinding } from '../tls/channel-binding.ts';
import { peerCertificate } from '../tls/peer-certificate.ts';

export interface Whence {
  /** Undefined at a unix socket, which has no address. */
  readonly peer: string | undefined;
  readonly isSecure: boolean;
  channelBinding(type: string): Uint8Array | undefined;
  peerCertificate(): PeerCertificate | undefined;
}

/** @param proxy - The headers of a trusted proxy about its client: of several addresses the last is the one that the proxy has seen itself. */
export function whence(socket: Socket, proxy?: IncomingHttpHeaders): Whence {
  const { remoteAddress, remotePort } = socket;
  const isSecure = 'encrypted' in socket || proxy?.['x-forwarded-proto'] === 'https';
  const said = String(proxy?.['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  const own = remoteAddress && `${remoteAddress}:${remotePort}`;
  const peer = said ? (isIPv6(said) ? `[${said}]` : said) : own;
  return {
    peer,
    isSecure,
    channelBinding: (type) => channelBinding(socket, type, 'server'),
    peerCertificate: () => peerCertificate(socket),
  };
}
