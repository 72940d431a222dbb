/*
 * WebSocket as a transport, over the interface that browsers and `ws` share: the client's connector, and the line itself, which a
 * listener uses as well. What only Node can say of a failure is read from `ws` where it is there.
 */
import IsomorphicWebSocket from 'isomorphic-ws';
import { messageOf, TransportError } from '../errors.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { isBatched } from './batched.ts';
import { defer } from './tick.ts';
import type { Closed, Connector, Dial, Frame, Transport, TransportReceiver } from './transport.ts';

/** What we use of a WebSocket; `ws` and browsers both have it. The types of `ws` stay out of our declarations. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** `ws` only. */
  terminate?(): void;
  pause?(): void;
  resume?(): void;
  ping?(data: string): void;
  on?(event: 'unexpected-response', listener: (request: unknown, response: HttpResponse) => void): unknown;
  on?(event: 'pong', listener: (data: unknown) => void): unknown;
  /** `ws` only, and not public: the socket, to write several frames at once. */
  readonly _socket?: { cork(): void; uncork(): void; readonly bytesRead?: number } | null;
}

/** What we use of Node's `http.IncomingMessage`. */
interface HttpResponse {
  readonly statusCode?: number;
  readonly statusMessage?: string;
  on(event: 'data' | 'end' | 'error', listener: (chunk?: unknown) => void): unknown;
}

export type WebSocketClass = new (url: string, protocols: string[]) => unknown;

const PREFIX = 'wamp.2.';
const OPEN = 1;
/** How long the other side may take to answer our close before the socket is torn down, where it can be. */
const CLOSE_TIMEOUT_MS = 1000;

/** WAMP "WebSocket Transport": the names offered, in order of preference. */
export function subprotocols(serializers: readonly Serializer[]): string[] {
  return serializers.map((serializer) => PREFIX + serializer.name);
}

/** The first offered one that is supported (WAMP leaves it open; Crossbar.io and nexus do the same). */
export function chooseSerializer(offered: Iterable<string>, supported: readonly Serializer[]): Serializer | undefined {
  for (const name of offered) {
    const found = supported.find((serializer) => PREFIX + serializer.name === name);
    if (found) return found;
  }
  return undefined;
}

/** Connects to a `ws://` or `wss://` URL. */
export function webSocketConnector(url: string, WebSocketHere?: WebSocketClass): Connector {
  return { name: url, connect: (dial) => dialWebSocket(url, WebSocketHere ?? IsomorphicWebSocket, dial) };
}

function dialWebSocket(url: string, WebSocketHere: WebSocketClass | undefined, { serializers, signal }: Dial): Promise<Transport> {
  return new Promise((resolve, reject) => {
    if (!WebSocketHere) throw new TransportError('this platform has no WebSocket: pass one as environment.WebSocket');
    let socket: WebSocketLike;
    try {
      socket = new WebSocketHere(url, subprotocols(serializers)) as WebSocketLike;
    } catch (cause) {
      throw new TransportError(`cannot open ${url}: ${messageOf(cause)}`, { cause, uri: 'autostrada.error.invalid_url' });
    }
    socket.binaryType = 'arraybuffer';
    // `ws` closes by itself what we reject; a browser's socket is closed already.
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      reject(error);
    };
    const onAbort = (): void => {
      fail(signal.reason);
      socket.onopen = () => socket.close();
      if (socket.terminate) socket.terminate();
      else socket.close();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    let problem: unknown;
    socket.on?.('unexpected-response', (_, response) => refusedBy(url, response, fail, () => socket.terminate?.()));
    socket.onerror = (event: { error?: unknown; message?: string }) => {
      problem ??= event.error ?? event.message;
    };
    socket.onclose = (event) => fail(whyNot(url, serializers, problem, event));
    socket.onopen = () => {
      signal.removeEventListener('abort', onAbort);
      const serializer = chooseSerializer([socket.protocol], serializers);
      if (serializer) return resolve(webSocketLine(socket, serializer));
      socket.close(1002, 'no common subprotocol');
      fail(noSubprotocol(url, serializers, socket.protocol ? `it chose ${socket.protocol}` : 'it chose none'));
    };
  });
}

function noSubprotocol(url: string, serializers: readonly Serializer[], what: string): TransportError {
  return new TransportError(`no common subprotocol with ${url}: offered ${subprotocols(serializers).join(', ')}; ${what}`, {
    uri: 'autostrada.error.no_subprotocol',
  });
}

function whyNot(url: string, serializers: readonly Serializer[], cause: unknown, event: { code: number }): TransportError {
  if (cause === undefined) {
    // A browser hides the reason on purpose.
    return new TransportError(
      `cannot connect to ${url} (WebSocket close code ${event.code}): nothing listens there, it is no WAMP router, ` +
        'it speaks none of our subprotocols, or a certificate or the origin was refused; the browser does not say which',
    );
  }
  const text = messageOf(cause);
  if (/subprotocol/i.test(text)) return noSubprotocol(url, serializers, text);
  const code = (cause as { code?: unknown }).code;
  return new TransportError(`cannot connect to ${url}: ${text || String(code)}`, { cause });
}

