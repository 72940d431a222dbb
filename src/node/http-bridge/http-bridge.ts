/*
 * The bridge from HTTP to WAMP: which request is for it, whether it is accepted, and how it is answered. `POST <path>/call/<procedure>`, `POST <path>/publish/<topic>`,
 * `GET <path>/events/<topic>`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers';
import { MAX_DELAY_MS } from '../../base/clock.ts';
import type { Id } from '../../base/words.ts';
import { isId } from '../../protocol/ids.ts';
import type { Event } from '../../protocol/messages.ts';
import { INVALID_URI } from '../../protocol/uris.ts';
import { networkOf } from '../../router/limits/crowd.ts';
import type { Router } from '../../router/router.ts';
import type { TransportInfo } from '../../router/session/transport-info.ts';
import { jsonFormat } from '../../serializer/formats/json.ts';
import type { Refusal } from '../http/admission.ts';
import { Bodies, endSlowBody } from '../http/bodies.ts';
import type { InTurn } from '../http/request-turns.ts';
import { inEvent } from '../incoming/in-event.ts';
import { openingRequest } from '../incoming/opening-request.ts';
import { partialMessages } from '../incoming/partial-messages.ts';
import { whence } from '../incoming/whence.ts';
import { answer, answerProblem } from './answers.ts';
import type { BridgeSettings } from './bridge-config.ts';
import type { BridgeSession } from './bridge-session.ts';
import { answerCall, publish, streamCall, streamIn } from './calls.ts';
import { type Credentials, challengeOf, credentialsOf } from './credentials.ts';
import { answerCrossbarProblem, crossbarCall, crossbarPublish } from './crossbar.ts';
import { EventStream, EventStreams } from './events.ts';
import { payloadOf, readJson } from './payloads.ts';
import { HttpProblem, INVALID_ARGUMENT, UNAVAILABLE } from './problems.ts';
import { callQuery, eventsQuery, publishQuery, readQuery } from './query.ts';
import { Sessions } from './sessions.ts';
import { Traffic } from './traffic.ts';

export interface BridgeSurroundings {
  /** The refusal of a request, if there is one. */
  readonly refusalOf: (request: IncomingMessage) => Refusal | undefined;
  /** Decides when a request is handled; see request-turns.ts. */
  readonly inTurn: InTurn;
  readonly trustProxy: boolean;
}

export interface Bridge {
  /** Answers the request if it is for the bridge; otherwise returns false. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Ends streams and idle sessions, and refuses new requests. Calls that run are still answered. */
  close(): Promise<void>;
}

const verbs = {
  call: ['POST'],
  publish: ['POST'],
  events: ['GET'],
  crossbarCall: ['POST', 'PUT'],
  crossbarPublish: ['POST', 'PUT'],
} as const;

interface Target {
  readonly verb: keyof typeof verbs;
  /** The URI, in percent-encoding. */
  readonly rest: string;
  readonly query: string;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly from: TransportInfo;
}

