/* What UNSUBSCRIBE and UNREGISTER have in common: until the router has answered, messages for the id may still come. */
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

  /** Sends the message that `ask` makes, unless the session is over anyway. */
  leave(id: Id, ask: (request: Id) => Extract<FromClient, { request: Id }>): Promise<void> {
    const { link, requests } = this.role;
    if (link.state !== 'established') return Promise.resolve();
    this.ids.add(id);
    return promised<void>((settle) => {
      const message = ask(requests.next);
      link.send(message);
      const answered = (): unknown => this.ids.delete(id);
      // Taken away by the router before it read this: gone is gone.
      const reject = (error: unknown): void => (this.ids.has(id) ? settle.reject(error) : settle.resolve());
      requests.wait<void>(message.type, { ...settle, reject, answered }, undefined);
    });
  }
}
