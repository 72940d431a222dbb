/*
 * WAMP "HTTP Longpoll Transport", the router's side: POST to `<path>/open`, and then to `receive`, `send` and `close` of the transport that
 * it returned. longpoll-line.ts decides what waits, and for how long.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers';
import { TextDecoder } from 'node:util';
import { type Clock, MAX_DELAY_MS, systemClock } from '../../base/clock.ts';
import { messageOf, ProtocolError } from '../../base/errors.ts';
import type { Router } from '../../router/router.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import { plainOf } from '../../transport/batched.ts';
import { TOO_BIG, TRY_AGAIN_LATER } from '../../transport/close-codes.ts';
import type { Frame } from '../../transport/transport.ts';
import type { BegunCookie, CookieLogins } from '../cookies/cookie-logins.ts';
import type { Refusal } from '../http/admission.ts';
import { Bodies, endSlowBody } from '../http/bodies.ts';
import type { InTurn } from '../http/request-turns.ts';
import { RETRY_AFTER, whyRefused } from '../http/unavailable.ts';
import { inEvent } from '../incoming/in-event.ts';
import { openingRequest } from '../incoming/opening-request.ts';
import { FULL_OF_PARTS, partialMessages } from '../incoming/partial-messages.ts';
import { whence } from '../incoming/whence.ts';
import { LongPollLine } from './longpoll-line.ts';
import { OtherProcesses, type SharedPort } from './other-processes.ts';

export interface LongPollOptions {
  /** Where it is, without a slash at the end. */
  readonly path: string;
  readonly serializers: readonly Serializer[];
  /** The refusal of a request, if there is one. */
  readonly refusalOf: (request: IncomingMessage) => Refusal | undefined;
  /** Decides when a request is handled; see request-turns.ts. */
  readonly inTurn: InTurn;
  /** Remembers the logins of browsers. Default: none. */
  readonly cookies?: CookieLogins | undefined;
  /** As for `listen`. */
  readonly trustProxy?: boolean | undefined;
  /** Default: this process is the only one at its port. */
  readonly shared?: SharedPort | undefined;
  /** How long a poll without a message is held. Default 10 s: Autobahn|JS gives up after 12 s, proxies after 30 or 60 s. */
  readonly holdMs?: number | undefined;
  /** How long a client may stay without a poll. Default 30 s, as in Crossbar.io. */
  readonly idleMs?: number | undefined;
}

export interface LongPoll {
  /** Answers the request if it is for long-poll; otherwise returns false. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Ends polls and transports, after the messages of this tick are sent. */
  close(): Promise<void>;
}

const PREFIX = 'wamp.2.';
const MAX_OPEN_BYTES = 2 ** 14;
/** How many posts of one transport may wait: our clients send one at a time. */
const MAX_WAITING = 16;
const TEXT = 'text/plain; charset=utf-8';
const contentTypes: { readonly [serializer: string]: string } = {
  json: 'application/json; charset=utf-8',
  msgpack: 'application/x-msgpack',
  cbor: 'application/cbor',
};

/** Timers that do not keep the process running. */
const clock: Clock = {
  now: systemClock.now,
  setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
  clearTimeout: systemClock.clearTimeout,
};

