/*
 * The other nodes of a cluster, as the parts of a realm see them. A router that is alone has none. cluster/ implements it.
 */
import type { ApplicationError, SerializationError } from '../../base/errors.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import type { Call, Event, Payload, Publish } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import type { CalleeOptions, Policy } from '../session/callee-options.ts';
import type { LiveSession } from '../session/session.ts';
import type { NodeId } from './engine.ts';

/** How a call ended. */
export type Outcome = { readonly value: Payload } | { readonly error: ApplicationError | SerializationError };

/** An event of this node. */
export interface Publication {
  readonly topic: Uri;
  readonly event: Omit<Event, 'subscription'>;
  /** PUBLISH.Options: the audience, and whether it is kept. */
  readonly options: Dict;
  /** The publisher, if it does not get the event. */
  readonly excluded: Id | undefined;
  /** The session that the retained event is bound to. */
  readonly bound: Id | undefined;
  /** It is the retained event of its topic from now on. */
  readonly retains: boolean;
}

/** What a session of this node wants to register. */
export interface Wish {
  readonly session: LiveSession;
  readonly uri: Uri;
  readonly match: Match;
  readonly invoke: Policy;
  readonly options: CalleeOptions;
  /** The others lose it. */
  readonly isForced: boolean;
}

/** The place that a callee has got: the same at all nodes. */
export interface Claim {
  /** Of the registration. */
  readonly id: Id;
  /** Callees are in the order of these numbers. */
  readonly order: number;
  /** Of the registration, in milliseconds since 1970. */
  readonly created: number;
  /** Grows with each change of any registration: of two that have the same procedure, the later one counts. */
  readonly revision: number;
  /** It had no callee at any node. */
  readonly isNew: boolean;
  /** This session was no callee of it before. */
  readonly hasJoined: boolean;
}

/** Why there is none. */
export interface Refusal {
  readonly error: Uri;
  readonly text: string;
}

/** WAMP "Testament": an event for the end of a session. */
export interface LastWill {
  readonly scope: 'detached' | 'destroyed';
  readonly publish: Publish;
  /** Whether subscribers learn who has published it. */
  readonly disclose: boolean | undefined;
}

/** A pattern by which other nodes have subscribers. */
export interface Wanted {
  readonly uri: Uri;
  readonly match: Match;
  readonly nodes: ReadonlyMap<NodeId, unknown>;
}

/** What the subscribers of other nodes want. */
export interface Interest {
  /** Whether another node has subscribers by this pattern. */
  has(uri: Uri, match: Match): boolean;
  /** The nodes with subscribers that get events of this topic. */
  nodesFor(topic: Uri): ReadonlySet<NodeId>;
  /** All patterns by which other nodes have subscribers. */
  values(): Iterable<Wanted>;
  /** Whether another node has subscribers to topics below `wamp.`. */
  readonly isWatched: boolean;
}

export interface Elsewhere {
  /** Whether this node still has the procedures that it had. Undefined: it has; otherwise it resolves when this is certain again. */
  sure(): Promise<void> | undefined;
  /** A session of this node has its WELCOME. */
  joined(session: LiveSession): void;
  /** It has left, and everything that it had is removed. */
  left(session: LiveSession): void;
  /** Called before a session of this node subscribes; until it leaves it may do so. @returns Resolves when events come from everywhere; undefined: they do already. */
  want(session: LiveSession, uri: Uri, match: Match): Promise<void> | undefined;
  /** The last subscriber of this node, this session, is gone. */
  unwant(uri: Uri, match: Match, session: Id): void;
  /** Resolves when the other nodes have taken all that was sent to them before; undefined: there are none. */
  confirmed(): Promise<void> | undefined;
  /** Resolves when the store has all that other nodes have published before, and keep. Undefined: there are none. */
  kept(): Promise<void> | undefined;
  /** Whether this node is the first that has subscribers by this pattern: of several that begin in the same moment, one is. */
  isFirst(uri: Uri, match: Match): boolean;
  readonly interest: Interest;
  /** Sends it to the nodes that want it. @returns Resolves when they have it, if it is to be acknowledged; undefined: there is nothing to wait for. */
  publish(publication: Publication): Promise<void> | undefined;
  /** Resolves when all nodes know it, or it is refused. Meta events have been published then. */
  claim(wish: Wish): Promise<Claim | Refusal>;
  /** The callee has got REGISTERED: calls that other nodes have sent meanwhile go on. */
  registered(session: LiveSession, registration: Id): void;
  /** The callee does not get REGISTERED: others have taken the procedure by force meanwhile. */
  withdraw(session: LiveSession, claim: Claim): void;
  /** A callee of this node has lost a registration. @returns Resolves when all nodes know it; undefined: it is the callee of another node. */
  release(session: LiveSession, registration: { readonly id: Id }): Promise<void> | undefined;
  /** A session of this node has another testament, which another node publishes if this one is killed. @returns Resolves when the others have it; undefined: there are none. */
  willed(session: LiveSession, testament: LastWill): Promise<void> | undefined;
  /** Its testaments of this scope do not count any more. */
  flushed(session: LiveSession, scope: LastWill['scope']): Promise<void> | undefined;
  /** The answers of the other nodes to a call of a procedure below `wamp.`. */
  ask(call: Call): Promise<readonly Outcome[]>;
}
