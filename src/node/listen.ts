/*
 * A port for a router: WebSocket by `ws`, RawSocket and files, on a server of its own or, without RawSocket, on one that is there.
 */
import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_DELAY_MS } from '../clock.ts';
import { makeDisposable } from '../dispose.ts';
import type { Router } from '../router/router.ts';
import { cbor } from '../serializer/cbor.ts';
import { json } from '../serializer/json.ts';
import { msgpack } from '../serializer/msgpack.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { chooseSerializer, subprotocols, type WebSocketLike, WebSocketTransport } from '../transport/websocket.ts';
import { filesOrHint, type HttpHandler, pathOf } from './files.ts';
import { sharePort } from './port.ts';
import { openRawSocket } from './rawsocket-door.ts';
import { nodeTls, type TlsOptions } from './tls.ts';
import { listenAt } from './unix-socket.ts';

export interface ListenOptions {
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string | undefined;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number | undefined;
  /** The path of a unix socket, in place of host and port. Removed on close; what a dead process has left there is replaced. */
  readonly socketPath?: string | undefined;
  /** An HTTP or HTTPS server of yours, in place of host and port, without RawSocket. What is not at `path` is left to you. */
  readonly server?: Server | undefined;
  /** Where the WebSocket is. Default `/ws`. */
  readonly path?: string | undefined;
  /** A directory of static files. Default none. Not with `server`. */
  readonly web?: string | undefined;
  /** `cert` and `key` turn TLS on, for all that the port speaks. Default none. Not with `server`. */
  readonly tls?: TlsOptions | undefined;
  /** What may come by this port, beside files. Default: all of these; with `server` all but `rawsocket`. */
  readonly protocols?: readonly ('websocket' | 'rawsocket' | 'longpoll')[] | undefined;
  /** Default JSON, MessagePack and CBOR. Of those that a client offers, its first one that is here is taken. */
  readonly serializers?: readonly Serializer[] | undefined;
  /** Pages of other origins that may connect, as `https://example.com`. Default: the same origin, and clients that are no browsers. */
  readonly origins?: readonly string[] | '*' | undefined;
}

const PROTOCOLS = ['websocket', 'rawsocket', 'longpoll'] as const;

export interface Listener extends AsyncDisposable {
  /** Of the WebSocket: `ws://127.0.0.1:8080/ws`; where there is none, of the RawSocket. `unix:/path` at a unix socket. */
  readonly url: string;
  /** For `rawSocket()`: `rs://127.0.0.1:8080`, or `unix:/path`. Undefined where `protocols` or `server` leave RawSocket out. */
  readonly rawSocketUrl: string | undefined;
  /** 0 at a unix socket. */
  readonly port: number;
  /** Stops listening; the router and its sessions go on. */
  close(): Promise<void>;
}

/**
 * Opens a port for a router.
 *
 * @returns The listener, once it listens.
 * @throws Node's error, `EADDRINUSE` for a taken port.
 * @example await listen(router, { port: 8080, web: './public' });
 */
export async function listen(router: Router, options: ListenOptions = {}): Promise<Listener> {
  const { path = '/ws', web, serializers = [json(), msgpack(), cbor()], origins = [] } = options;
  if (!path.startsWith('/')) throw new TypeError(`expected path to begin with '/', got '${path}'`);
  if (web !== undefined && !statSync(web, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TypeError(`expected web to be a directory, got '${web}'`);
  }
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: router.limits.maxMessageBytes,
    perMessageDeflate: false, // costs memory per client, and more time than it saves on small messages
    handleProtocols: (offered) => subprotocols([chooseSerializer(offered, serializers) ?? json()])[0] ?? false,
  });
  const { hasWebSocket, hasRawSocket } = checked(options);
  const timeoutMs = Math.min(router.limits.joinTimeoutMs, MAX_DELAY_MS);
  const server = options.server ?? createHttp(options.tls, timeoutMs, filesOrHint(web, hasWebSocket ? path : undefined));

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(request) !== path || !hasWebSocket) {
      // On a server of the user's, somebody else may be waiting for it.
      const hint = hasWebSocket ? `the WebSocket is at ${path}` : 'there is no WebSocket here';
      if (!options.server || server.listenerCount('upgrade') === 1) turnAway(socket, 404, hint);
      return;
    }
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const serializer = chooseSerializer(offered, serializers);
    if (!serializer) {
      const supported = subprotocols(serializers).join(', ');
      return turnAway(socket, 400, `no common subprotocol: offered ${offered.join(', ') || 'none'}, supported ${supported}`);
    }
    if (!isOriginFine(request, origins)) return turnAway(socket, 403, `origin ${request.headers.origin} may not connect here`);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const transport = new WebSocketTransport(webSocket as unknown as WebSocketLike, serializer);
      router.attach(transport, { kind: 'websocket', ...whence(request.socket) });
    });
  };
  server.on('upgrade', onUpgrade);

  const { maxMessageBytes } = router.limits;
  const rawSocket = (socket: Socket, greeted: () => void): void =>
    openRawSocket(socket, { serializers, maxMessageBytes, isFull: () => router.refusesLine() }, (transport) => {
      greeted();
      router.attach(transport, { kind: 'rawsocket', ...whence(socket) });
    });
  const unused = options.server ? undefined : sharePort(server, { timeoutMs, rawSocket: hasRawSocket ? rawSocket : undefined });
  const { socketPath } = options;
  if (socketPath !== undefined) await listenAt(server, socketPath);
  else if (!options.server) await started(server, options.port ?? 8080, options.host ?? '127.0.0.1');

  const listener = {
    ...addressesOf(server, { path: hasWebSocket ? path : undefined, hasRawSocket }),
    close: async () => {
      server.off('upgrade', onUpgrade);
      if (options.server) return;
      // Its callback would wait for the sessions' sockets as well, and they go on.
      server.close();
      server.closeIdleConnections();
      for (const socket of unused ?? []) socket.destroy();
    },
  };
  makeDisposable(listener, listener.close);
  return listener as typeof listener & AsyncDisposable;
}