/** Long-poll for a router, as a part of an HTTP server. */
export async function longPollHandler(router: Router, options: LongPollOptions): Promise<LongPoll> {
  const { path, refusalOf, inTurn, holdMs = 10_000, idleMs = 30_000 } = options;
  const serializers = options.serializers.map(plainOf);
  const { maxMessageBytes, joinTimeoutMs } = router.limits;
  const slowMs = Math.min(joinTimeoutMs, MAX_DELAY_MS);
  const bodies = new Bodies(partialMessages(router), slowMs);
  const from = (request: IncomingMessage) => whence(request.socket, options.trustProxy ? request.headers : undefined);
  const lines = new Map<string, LongPollLine>();
  const others = new OtherProcesses(options.shared);
  /** For each transport, the end of the posts so far. */
  const sends = new WeakMap<LongPollLine, Promise<void>>();
  /** For each transport, how many posts wait for their turn. */
  const waiting = new WeakMap<LongPollLine, number>();
  const unanswered = new Set<ServerResponse>();
  let isClosed = false;

  const open = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reading = bodies.read(request, { limit: MAX_OPEN_BYTES, peer: from(request).peer });
    const body = await reading.catch(() => 'gone' as const);
    if (body === 'gone') return; // its client gets no answer
    if (body === 'long') return answer(response, 413, `expected at most ${MAX_OPEN_BYTES} bytes`);
    if (body === 'full') return answer(response, 503, FULL_OF_PARTS);
    const offered = protocolsIn(body);
    if (!offered) return answer(response, 400, 'expected {"protocols":["wamp.2.json", …]}');
    const choice = choose(offered, serializers);
    if (!choice) {
      const supported = serializers.map(({ name }) => `${PREFIX}${name}, ${PREFIX}${name}.batched`).join(', ');
      return answer(response, 400, `no common subprotocol: offered ${offered.join(', ') || 'none'}, supported ${supported}`);
    }
    if (isClosed) return answer(response, 503, 'the router does not listen any more');
    if (router.refusesConnection()) return answer(response, 503, whyRefused(router));
    const { cookies } = options;
    const begun = cookies && (await new Promise<BegunCookie>((resolve) => cookies.begin(request, from(request).isSecure, resolve)));
    if (begun?.setCookie !== undefined) response.setHeader('set-cookie', begun.setCookie);
    const transport = others.newTransport();
    const line = new LongPollLine({ ...choice, maxMessageBytes, holdMs, idleMs, clock, gone: () => lines.delete(transport) });
    lines.set(transport, line);
    router.attach(line, { kind: 'longpoll', ...from(request), request: openingRequest(request), remembering: begun?.remembering });
    const protocol = `${PREFIX}${choice.serializer.name}${choice.isBatched ? '.batched' : ''}`;
    answer(response, 200, JSON.stringify({ protocol, transport }), contentTypes.json);
  };

  const receive = (line: LongPollLine, response: ServerResponse): void => {
    const { name, isBinary } = line.serializer;
    const type = contentTypes[name] ?? (isBinary ? 'application/octet-stream' : TEXT);
    const over = line.receive((body) => (body === undefined ? answer(response, 204) : answer(response, 200, body, type)));
    response.once('close', over);
  };

  /** Posts are delivered in the order of their requests, in whatever order the bodies arrive. Each is answered when the router has taken it. */
  const send = async (line: LongPollLine, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const before = waiting.get(line) ?? 0;
    if (before >= MAX_WAITING) return answer(response, 429, `expected at most ${MAX_WAITING} posts at a time`);
    waiting.set(line, before + 1);
    // Not read before its turn: otherwise it would be kept while an authorizer decides about an earlier message.
    const turn = (sends.get(line) ?? Promise.resolve()).then(async () => {
      while (line.resting) await line.resting;
      const limit = line.maxPostBytes;
      const reading = bodies.read(request, { limit, peer: from(request).peer });
      const body = await reading.catch(() => 'gone' as const); // its client gets no answer
      waiting.set(line, (waiting.get(line) ?? 1) - 1);
      while (line.resting) await line.resting;
      if (body !== 'gone') deliver(line, body, response, `expected at most ${limit} bytes`);
    });
    sends.set(line, turn);
    await turn;
  };

  const close = (line: LongPollLine, response: ServerResponse): void => {
    answer(response, 204);
    line.close(1000, 'closed by the client');
  };

  const route = (request: IncomingMessage, response: ServerResponse, rest: string): void | Promise<void> => {
    const refusal = refusalOf(request);
    if (refusal) {
      router.note({ level: 'warn', message: `refused a long-poll request: ${refusal.text}` });
      return answer(response, refusal.status, refusal.text);
    }
    allowOrigin(request, response);
    if (request.method === 'OPTIONS') return preflight(request, response);
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST, OPTIONS');
      return answer(response, 405, 'This is the long-poll of a WAMP router: POST only.');
    }
    if (rest === 'open') return open(request, response);
    const [transport = '', verb, ...more] = rest.split('/');
    const line = lines.get(transport);
    const none = 'no such transport: it was closed, or nobody has polled it for too long';
    if (!line && others.passOn(transport, request, response, () => answer(response, 404, none))) return;
    if (verb !== 'send') endSlowBody(request, slowMs);
    if (!['receive', 'send', 'close'].includes(verb ?? '') || more.length > 0) {
      return answer(response, 404, `expected ${path}/open, or receive, send or close below ${path}/<transport>`);
    }
    // It is closed. Autobahn|JS reports the end only if this succeeds: after ABORT we have closed it first.
    if (!line && verb === 'close') return answer(response, 204);
    if (!line) return answer(response, 404, none);
    if (verb === 'receive') return receive(line, response);
    return verb === 'send' ? send(line, request, response) : close(line, response);
  };

  const longPoll: LongPoll = {
    handle(request, response) {
      const [asked = '/'] = (request.url ?? '/').split('?', 1);
      if (!asked.startsWith(`${path}/`)) return false;
      inTurn(request, response, () => {
        if (isClosed) response.shouldKeepAlive = false;
        unanswered.add(response);
        response.once('close', () => unanswered.delete(response));
        inEvent(router, 'a long-poll request', response, () => route(request, response, asked.slice(path.length + 1)));
      });
      return true;
    },
    async close() {
      isClosed = true;
      others.close();
      // A connection that stays open after its answer would keep the process running for seconds.
      for (const response of unanswered) response.shouldKeepAlive = false;
      await new Promise(setImmediate);
      for (const line of [...lines.values()]) line.fail(1001, new Error('the router does not listen any more'));
    },
  };
  await others.open((request, response) => void longPoll.handle(request, response));
  return longPoll;
}

