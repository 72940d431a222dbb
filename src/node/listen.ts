/*
 * A port for a router: WebSocket, RawSocket, long-poll and files, on its own server or, without RawSocket, on an existing one.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_DELAY_MS } from '../base/clock.ts';
import { makeDisposable } from '../base/dispose.ts';
import { any, checkOptions, complain, string } from '../base/options.ts';
import type { Router } from '../router/router.ts';
import { CookieLogins } from './cookies/cookie-logins.ts';
import type { LoginFilter } from './cookies/cookie-store.ts';
import { type Admission, admission, type Refusal } from './http/admission.ts';
import { endSlowBody } from './http/bodies.ts';
import { filesOrHint, type HttpHandler } from './http/files.ts';
import { httpCrowd } from './http/http-crowd.ts';
import { httpServer } from './http/http-server.ts';
import { MAX_UNANSWERED, requestTurns } from './http/request-turns.ts';
import { takeRequests } from './http/take-requests.ts';
import { bridgeHandler } from './http-bridge/http-bridge.ts';
import { inEvent } from './incoming/in-event.ts';
import { partialMessages } from './incoming/partial-messages.ts';
import { whence } from './incoming/whence.ts';
import { CHANGEABLE, type ChangedOptions, type ListenOptions, type ListenSettings, settleListen } from './listen-options.ts';
import { longPollHandler } from './longpoll/longpoll.ts';
import { MESSAGES_IN_BATCH } from './longpoll/longpoll-line.ts';
import { opsOfRouter } from './ops/ops-of-router.ts';
import { OpsPlace } from './ops/ops-place.ts';
import { addressesOf } from './port/addresses.ts';
import { sharePort } from './port/port.ts';
import { listenAt } from './port/unix-socket.ts';
import { openRawSocket } from './rawsocket/rawsocket-door.ts';
import { isSecure, nodeTls, type TlsOptions, tlsOptions } from './tls/tls.ts';
import { webSocketUpgrades } from './websocket/upgrades.ts';

export interface Listener extends AsyncDisposable {
  /** The URL of the WebSocket: `ws://127.0.0.1:8080/ws`; without a WebSocket, that of the RawSocket. `unix:/path` at a unix socket. */
  readonly url: string;
  /** For `longPoll()`: `http://127.0.0.1:8080/lp`. Undefined at a unix socket, or if `protocols` leaves long-poll out. */
  readonly longPollUrl: string | undefined;
  /** For `rawSocket()`: `rs://127.0.0.1:8080`, or `unix:/path`. Undefined where `protocols` or `server` leave RawSocket out. */
  readonly rawSocketUrl: string | undefined;
  /** Where `/healthz`, `/readyz` and `/metrics` are: `http://127.0.0.1:9090`, or `http://127.0.0.1:8080/ops`. Undefined without `ops`, or below a path of a unix socket. */
  readonly opsUrl: string | undefined;
  /** 0 at a unix socket. */
  readonly port: number;
  /** Forgets logins of browsers (`cookies`): all, or those of a realm, of a user. Their sessions continue. @returns How many. */
  forgetLogins(filter?: LoginFilter): Promise<number>;
  /**
   * Another certificate and key, for connections from now on; those that are open continue.
   *
   * @throws TypeError for an invalid one, and if this port had none before: it does not speak TLS.
   */
  setTls(tls: TlsOptions): void;
  /**
   * Other values of some options, for connections and requests from now on; connections that are open continue. Undefined: the default. An option that is left out stays as it was.
   *
   * @throws TypeError as `listen` does, also for `cookies` if it had none before, or should have none now. Node's error if `ops` has a port that is taken. Then nothing changes.
   */
  change(options: ChangedOptions): Promise<void>;
  /** Takes no new connections; those that are open continue, with their requests. Nothing happens if the server is another's (`server`). */
  stopAccepting(): void;
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
  /** With what has changed since. */
  let present = options;
  const settings = settleListen(router, options);
  await router.ready;
  const { path, longPollPath, serializers, pingMs, trustProxy, hasWebSocket, hasRawSocket, hasLongPoll } = settings;
  const { maxMessageBytes } = router.limits;
  const cookies = options.cookies && new CookieLogins(options.cookies, storeFailed(router));
  const admissionOf = ({ origins, hosts }: ListenSettings): Admission =>
    // A browser sends cookies to all ports of a host: with logins in them, only pages of this port are trusted.
    admission({ origins, hosts, trustProxy, host: options.host, address: () => (cookies ? null : server.address()) });
  let admitted = admissionOf(settings);
  const refusalOf = (request: IncomingMessage): Refusal | undefined => admitted.longPoll(request);
  const inTurn = requestTurns(() => router.turnAway(`${MAX_UNANSWERED} requests of one connection`, 'too many wait for an answer'));
  const longPoll = hasLongPoll
    ? await longPollHandler(router, {
        path: longPollPath,
        serializers,
        refusalOf,
        trustProxy,
        inTurn,
        cookies,
        shared: options.sharedPort,
      })
    : undefined;
  const bridges = settings.bridges.map((bridge) => bridgeHandler(router, bridge, { refusalOf, inTurn, trustProxy }));
  const isTaken = (request: IncomingMessage, response: ServerResponse): boolean =>
    longPoll?.handle(request, response) === true || bridges.some((bridge) => bridge.handle(request, response));
  const timeoutMs = Math.min(router.limits.joinTimeoutMs, MAX_DELAY_MS);
  const ops = new OpsPlace({ ...opsOfRouter(router), isElsewhere: options.sharedPort?.hasOpsAtHub === true });
  await ops.change(options.ops);
  const filesOf = ({ web }: ListenSettings): HttpHandler => filesOrHint(web, hasWebSocket ? path : undefined);
  let files = filesOf(settings);
  const answer: HttpHandler = (request, response) => {
    if (isTaken(request, response)) return;
    const answerFile = (): void => {
      endSlowBody(request, timeoutMs);
      const refusal = admitted.file(request);
      if (!refusal) return ops.handle(request, response) ? undefined : files(request, response);
      router.note({ level: 'warn', message: `refused a request for a file: ${refusal.text}` });
      response
        .writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        .end(`${refusal.text}\n`);
    };
    inTurn(request, response, () => inEvent(router, 'an HTTP request', response, answerFile));
  };
  const server =
    options.server ?? httpServer({ tls: options.tls, timeoutMs, maxHeaderBytes: router.limits.maxHeaderBytes, inTurn }, answer);
  const release = options.server && (longPoll || bridges.length > 0) ? takeRequests(server, isTaken) : undefined;

  const upgrade = webSocketUpgrades(router, {
    path: hasWebSocket ? path : undefined,
    serializers,
    maxBatchBytes: maxMessageBytes * MESSAGES_IN_BATCH,
    pingMs,
    trustProxy,
    refusalOf: (request) => admitted.webSocket(request),
    cookies,
    // On the user's own server.
    isShared: () => options.server !== undefined && server.listenerCount('upgrade') !== 1,
    opened: (socket) => isWamp?.(socket),
  });
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
        isFull: () => router.refusesConnection(),
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
  const isWamp = options.server
    ? undefined
    : httpCrowd(server, { name: portName(options), limits: router.limits, counts: router.counts, trustProxy, turnsAway });
  const { socketPath } = options;
  try {
    if (socketPath !== undefined) await listenAt(server, socketPath);
    else if (!options.server) await started(server, options.port ?? 8080, options.host ?? '127.0.0.1');
  } catch (error) {
    ops.close();
    throw error;
  }

  const addresses = addressesOf(server, {
    path: hasWebSocket ? path : undefined,
    longPollPath: hasLongPoll ? longPollPath : undefined,
    hasRawSocket,
  });
  const ended = (): Promise<unknown> => Promise.all([longPoll?.close(), ...bridges.map((bridge) => bridge.close())]);
  const forgetNoMore = cookies && router.remembered.add(cookies);
  const listener: Omit<Listener, keyof AsyncDisposable> = {
    ...addresses,
    get opsUrl() {
      return ops.url ?? addresses.opsUrl(present.ops?.path);
    },
    forgetLogins: async (filter = {}) => {
      checkOptions('forgetLogins', filter, { realm: string, authid: string });
      return cookies?.forget(filter) ?? 0;
    },
    setTls: (tls) => {
      if (options.tls === undefined || !isSecure(server)) throw new TypeError('expected a listener with tls, got one without');
      complain('tls', tlsOptions, tls);
      server.setSecureContext(nodeTls(tls));
    },
    change: async (changed) => {
      checkOptions('listener.change', changed, Object.fromEntries(CHANGEABLE.map((name) => [name, any])));
      const wanted = { ...present, ...changed };
      const next = settleListen(router, wanted);
      if ((wanted.cookies === undefined) !== (cookies === undefined))
        throw new TypeError(`expected ${cookies ? 'cookies, as before' : 'no cookies, as before'}, got the contrary`);
      await ops.change(wanted.ops);
      present = wanted;
      [admitted, files] = [admissionOf(next), filesOf(next)];
      if (wanted.cookies) cookies?.change(wanted.cookies);
    },
    stopAccepting: () => {
      ops.stopAccepting();
      if (!options.server) stopListening(server);
    },
    close: async () => {
      ops.close();
      forgetNoMore?.();
      server.off('upgrade', onUpgrade);
      if (options.server) {
        await ended();
        return release?.();
      }
      stopListening(server);
      for (const socket of unused ?? []) socket.destroy();
      await ended();
    },
  };
  makeDisposable(listener, listener.close);
  return listener;
}

/** Sockets of sessions continue. */
function stopListening(server: Server): void {
  server.close(); // its callback would also wait for those
  server.closeIdleConnections();
}

function storeFailed(router: Router): (error: unknown) => void {
  return (error) => router.note({ level: 'error', message: 'the store of cookies failed', error });
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

function portName({ socketPath, host = '', port = 8080 }: ListenOptions): string {
  return socketPath ?? `${host} ${port}`;
}
