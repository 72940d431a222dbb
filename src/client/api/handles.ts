/*
 * Durable handles: what `subscribe` and `register` of a connection give. Types only.
 */
import type { WampError } from '../../base/errors.ts';
import type { Off, Uri } from '../../base/words.ts';

/** pending: not there yet · active · lost: it was, the connection is down · closed: by the program, or refused for good (see `error`). */
export type HandleState = 'pending' | 'active' | 'lost' | 'closed';

export interface DurableHandle<Self> extends Disposable, AsyncDisposable {
  readonly state: HandleState;
  /** Why it is not active, where there is a reason. */
  readonly error: WampError | undefined;
  /**
   * Resolves with the handle once it is active; rejects when the router refuses it, or it is closed first. Ignoring it is fine:
   * an unobserved refusal goes to `connection.on('error')`.
   */
  readonly ready: Promise<Self>;
  on(event: 'state', listener: (state: HandleState, previous: HandleState) => void): Off;
}
export interface DurableSubscription extends DurableHandle<DurableSubscription> {
  readonly topic: Uri;
  /** Gives it up. Settles as `Subscription.unsubscribe`. */
  unsubscribe(): Promise<void>;
}
export interface DurableRegistration extends DurableHandle<DurableRegistration> {
  readonly procedure: Uri;
  /** Gives it up; what runs finishes. Settles as `Subscription.unsubscribe`. */
  unregister(): Promise<void>;
}