const decoder = (): TextDecoder => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function deliver(line: LongPollLine, bytes: Buffer | 'long' | 'full', response: ServerResponse, tooLarge: string): void {
  if (!line.isOpen) return answer(response, 404, 'no such transport: it was closed');
  if (bytes === 'long' || bytes === 'full') {
    // A message is lost, so the session cannot continue.
    const text = bytes === 'long' ? tooLarge : FULL_OF_PARTS;
    line.fail(bytes === 'long' ? TOO_BIG : TRY_AGAIN_LATER, new Error(text));
    return answer(response, bytes === 'long' ? 413 : 503, text);
  }
  let body: Frame = bytes;
  try {
    if (!line.serializer.isBinary) body = decoder().decode(bytes);
  } catch (error) {
    line.fail(1002, new ProtocolError('expected UTF-8', { cause: error }));
    return answer(response, 400, 'expected UTF-8');
  }
  try {
    line.deliver(body);
    answer(response, 204);
  } catch (error) {
    answer(response, error instanceof ProtocolError ? 400 : 413, messageOf(error));
  }
}

function protocolsIn(body: Buffer): string[] | undefined {
  try {
    const { protocols }: { readonly protocols?: unknown } = JSON.parse(body.toString());
    return Array.isArray(protocols) ? protocols.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The first supported one, and in batches if the client offers them anywhere in its list: a client that avoids the batches of
 * Crossbar.io, which takes the first entry, offers them last.
 */
function choose(
  offered: readonly string[],
  serializers: readonly Serializer[],
): { serializer: Serializer; isBatched: boolean } | undefined {
  for (const name of offered) {
    const serializer = serializers.find((one) => name === PREFIX + one.name || name === `${PREFIX}${one.name}.batched`);
    if (serializer) return { serializer, isBatched: offered.includes(`${PREFIX}${serializer.name}.batched`) };
  }
  return undefined;
}

function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  response.setHeader('vary', 'Origin');
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
}

function preflight(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'POST');
  const headers = request.headers['access-control-request-headers'];
  if (headers) response.setHeader('access-control-allow-headers', headers);
  response.setHeader('access-control-max-age', '7200');
  answer(response, 204);
}

function answer(response: ServerResponse, status: number, body?: Frame, type = TEXT): void {
  if (response.headersSent || response.destroyed) return;
  if (status === 413) response.setHeader('connection', 'close'); // the rest of the body is not used
  if (status === 429 || status === 503) response.setHeader('retry-after', RETRY_AFTER);
  response.setHeader('cache-control', 'no-store');
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, 'x-content-type-options': 'nosniff' });
  response.end(bytes);
}
