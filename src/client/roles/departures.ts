/*
 * What UNSUBSCRIBE and UNREGISTER have in common: until the router has answered, messages for the id may still come, and routers are not
 * always right about when the last one goes out. So what comes late for an id that was ours hurts nobody.
 */
import { ConnectionLostError } from '../../errors.ts';
import type { FromClient } from '../../protocol/messages.ts';
import type { Id, Uri } from '../../words.ts';
import { promised } from '../core/requests.ts';
import type { Role } from '../core/role.ts';
import { toldUnlessAwaited } from '../core/told.ts';

/** So many ids that were ours are remembered; those before them are long over. */
const MAX_FORMER = 1000;

export class Departures {
  private readonly role: Role;
  private readonly where: 'subscription' | 'registration';
  /** Under way. */
  private readonly ids = new Set<Id>();
  /** Over, in the order of their ends. */
  private readonly former = new Set<Id>();

  constructor(role: Role, where: 'subscription' | 'registration') {
    this.role = role;
    this.where = where;
  }

  /** Whether the id was ours. */
  has(id: Id): boolean {
    return this.ids.has(id) || this.former.has(id);
  }

  /** It is over: the router has answered, or took it away. */
  forget(id: Id): void {
    const { former } = this;
    this.ids.delete(id);
    former.delete(id);
    former.add(id);
    if (former.size > MAX_FORMER) former.delete(former.values().next().value ?? id);
  }

  /**
   * Sends the message that `ask` makes, unless the session is over anyway.
   *
   * @param over - No more messages for the id will come.
   * @returns Rejects when the router refuses. Where nobody awaits that, it is reported.
   */
  leave(id: Id, uri: Uri, ask: (request: Id) => Extract<FromClient, { request: Id }>, over?: () => void): Promise<void> {
    const { link, requests, report } = this.role;
    if (link.state !== 'established') {
      over?.();
      return Promise.resolve();
    }
    this.ids.add(id);
    const left = promised<void>((settle) => {
      const message = ask(requests.next);
      link.send(message);
      const resolve = (): void => {
        this.forget(id);
        over?.();
        settle.resolve();
      };
      // Where the router took it away before it read this, or the session has ended, what was wished has come about. Else the router
      // has refused: it goes on sending.
      const reject = (error: unknown): void =>
        this.ids.has(id) && !(error instanceof ConnectionLostError) ? settle.reject(error) : resolve();
      requests.wait<void>(message.type, { resolve, reject }, undefined);
    });
    return toldUnlessAwaited(left, (error) => report(error, this.where, uri));
  }
}
