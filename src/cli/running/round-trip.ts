/*
 * The cheapest call. Routers take a session's messages in order, so its answer also says that all earlier messages have
 * been received.
 */
import { ApplicationError, type CallOptions, type Session } from '../../index.ts';

/** Any answer counts: a router without the meta API answers ERROR. */
export async function roundTrip(session: Session, options: CallOptions<never, never> = {}): Promise<void> {
  try {
    await session.call('wamp.session.count', [], null, options);
  } catch (error) {
    if (!(error instanceof ApplicationError)) throw error;
  }
}
