/*
 * What a request is refused or fails with, as RFC 9457 has it: a status, and for errors of WAMP their URI and payload.
 */
import { STATUS_CODES } from 'node:http';
import type { Uri } from '../../../base/words.ts';
import type { ErrorMessage } from '../../../protocol/messages.ts';
import { INVALID_URI, NETWORK_FAILURE, PAYLOAD_SIZE_EXCEEDED, RUNTIME_ERROR, SYSTEM_SHUTDOWN } from '../../../protocol/uris.ts';
import type { Carried } from '../../../serializer/formats/carried.ts';

export interface ProblemParts {
  /** Undefined: it is not an error of WAMP. */
  readonly uri?: Uri | undefined;
  readonly carried?: Carried | undefined;
  readonly headers?: { readonly [name: string]: string } | undefined;
  /** It is an ERROR of WAMP that the router has sent. */
  readonly isReply?: boolean | undefined;
  /** Nothing was done for sure: the same request may be carried out later. */
  readonly isUndone?: boolean | undefined;
}

export class HttpProblem extends Error {
  readonly status: number;
  readonly uri: Uri | undefined;
  readonly carried: Carried | undefined;
  readonly headers: { readonly [name: string]: string };
  readonly isReply: boolean;
  readonly isUndone: boolean;

  /** @param detail - What was expected and what came, for people. */
  constructor(
    status: number,
    detail: string,
    { uri, carried, headers = {}, isReply = false, isUndone = false }: ProblemParts = {},
  ) {
    super(detail);
    this.name = 'HttpProblem';
    this.status = status;
    this.uri = uri;
    this.carried = carried;
    this.headers = headers;
    this.isReply = isReply;
    this.isUndone = isUndone;
  }
}

export const NOT_AUTHORIZED = 'wamp.error.not_authorized';
export const INVALID_ARGUMENT = 'wamp.error.invalid_argument';
export const UNAVAILABLE = 'wamp.error.unavailable';
export const TIMEOUT = 'wamp.error.timeout';

/** By the URI of an error. Others that begin with `wamp.`, `autostrada.` or `crossbar.` are 500, all others 422. */
const statuses: ReadonlyMap<Uri, number> = new Map([
  [INVALID_ARGUMENT, 400],
  [INVALID_URI, 400],
  ['wamp.error.option_disallowed.disclose_me', 400],
  ['wamp.error.authentication_denied', 401],
  ['wamp.error.authentication_failed', 401],
  ['wamp.error.no_matching_auth_method', 401],
  ['wamp.error.no_such_principal', 401],
  [NOT_AUTHORIZED, 403],
  ['wamp.error.no_such_procedure', 404],
  ['wamp.error.no_such_subscription', 404],
  ['wamp.error.no_such_registration', 404],
  ['wamp.error.no_such_session', 404],
  [PAYLOAD_SIZE_EXCEEDED, 413],
  ['autostrada.error.limit_exceeded', 429],
  ['crossbar.error.max_concurrency_reached', 429],
  ['wamp.error.feature_not_supported', 501],
  [UNAVAILABLE, 503],
  ['wamp.error.canceled', 503],
  ['wamp.error.no_available_callee', 503],
  [NETWORK_FAILURE, 503],
  [SYSTEM_SHUTDOWN, 503],
  [TIMEOUT, 504],
  [RUNTIME_ERROR, 500],
]);

/** Errors of the router after which nothing was done for sure. */
const UNDONE: ReadonlySet<Uri> = new Set([
  INVALID_URI,
  NOT_AUTHORIZED,
  UNAVAILABLE,
  'wamp.error.authorization_failed',
  'wamp.error.no_such_procedure',
  'wamp.error.no_available_callee',
  'wamp.error.option_disallowed.disclose_me',
  'wamp.error.feature_not_supported',
  'autostrada.error.limit_exceeded',
  'crossbar.error.max_concurrency_reached',
]);

const OURS = /^(wamp|autostrada|crossbar)\./;

/** @param own - The configured statuses, which come first. */
export function statusOf(uri: Uri, own: ReadonlyMap<Uri, number>): number {
  return own.get(uri) ?? statuses.get(uri) ?? (OURS.test(uri) ? 500 : 422);
}

/** @param isAnonymous - The caller has not logged in: a login could help. */
export function problemOf(
  { error, carried }: Pick<ErrorMessage, 'error' | 'carried'>,
  own: ReadonlyMap<Uri, number>,
  isAnonymous: boolean,
): HttpProblem {
  const known = statusOf(error, own);
  const status = known === 403 && isAnonymous && error === NOT_AUTHORIZED && !own.has(error) ? 401 : known;
  return new HttpProblem(status, firstText(carried) ?? error, { uri: error, carried, isReply: true, isUndone: UNDONE.has(error) });
}

/** The first argument, if it is a text: by convention it says what was wrong. */
function firstText(carried: Carried | undefined): string | undefined {
  const [first] = carried?.args ? carried.format.items(carried.args) : [];
  const value = first === undefined || first[0] !== 0x22 ? undefined : carried?.format.value(first);
  return typeof value === 'string' ? value : undefined;
}

/** The body, `application/problem+json`. `args` and `kwargs` are the bytes that came. */
export function problemBody({ status, message, uri, carried }: HttpProblem): Buffer {
  const title = (uri === undefined ? undefined : uri.split('.').at(-1)?.replaceAll('_', ' ')) || (STATUS_CODES[status] ?? 'Error');
  const head = {
    type: uri === undefined ? 'about:blank' : `wamp:${uri}`,
    title,
    status,
    detail: message,
    ...(uri === undefined ? {} : { uri }),
  };
  const text = JSON.stringify(head).slice(0, -1);
  if (uri === undefined) return Buffer.from(`${text}}`);
  return Buffer.concat([
    Buffer.from(`${text},"args":`),
    carried?.args ?? Buffer.from('[]'),
    Buffer.from(',"kwargs":'),
    carried?.kwargs ?? Buffer.from('{}'),
    Buffer.from('}'),
  ]);
}
