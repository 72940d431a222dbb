/*
 * A port for a router: WebSocket by `ws`, RawSocket and files, on its own server or, without RawSocket, on an existing one.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_DELAY_MS } from '../base/clock.ts';
import { makeDisposable } from '../base/dispose.ts';
import { named } from '../base/words.ts';
import type { Router } from '../router/router.ts';
import { json } from '../serializer/json.ts';
import { batched, isBatched } from '../transport/batched.ts';
import { chooseSerializer, subprotocols } from '../transport/subprotocol.ts';
import { admission } from './http/admission.ts';
import { endSlowBody } from './http/bodies.ts';
import { filesOrHint, type HttpHandler, pathOf } from './http/files.ts';
import { httpCrowd } from './http/http-crowd.ts';
import { httpServer } from './http/http-server.ts';
import { MAX_UNANSWERED, requestTurns } from './http/request-turns.ts';
import { takeRequests } from './http/take-requests.ts';
import { inEvent } from './incoming/in-event.ts';
import { partialMessages } from './incoming/partial-messages.ts';
import { whence } from './incoming/whence.ts';
import { type ListenOptions, settleListen } from './listen-options.ts';
import { longPollHandler } from './longpoll/longpoll.ts';
import { MESSAGES_IN_BATCH } from './longpoll/longpoll-line.ts';
import { addressesOf } from './port/addresses.ts';
import { sharePort, turnAway } from './port/port.ts';
import { listenAt } from './port/unix-socket.ts';
import { openRawSocket } from './rawsocket/rawsocket-door.ts';
import { keepAlive } from './websocket/keep-alive.ts';
import { routerLine } from './websocket/utf8-socket.ts';

/** A message may come in this many pieces, and one more for each `PIECE_BYTES`: even slow networks carry 500 bytes at once. */
const LEAST_PIECES = 1024;
const PIECE_BYTES = 256;

export interface Listener extends AsyncDisposable {
  /** The URL of the WebSocket: `ws://127.0.0.1:8080/ws`; without a WebSocket, that of the RawSocket. `unix:/path` at a unix socket. */
  readonly url: string;
  /** For `longPoll()`: `http://127.0.0.1:8080/lp`. Undefined at a unix socket, or if `protocols` leaves long-poll out. */
  readonly longPollUrl: string | undefined;
  /** For `rawSocket()`: `rs://127.0.0.1:8080`, or `unix:/path`. Undefined where `protocols` or `server` leave RawSocket out. */
  readonly rawSocketUrl: string | undefined;
  /** 0 at a unix socket. */
  readonly port: number;
  /** Stops listening; the router and its sessions continue. */
  close(): Promise<void>;
}

/**
 * Opens a port for a router.
 *
 * @returns The listener, once it listens.
 * @throws TypeError for an option that is unknown, out of range, or excluded by another; Node's error, `EADDRINUSE` for a taken port.
 * @example await listen(router, { port: 8080, web: './public' });
 */
