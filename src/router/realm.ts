/*
 * A realm: its sessions, its broker and its dealer, and the switch that says who takes which message. What happens in one realm is not
 * seen in another.
 */
import type { Clock } from '../clock.ts';
import type { RandomIds } from '../protocol/ids.ts';
import { Code, type FromClient } from '../protocol/messages.ts';
import type { Match } from '../protocol/uri.ts';
import type { Dict, Id, Uri } from '../words.ts';
import { Broker } from './broker.ts';
import type { Action, RealmSettings } from './config.ts';
import { Dealer } from './dealer.ts';
import { expectPassthru } from './passthru.ts';
import { FREELY, Permissions, type Permit } from './permissions.ts';
import { refuse } from './refuse.ts';
import type { LiveSession } from './session.ts';
import { describeSession } from './session-meta.ts';

export class Realm {
  readonly name: string;
  readonly sessions: Set<LiveSession> = new Set();
  private readonly broker: Broker;
  private readonly dealer: Dealer;
  /** The authrole of who comes without credentials; undefined: nobody may. */
  readonly anonymous: string | undefined;
  /** By authrole. Undefined: the realm is open. */
  private readonly permissions: ReadonlyMap<string, Permissions> | undefined;
  private readonly settings: RealmSettings;

  constructor(settings: RealmSettings, ids: RandomIds, clock: Clock) {
    this.name = settings.name;
    this.anonymous = settings.anonymous;
    this.settings = settings;
    const { authroles } = settings;
    this.permissions = authroles && new Map([...authroles].map(([authrole, role]) => [authrole, new Permissions(role)]));
    this.broker = new Broker(ids);
    this.dealer = new Dealer(ids, clock, this.sessions);
  }

  /** WAMP "Call Trust Levels", "Publication Trust Levels": of a session with this authrole. */
  trustlevel(authrole: string): number | undefined {
    return this.settings.authroles?.get(authrole)?.trustlevel;
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

  /** Undefined: no, and who asked has been told. */
  private permit(
    session: LiveSession,
    action: Action,
    uri: Uri,
    options: Dict,
    requestType: Code,
    request: Id,
  ): Permit | undefined {
    if (!this.permissions) return FREELY;
    const permit = this.permissions.get(session.authrole)?.decide(action, uri, (options.match as Match | undefined) ?? 'exact');
    if (permit) return permit;
    // WAMP "Publishing": without `acknowledge` there is never an answer, not even ERROR.
    if (action !== 'publish' || options.acknowledge === true)
      refuse(session, requestType, request, 'wamp.error.not_authorized', `${session.authrole} may not ${action} ${uri}`);
    return undefined;
  }

  /** @throws ProtocolError for what a legal message may not say now. */
  receive(session: LiveSession, message: FromClient): void {
    switch (message.type) {
      case Code.CALL: {
        session.takeRequest(message.request);
        if (message.options.ppt_scheme) expectPassthru(session, 'caller');
        const permit = this.permit(session, 'call', message.procedure, {}, message.type, message.request);
        return permit && this.dealer.call(session, message, permit);
      }
      case Code.YIELD:
        if (message.options.ppt_scheme) expectPassthru(session, 'callee');
        return this.dealer.yield(session, message);
      case Code.PUBLISH: {
        session.takeRequest(message.request);
        if (message.options.ppt_scheme) expectPassthru(session, 'publisher');
        const permit = this.permit(session, 'publish', message.topic, message.options, message.type, message.request);
        return permit && this.broker.publish(session, message, permit);
      }
      case Code.ERROR:
        if (message.details.ppt_scheme) expectPassthru(session, 'callee');
        return this.dealer.error(session, message);
      case Code.SUBSCRIBE: {
        session.takeRequest(message.request);
        const permit = this.permit(session, 'subscribe', message.topic, message.options, message.type, message.request);
        return permit && this.broker.subscribe(session, message);
      }
      case Code.UNSUBSCRIBE:
        session.takeRequest(message.request);
        return this.broker.unsubscribe(session, message);
      case Code.REGISTER: {
        session.takeRequest(message.request);
        const permit = this.permit(session, 'register', message.procedure, message.options, message.type, message.request);
        return permit && this.dealer.register(session, message, permit);
      }
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
