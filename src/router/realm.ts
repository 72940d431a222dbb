/*
 * A realm: its sessions, its broker and its dealer, and the switch that says who takes which message. What happens in one realm is not
 * seen in another.
 */
import type { Clock } from '../clock.ts';
import type { RandomIds } from '../protocol/ids.ts';
import { Code, type FromClient } from '../protocol/messages.ts';
import { Broker } from './broker.ts';
import { Dealer } from './dealer.ts';
import type { LiveSession } from './session.ts';
import { describeSession } from './session-meta.ts';

export class Realm {
  readonly name: string;
  readonly sessions: Set<LiveSession> = new Set();
  private readonly broker: Broker;
  private readonly dealer: Dealer;

  constructor(name: string, ids: RandomIds, clock: Clock) {
    this.name = name;
    this.broker = new Broker(ids);
    this.dealer = new Dealer(ids, clock, this.sessions);
  }

  join(session: LiveSession): void {
    this.sessions.add(session);
  }

  /** @returns Whether it was there: a session leaves once, however many signs of it there are. */
  leave(session: LiveSession): boolean {
    if (!this.sessions.delete(session)) return false;
    this.broker.remove(session);
    this.dealer.remove(session);
    const { id, authid, authrole, leavesQuietly } = session;
    if (!leavesQuietly) this.broker.tell('wamp.session.on_leave', [id, authid, authrole]);
    return true;
  }

  /** The session has its WELCOME. */
  announce(session: LiveSession): void {
    this.broker.tell('wamp.session.on_join', [describeSession(session)], session);
  }

  /** @throws ProtocolError for what a legal message may not say now. */
  receive(session: LiveSession, message: FromClient): void {
    switch (message.type) {
      case Code.CALL:
        session.takeRequest(message.request);
        return this.dealer.call(session, message);
      case Code.YIELD:
        return this.dealer.yield(session, message);
      case Code.PUBLISH:
        session.takeRequest(message.request);
        return this.broker.publish(session, message);
      case Code.ERROR:
        return this.dealer.error(session, message);
      case Code.SUBSCRIBE:
        session.takeRequest(message.request);
        return this.broker.subscribe(session, message);
      case Code.UNSUBSCRIBE:
        session.takeRequest(message.request);
        return this.broker.unsubscribe(session, message);
      case Code.REGISTER:
        session.takeRequest(message.request);
        return this.dealer.register(session, message);
      case Code.UNREGISTER:
        session.takeRequest(message.request);
        return this.dealer.unregister(session, message);
      case Code.CANCEL:
        return this.dealer.cancel(session, message);
      case Code.EVENT_RECEIVED: // not in the specification's text
        return;
      case Code.HELLO:
      case Code.AUTHENTICATE:
      case Code.GOODBYE:
      case Code.ABORT: // accept.ts takes what opens and ends a session
        return;
      default:
        message satisfies never;
    }
  }
}
