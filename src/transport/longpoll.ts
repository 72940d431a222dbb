/**
 * HTTP long-poll, for where a proxy lets no WebSocket through.
 *
 * @module
 */
import { messageOf, ProtocolError, TransportError } from '../errors.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { joinBatch, splitBatch } from './batch.ts';
import { MAX_BATCH, plainOf } from './batched.ts';
import { type Answer, type PostOptions, post } from './http-post.ts';
import type { Closed, Connector, Dial, Frame, Transport, TransportReceiver } from './transport.ts';

export interface LongPollOptions {
  /** Whether several messages may go in one request, where the router can. Default true. */
  readonly batched?: boolean | undefined;
  /** Sent with every request. Default none. */
  readonly headers?: { readonly [name: string]: string } | undefined;
  /** `include`: cookies and HTTP logins for another origin as well. Default `same-origin`. */
  readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
  /** A request that is not answered for so many milliseconds ends the line. Routers answer a poll after 10 to 30 s. Default 60 000; 0: never. */
  readonly timeoutMs?: number | undefined;
}

interface Settings extends Required<{ [key in keyof LongPollOptions]: NonNullable<LongPollOptions[key]> }> {
  /** The base as given, without a slash at the end, and what stands behind `?`. */
  readonly base: string;
  readonly query: string;
}

const PREFIX = 'wamp.2.';
/** How long the last requests may take after `close`. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * Connects by HTTP long-poll, in browsers and in Node.js.
 *
 * Slower than a WebSocket, and as able. Give it as the second URL: `url: ['ws://…/ws', longPoll('http://…/lp')]` are gone through in turn.
 *
 * @param url - The base: `http://host:8080/lp`; in a page also `/lp`.
 * @returns For `ConnectionOptions.url`. Its `connect` rejects with a `TransportError`: `autostrada.error.invalid_url`,
 * `autostrada.error.no_longpoll`, `autostrada.error.no_subprotocol`, or `wamp.error.network_failure`.
 * @see WAMP, "HTTP Longpoll Transport"
 */
export function longPoll(url: string | URL, options: LongPollOptions = {}): Connector {
  const name = String(url);
  const [base = '', ...query] = name.split('?');
  const settings: Settings = {
    base: base.replace(/\/$/, ''),
    query: query.length > 0 ? `?${query.join('?')}` : '',
    batched: options.batched ?? true,
    headers: options.headers ?? {},
    credentials: options.credentials ?? 'same-origin',
    timeoutMs: options.timeoutMs ?? 60_000,
  };
  return { name, connect: (dial) => dialLongPoll(name, settings, dial) };
}

/**
 * Batches are far more efficient, so they are offered by default. In bytes they come first. In text they come last: Crossbar.io takes the
 * first that it knows, and its batches of text are not those of the specification; our router takes batches wherever they are offered.
 */
function protocols(serializers: readonly Serializer[], isBatching: boolean): string[] {
  return serializers.map(plainOf).flatMap(({ name, isBinary }) => {
    const [plain, batched] = [PREFIX + name, `${PREFIX}${name}.batched`];
    if (!isBatching) return [plain];
    return isBinary ? [batched, plain] : [plain, batched];
  });
}

