/*
 * A port for a router: WebSocket by `ws`, files by `sirv`, on a server of its own or on one that is there.
 */
import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { makeDisposable } from '../dispose.ts';
import type { Router } from '../router/router.ts';
import { cbor } from '../serializer/cbor.ts';
import { json } from '../serializer/json.ts';
import { msgpack } from '../serializer/msgpack.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { batched, isBatched } from '../transport/batched.ts';
import { chooseSerializer, subprotocols, type WebSocketLike, webSocketLine } from '../transport/websocket.ts';
import { keepAlive } from './keep-alive.ts';
import { type LongPoll, longPollHandler, MESSAGES_IN_BATCH } from './longpoll.ts';
import { originCheck, originComplaint } from './origins.ts';

export interface ListenOptions {
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string | undefined;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number | undefined;
  /** An HTTP or HTTPS server of yours, in place of host and port. What is not at `path` is left to you. */
  readonly server?: Server | undefined;
  /** Where the WebSocket is. Default `/ws`. */
  readonly path?: string | undefined;
  /** A directory of static files. Default none. Not with `server`. */
  readonly web?: string | undefined;
  /** Default JSON, MessagePack and CBOR. Of those that a client offers, its first one that is here is taken. */
  readonly serializers?: readonly Serializer[] | undefined;
  /** Where long-poll is: `<longPollPath>/open` and so on, for `longPoll` of `autostrada/longpoll`. Default `/lp`. */
  readonly longPollPath?: string | undefined;
  /**
   * Pages of other origins that may connect, as `https://example.com`. Default: the same origin, clients that are no browsers, and, where
   * the router listens on loopback only, pages of this machine (`http://localhost:5173`). Pages from files and sandboxed ones are told by
   * the entries `null` and `file://`: all of them, whoever wrote them. `'*'`: all pages. A refusal is logged.
   */
  readonly origins?: readonly string[] | '*' | undefined;
  /**
   * A WebSocket that has been silent for so many milliseconds is pinged, and one that is silent for as long again is closed. Default
   * 20 000, so that no proxy takes it for idle; 0: never, for clients that are stopped in a debugger.
   */
  readonly pingMs?: number | undefined;
}

export interface Listener extends AsyncDisposable {
  /** Of the WebSocket: `ws://127.0.0.1:8080/ws`. */
  readonly url: string;
  /** For `longPoll()`: `http://127.0.0.1:8080/lp`. */
  readonly longPollUrl: string;
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
  const {
    path = '/ws',
    web,
    serializers = [json(), msgpack(), cbor()],
    origins = [],
    pingMs = 20_000,
    longPollPath = '/lp',
  } = options;
  if (!path.startsWith('/')) throw new TypeError(`expected path to begin with '/', got '${path}'`);
  if (!/^\/.*[^/]$/.test(longPollPath)) throw new TypeError(`expected longPollPath to be as '/lp', got '${longPollPath}'`);
  if (!(pingMs >= 0)) throw new TypeError(`expected pingMs to be 0 or more, got ${pingMs}`);
  if (web !== undefined && !statSync(web, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TypeError(`expected web to be a directory, got '${web}'`);
  }
  const { maxMessageBytes } = router.limits;
  const understood = [...serializers, ...serializers.map(batched)];
  const sockets = (maxPayload: number): WebSocketServer =>
    new WebSocketServer({
      noServer: true,
      maxPayload,
      perMessageDeflate: false, // costs memory per client, and more time than it saves on small messages
      handleProtocols: (offered) => subprotocols([chooseSerializer(offered, understood) ?? json()])[0] ?? false,
    });
  const plainSockets = sockets(maxMessageBytes);
  const batchSockets = sockets(maxMessageBytes * MESSAGES_IN_BATCH);
  const isOriginFine = originCheck(origins, () => server.address());
  const longPoll = longPollHandler(router, { path: longPollPath, serializers, isOriginFine });
  const files = filesOrHint(web, path);
  const server =
    options.server ?? createServer((request, response) => longPoll.handle(request, response) || files(request, response));
  const release = options.server ? takeRequests(server, longPoll.handle) : undefined;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(request) !== path) {
      // On a server of the user's, somebody else may be waiting for it.
      if (!options.server || server.listenerCount('upgrade') === 1) turnAway(socket, 404, `the WebSocket is at ${path}`);
      return;
    }
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const serializer = chooseSerializer(offered, understood);
    if (!serializer) {
      const supported = subprotocols(understood).join(', ');
      return turnAway(socket, 400, `no common subprotocol: offered ${offered.join(', ') || 'none'}, supported ${supported}`);
    }
    if (!isOriginFine(request)) {
      router.log({ level: 'warn', message: `refused a WebSocket: ${originComplaint(request)}` });
      return turnAway(socket, 403, originComplaint(request));
    }
    const acceptor = isBatched(serializer) ? batchSockets : plainSockets;
    acceptor.handleUpgrade(request, socket, head, (webSocket) => {
      const isSecure = 'encrypted' in request.socket;
      const peer = `${request.socket.remoteAddress}:${request.socket.remotePort}`;
      keepAlive(webSocket, request.socket, pingMs);
      router.attach(webSocketLine(webSocket as unknown as WebSocketLike, serializer, maxMessageBytes), {
        kind: 'websocket',
        peer,
        isSecure,
      });
    });
  };
  server.on('upgrade', onUpgrade);

  const unused = options.server ? undefined : unusedConnections(server);
  if (!options.server) await started(server, options.port ?? 8080, options.host ?? '127.0.0.1');
  const address = server.address() as AddressInfo | null;
  const secure = 'setSecureContext' in server ? 's' : '';
  const authority = `${hostOf(address)}:${address?.port ?? 0}`;
  const listener = {
    url: `ws${secure}://${authority}${path}`,
    longPollUrl: `http${secure}://${authority}${longPollPath}`,
    port: address?.port ?? 0,
    close: async () => {
      server.off('upgrade', onUpgrade);
      if (options.server) {
        await longPoll.close();
        return release?.();
      }
      // Its callback would wait for the sessions' sockets as well, and they go on.
      server.close();
      server.closeIdleConnections();
      for (const socket of unused ?? []) socket.destroy();
      await longPoll.close();
    },
  };
  makeDisposable(listener, listener.close);
  return listener as typeof listener & AsyncDisposable;
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

