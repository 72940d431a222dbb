/* What a session needs of others: of its link, of its lane, and of the router's settings. */
import type { Id } from '../../base/words.ts';
import type { Transport } from '../../transport/transport.ts';
import type { SettledLimits } from '../limits/limits.ts';
import type { Lane } from '../turns/lane.ts';
import type { LogEntry } from '../turns/log.ts';
import type { CarryingLink } from './carrying-link.ts';

/** The parts of a link that a session needs. */
export type SessionLine = Pick<CarryingLink, 'state' | 'send' | 'framesOf' | 'sendFrames' | 'guard' | 'format'> & {
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
  readonly limits: SettledLimits;
  readonly strictRequestIds: boolean;
  readonly log: (entry: LogEntry) => void;
}
