/* What those who watch a router are told: a conversation is a request with everything that came of it, at both sides. */
import type { Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';

/**
 * What it is about. `call`: from CALL to the last RESULT or ERROR. `publish`: from PUBLISH until it is known who gets the event. `event`: an EVENT to a session that is watched by
 * its id or authid. `join`, `leave`: a session that comes or goes.
 */
export type ConversationKind =
  | 'call'
  | 'publish'
  | 'event'
  | 'subscribe'
  | 'unsubscribe'
  | 'register'
  | 'unregister'
  | 'join'
  | 'leave';

/** A session that takes part. */
export interface Party {
  /** Null: it is at another router of the cluster, which knows more. */
  readonly session: Id | null;
  readonly authid: string;
  readonly authrole: string;
}

/** The state of a conversation. A later state of the same has the same `row`. */
export interface Conversation {
  /** Its number. Those of a router grow by one with each conversation that somebody watches. */
  readonly row: number;
  /** In a cluster: the other router that tells it, by its name there. Absent: this one. */
  readonly node?: string | undefined;
  readonly kind: ConversationKind;
  readonly realm: Uri;
  /** The procedure or topic. Of `join` and `leave` empty. */
  readonly uri: Uri;
  /** Of `subscribe` and `register`; of the others `exact`. */
  readonly match: Match;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  /** Whose request it is; of an `event` its subscriber. */
  readonly from: Party;
  /** Of a call: its callee, after a re-routing the last one. Null: it has none, or the router itself answers. */
  readonly to: Party | null;
  /** `waiting`: for a decision, an answer, or the callee. */
  readonly state: 'waiting' | 'done' | 'failed';
  /** When the callee got INVOCATION: milliseconds after the beginning. Null: it did not. */
  readonly invokedMs: number | null;
  /** When it ended: milliseconds after the beginning. Null: it has not. */
  readonly endedMs: number | null;
  /** Of a call: how many progressive results it had so far. */
  readonly progress: number;
  /** Of a publication: how many sessions of this router get the event, and how many other routers. Null: it is not known, or refused. */
  readonly receivers: { readonly sessions: number; readonly routers: number } | null;
  /** Null: there is none. */
  readonly error: Uri | null;
  /** The payload of the request, and of the newest answer, as JSON, cut, with `***` for what is masked; above 256 KiB only its length. Null: there is none, or it was not asked for. */
  readonly payload: string | null;
  readonly answer: string | null;
  /** What became of it, as an English sentence without a full stop. The text of a callee's ERROR, and of `wamp.error.invalid_argument`, is payload: it is here only with `payloads`. */
  readonly says: string;
}

/** What is watched. A conversation has to fulfil all that is given. */
export interface WatchFilter {
  /** Default: all. */
  readonly realm?: Uri | undefined;
  /** Whose: one of the two sides of a call, a publisher, a subscriber. */
  readonly session?: Id | undefined;
  readonly authid?: string | undefined;
  readonly authrole?: string | undefined;
  /** The procedure or topic, or a pattern for it. `join` and `leave` have none. */
  readonly uri?: Uri | undefined;
  /** Default `exact`. */
  readonly match?: Match | undefined;
  /** Default: all. */
  readonly kinds?: readonly ConversationKind[] | undefined;
  /** Only what failed, and publications that nobody gets. Default false. */
  readonly failed?: boolean | undefined;
  /** Whether payloads are told. They may be personal. Default false. */
  readonly payloads?: boolean | undefined;
  /** At most so many new conversations a second, of each router of a cluster; the others are counted. Default 1000. */
  readonly perSecond?: number | undefined;
}

/** What happened since the last time, in the order of the changes. Much comes in several pieces. */
export interface WatchNews {
  readonly conversations: readonly Conversation[];
  /** How many were left out because of `perSecond`. */
  readonly skipped: number;
}
