/* What a session needs of others: of its link, of its lane, and of the router's settings. */
import type { Clock } from '../../base/clock.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import type { Call, FromClient, FromRouter, Publish } from '../../protocol/messages.ts';
import type { Transport } from '../../transport/transport.ts';
import type { CallOutcome } from '../limits/call-watch.ts';
import type { Holdings } from '../limits/holdings.ts';
import type { SettledLimits } from '../limits/limits.ts';
import type { OutQueue } from '../limits/out-queue.ts';
import type { Lane } from '../turns/lane.ts';
import type { LogEntry } from '../turns/log.ts';
import type { CarryingLink } from './carrying-link.ts';
import type { Who } from './router-session.ts';
import type { TransportInfo } from './transport-info.ts';

/** The parts of a link that a session needs. */
export type SessionLine = Pick<CarryingLink, 'state' | 'send' | 'prepare' | 'framesOf' | 'sendFrames' | 'guard' | 'format'> & {
  readonly transport: Pick<Transport, 'bufferedBytes' | 'pause' | 'resume'> &
    Partial<Pick<Transport, 'serializer'>> & { readonly isLost?: boolean };
};

/** The lane in which its messages are handled, one after the other. */
export type SessionLane = Pick<Lane<unknown>, 'do' | 'hold' | 'release'>;

/** The ids of a running call. Only the dealer knows the rest. */
export interface CallIds {
  /** The caller's id of it. */
  readonly request: Id;
  /** Our id of it, to the callee. */
  readonly id: Id;
}

export interface SessionSettings {
  readonly clock: Clock;
  readonly limits: SettledLimits;
  readonly strictRequestIds: boolean;
  readonly log: (entry: LogEntry) => void;
}

/** Events that wait for many sessions. Each gets its own before anything that is sent to it later. */
export interface EventsBefore {
  readonly areWaiting: boolean;
  /** Sends all that wait for this session. */
  sendTo(session: Who): void;
}

/** All that a session is made of. */
export interface SessionParts {
  readonly who: Who;
  readonly transport: TransportInfo;
  /** HELLO.Details. */
  readonly hello: Dict;
  readonly link: SessionLine;
  readonly lane: SessionLane;
  readonly queue: OutQueue;
  readonly settings: SessionSettings;
  /** Undefined: for the router itself, which subscribes to nothing. */
  readonly before?: EventsBefore | undefined;
  /** Default: without limits, for the router itself. */
  readonly holdings?: Holdings | undefined;
  /** Sends GOODBYE, and ends the session. */
  readonly dismiss: (reason: Uri, message: string | undefined) => void;
  /** It belongs to another node of the cluster, which gets what is sent to it. Default false. */
  readonly isRemote?: boolean | undefined;
}

/** How many sessions get an event, and how many do not. */
export interface Spread {
  /** Sessions of this router that get it. */
  readonly sessions: number;
  /** Other routers with subscribers. */
  readonly routers: number;
  /** The publisher subscribes, but is left out. */
  readonly omitsPublisher: boolean;
  /** Subscribers that the lists of PUBLISH.Options leave out, or that cannot read such a payload. */
  readonly omitted: number;
  /** Subscribers that do not get it, because too much waits for them already (`limits.onQueueFull: 'drop-events'`). */
  readonly slow: number;
}

/** A call that has a callee. */
export interface WatchedCall {
  /** It is over, or is about to go to another callee. */
  ended(outcome: CallOutcome): void;
  /** The ERROR that the caller gets next is that of the callee: its text is payload. */
  calleeFailed(): void;
}

/** A session that somebody watches, as the parts of the router see those who do. Most sessions are not watched: then nothing of this is called. */
export interface Watched {
  /** A message of the session, before it is handled. */
  received(message: FromClient): void;
  /** A message to the session, when it was sent. */
  sent(message: FromRouter): void;
  /** An event that it did not get, and why. */
  missed(event: FromRouter, why: string): void;
  /** Its call has reached a callee. `id`: that of the INVOCATION. */
  invoked(call: Call, callee: Who, id: Id): WatchedCall | undefined;
  /** It has got a call of a session that is not watched. */
  invokedBy(call: Call, caller: Who, id: Id): WatchedCall | undefined;
  /** Its call was canceled, and it gets no answer. */
  unanswered(request: Id): void;
  /** Its publication goes out. */
  published(message: Publish, spread: () => Spread): void;
  /** A publication without `acknowledge` was refused, which the publisher does not learn. */
  dropped(message: Publish, error: Uri, text: string): void;
}
