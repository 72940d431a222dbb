/*
 * What only `ws` can do, the WebSocket of Node.js: say why it did not open, write several frames at once, stop reading, ping,
 * tear the socket down. Whatever else stands in its place, as a platform's own WebSocket, goes without. Bundles for browsers have ws-browser.ts instead
 * (`browser` in package.json).
 */
import IsomorphicWebSocket from 'isomorphic-ws';
import { messageOf, TransportError } from '../base/errors.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { noSubprotocol } from './subprotocol.ts';
import { defer } from './tick.ts';
import type { Frame } from './transport.ts';
import { unsentBytes } from './unsent.ts';
import { closeReason, OPEN, type WebSocketClass, type WebSocketLike, WebSocketLine } from './websocket-line.ts';

interface Ws extends WebSocketLike {
  terminate?(): void;
  pause?(): void;
  resume?(): void;
  ping?(data: string): void;
  on?(event: 'unexpected-response', listener: (request: unknown, response: HttpResponse) => void): unknown;
  on?(event: 'pong', listener: (data: unknown) => void): unknown;
  /** Not public: the socket, to write several frames at once. */
  readonly _socket?: (Partial<Corkable> & { readonly bytesRead?: number }) | null;
}

/** A socket of Node.js; that of Bun's `ws` is none. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

/** Jest with jsdom takes the file for Node.js of isomorphic-ws and that for browsers of `ws`: a function that throws. */
export const platformWebSocket: WebSocketClass | undefined = IsomorphicWebSocket.OPEN
  ? IsomorphicWebSocket
  : (globalThis as { readonly WebSocket?: WebSocketClass }).WebSocket;

/** Of `error` or of `close`. */
interface FailureEvent {
  readonly code?: number;
  readonly error?: unknown;
  readonly message?: string;
}

/** What we use of Node's `http.IncomingMessage`. */
interface HttpResponse {
  readonly statusCode?: number;
  readonly statusMessage?: string;
  on(event: 'data' | 'end' | 'error', listener: (chunk?: unknown) => void): unknown;
}

/** How long the other side may take to answer our close before the socket is torn down. */
const CLOSE_TIMEOUT_MS = 1000;
/**
 * At most so many frames a write: the other side begins to work while we still do. Without a limit two busy ends take turns, and each
 * waits for the other (measured with 64 calls in flight: 1.0 times a bare relay's speed without it, 1.3 times with it).
 */
const MAX_HELD = 16;

/** A socket that is not to open. */
export function abandon(socket: Ws): void {
  if (socket.terminate) socket.terminate();
  else socket.close();
}

/**
 * Listens for why a socket does not open. An HTTP answer in place of a WebSocket goes to `fail` at once.
 *
 * @returns Takes what `error` and `close` tell: why it did not open, if the platform says so.
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
    const code = (cause as { code?: unknown }).code;
    return new TransportError(`cannot connect to ${url}: ${text || String(code)}`, { cause });
  };
}

/** The answer's first words go into the error: servers say there what is wrong. */
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

/** What is sent in one tick leaves in one write, or in a few: a system call costs more than all the rest of a small message. */
export class SocketLine extends WebSocketLine {
  private readonly ws: Ws;
  /** Where the socket can: a platform's own cannot. */
  readonly ping?: (answered: () => void) => void;
  private readonly maxHeld: number;
  private corked: Corkable | undefined;
  /** Frames sent since it was corked. */
  private held = 0;

  constructor(socket: WebSocketLike, serializer: Serializer, maxHeld: number = MAX_HELD) {
    super(socket, serializer);
    this.ws = socket;
    this.maxHeld = maxHeld;
    if (this.ws.ping) this.ping = pinger(this.ws);
  }

  get receivedBytes(): number | undefined {
    return this.ws._socket?.bytesRead;
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
    this.uncork(); // else the close frame would wait for the tick's end, and the process may end first
    if (!ws.terminate) return super.close(code, reason);
    ws.close(code, closeReason(reason));
    const timer = setTimeout(() => ws.terminate?.(), CLOSE_TIMEOUT_MS);
    (timer as { unref?(): void }).unref?.(); // no reason of its own for a process to stay
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
    this.corked = socket as Corkable;
    defer(this.uncork);
  }

  private readonly uncork = (): void => {
    this.corked?.uncork();
    this.corked = undefined;
    this.held = 0;
  };
}

/** RFC 6455, 5.5.3: a pong echoes the latest ping, and answers those before it as well. */
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
