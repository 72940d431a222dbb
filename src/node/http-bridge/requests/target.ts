/* What a request asks for, by its URL and head. */
import type { IncomingMessage } from 'node:http';
import type { Id } from '../../../base/words.ts';
import { isId } from '../../../protocol/ids.ts';
import { INVALID_URI } from '../../../protocol/uris.ts';
import { HttpProblem, INVALID_ARGUMENT } from './problems.ts';
import { isText } from './text.ts';

/** What the bridge can do, and the methods of HTTP for it. */
export const verbs = {
  call: ['POST'],
  publish: ['POST'],
  events: ['GET'],
  crossbarCall: ['POST', 'PUT'],
  crossbarPublish: ['POST', 'PUT'],
  openapi: ['GET'],
} as const;

export interface Target {
  readonly verb: keyof typeof verbs;
  /** The URI, in percent-encoding. */
  readonly rest: string;
  readonly query: string;
}

export interface Places {
  readonly path: string;
  readonly crossbarCall: string | undefined;
  readonly crossbarPublish: string | undefined;
  /** The path of the OpenAPI document, if there is one. */
  readonly openapi: string | undefined;
}

/** Undefined: the request is not for the bridge. */
export function targetOf(url: string, { path, crossbarCall, crossbarPublish, openapi }: Places): Target | undefined {
  const at = url.indexOf('?');
  const asked = at < 0 ? url : url.slice(0, at);
  const query = at < 0 ? '' : url.slice(at + 1);
  if (asked === crossbarCall) return { verb: 'crossbarCall', rest: '', query };
  if (asked === crossbarPublish) return { verb: 'crossbarPublish', rest: '', query };
  if (asked === openapi) return { verb: 'openapi', rest: '', query };
  for (const verb of ['call', 'publish', 'events'] as const) {
    const begin = `${path}/${verb}/`;
    if (asked.startsWith(begin)) return { verb, rest: asked.slice(begin.length), query };
  }
  return undefined;
}

/** Whether it is a URI of WAMP is for the router to say. */
export function uriOf({ rest }: Target): string {
  try {
    const uri = decodeURIComponent(rest);
    if (isText(uri)) return uri;
    throw new HttpProblem(400, 'expected a URI, got one that begins with a NUL', { uri: INVALID_URI });
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem(400, `expected a URI in percent-encoding of UTF-8, got '${rest.slice(0, 100)}'`, { uri: INVALID_URI });
  }
}

export function lastIdOf({ headers }: IncomingMessage): Id | undefined {
  const given = headers['last-event-id'];
  if (given === undefined || given === '') return undefined;
  const text = String(given);
  if (/^\d{1,16}$/.test(text) && isId(Number(text))) return Number(text);
  throw new HttpProblem(400, `expected Last-Event-ID to be the id of a publication, got '${text.slice(0, 100)}'`, {
    uri: INVALID_ARGUMENT,
  });
}
