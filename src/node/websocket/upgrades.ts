/*
 * From an HTTP request to a WebSocket of the router, by `ws`: the path, the serializer, who may connect.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { named } from '../../base/words.ts';
import type { Router } from '../../router/router.ts';
import type { Remembering } from '../../router/session/transport-info.ts';
import { json } from '../../serializer/json.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import { batched, isBatched } from '../../transport/batched.ts';
import { chooseSerializer, subprotocols } from '../../transport/subprotocol.ts';
import type { CookieLogins } from '../cookies/cookie-logins.ts';
import type { Refusal } from '../http/admission.ts';
import { pathOf } from '../http/files.ts';
import { hostHeaders } from '../http/hosts.ts';
import { NOT_JOINED, RETRY_AFTER, SHUTTING_DOWN } from '../http/unavailable.ts';
import { inEvent } from '../incoming/in-event.ts';
import { openingRequest } from '../incoming/opening-request.ts';
import { partialMessages } from '../incoming/partial-messages.ts';
import { whence } from '../incoming/whence.ts';
import { turnAway } from '../port/port.ts';
import { routerWebSocketClass } from './bounded-socket.ts';
import { KeepAlive } from './keep-alive.ts';
import { routerLine } from './utf8-socket.ts';

export interface UpgradeOptions {
  /** Where the WebSocket is; undefined: there is none. */
  readonly path: string | undefined;
  readonly serializers: readonly Serializer[];
  readonly maxBatchBytes: number;
  readonly pingMs: number;
  readonly trustProxy: boolean;
  /** The refusal of a request, if there is one. */
  readonly refusalOf: (request: IncomingMessage) => Refusal | undefined;
  /** Whether other code handles requests for other paths: then they are left to it. */
  readonly isShared: () => boolean;
  /** Remembers the logins of browsers; undefined: none. */
  readonly cookies: CookieLogins | undefined;
  /** Called with the connection of a new WebSocket. */
  readonly opened: (socket: Duplex) => void;
}

/** A message may come in this many pieces, and one more for each `PIECE_BYTES`: even slow networks carry 500 bytes at once. */
const LEAST_PIECES = 1024;
const PIECE_BYTES = 256;

/** Handles the event `upgrade` of a server. */
export function webSocketUpgrades(
  router: Router,
  { path, serializers, maxBatchBytes, pingMs, trustProxy, refusalOf, isShared, cookies, opened }: UpgradeOptions,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const { maxMessageBytes } = router.limits;
  const understood = [...serializers, ...serializers.map(batched)];
  const WebSocket = routerWebSocketClass();
  const sockets = (maxPayload: number) =>
    new WebSocketServer<typeof WebSocket>({
      noServer: true,
      WebSocket,
      maxPayload,
      // A message in tiny pieces takes many times its length in memory.
      maxBufferedChunks: LEAST_PIECES + Math.ceil(maxPayload / PIECE_BYTES),
      maxFragments: LEAST_PIECES + Math.ceil(maxPayload / PIECE_BYTES),
      perMessageDeflate: false, // costs memory per client, and more time than it saves on small messages
      handleProtocols: (offered) => subprotocols([chooseSerializer(offered, understood) ?? json()])[0] ?? false,
    });
  const refuse = (socket: Duplex, status: number, text: string, hint = text): void => {
    router.note({ level: 'warn', message: `refused a WebSocket: ${hint}` });
    refuseUpgrade(socket, status, text);
  };
  const keepAlive = new KeepAlive(pingMs);
  const plainSockets = sockets(maxMessageBytes);
  const batchSockets = sockets(maxBatchBytes);
  const issued = new WeakMap<IncomingMessage, string>();
  for (const acceptor of [plainSockets, batchSockets]) {
    acceptor.on('headers', (headers, request) => {
      const cookie = issued.get(request);
      if (cookie !== undefined) headers.push(`Set-Cookie: ${cookie}`);
    });
    acceptor.on('wsClientError', ({ message }, socket) => refuse(socket, message.includes('method') ? 405 : 400, message));
  }

  return (request, socket, head) => {
    if (path === undefined || pathOf(request) !== path) {
      if (isShared()) return;
      const hint = path === undefined ? 'there is no WebSocket here' : `the WebSocket is at ${path}`;
      return refuse(socket, 404, hint, `${hint}, not at ${named(pathOf(request))}`);
    }
    if (hostHeaders(request) > 1) return refuse(socket, 400, `expected one header Host, got ${hostHeaders(request)}`);
    // RFC 9110, 5.6.1.2: empty elements of a list are skipped.
    const names = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const offered = names.filter((name) => name !== '');
    const serializer = chooseSerializer(offered, understood);
    if (!serializer) {
      const supported = subprotocols(understood).join(', ');
      return refuse(socket, 400, `no common subprotocol: offered ${offered.join(', ') || 'none'}, supported ${supported}`);
    }
    const refusal = refusalOf(request);
    if (refusal) return refuse(socket, refusal.status, refusal.text);
    if (router.isDraining && !router.isClosed) return refuse(socket, 503, SHUTTING_DOWN);
    // A client that has other URLs goes on to them.
    if (!router.hasJoined && router.refusesConnection()) return refuseUpgrade(socket, 503, NOT_JOINED);
    // `ws` refuses empty elements and repeated names, so it gets only the chosen one.
    request.headers['sec-websocket-protocol'] = subprotocols([serializer])[0];
    const acceptor = isBatched(serializer) ? batchSockets : plainSockets;
    const from = whence(request.socket, trustProxy ? request.headers : undefined);
    const accept = (remembering?: Remembering): void =>
      acceptor.handleUpgrade(request, socket, head, (webSocket) => {
        opened(request.socket);
        keepAlive.watch(webSocket, request.socket);
        const partial = partialMessages(router).open(from.peer);
        const transport = routerLine({ webSocket, socket: request.socket, partial }, serializer, maxMessageBytes);
        router.attach(transport, { kind: 'websocket', ...from, request: openingRequest(request), remembering });
      });
    if (!cookies) return accept();
    const onError = (): void => {}; // it may be gone before the store has answered
    socket.on('error', onError);
    cookies.begin(request, from.isSecure, ({ setCookie, remembering }) =>
      inEvent(router, 'an upgrade', socket, () => {
        socket.off('error', onError);
        if (socket.destroyed) return;
        if (setCookie !== undefined) issued.set(request, setCookie);
        accept(remembering);
      }),
    );
  };
}

function refuseUpgrade(socket: Duplex, status: number, text: string): void {
  const name =
    {
      400: 'Bad Request',
      403: 'Forbidden',
      404: 'Not Found',
      405: 'Method Not Allowed',
      421: 'Misdirected Request',
      503: 'Service Unavailable',
    }[status] ?? '';
  const head = `HTTP/1.1 ${status} ${name}\r\nConnection: close\r\nSec-WebSocket-Version: 13, 8\r\nContent-Type: text/plain; charset=utf-8\r\n`;
  const later = status === 503 ? `Retry-After: ${RETRY_AFTER}\r\n` : '';
  turnAway(socket, `${head}${later}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}