async function dialLongPoll(name: string, settings: Settings, { serializers, signal }: Dial): Promise<Transport> {
  const inPage = 'location' in globalThis;
  if (!(/^https?:\/\/[^/?#]/i.test(name) || (inPage && /^\/(?!\/)/.test(name)))) {
    throw new TransportError(`expected a long-poll URL as http://host:port/path, got ${JSON.stringify(name)}`, {
      uri: 'autostrada.error.invalid_url',
    });
  }
  const offered = protocols(serializers, settings.batched);
  const { status, body } = await post(urlOf(settings, 'open'), JSON.stringify({ protocols: offered }), {
    headers: { ...settings.headers, 'content-type': 'application/json' },
    credentials: settings.credentials,
    isBinary: false,
    signal,
  }).catch((cause: unknown): never => {
    throw signal.aborted ? signal.reason : unreachable(name, cause);
  });
  const text = String(body);
  if (status !== 200) throw refused(name, status, text);
  const { protocol, transport } = parsed(text);
  const serializer = serializers
    .map(plainOf)
    .find((one) => protocol === PREFIX + one.name || protocol === `${PREFIX}${one.name}.batched`);
  if (typeof transport !== 'string' || transport === '') throw refused(name, status, text);
  if (!serializer || !offered.includes(String(protocol))) {
    throw new TransportError(`no common subprotocol with ${name}: offered ${offered.join(', ')}; it chose ${String(protocol)}`, {
      uri: 'autostrada.error.no_subprotocol',
    });
  }
  return new LongPollTransport(settings, transport, serializer, /\.batched$/.test(String(protocol)));
}

function urlOf({ base, query }: Settings, verb: string, transport?: string): string {
  return `${base}/${transport === undefined ? '' : `${encodeURIComponent(transport)}/`}${verb}${query}`;
}

function parsed(text: string): { readonly protocol?: unknown; readonly transport?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    return {};
  }
}

function unreachable(name: string, cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause;
  // Node's fetch keeps the reason one level down.
  const inner = (cause as { cause?: { message?: string; code?: string } }).cause;
  return new TransportError(`cannot reach ${name}: ${inner?.message || inner?.code || messageOf(cause)}`, { cause });
}

/** As for WebSocket: 5xx and 429 come from a proxy or a router that is not ready, and waiting may mend that. */
function refused(name: string, status: number, text: string): TransportError {
  const said = /^[^<{]{1,200}/.exec(text.trim())?.[0];
  const message = `${name} answered HTTP ${status}${said ? ` (${said.trim()})` : ''}`;
  if (status >= 500 || status === 429) return new TransportError(message);
  if (/protocol/i.test(said ?? '')) {
    return new TransportError(`no common subprotocol: ${message}`, { uri: 'autostrada.error.no_subprotocol' });
  }
  return new TransportError(`no long-poll there: ${message}`, { uri: 'autostrada.error.no_longpoll' });
}

class LongPollTransport implements Transport {
  readonly serializer: Serializer;
  private readonly settings: Settings;
  private readonly transport: string;
  private readonly isBatched: boolean;
  private readonly controller = new AbortController();
  private receiver: TransportReceiver | undefined;
  private ending: Closed | undefined;
  private waiting: Frame[] = [];
  private waitingBytes = 0;
  private leavingBytes = 0;
  private isSending = false;
  /** Set by `close`. */
  private farewell: Closed | undefined;
  private isLeaving = false;
  private closeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(settings: Settings, transport: string, serializer: Serializer, isBatched: boolean) {
    this.settings = settings;
    this.transport = transport;
    this.serializer = serializer;
    this.isBatched = isBatched;
  }

  get bufferedBytes(): number {
    return this.waitingBytes + this.leavingBytes;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    if (this.ending) receiver.closed(this.ending);
    else this.poll();
  }

  send(frame: Frame): void {
    if (this.farewell || this.ending) return;
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
    // Later: what is sent in one tick goes together.
    if (this.waiting.length === 1) void Promise.resolve().then(this.pump);
  }

  close(code = 1000, reason = ''): void {
    if (this.farewell || this.ending) return;
    this.farewell = { clean: true, code, reason };
    this.closeTimer = setTimeout(() => this.end({ ...this.farewell, clean: false }), CLOSE_TIMEOUT_MS);
    this.pump();
  }

  /** One request at a time, so that they arrive in order (WAMP leaves that open). */
  private readonly pump = (): void => {
    if (this.isSending || this.isLeaving || this.ending) return;
    const body = this.next();
    if (body === undefined) {
      if (this.farewell) this.leave(this.farewell);
      return;
    }
    this.isSending = true;
    this.leavingBytes = body.length;
    this.request('send', body).then(
      () => {
        this.isSending = false;
        this.leavingBytes = 0;
        this.pump();
      },
      (error: unknown) => this.fail(error),
    );
  };

  private next(): Frame | undefined {
    let count = this.isBatched ? 0 : 1;
    let bytes = 0;
    if (this.isBatched) {
      for (const { length } of this.waiting) {
        if (count > 0 && bytes + length > MAX_BATCH.bytes) break;
        bytes += length;
        count++;
      }
    }
    const frames = this.waiting.splice(0, count);
    if (frames.length === 0) return undefined;
    for (const { length } of frames) this.waitingBytes -= length;
    return this.isBatched ? joinBatch(frames, '\x1e') : frames[0];
  }

  private leave(farewell: Closed): void {
    this.isLeaving = true;
    const end = (): void => this.end(farewell);
    this.request('close').then(end, end);
  }

  private poll(): void {
    this.request('receive').then(
      (body) => {
        if (this.ending) return;
        try {
          if (body.length > 0) this.take(body);
        } catch (error) {
          return this.fail(error);
        }
        if (!this.isLeaving && !this.ending) this.poll();
      },
      (error: unknown) => {
        if (!this.isLeaving) this.fail(error);
      },
    );
  }

  private take(body: Frame): void {
    for (const frame of this.isBatched ? splitBatch(body) : [body]) this.receiver?.frame(frame);
  }

  /** Resolves with the body of a good answer: 202 is the specification's, 204 what routers say. */
  private async request(verb: 'receive' | 'send' | 'close', body?: Frame): Promise<Frame> {
    const { timeoutMs } = this.settings;
    const what = `long-poll ${verb}`;
    const timer =
      timeoutMs > 0
        ? setTimeout(() => this.fail(new TransportError(`${what}: no answer in ${timeoutMs} ms`)), timeoutMs)
        : undefined;
    let answer: Answer;
    try {
      answer = await post(this.urlOf(verb), body, this.postOptions(this.controller.signal));
    } catch (cause) {
      throw unreachable(what, cause);
    } finally {
      clearTimeout(timer);
    }
    if (answer.status === 200 || answer.status === 202 || answer.status === 204) return answer.body;
    throw new StatusError(`${what}: expected HTTP 200, 202 or 204, got ${answer.status}`, answer.status);
  }

  private urlOf(verb: string): string {
    return urlOf(this.settings, verb, this.transport);
  }

  private postOptions(signal: AbortSignal): PostOptions {
    const { headers, credentials } = this.settings;
    return { headers, credentials, isBinary: this.serializer.isBinary, signal };
  }

  private fail(error: unknown): void {
    if (this.ending) return;
    const isViolation = error instanceof ProtocolError;
    this.end({ clean: false, code: isViolation ? 1002 : 1006, reason: messageOf(error), error });
    // 404: it is gone already. Else the session would stay at the router until it is missed, with all its registrations.
    if (!(error instanceof StatusError && error.status === 404)) this.abandon();
  }

  private abandon(): void {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), CLOSE_TIMEOUT_MS);
    const done = (): void => clearTimeout(timer);
    post(this.urlOf('close'), undefined, this.postOptions(controller.signal)).then(done, done);
  }

  private end(why: Closed): void {
    if (this.ending) return;
    this.ending = why;
    clearTimeout(this.closeTimer);
    this.waiting = [];
    this.waitingBytes = 0;
    this.leavingBytes = 0;
    this.controller.abort();
    this.receiver?.closed(why);
  }
}

/** An answer that is none of the good ones. */
class StatusError extends TransportError {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
