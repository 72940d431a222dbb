/* Running calls. */
import { checkOptions, string } from '../../../base/options.ts';
import type { Uri } from '../../../base/words.ts';
import { type Invocation, invocationsOf } from '../../dealer/invocations.ts';
import type { Party } from '../conversation.ts';
import { type ExplainedRealm, realmOf } from '../explain.ts';
import { partyOf } from '../row.ts';
import { whole } from '../top.ts';

export const DEFAULT_CALLS = 100;

/** Which calls are listed. */
export interface CallsQuery {
  /** Default: all. */
  readonly realm?: Uri | undefined;
  /** How many, the oldest first. Default 100, at most 1000. */
  readonly limit?: number | undefined;
}

/** A call whose callee has got INVOCATION, and has not answered. */
export interface RunningCall {
  readonly realm: Uri;
  /** The one that was called. */
  readonly procedure: Uri;
  readonly from: Party;
  readonly to: Party;
  /** For how long it has been with its callee, in milliseconds. */
  readonly sinceMs: number;
  /** CANCEL has come, and the answer of the callee is awaited. */
  readonly isKilled: boolean;
}

export interface RunningCalls {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** How many there are in all. */
  readonly count: number;
  /** The oldest first. */
  readonly calls: readonly RunningCall[];
}

/**
 * @param times - `at`: the time; `now`: that of {@link Invocation.startedAt}.
 * @throws TypeError for a wrong query.
 */
export function listCalls(
  realms: ReadonlyMap<Uri, ExplainedRealm>,
  query: CallsQuery,
  { at, now }: { readonly at: number; readonly now: number },
): RunningCalls {
  checkOptions('calls', query, { realm: string, limit: whole(1, 1000) });
  const { limit = DEFAULT_CALLS } = query;
  const found: Invocation[] = [];
  const wanted = query.realm === undefined ? realms.values() : [realmOf(realms, query.realm, 'calls')];
  for (const { sessions } of wanted) for (const session of sessions) for (const each of invocationsOf(session)) found.push(each);
  found.sort((one, other) => one.startedAt - other.startedAt);
  const calls = found.slice(0, limit).map(({ caller, callee, procedure, startedAt, isKilled }) => ({
    realm: caller.realm,
    procedure,
    from: partyOf(caller),
    to: partyOf(callee),
    sinceMs: Math.max(0, now - startedAt),
    isKilled,
  }));
  return { at, count: found.length, calls };
}