export function bridgeHandler(
  router: Router,
  settings: BridgeSettings,
  { refusalOf, inTurn, trustProxy }: BridgeSurroundings,
): Bridge {
  const { realm, statuses, timeoutMs } = settings;
  const { maxDepth, joinTimeoutMs } = router.limits;
  const slowMs = Math.min(joinTimeoutMs, MAX_DELAY_MS);
  const bodies = new Bodies(partialMessages(router), slowMs);
  const format = jsonFormat();
  const sessions = new Sessions(router, format, settings);
  const requests = new Traffic(settings.maxRequests, settings.maxRequestsPerAddress);
  const streams = new Traffic(settings.maxStreams, settings.maxStreamsPerAddress);
  const texts = { bare: new WeakMap<Event, Buffer>(), full: new WeakMap<Event, Buffer>() };
  const openStreams = new EventStreams(settings.heartbeatMs);
  const unanswered = new Set<ServerResponse>();
  let isClosed = false;

  const enter = (traffic: Traffic, { peer }: TransportInfo): (() => void) => {
    const entered = traffic.enter(networkOf(peer));
    if (typeof entered === 'function') return entered;
    router.turnAway('maxRequests, maxStreams of http', 'too many requests run');
    throw new HttpProblem(entered === 'address' ? 429 : 503, 'too many requests run at once', { uri: UNAVAILABLE });
  };

  const events = async ({ request, response, target, from }: Exchange, who: Credentials | undefined): Promise<void> => {
    endSlowBody(request, slowMs);
    const { form, options } = readQuery(target.query, eventsQuery);
    const lastId = lastIdOf(request);
    const leave = enter(streams, from);
    const stream = new EventStream({ response, topic: uriOf(target), options, form, lastId, format, texts, statuses });
    try {
      await openStreams.run(
        stream,
        sessions.own(who, from, () => stream.backlog),
      );
    } finally {
      leave();
    }
  };

  const post = async ({ request, response, target, from }: Exchange, who: Credentials | undefined): Promise<void> => {
    const { verb } = target;
    const body = await readJson(request, { bodies, format, maxBytes: settings.maxBodyBytes, maxDepth, peer: from.peer });
    if (body === 'gone') return;
    const common = { response, statuses, timeoutMs };
    const using = async (work: (session: BridgeSession) => Promise<void>): Promise<void> => {
      const lease = await sessions.take(who, from);
      try {
        await work(lease.session);
      } finally {
        lease.release();
      }
    };
    if (verb === 'crossbarCall') return using((session) => crossbarCall({ ...common, session }, body, format));
    if (verb === 'crossbarPublish') return using((session) => crossbarPublish({ ...common, session }, body, format));
    const { form, options } = readQuery(target.query, verb === 'call' ? callQuery : publishQuery);
    const carried = payloadOf(body, format, form);
    const procedure = uriOf(target);
    if (verb === 'publish') {
      return using(async (session) => {
        const publication = await publish({ session, procedure, options, carried, statuses });
        answer(response, 202, JSON.stringify({ publication }));
      });
    }
    const type = streamIn(request.headers.accept);
    const { timeout, ...others } = options;
    const limit = Math.min(typeof timeout === 'number' ? timeout : Number.POSITIVE_INFINITY, type ? MAX_DELAY_MS : timeoutMs);
    const parts = { ...common, procedure, options: others, carried, timeoutMs: limit < MAX_DELAY_MS ? limit : undefined };
    return using((session) => (type ? streamCall({ ...parts, session }, form, type) : answerCall({ ...parts, session }, form)));
  };

  const handle = async (exchange: Exchange): Promise<void> => {
    const { request, response, target, from } = exchange;
    const refusal = refusalOf(request);
    if (refusal) {
      router.note({ level: 'warn', message: `refused a request of the HTTP bridge: ${refusal.text}` });
      throw new HttpProblem(refusal.status, refusal.text);
    }
    const methods: readonly string[] = verbs[target.verb];
    allowOrigin(request, response);
    if (request.method === 'OPTIONS') return preflight(response, methods);
    if (!methods.includes(request.method ?? ''))
      throw new HttpProblem(405, `expected the method ${methods.join(' or ')}, got ${request.method}`, {
        headers: { allow: [...methods, 'OPTIONS'].join(', ') },
      });
    if (isClosed) throw new HttpProblem(503, 'the router does not listen any more', { uri: UNAVAILABLE });
    const who = credentialsOf(request.headers.authorization);
    if (target.verb === 'events') return events(exchange, who);
    const leave = enter(requests, from);
    try {
      await post(exchange, who);
    } finally {
      leave();
    }
  };

  const take = async (request: IncomingMessage, response: ServerResponse, target: Target): Promise<void> => {
    const { method, headers, httpVersion } = request;
    const { peer, isSecure, peerCertificate } = whence(request.socket, trustProxy ? headers : undefined);
    // Several requests may share a session, so what hooks see of the first is what all of them have.
    const url = target.verb === 'events' ? request.url : `${settings.path}/`;
    const opening = openingRequest({ method, url, headers, httpVersion });
    try {
      await handle({ request, response, target, from: { kind: 'http', peer, isSecure, peerCertificate, request: opening } });
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      if (!request.readableDidRead) endSlowBody(request, slowMs);
      const { origin, 'sec-fetch-mode': mode } = request.headers;
      const challenge = challengeOf(realm, origin !== undefined || mode !== undefined);
      if (target.verb === 'crossbarCall' || target.verb === 'crossbarPublish') answerCrossbarProblem(response, error, challenge);
      else answerProblem(response, error, challenge);
    }
  };

  return {
    handle(request, response) {
      const target = targetOf(request.url ?? '/', settings);
      if (!target) return false;
      inTurn(request, response, () => {
        if (isClosed) response.shouldKeepAlive = false;
        unanswered.add(response);
        response.once('close', () => unanswered.delete(response));
        inEvent(router, 'a request of the HTTP bridge', response, () => take(request, response, target));
      });
      return true;
    },
    async close() {
      isClosed = true;
      // A connection that stays open after its answer would keep the process running for seconds.
      for (const response of unanswered) response.shouldKeepAlive = false;
      openStreams.close();
      sessions.close();
      await new Promise(setImmediate);
    },
  };
}

function targetOf(url: string, { path, crossbarCall, crossbarPublish }: BridgeSettings): Target | undefined {
  const at = url.indexOf('?');
  const asked = at < 0 ? url : url.slice(0, at);
  const query = at < 0 ? '' : url.slice(at + 1);
  if (asked === crossbarCall) return { verb: 'crossbarCall', rest: '', query };
  if (asked === crossbarPublish) return { verb: 'crossbarPublish', rest: '', query };
  for (const verb of ['call', 'publish', 'events'] as const) {
    const begin = `${path}/${verb}/`;
    if (asked.startsWith(begin)) return { verb, rest: asked.slice(begin.length), query };
  }
  return undefined;
}

/** Whether it is a URI of WAMP is for the router to say. */
function uriOf({ rest }: Target): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    throw new HttpProblem(400, `expected a URI in percent-encoding of UTF-8, got '${rest.slice(0, 100)}'`, { uri: INVALID_URI });
  }
}

function lastIdOf({ headers }: IncomingMessage): Id | undefined {
  const given = headers['last-event-id'];
  if (given === undefined || given === '') return undefined;
  const text = String(given);
  if (/^\d{1,16}$/.test(text) && isId(Number(text))) return Number(text);
  throw new HttpProblem(400, `expected Last-Event-ID to be the id of a publication, got '${text.slice(0, 100)}'`, {
    uri: INVALID_ARGUMENT,
  });
}

/** Every origin that comes here may connect. Without credentials of the browser: what a page sends in `Authorization` it has set itself. */
function allowOrigin({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  response.appendHeader('vary', 'Origin');
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'Retry-After, WWW-Authenticate');
}

function preflight(response: ServerResponse, methods: readonly string[]): void {
  answer(response, 204, undefined, {
    allow: [...methods, 'OPTIONS'].join(', '),
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': 'Authorization, Content-Type, Last-Event-ID',
    'access-control-max-age': '7200',
  });
}
