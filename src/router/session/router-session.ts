import type { Id } from '../../base/words.ts';
import type { TransportInfo } from './transport-info.ts';

/** The identity of a session. */
export interface RouterSession {
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly transport: TransportInfo;
  /** Bytes that wait to be sent to it. */
  readonly queuedBytes: number;
  /** Events that it did not get, because it read too slowly. */
  readonly droppedEvents: number;
}

/** The same, as a login has found it. */
export type Who = Omit<RouterSession, 'transport' | 'queuedBytes' | 'droppedEvents'> & {
  /** How it has logged in. */
  readonly authprovider: string;
  /** WAMP "Call Trust Levels", "Publication Trust Levels": undefined when the realm has none. */
  readonly trustlevel: number | undefined;
};
