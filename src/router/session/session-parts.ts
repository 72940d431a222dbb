/* What a session needs of others: of its link, of its lane, and of the router's settings. */
import type { Clock } from '../../base/clock.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import type { Transport } from '../../transport/transport.ts';
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
