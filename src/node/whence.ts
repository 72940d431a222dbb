/* Where a line comes from: the far end's address, and whether nobody can read along. */
import type { IncomingHttpHeaders } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import { channelBinding } from './channel-binding.ts';

export interface Whence {
  /** Undefined at a unix socket, which has no address. */
  readonly peer: string | undefined;
  readonly isSecure: boolean;
  channelBinding(type: string): Uint8Array | undefined;
}

/** @param proxy - What a proxy that is trusted says of whom it speaks for: of several addresses the last is the one it has seen itself. */
export function whence(socket: Socket, proxy?: IncomingHttpHeaders): Whence {
  const { remoteAddress, remotePort } = socket;
  const isSecure = 'encrypted' in socket || proxy?.['x-forwarded-proto'] === 'https';
  const said = String(proxy?.['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  const own = remoteAddress && `${remoteAddress}:${remotePort}`;
  const peer = said ? (isIPv6(said) ? `[${said}]` : said) : own;
  return { peer, isSecure, channelBinding: (type) => channelBinding(socket, type, 'server') };
}
