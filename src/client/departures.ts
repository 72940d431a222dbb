/* What UNSUBSCRIBE and UNREGISTER have in common: until the router has answered, messages for the id may still come. */
import { ConnectionLostError } from '../errors.ts';
import type { FromClient } from '../protocol/messages.ts';
import type { Id } from '../words.ts';
import { promised } from './requests.ts';
import type { Role } from './role.ts';

export class Departures {
  private readonly role: Role;
  private readonly ids = new Set<Id>();

  constructor(role: Role) {
    this.role = role;
  }

  has(id: Id): boolean {
    return this.ids.has(id);
  }

  /** The router took it away. */
  forget(id: Id): void {
    this.ids.delete(id);
  }

  /**
   * Sends the message that `ask` makes, unless the session is over anyway.
   *
   * @param over - No more messages for the id will come.
   */
  leave(id: Id, ask: (request: Id) => Extract<FromClient, { request: Id }>, over?: () => void): Promise<void> {
    const { link, requests } = this.role;
    if (link.state !== 'established') {
      over?.();
      return Promise.resolve();
    }
    this.ids.add(id);
    const left = promised<void>((settle) => {
      const message = ask(requests.next);
      link.send(message);
      const resolve = (): void => {
        this.ids.delete(id);
        over?.();
        settle.resolve();
      };
      // Where the router took it away before it read this, or the session has ended, what was wished has come about. Else the router
      // has refused: it goes on sending.
      const reject = (error: unknown): void =>
        this.ids.has(id) && !(error instanceof ConnectionLostError) ? settle.reject(error) : resolve();
      requests.wait<void>(message.type, { resolve, reject }, undefined);
    });
    left.catch(() => {}); // nobody has to wait for it
    return left;
  }
}