/** Browsers open connections to spare, which Node does not count as idle: they would keep a process that has closed everything. */
function unusedConnections(server: Server): ReadonlySet<Duplex> {
  const unused = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  server.on('upgrade', (_, socket) => unused.delete(socket));
  return unused;
}

/** An address that a client on this machine can use. */
function hostOf(address: AddressInfo | null): string {
  if (!address || address.address === '0.0.0.0' || address.address === '::') return '127.0.0.1';
  return address.family === 'IPv6' ? `[${address.address}]` : address.address;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** Before any other listener, whenever it came: most of them answer 404 to what they do not know. */
function takeRequests(server: Server, handle: LongPoll['handle']): () => void {
  const { emit } = server;
  let isOn = true;
  const ours = function (this: Server, event: string, ...args: [IncomingMessage, ServerResponse]): boolean {
    return (
      (isOn && event === 'request' && handle(...args)) ||
      (emit as (this: Server, event: string, ...args: unknown[]) => boolean).call(this, event, ...args)
    );
  } as Server['emit'];
  server.emit = ours;
  return () => {
    isOn = false;
    if (server.emit === ours) server.emit = emit; // else somebody else stands before us
  };
}

function turnAway(socket: Duplex, status: number, text: string): void {
  const name = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found' }[status] ?? '';
  const head = `HTTP/1.1 ${status} ${name}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n`;
  socket.on('error', () => {}); // who is turned away may be gone already
  socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function filesOrHint(web: string | undefined, path: string): (request: IncomingMessage, response: ServerResponse) => void {
  // dev: files are looked up when asked for, so that what is built later is there as well.
  const files = web === undefined ? undefined : sirv(web, { dev: true, etag: true, setHeaders: expectFile });
  return (request, response) => {
    const isHere = pathOf(request) === path;
    const none = (): void => {
      response.writeHead(isHere ? 426 : 404, {
        'content-type': 'text/plain; charset=utf-8',
        ...(isHere ? { upgrade: 'websocket' } : {}),
      });
      response.end(isHere ? 'This is a WAMP router: connect by WebSocket.\n' : `Not found. The WAMP router is at ${path}.\n`);
    };
    if (!files || isHere || isHidden(pathOf(request))) return none();
    // sirv takes a range as it comes and streams a file without looking after the stream. No request may end the process.
    if (!isRange(request.headers.range)) delete request.headers.range;
    response.once('pipe', (file: Readable) => {
      file.once('error', () => response.destroy());
      response.once('close', () => file.destroy());
    });
    try {
      files(request, response, none);
    } catch {
      if (response.headersSent) response.destroy();
      else none();
    }
  };
}

function expectFile(_response: unknown, path: string, stats: { isFile(): boolean }): void {
  if (!stats.isFile()) throw new Error(`${path} is no file`);
}

/** `.env`, `.git/`: with `dev`, sirv would hand them out. `/.well-known/` is meant to be seen (RFC 8615). */
function isHidden(path: string): boolean {
  let decoded = path;
  try {
    decoded = decodeURI(path);
  } catch {
    // sirv takes it as it is, too
  }
  return /[/\\]\.(?!well-known[/\\])/.test(decoded);
}

/** RFC 9110, 14.2: a range that makes no sense is ignored. */
function isRange(range: string | undefined): boolean {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
  return first !== undefined && (!last || Number(first) <= Number(last));
}
