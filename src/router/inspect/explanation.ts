/* What `explain` is asked, and what it answers. */
import type { Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import type { GateChoice } from '../authorization/gate.ts';
import type { Action, PermissionRule } from '../authorization/permissions.ts';
import type { NearMiss, UsedPattern } from './near.ts';

/** What is asked. */
export interface ExplainQuestion {
  /** Default: the only one. */
  readonly realm?: Uri | undefined;
  readonly action: Action;
  readonly uri: Uri;
  /** Default `exact`. Only for `subscribe` and `register`. */
  readonly match?: Match | undefined;
  /** Who: a user of the configuration, the authid of a session, or an authrole. */
  readonly as: string;
  /** Whether code may be asked: an authorizer, or the hook `authorize`. Only for somebody with a session here. Default false: it may count what it is asked. */
  readonly ask?: boolean | undefined;
}

/** Whom the answer is about. */
export interface ExplainedUser {
  /** Null: any user with this authrole. */
  readonly authid: string | null;
  readonly authrole: string;
  /** How many sessions with this authid are here; without one, with this authrole. */
  readonly sessions: number;
}

/**
 * What has decided: `open`: the realm is open to anybody. `rules`: rules of the authrole. `no rule`: none of them matches. `no role`: the realm has no such authrole.
 * `authorizer`: a procedure of the realm. `authorize`: the hook of the program around the router. `uri`: such a URI is not legal. `reserved`: it belongs to the router.
 */
export type DecidedBy = GateChoice['by'] | 'uri' | 'reserved';

/** The answer. */
export interface Explanation {
  readonly realm: Uri;
  readonly action: Action;
  readonly uri: Uri;
  readonly match: Match;
  readonly who: ExplainedUser;
  /** Null: code decides, and was not asked. */
  readonly allowed: boolean | null;
  readonly by: DecidedBy;
  /** The procedure of the realm that decides; null: none does. */
  readonly authorizer: Uri | null;
  /** The rules that have decided; several only for a pattern. `{authid}` is filled in. */
  readonly rules: readonly PermissionRule[];
  /** Rules that match, too, and do not count, because others are more specific. */
  readonly shadowed: readonly PermissionRule[];
  /** If no rule matches: those that nearly do. */
  readonly nearRules: readonly NearMiss[];
  /** The subscriptions or registrations that match. For `call` and `register` at most one. */
  readonly found: readonly UsedPattern[];
  /** Those that nearly match. */
  readonly near: readonly NearMiss[];
  /** All of it in English sentences, the decision first. */
  readonly says: readonly string[];
}
