/*
 * Calls that the router itself makes to procedures of a realm: its authenticator, its authorizers. For the dealer it is a session like any
 * other. But it has not joined, so nobody sees it, and permissions do not apply to it.
 */
import { ApplicationError } from '../base/errors.ts';
import type { Id, Uri } from '../base/words.ts';
import { IdMap } from '../protocol/id-map.ts';
import { nextId } from '../protocol/ids.ts';
import { Code, type FromRouter } from '../protocol/messages.ts';
import { FREELY } from './authorization/permissions.ts';
import type { Settings } from './config/config.ts';
import type { Dealer } from './dealer/dealer.ts';
import type { Tally } from './limits/out-queue.ts';
import { insideSession, routerItself } from './session/inside-session.ts';
import type { LiveSession } from './session/session.ts';

/** How long such a procedure may take. */
const TIMEOUT_MS = 10_000;

interface Wait {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class InsideCaller {
  private readonly dealer: Dealer;
  private readonly session: LiveSession;
  private readonly waits = new IdMap<Wait>();
  private last: Id = 0;

  constructor(realm: string, dealer: Dealer, id: Id, settings: Settings, tally: Tally) {
    this.dealer = dealer;
    this.session = insideSession({
      who: routerItself(id, realm),
      hello: { roles: { caller: {} } },
      settings,
      tally,
      take: (message) => this.take(message),
    });
  }

  /** @returns The first positional result. Rejects with the procedure's error. */
  call(procedure: Uri, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request = nextId(this.last);
      this.last = request;
      this.waits.set(request, { resolve, reject });
      this.dealer.call(this.session, { type: Code.CALL, request, options: { timeout: TIMEOUT_MS }, procedure, args }, FREELY);
    });
  }

  private take(message: FromRouter): void {
    if (message.type !== Code.RESULT && message.type !== Code.ERROR) return;
    const wait = this.waits.get(message.request);
    this.waits.delete(message.request);
    try {
      const { args, kwargs } = message.carried?.values() ?? message;
      if (message.type === Code.RESULT) wait?.resolve(args?.[0]);
      else wait?.reject(new ApplicationError(message.error, args, kwargs));
    } catch (unfit) {
      wait?.reject(unfit);
    }
  }
}
