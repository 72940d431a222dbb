/* The retained events that a session gets when it subscribes. */
import type { Uri } from '../../base/words.ts';
import { Code } from '../../protocol/messages.ts';
import type { LiveSession } from '../session/session.ts';
import type { StoredEvent } from '../store/store.ts';
import type { Keeping } from './keeping.ts';
import { isAddressed } from './recipients.ts';
import type { BrokerSubscription } from './subscriptions.ts';

/** The newest event of each topic that this session would have got. */
export function sendRetained(
  keeping: Keeping,
  session: LiveSession,
  subscription: BrokerSubscription,
  events: readonly StoredEvent[],
): void {
  const { id, match } = subscription;
  const newest = new Map<Uri, StoredEvent>();
  for (const event of events) {
    if (event.excluded === session.id || !isAddressed(session, event)) continue;
    newest.delete(event.topic);
    newest.set(event.topic, event);
  }
  const found = [...newest.values()];
  let next = 0;
  const sendNext = (): boolean => {
    const retained = found[next++];
    if (!retained || session.isLost || !subscription.subscribers.has(session)) return false;
    const { topic, publication } = retained;
    const details = { ...retained.details, retained: true, ...(match === 'exact' ? {} : { topic }) };
    const carried = keeping.carried(retained);
    session.sendNextFirst({ type: Code.EVENT, subscription: id, publication, details, carried });
    return true;
  };
  if (found.length > 0) session.sendFirst(sendNext);
}