/** @throws TypeError for what does not go together. */
function checked({ server, tls, socketPath, protocols }: ListenOptions): {
  readonly hasWebSocket: boolean;
  readonly hasRawSocket: boolean;
} {
  if (server && (tls || socketPath !== undefined))
    throw new TypeError('expected server without tls and socketPath: it has its own');
  if (server && protocols?.includes('rawsocket')) throw new TypeError('expected a port of its own for rawsocket, not a server');
  if (tls && (tls.cert === undefined || tls.key === undefined)) throw new TypeError('expected tls to have cert and key');
  const unknown = protocols?.find((protocol) => !PROTOCOLS.includes(protocol));
  if (unknown !== undefined) throw new TypeError(`expected protocols to be of ${PROTOCOLS.join(', ')}, got '${unknown}'`);
  const has = (protocol: 'websocket' | 'rawsocket'): boolean => protocols?.includes(protocol) ?? true;
  return { hasWebSocket: has('websocket'), hasRawSocket: has('rawsocket') && !server };
}

function createHttp(tls: TlsOptions | undefined, handshakeTimeout: number, handler: HttpHandler): Server {
  if (!tls) return createServer(handler);
  const requestCert = tls.ca !== undefined;
  return createTlsServer({ requestCert, handshakeTimeout, ...nodeTls(tls) }, handler);
}

/** Where a line comes from. A unix socket has no address. */
function whence(socket: Socket): { readonly peer: string | undefined; readonly isSecure: boolean } {
  const { remoteAddress, remotePort } = socket;
  return { peer: remoteAddress && `${remoteAddress}:${remotePort}`, isSecure: 'encrypted' in socket };
}

function started(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

interface Mounted {
  /** Of the WebSocket. */
  readonly path: string | undefined;
  readonly hasRawSocket: boolean;
}

function addressesOf(server: Server, { path, hasRawSocket }: Mounted): Pick<Listener, 'url' | 'rawSocketUrl' | 'port'> {
  const address = server.address();
  if (typeof address === 'string') {
    const url = `unix:${address}`;
    return { url, rawSocketUrl: hasRawSocket ? url : undefined, port: 0 };
  }
  const port = address?.port ?? 0;
  const [raw, ws, http] = 'setSecureContext' in server ? ['rss', 'wss', 'https'] : ['rs', 'ws', 'http'];
  const at = `://${hostOf(address)}:${port}`;
  const rawSocketUrl = hasRawSocket ? raw + at : undefined;
  return { url: path === undefined ? (rawSocketUrl ?? http + at) : ws + at + path, rawSocketUrl, port };
}

/** An address that a client on this machine can use. */
function hostOf(address: AddressInfo | null): string {
  if (!address || address.address === '0.0.0.0' || address.address === '::') return '127.0.0.1';
  return address.family === 'IPv6' ? `[${address.address}]` : address.address;
}

/**
 * A page of any origin may open a WebSocket to this machine, with the user's cookies and from inside the user's network; so only pages
 * that came from here may, unless told otherwise. Clients that are no browsers send no origin.
 */
function isOriginFine(request: IncomingMessage, origins: readonly string[] | '*'): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || origins === '*' || origins.includes(origin)) return true;
  return /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '') === host;
}

function turnAway(socket: Duplex, status: number, text: string): void {
  const name = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found' }[status] ?? '';
  const head = `HTTP/1.1 ${status} ${name}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n`;
  socket.on('error', () => {}); // who is turned away may be gone already
  socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}
