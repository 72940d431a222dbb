/* The URLs by which a client on this machine reaches a server. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Addresses {
  readonly url: string;
  readonly rawSocketUrl: string | undefined;
  readonly longPollUrl: string | undefined;
  /** @param path - Where `ops` are, on this port; undefined: elsewhere, or nowhere. */
  opsUrl(path: string | undefined): string | undefined;
  readonly port: number;
}

interface Mounted {
  /** Of the WebSocket. */
  readonly path: string | undefined;
  readonly longPollPath: string | undefined;
  readonly hasRawSocket: boolean;
}

export function addressesOf(server: Server, { path, longPollPath, hasRawSocket }: Mounted): Addresses {
  const address = server.address();
  if (typeof address === 'string') {
    const url = `unix:${address}`;
    return { url, rawSocketUrl: hasRawSocket ? url : undefined, longPollUrl: undefined, opsUrl: () => undefined, port: 0 };
  }
  const port = address?.port ?? 0;
  const [raw, ws, http] = 'setSecureContext' in server ? ['rss', 'wss', 'https'] : ['rs', 'ws', 'http'];
  const at = `://${hostOf(address)}:${port}`;
  const rawSocketUrl = hasRawSocket ? raw + at : undefined;
  const longPollUrl = longPollPath === undefined ? undefined : http + at + longPollPath;
  const opsUrl = (below: string | undefined): string | undefined => (below === undefined ? undefined : http + at + below);
  return { url: path === undefined ? (rawSocketUrl ?? http + at) : ws + at + path, rawSocketUrl, longPollUrl, opsUrl, port };
}

/** An address that a client on this machine can use. */
function hostOf(address: AddressInfo | null): string {
  if (!address || address.address === '0.0.0.0' || address.address === '::') return '127.0.0.1';
  return address.family === 'IPv6' ? `[${address.address}]` : address.address;
}
