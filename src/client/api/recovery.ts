/* How a durable subscription is made whole after a gap. Types only. */
import type { Awaitable, Id } from '../../base/words.ts';
import type { WampEvent } from './payload.ts';
import type { Session, Subscription } from './session-api.ts';

/** The time in which events may have been missed, by this side's clock. */
export interface Gap {
  /** When something last came over the connection. An event that was on its way then may be missing as well. */
  readonly from: Date;
  /** When the subscription was there again. */
  readonly to: Date;
  /** The last one that the handler got before; a retained event does not count, as it does not tell where in the order one is. */
  readonly lastPublication: Id | undefined;
}
/**
 * Makes a subscription whole after a gap. Live events are held back until it settles, then delivered, without those whose publication was
 * delivered already. It may be an async function of the program that gets a snapshot, or `fromHistory()`.
 *
 * When it fails, held events are delivered all the same and the error goes to `connection.on('error')`; so when over 10,000 are held.
 * When the connection is lost first, the next recovery gets one gap that covers both.
 */
// biome-ignore lint/suspicious/noExplicitAny: fits every topic
export type Recovery<A extends readonly unknown[] = any, K extends object = any> = (
  context: RecoveryContext<A, K>,
) => Awaitable<void>;
// biome-ignore lint/suspicious/noExplicitAny: fits every topic
export interface RecoveryContext<A extends readonly unknown[] = any, K extends object = any> {
  /** Undefined the first time, and until a first recovery has settled. */
  readonly gap: Gap | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: fits every contract
  readonly session: Session<any>;
  readonly subscription: Subscription;
  /**
   * Hands a recovered event to the handler, unless its publication was delivered already: in this recovery, or as one of the last 1,000
   * before. Does nothing when the recovery is over.
   */
  deliver(event: WampEvent<A, K>): void;
  /** Aborts when the connection is lost again, the handle is closed, or too many events are held. */
  readonly signal: AbortSignal;
}
