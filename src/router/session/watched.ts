/* A session that somebody watches, as the parts of the router see those who do. Most sessions are not watched: then nothing of this is called. */
import type { Id, Uri } from '../../base/words.ts';
import type { Call, FromClient, FromRouter, Publish } from '../../protocol/messages.ts';
import type { CallOutcome } from '../limits/call-watch.ts';
import type { Who } from './router-session.ts';

/** Who gets an event, and who does not. */
export interface Spread {
  /** Sessions of this router. */
  readonly sessions: number;
  /** Other routers with subscribers. */
  readonly routers: number;
  /** The publisher subscribes, but is left out. */
  readonly omitsPublisher: boolean;
  /** Subscribers that the lists of PUBLISH.Options leave out, or that cannot read such a payload. */
  readonly omitted: number;
}

/** A call that has a callee. */
export interface WatchedCall {
  /** It is over, or is about to go to another callee. */
  ended(outcome: CallOutcome): void;
}

export interface Watched {
  /** A message of the session, before it is handled. */
  received(message: FromClient): void;
  /** A message to the session, when it was sent. */
  sent(message: FromRouter): void;
  /** Its call has reached a callee. `id`: that of the INVOCATION. */
  invoked(call: Call, callee: Who, id: Id): WatchedCall | undefined;
  /** It has got a call of a session that is not watched. */
  invokedBy(call: Call, caller: Who, id: Id): WatchedCall | undefined;
  /** Its publication goes out. */
  published(message: Publish, spread: () => Spread): void;
  /** A publication without `acknowledge` was refused, which the publisher does not learn. */
  dropped(message: Publish, error: Uri, text: string): void;
}
