/*
 * What UNSUBSCRIBE and UNREGISTER have in common: until the router has answered, messages for the id may still come, and routers are not
 * always right about when the last one goes out. So a late message for an id that this session had does no harm.
 */
import { ConnectionLostError } from '../../base/errors.ts';
import type { Id, Uri } from '../../base/words.ts';
import { Code } from '../../protocol/messages.ts';
import { promised } from '../kernel/settle.ts';
import { toldUnlessAwaited } from '../kernel/told.ts';
import type { SessionContext } from './context.ts';

/** So many ids that this session had are remembered; those before them are long over. */
const MAX_FORMER = 1000;

export interface Departures {
  /** Whether this session had the id. */
  has(id: Id): boolean;
  /** It is over: the router has answered, or took it away. */
  forget(id: Id): void;
  /**
   * Sends UNSUBSCRIBE or UNREGISTER, unless the session is over anyway.
   *
   * @param over - Called when no more messages for the id will come.
   * @returns Rejects when the router refuses. Where nobody awaits that, it is reported.
   */
  leave(id: Id, uri: Uri, over?: () => void): Promise<void>;
}

export function createDepartures({ kernel, link, requests }: SessionContext, what: 'subscription' | 'registration'): Departures {
  /** Under way. */
  const ids = new Set<Id>();
  /** Over, in the order of their ends. */
  const former = new Set<Id>();
  const forget = (id: Id): void => {
    ids.delete(id);
    former.delete(id);
    former.add(id);
    if (former.size > MAX_FORMER) former.delete(former.values().next().value ?? id);
  };
  return {
    has: (id) => ids.has(id) || former.has(id),
    forget,
    leave(id, uri, over) {
      if (link.state !== 'established') {
        over?.();
        return Promise.resolve();
      }
      ids.add(id);
      const left = promised<void>((settle) => {
        const request = requests.next;
        const type = what === 'subscription' ? Code.UNSUBSCRIBE : Code.UNREGISTER;
        link.send(type === Code.UNSUBSCRIBE ? { type, request, subscription: id } : { type, request, registration: id });
        const resolve = (): void => {
          forget(id);
          over?.();
          settle.resolve();
        };
        // Where the router took it away before it read this, or the session has ended, what was wished has come about. Else the router
        // has refused: it goes on sending.
        const reject = (error: unknown): void =>
          ids.has(id) && !(error instanceof ConnectionLostError) ? settle.reject(error) : resolve();
        requests.wait<void>(type, { resolve, reject }, undefined);
      });
      return toldUnlessAwaited(left, (error) => kernel.report(error, what, uri));
    },
  };
}
