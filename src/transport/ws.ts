/*
 * What only `ws`, the WebSocket of Node.js, can do: say why it did not open, write several frames at once, stop reading,
 * ping, and destroy the socket. With any other WebSocket, such as a platform's own, these are missing. Bundles for browsers
 * have ws-browser.ts instead (`browser` in package.json).
 */
import IsomorphicWebSocket from 'isomorphic-ws';
import { isDict } from '../base/checks.ts';
import { messageOf, TransportError } from '../base/errors.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { type Chunk, FrameReader, type FrameTaker, type WsReceiver } from './frame-reader.ts';
import { defer } from './platform/tick.ts';
import { unsentBytes } from './platform/unsent.ts';
import { noSubprotocol } from './subprotocol.ts';
import type { Frame } from './transport.ts';
import { closeReason, OPEN, type WebSocketClass, type WebSocketLike, WebSocketLine } from './websocket-line.ts';

interface Ws extends WebSocketLike {
  terminate?(): void;
  pause?(): void;
  resume?(): void;
  ping?(data: string): void;
  on?(event: 'unexpected-response', listener: (request: unknown, response: HttpResponse) => void): unknown;
  on?(event: 'pong', listener: (data: unknown) => void): unknown;
  /** Not public: the socket, which is used to write several frames at once. */
  readonly _receiver?: (WsReceiver & { readonly _allowSynchronousEvents?: boolean }) | null;
  /** The extensions that were agreed on. */
  readonly extensions?: string;
  readonly _socket?: ((Corkable | { readonly cork?: undefined }) & { readonly bytesRead?: number }) | null;
}

/** A socket of Node.js. That of `ws` in Bun is a different one. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

/** Jest with jsdom loads isomorphic-ws for Node.js, but `ws` for browsers, which is a function that throws. */
const platform: { readonly WebSocket?: WebSocketClass } = globalThis;
export const platformWebSocket: WebSocketClass | undefined = IsomorphicWebSocket.OPEN ? IsomorphicWebSocket : platform.WebSocket;

/** The event `error` or `close`. */
interface FailureEvent {
  readonly code?: number;
  readonly error?: unknown;
  readonly message?: string;
}

/** The parts of `http.IncomingMessage` that we use. */
interface HttpResponse {
  readonly statusCode?: number;
  readonly statusMessage?: string;
  on(event: 'data' | 'end' | 'error', listener: (chunk?: unknown) => void): unknown;
}

/** How long the other side may take to answer our close frame. After that the socket is destroyed. */
const CLOSE_TIMEOUT_MS = 1000;
/**
 * At most this many frames go into one write, so that the other side begins to work while we still do. Without a limit two
 * busy ends wait for each other in turn (measured with 64 calls in flight: 1.0 times the speed of a bare relay without it,
 * 1.3 times with it).
 */
const MAX_HELD = 16;

/** Closes a socket that must not open any more. */
export function abandon(socket: Ws): void {
  if (socket.terminate) socket.terminate();
  else socket.close();
}

/**
 * Listens for the reason why a socket does not open. If the answer is HTTP and not a WebSocket, `fail` is called at once.
 *
 * @returns A function that takes the events `error` and `close`. It gives the reason if the platform says so.
 */
export function failureOf(
  socket: Ws,
  url: string,
  serializers: readonly Serializer[],
  fail: (error: unknown) => void,
): (event: FailureEvent) => TransportError | undefined {
  socket.on?.('unexpected-response', (_, response) => refusedBy(url, response, fail, () => socket.terminate?.()));
  return ({ error, message }) => {
    const cause = error ?? message;
    if (cause === undefined) return undefined;
    const text = messageOf(cause);
    if (/subprotocol/i.test(text)) return noSubprotocol(url, serializers, text);
    const code = isDict(cause) ? cause.code : undefined;
    return new TransportError(`cannot connect to ${url}: ${text || String(code)}`, { cause });
  };
}

/** The error contains the first words of the answer: servers say there what is wrong. */
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
    // 5xx and 429 come from a proxy or a router that is not ready. The next attempt may succeed.
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

/**
 * All frames of one tick are sent in one write, or in a few: a system call costs more than everything else that a small
 * message needs.
 */
export class SocketLine extends WebSocketLine implements FrameTaker {
  private readonly ws: Ws;
  /** Undefined in Bun, and with an extension. */
  protected readonly reader: FrameReader | undefined;
  private readonly maxHeld: number;
  private pinger: ((answered: () => void) => void) | undefined;
  private corked: Corkable | undefined;
  /** Frames sent since it was corked. */
  private held = 0;

  constructor(socket: WebSocketLike, serializer: Serializer, maxHeld: number = MAX_HELD, isServer = false) {
    super(socket, serializer);
    this.ws = socket;
    this.maxHeld = maxHeld;
    const { _receiver: receiver, extensions } = this.ws;
    if (!receiver?._allowSynchronousEvents || extensions) return; // otherwise `ws` keeps messages back, and others would overtake them
    const reader = new FrameReader(receiver, this, isServer);
    receiver.write = (chunk) => reader.write(chunk);
    this.reader = reader;
  }

  takeFrame(chunk: Chunk, start: number, end: number, isBinary: boolean): boolean {
    if (isBinary) {
      this.arrived(new Uint8Array(chunk.subarray(start, end))); // a copy, which holds no more than the message
      return true;
    }
    const text = chunk.toString('utf8', start, end);
    if (text.includes('\ufffd')) return false; // perhaps it is not UTF-8: then `ws` closes the connection
    this.arrived(text);
    return true;
  }

  /** Undefined with a platform's own WebSocket, which cannot ping. Most sockets of a router never do. */
  get ping(): ((answered: () => void) => void) | undefined {
    if (!this.ws.ping) return undefined;
    this.pinger ??= pinger(this.ws);
    return this.pinger;
  }

  get receivedBytes(): number | undefined {
    return this.reader ? this.reader.bytes : this.ws._socket?.bytesRead;
  }

  get unsentBytes(): number | undefined {
    return unsentBytes(this.ws._socket);
  }

  override send(frame: Frame): void {
    if (this.ws.readyState !== OPEN) return;
    this.cork();
    this.write(frame);
    this.held++;
    if (this.held >= this.maxHeld) this.uncork();
  }

  protected write(frame: Frame): void {
    this.ws.send(frame);
  }

  pause(): void {
    this.ws.pause?.();
  }

  resume(): void {
    this.ws.resume?.();
  }

  override close(code = 1000, reason = ''): void {
    const { ws } = this;
    if (ws.readyState > OPEN) return;
    this.uncork(); // otherwise the close frame would wait for the end of the tick, and the process may end before that
    if (!ws.terminate) return super.close(code, reason);
    ws.close(code, closeReason(reason));
    const timer = setTimeout(() => ws.terminate?.(), CLOSE_TIMEOUT_MS);
    timer.unref?.(); // this timer must not keep a process running
    ws.onclose = ((then) => (event) => {
      clearTimeout(timer);
      then?.(event);
    })(ws.onclose);
  }

  private cork(): void {
    if (this.corked) return;
    const { _socket: socket } = this.ws;
    if (!socket?.cork) return;
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

/** RFC 6455, 5.5.3: a pong repeats the data of the latest ping, and answers the earlier pings as well. */
function pinger(socket: Ws): (answered: () => void) => void {
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