/** An HTTP answer in place of a WebSocket (Node only). Its first words go into the error: servers say there what is wrong. */
function refusedBy(url: string, response: HttpResponse, fail: (error: unknown) => void, done: () => void): void {
  const status = response.statusCode ?? 0;
  let body = '';
  let isOver = false;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    const said = /^[^<]{1,200}/.exec(body.trim())?.[0] ?? '';
    const text = `${url} answered HTTP ${status} ${response.statusMessage ?? ''}`.trim() + (said ? ` (${said.trim()})` : '');
    if (/subprotocol/i.test(text))
      fail(new TransportError(`no common subprotocol: ${text}`, { uri: 'autostrada.error.no_subprotocol' }));
    // 5xx and 429 come from a proxy or a router that is not ready: waiting may mend that.
    else if (status >= 500 || status === 429) fail(new TransportError(text));
    else fail(new TransportError(`no WebSocket there: ${text}`, { uri: 'autostrada.error.no_websocket' }));
    done();
  };
  response.on('data', (chunk) => {
    body += String(chunk);
    if (body.length > 1000) finish();
  });
  response.on('end', finish);
  response.on('error', finish);
}

/** An open WebSocket as a line, at either end. `limit`: the most bytes of one message in a batch; that of a frame is the socket's matter. */
export function webSocketLine(socket: WebSocketLike, serializer: Serializer, limit?: number): Transport {
  if (!isBatched(serializer)) return new WebSocketTransport(socket, serializer);
  return serializer.unbatch(new WebSocketTransport(socket, serializer.plain, 1), limit);
}

/** One message a frame. */
export class WebSocketTransport implements Transport {
  readonly serializer: Serializer;
  private readonly socket: WebSocketLike;
  private receiver: TransportReceiver | undefined;
  /** What came before `start`. */
  private early: Frame[] = [];
  private ending: Closed | undefined;
  private corked: { uncork(): void } | undefined;
  /** Frames sent since it was corked. */
  private held = 0;
  private readonly maxHeld: number;
  /** Where the socket can. */
  readonly ping?: (answered: () => void) => void;

  constructor(socket: WebSocketLike, serializer: Serializer, maxHeld: number = MAX_HELD) {
    this.maxHeld = maxHeld;
    this.serializer = serializer;
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    if (socket.ping) this.ping = pinger(socket);
    let error: unknown;
    socket.onmessage = ({ data }) => {
      const frame = typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer);
      if (this.receiver) this.receiver.frame(frame);
      else this.early.push(frame);
    };
    socket.onerror = (event: { error?: unknown }) => {
      error ??= event.error;
    };
    socket.onclose = ({ code, reason, wasClean }) => {
      this.ending = { clean: wasClean, code, reason, error };
      this.receiver?.closed(this.ending);
    };
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  get receivedBytes(): number | undefined {
    return this.socket._socket?.bytesRead;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    for (const frame of this.early) receiver.frame(frame);
    this.early = [];
    if (this.ending) receiver.closed(this.ending);
  }

  send(frame: Frame): void {
    if (this.socket.readyState !== OPEN) return;
    this.cork();
    this.socket.send(frame);
    this.held++;
    if (this.held >= this.maxHeld) this.uncork();
  }

  pause(): void {
    this.socket.pause?.();
  }

  resume(): void {
    this.socket.resume?.();
  }

  close(code = 1000, reason = ''): void {
    const { socket } = this;
    if (socket.readyState > OPEN) return;
    this.uncork(); // else the close frame would wait for the tick's end, and the process may end first
    // A close frame holds 123 bytes of UTF-8, and what is longer throws; a unit of a string is three bytes at most.
    socket.close(code, reason.slice(0, /^[ -~]*$/.test(reason) ? 123 : 41));
    if (!socket.terminate) return;
    const timer = setTimeout(() => socket.terminate?.(), CLOSE_TIMEOUT_MS);
    (timer as { unref?(): void }).unref?.(); // no reason of its own for a process to stay
    socket.onclose = ((then) => (event) => {
      clearTimeout(timer);
      then?.(event);
    })(socket.onclose);
  }

  /** Node: what is sent in one tick leaves in one write. A system call costs more than all the rest of a small message. */
  private cork(): void {
    if (this.corked) return;
    const socket = this.socket._socket;
    if (!socket) return;
    socket.cork();
    this.corked = socket;
    defer(this.uncork);
  }

  private readonly uncork = (): void => {
    this.corked?.uncork();
    this.corked = undefined;
    this.held = 0;
  };
}

/**
 * At most so many frames a write: the other side begins to work while we still do. Without a limit two busy ends take turns, and each
 * waits for the other (measured with 64 calls in flight: 1.0 times a bare relay's speed without it, 1.3 times with it).
 */
const MAX_HELD = 16;

/** RFC 6455, 5.5.3: a pong echoes the latest ping, and answers those before it as well. */
function pinger(socket: WebSocketLike): (answered: () => void) => void {
  let count = 0;
  let waiting: readonly (readonly [number, () => void])[] = [];
  const pong = (data: unknown): void => {
    const latest = Number(data);
    const answered = waiting.filter(([id]) => id <= latest);
    waiting = waiting.filter(([id]) => id > latest);
    for (const [, done] of answered) done();
  };
  return (answered) => {
    if (count++ === 0) socket.on?.('pong', pong);
    waiting = [...waiting, [count, answered]];
    if (socket.readyState === OPEN) socket.ping?.(String(count));
  };
}
