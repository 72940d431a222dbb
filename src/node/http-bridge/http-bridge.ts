/*
 * The bridge from HTTP to WAMP: which request is for it, whether it is accepted, and how it is answered. `POST <path>/call/<procedure>`, `POST <path>/publish/<topic>`,
 * `GET <path>/events/<topic>`, `GET <path>/openapi.json`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers';
import { MAX_DELAY_MS } from '../../base/clock.ts';
import type { Event } from '../../protocol/messages.ts';
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
import { type Answer, answerOf, problemAnswer, send } from './answers/answers.ts';
import { KeptAnswers } from './answers/kept-answers.ts';
import { type Outcome, once } from './answers/once.ts';
import { type BridgeSettings, openApiPath } from './bridge-config.ts';
import { documentOf, serverOf } from './bridge-document.ts';
import { crossbarProblem } from './crossbar.ts';
import { EventStream, EventStreams } from './events.ts';
import { type Credentials, challengeOf, credentialsOf } from './requests/credentials.ts';
import { fingerprintOf, idempotencyKeyOf } from './requests/idempotency-key.ts';
import { readJson } from './requests/payloads.ts';
import { HttpProblem, INVALID_ARGUMENT, UNAVAILABLE } from './requests/problems.ts';
import { eventsQuery, readQuery } from './requests/query.ts';
import { lastIdOf, type Target, targetOf, uriOf, verbs } from './requests/target.ts';
import { Traffic } from './requests/traffic.ts';
import { Sessions } from './sessions.ts';
import { workOf } from './work.ts';

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
  const bounds = { keepMs: settings.idempotencyMs, maxBytes: settings.maxIdempotencyBytes };
  const keptAnswers = router.counts?.kept?.open(JSON.stringify([realm, settings.path]), bounds) ?? new KeptAnswers(bounds);
  const document = documentOf(router, settings);
  const places = { ...settings, openapi: document && openApiPath(settings.path) };
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

  const problemOf = ({ request, target: { verb } }: Pick<Exchange, 'request' | 'target'>, problem: HttpProblem): Answer => {
    const { origin, 'sec-fetch-mode': mode } = request.headers;
    const challenge = challengeOf(realm, origin !== undefined || mode !== undefined);
    return verb === 'crossbarCall' || verb === 'crossbarPublish'
      ? crossbarProblem(problem, challenge)
      : problemAnswer(problem, challenge);
  };

  const post = async (exchange: Exchange, who: Credentials | undefined): Promise<void> => {
    const { request, response, target, from } = exchange;
    const body = await readJson(request, { bodies, format, maxBytes: settings.maxBodyBytes, maxDepth, peer: from.peer });
    if (body === 'gone') return;
    const { answer, stream } = workOf(target, body, { format, statuses, timeoutMs, accept: request.headers.accept });
    const key = idempotencyKeyOf(request.headers);
    if (stream && key !== undefined)
      throw new HttpProblem(400, 'expected Idempotency-Key without a stream in Accept, got both', { uri: INVALID_ARGUMENT });
    const { session, release } = await sessions.take(who, from);
    try {
      if (stream) return await stream(session, response);
      if (key === undefined) return send(response, await answer(session, response));
      const owner = JSON.stringify(session.user ?? [networkOf(from.peer) ?? null]);
      const fingerprint = fingerprintOf([target.verb, target.rest, target.query], body);
      // The client may come again for the answer, so the call is not canceled if it hangs up.
      const work = (): Promise<Outcome> => outcomeOf(answer(session, undefined), (problem) => problemOf(exchange, problem));
      send(response, await once(keptAnswers, { owner, key, fingerprint }, work));
    } finally {
      release();
    }
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
    if (target.verb === 'openapi') {
      endSlowBody(request, slowMs);
      return send(response, answerOf(200, document?.(serverOf(request))));
    }
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
      send(response, problemOf({ request, target }, error));
    }
  };

  return {
    handle(request, response) {
      const target = targetOf(request.url ?? '/', places);
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
      keptAnswers.close();
      await new Promise(setImmediate);
    },
  };
}

/** Every origin that comes here may connect. Without credentials of the browser: what a page sends in `Authorization` it has set itself. */
function allowOrigin({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  response.appendHeader('vary', 'Origin');
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'Idempotent-Replayed, Retry-After, WWW-Authenticate');
}

function preflight(response: ServerResponse, methods: readonly string[]): void {
  send(
    response,
    answerOf(204, undefined, {
      allow: [...methods, 'OPTIONS'].join(', '),
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key, Last-Event-ID',
      'access-control-max-age': '7200',
    }),
  );
}

async function outcomeOf(answering: Promise<Answer>, problemOf: (problem: HttpProblem) => Answer): Promise<Outcome> {
  try {
    return { answer: await answering, isUndone: false };
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return { answer: problemOf(error), isUndone: error.isUndone };
  }
}
