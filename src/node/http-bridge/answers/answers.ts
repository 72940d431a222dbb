/* Answers of the bridge: one body, a problem, or a stream. */
import type { ServerResponse } from 'node:http';
import { RETRY_AFTER } from '../../http/unavailable.ts';
import { type HttpProblem, problemBody } from '../requests/problems.ts';

export const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';
export const NDJSON = 'application/x-ndjson';

type Headers = { readonly [name: string]: string };

/** An answer that is not a stream. */
export interface Answer {
  readonly status: number;
  /** Undefined: it has none. */
  readonly body: Uint8Array | undefined;
  readonly headers: Headers;
}

export function answerOf(status: number, body?: Uint8Array | string, headers: Headers = {}): Answer {
  return { status, body: typeof body === 'string' ? Buffer.from(body) : body, headers };
}

export function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.setHeader('cache-control', 'no-store');
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, {
    'content-type': JSON_TYPE,
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

/** @param challenge - `WWW-Authenticate`, for 401. */
export function problemAnswer(problem: HttpProblem, challenge: string): Answer {
  const headers = { 'content-type': 'application/problem+json', ...headersOf(problem, challenge) };
  return answerOf(problem.status, problemBody(problem), headers);
}

/** What a refusal of this status has to say beside its body. */
export function headersOf({ status, headers }: HttpProblem, challenge: string): Headers {
  return {
    ...(status === 401 ? { 'www-authenticate': challenge } : {}),
    ...(status === 413 ? { connection: 'close' } : {}), // the rest of the body is not used
    ...(status === 429 || status === 503 ? { 'retry-after': RETRY_AFTER } : {}),
    ...headers,
  };
}

export function openStream(response: ServerResponse, type: typeof EVENT_STREAM | typeof NDJSON): void {
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-accel-buffering': 'no', // nginx would collect them
  });
  response.flushHeaders();
}

/** A JSON text on one line: line breaks in it are white space, because strings have them escaped. */
export function onOneLine(json: Uint8Array): Uint8Array {
  if (!json.includes(0x0a) && !json.includes(0x0d)) return json;
  return json.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte));
}

/** One event of a stream of server-sent events. */
export function sentEvent(name: string, data: Uint8Array, id?: number): Buffer {
  const head = `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: `;
  return Buffer.concat([Buffer.from(head), onOneLine(data), Buffer.from('\n\n')]);
}
