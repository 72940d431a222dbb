/*
 * What to do when an attempt failed or a session ended: the policy, as a pure function, and its table.
 */

import { show } from '../../base/checks.ts';
import { FatalError, JoinError, ProtocolError, TransportError, WampError } from '../../base/errors.ts';
import { isThenable } from '../../base/words.ts';
import { PROTOCOL_VIOLATION } from '../../protocol/uris.ts';
import type { RetryDecision, RetryOptions } from '../api/connection-options.ts';

export interface Failure {
  /** How many attempts in a row have failed, this one included; 0 when a stable session ended. */
  readonly attempt: number;
  /** Since the first of them. */
  readonly elapsedMs: number;
  readonly error: WampError;
  /** No session has come about since `open()`. */
  readonly isFirst: boolean;
  /** The secret comes from a function, which was not called again after a refusal since the last session. */
  readonly mayAskAgain: boolean;
  /** The device says so. It also says when it is not any more, so until then there is no use in hurrying. */
  readonly isOffline?: boolean;
}

/** A GOODBYE that means it. */
const farewells: ReadonlySet<string> = new Set(['wamp.close.normal', 'wamp.close.logout']);

/** A login that is refused again, however long one waits. */
const refusals: ReadonlySet<string> = new Set([
  'wamp.error.authentication_denied',
  'wamp.error.no_such_principal',
  'wamp.error.not_authorized',
  'wamp.error.no_matching_auth_method',
]);

/**
 * | what ended it                                             | first `open()` | later            |
 * |-----------------------------------------------------------|----------------|------------------|
 * | unreachable, reset, join timeout, no sign of life         | retry          | retry            |
 * | bad URL, no common subprotocol, no WebSocket there        | stop           | retry            |
 * | ABORT: login refused                                      | stop           | stop             |
 * | the same, with a secret that a function gives             | ask once more  | ask once more    |
 * | the user's code failed in the login                       | retry          | retry            |
 * | ABORT: anything else, `no_such_realm` too                 | stop           | retry            |
 * | GOODBYE `normal`, `logout`                                | stop           | stop             |
 * | GOODBYE: any other; connection lost                       | retry          | retry            |
 * | protocol violation, either side                           | stop           | retry at the cap |
 * | `FatalError`, an invalid option                           | stop           | stop             |
 */
export function verdict(error: WampError, isFirst: boolean, mayAskAgain = false): 'retry' | 'retry at the cap' | 'stop' {
  if (error instanceof FatalError || farewells.has(error.uri)) return 'stop';
  if (isRefusedLogin(error) && mayAskAgain) return 'retry';
  // A token that cannot be had now: `join.ts` keeps what the user's code threw as the cause, and what we or the router object to has none.
  if (error instanceof JoinError && error.cause !== undefined && !(error.cause instanceof WampError)) return 'retry';
  if (error instanceof ProtocolError || error.uri === PROTOCOL_VIOLATION) return isFirst ? 'stop' : 'retry at the cap';
  if (error instanceof JoinError) return isFirst || refusals.has(error.uri) ? 'stop' : 'retry';
  if (error instanceof TransportError && error.uri !== 'wamp.error.network_failure') return isFirst ? 'stop' : 'retry';
  return 'retry';
}

/** The router did not take the proof: a function that gave it may have another. (nexus says `authentication_failed` for a wrong one.) */
export function isRefusedLogin(error: WampError): boolean {
  return error instanceof JoinError && (error.uri === 'wamp.error.authentication_failed' || refusals.has(error.uri));
}

/** The delay before the next attempt in milliseconds, or false to give up. */
export function nextDelay(
  { attempt, elapsedMs, error, isFirst, mayAskAgain, isOffline }: Failure,
  options: RetryOptions | false,
  random: () => number,
): number | false {
  if (options === false) return false;
  const { minMs = 500, maxMs = 30_000, maxAttempts, maxElapsedMs, decide } = options;
  const what = verdict(error, isFirst, mayAskAgain);
  const ceiling = what === 'retry at the cap' ? maxMs : Math.min(maxMs, minMs * 2 ** Math.max(0, attempt - 1));
  const isOver =
    what === 'stop' ||
    (maxAttempts !== undefined && attempt >= maxAttempts) ||
    (maxElapsedMs !== undefined && elapsedMs >= maxElapsedMs);
  // Full jitter: after a router's restart its clients must not come back all at once.
  const proposal = isOver ? false : isOffline ? maxMs : Math.round(random() * ceiling);
  if (!decide) return proposal;
  const decision: RetryDecision = { attempt, elapsedMs, error, proposal };
  const decided: unknown = decide(decision);
  if (decided === false || (typeof decided === 'number' && decided >= 0)) return decided;
  throw new TypeError(`expected milliseconds or false of retry.decide, got ${isThenable(decided) ? 'a promise' : show(decided)}`);
}
