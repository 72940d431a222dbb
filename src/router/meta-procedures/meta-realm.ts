/* What the procedures below `wamp.` know, and what a table of them is. */
import type { Payload } from '../../protocol/messages.ts';
import type { Dict, Id, Uri } from '../../words.ts';
import type { Broker } from '../broker/broker.ts';
import type { HistoryContext } from '../broker/history.ts';
import type { Subscriptions } from '../broker/subscriptions.ts';
import type { Registrar } from '../dealer/registrar.ts';
import type { Registrations } from '../dealer/registrations.ts';
import type { LiveSession } from '../session/session.ts';
import type { Piecewise } from '../turns/turns.ts';
import type { TestamentContext } from './testaments.ts';

/** What the procedures know of their realm. */
export interface MetaRealm extends HistoryContext, TestamentContext {
  readonly sessions: ReadonlySet<LiveSession>;
  session(id: Id): LiveSession | undefined;
  readonly subscriptions: Subscriptions;
  readonly registrations: Registrations;
  readonly broker: Broker;
  readonly registrar: Registrar;
  /** Counts units of work beside the message itself. */
  readonly spend: (units: number) => void;
}

/** What takes long is put together piece by piece, and what the caller says meanwhile waits. */
export type Answered = Payload | Piecewise<Payload>;

/** @throws ApplicationError that becomes the ERROR. */
export type Answer = (
  realm: MetaRealm,
  caller: LiveSession,
  args: readonly unknown[],
  kwargs: Dict,
) => Answered | Promise<Answered>;

export interface MetaProcedure {
  /** The keyword arguments that it knows; others are refused. */
  readonly keywords: readonly string[];
  readonly answer: Answer;
}

export interface MetaProcedures {
  /** Only the answer: it takes no keyword arguments. */
  readonly [procedure: Uri]: MetaProcedure | Answer;
}