export async function listen(router: Router, options: ListenOptions = {}): Promise<Listener> {
  const { path, longPollPath, web, serializers, origins, hosts, pingMs, trustProxy, hasWebSocket, hasRawSocket, hasLongPoll } =
    settleListen(router, options);
  const { maxMessageBytes } = router.limits;
  const understood = [...serializers, ...serializers.map(batched)];
  const sockets = (maxPayload: number): WebSocketServer =>
    new WebSocketServer({
      noServer: true,
      maxPayload,
      // A message in tiny pieces takes many times its length in memory.
      maxBufferedChunks: LEAST_PIECES + Math.ceil(maxPayload / PIECE_BYTES),
      maxFragments: LEAST_PIECES + Math.ceil(maxPayload / PIECE_BYTES),
      perMessageDeflate: false, // costs memory per client, and more time than it saves on small messages
      handleProtocols: (offered) => subprotocols([chooseSerializer(offered, understood) ?? json()])[0] ?? false,
    });
  const plainSockets = sockets(maxMessageBytes);
  const batchSockets = sockets(maxMessageBytes * MESSAGES_IN_BATCH);
  for (const acceptor of [plainSockets, batchSockets])
    acceptor.on('wsClientError', ({ message }, socket) => {
      router.note({ level: 'warn', message: `refused a WebSocket: ${message}` });
      refuseUpgrade(socket, message.includes('method') ? 405 : 400, message);
    });
  const admitted = admission({ origins, hosts, trustProxy, host: options.host, address: () => server.address() });
  const inTurn = requestTurns(() => router.turnAway(`${MAX_UNANSWERED} requests of one connection`, 'too many wait for an answer'));
  const longPoll = hasLongPoll
    ? longPollHandler(router, { path: longPollPath, serializers, refusalOf: admitted.longPoll, trustProxy, inTurn })
    : undefined;
  const timeoutMs = Math.min(router.limits.joinTimeoutMs, MAX_DELAY_MS);
  const files = filesOrHint(web, hasWebSocket ? path : undefined);
  const answer: HttpHandler = (request, response) => {
    if (longPoll?.handle(request, response)) return;
    const answerFile = (): void => {
      endSlowBody(request, timeoutMs);
      const refusal = admitted.file(request);
      if (!refusal) return files(request, response);
      router.note({ level: 'warn', message: `refused a request for a file: ${refusal.text}` });
      response
        .writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        .end(`${refusal.text}\n`);
    };
    inTurn(request, response, () => inEvent(router, 'an HTTP request', response, answerFile));
  };
  const server =
    options.server ?? httpServer({ tls: options.tls, timeoutMs, maxHeaderBytes: router.limits.maxHeaderBytes, inTurn }, answer);
  const release = options.server && longPoll ? takeRequests(server, longPoll.handle) : undefined;

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(request) !== path || !hasWebSocket) {
      // On the user's own server, other code may handle it.
      const hint = hasWebSocket ? `the WebSocket is at ${path}` : 'there is no WebSocket here';
      if (options.server && server.listenerCount('upgrade') !== 1) return;
      router.note({ level: 'warn', message: `refused a WebSocket: ${hint}, not at ${named(pathOf(request))}` });
      return refuseUpgrade(socket, 404, hint);
    }
    const refuse = (status: number, hint: string): void => {
      router.note({ level: 'warn', message: `refused a WebSocket: ${hint}` });
      refuseUpgrade(socket, status, hint);
    };
    // RFC 9110, 5.6.1.2: empty elements of a list are skipped.
    const names = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const offered = names.filter((name) => name !== '');
    const serializer = chooseSerializer(offered, understood);
    if (!serializer) {
      const supported = subprotocols(understood).join(', ');
      return refuse(400, `no common subprotocol: offered ${offered.join(', ') || 'none'}, supported ${supported}`);
    }
    const refusal = admitted.webSocket(request);
    if (refusal) return refuse(refusal.status, refusal.text);
    // `ws` refuses empty elements and repeated names, so it gets only the chosen one.
    request.headers['sec-websocket-protocol'] = subprotocols([serializer])[0];
    const acceptor = isBatched(serializer) ? batchSockets : plainSockets;
    acceptor.handleUpgrade(request, socket, head, (webSocket) => {
      isWamp?.(request.socket);
      keepAlive(webSocket, request.socket, pingMs);
      const from = whence(request.socket, trustProxy ? request.headers : undefined);
      const partial = partialMessages(router).open(from.peer);
      const transport = routerLine({ webSocket, socket: request.socket, partial }, serializer, maxMessageBytes);
      router.attach(transport, { kind: 'websocket', ...from });
    });
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    inEvent(router, 'an upgrade', socket, () => upgrade(request, socket, head));
  server.on('upgrade', onUpgrade);

  const rawSocket = (socket: Socket, greeted: () => void): void =>
    openRawSocket(
      socket,
      {
        serializers,
        maxMessageBytes,
        partial: partialMessages(router).open(whence(socket).peer),
        isFull: () => router.refusesLine(),
        guard: (act) => inEvent(router, 'a RawSocket handshake', socket, act),
      },
      (transport) => {
        greeted();
        isWamp?.(socket);
        router.attach(transport, { kind: 'rawsocket', ...whence(socket) });
      },
    );
  const unused = options.server ? undefined : sharePort(server, { timeoutMs, rawSocket: hasRawSocket ? rawSocket : undefined });
  const turnsAway = (): void => router.turnAway('limits.maxHttpConnections, limits.maxHttpConnectionsPerAddress');
  const isWamp = options.server ? undefined : httpCrowd(server, { limits: router.limits, trustProxy, turnsAway });
  const { socketPath } = options;
  if (socketPath !== undefined) await listenAt(server, socketPath);
  else if (!options.server) await started(server, options.port ?? 8080, options.host ?? '127.0.0.1');

  const listener = {
    ...addressesOf(server, {
      path: hasWebSocket ? path : undefined,
      longPollPath: hasLongPoll ? longPollPath : undefined,
      hasRawSocket,
    }),
    close: async () => {
      server.off('upgrade', onUpgrade);
      if (options.server) {
        await longPoll?.close();
        return release?.();
      }
      // Its callback would also wait for the sockets of sessions, which continue.
      server.close();
      server.closeIdleConnections();
      for (const socket of unused ?? []) socket.destroy();
      await longPoll?.close();
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

function refuseUpgrade(socket: Duplex, status: number, text: string): void {
  const name =
    { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 421: 'Misdirected Request' }[status] ?? '';
  const head = `HTTP/1.1 ${status} ${name}\r\nConnection: close\r\nSec-WebSocket-Version: 13, 8\r\nContent-Type: text/plain; charset=utf-8\r\n`;
  turnAway(socket, `${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}
