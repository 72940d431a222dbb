/* The types of the procedures below `wamp.`: their view of the realm, and their tables. */

import type { Dict, Id, Uri } from '../../base/words.ts';
import type { Payload } from '../../protocol/messages.ts';
import type { Broker } from '../broker/broker.ts';
import type { HistoryContext } from '../broker/history.ts';
import type { Subscriptions } from '../broker/subscriptions.ts';
import type { Registrar } from '../dealer/registrar.ts';
import type { Registrations } from '../dealer/registrations.ts';
import type { Elsewhere } from '../elsewhere/elsewhere.ts';
import type { LiveSession } from '../session/session.ts';
import type { Piecewise } from '../turns/turns.ts';
import type { TestamentContext } from './testaments.ts';

/** The parts of a realm that the procedures need. */
export interface MetaRealm extends HistoryContext, TestamentContext {
  readonly sessions: ReadonlySet<LiveSession>;
  session(id: Id): LiveSession | undefined;
  readonly subscriptions: Subscriptions;
  readonly registrations: Registrations;
  readonly broker: Broker;
  readonly registrar: Registrar;
  /** Forgets the remembered logins of a user. @returns How many there were. */
  forgetLogins(authid: string): Promise<number>;
  readonly elsewhere: Elsewhere | undefined;
  /** Counts units of work beyond the message itself. */
  readonly spend: (units: number) => void;
}

/** A long answer is made in pieces, and the caller's later messages wait. */
export type Answered = Payload | Piecewise<Payload>;

/** @throws ApplicationError that becomes the ERROR. */
export type Answer = (
  realm: MetaRealm,
  caller: LiveSession,
  args: readonly unknown[],
  kwargs: Dict,
) => Answered | Promise<Answered>;

export interface MetaProcedure {
  /** The known keyword arguments; others are refused. */
  readonly keywords: readonly string[];
  readonly answer: Answer;
}

export interface MetaProcedures {
  /** A procedure without keyword arguments. */
  readonly [procedure: Uri]: MetaProcedure | Answer;
}
