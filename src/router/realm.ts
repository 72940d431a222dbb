/*
 * A realm: its sessions, its broker and its dealer, and the switch that passes each message to its owner. Realms do not see
 * each other.
 */

import type { Dict, Id, Uri } from '../base/words.ts';
import type { RandomIds } from '../protocol/ids.ts';
import { type Call, Code, type FromClient, type Publish, type Register, type Subscribe } from '../protocol/messages.ts';
import type { Match } from '../protocol/uri.ts';
import { INVALID_URI } from '../protocol/uris.ts';
import { Gate } from './authorization/gate.ts';
import type { Action, Permit, Verdict } from './authorization/permissions.ts';
import { Broker } from './broker/broker.ts';
import { Subscriptions } from './broker/subscriptions.ts';
import type { RealmSettings, Settings } from './config/config.ts';
import { methods } from './config/methods.ts';
import { Dealer } from './dealer/dealer.ts';
import { Registrar } from './dealer/registrar.ts';
import { Registrations } from './dealer/registrations.ts';
import { InsideCaller } from './inside.ts';
import { Bounds, LIMIT_EXCEEDED } from './limits/bounds.ts';
import type { SettledLimits } from './limits/limits.ts';
import type { Tally } from './limits/out-queue.ts';
import type { LoginContext } from './login/login.ts';
import type { MetaRealm } from './meta-procedures/meta-realm.ts';
import { answerMeta } from './meta-procedures/procedures.ts';
import { takeTestaments } from './meta-procedures/testaments.ts';
import { ownComplaint } from './patterns/reserved.ts';
import { Quotas } from './quotas.ts';
import { expectPassthru } from './session/passthru.ts';
import { DISCLOSURE, refuse } from './session/refuse.ts';
import type { LiveSession } from './session/session.ts';
import type { Work } from './turns/turns.ts';

export class Realm implements MetaRealm {
  readonly name: string;
  readonly sessions: Set<LiveSession> = new Set();
  private readonly byId = new Map<Id, LiveSession>();
  readonly subscriptions: Subscriptions;
  readonly registrations: Registrations;
  readonly broker: Broker;
  readonly dealer: Dealer;
  readonly registrar: Registrar;
  /** The parts that a login needs. */
  readonly logins: Pick<LoginContext, 'anonymous' | 'isOpen' | 'sources' | 'authmethods' | 'listed' | 'routerKey'>;
  private readonly gate: Gate;
  private readonly quotas: Quotas;
  private readonly tally: Tally;
  private readonly settings: RealmSettings;
  readonly limits: SettledLimits;
  readonly bounds: Bounds;
  readonly spend: (units: number) => void;
  private readonly log: Settings['log'];
  /** Sessions with a dropped publication: that is logged once for each. */
  private readonly hasDropped = new WeakSet<LiveSession>();

  constructor(settings: RealmSettings, ids: RandomIds, router: Settings, tally: Tally) {
    const { clock, limits, log } = router;
    this.name = settings.name;
    this.settings = settings;
    this.tally = tally;
    this.limits = limits;
    this.bounds = new Bounds(limits);
    this.log = log;
    this.spend = (units) => router.turns.spend(units);
    this.subscriptions = new Subscriptions(ids, clock, this.spend);
    this.registrations = new Registrations(ids, clock, this.spend);
    this.quotas = new Quotas(limits, this.subscriptions, this.registrations);
    this.broker = new Broker(ids, this.subscriptions, settings.history, clock, limits, router.turns, (session, topic, uri, match) =>
      this.gate.hears(session, topic, uri, match),
    );
    this.registrar = new Registrar(this.registrations, this.broker.events, this.spend);
    this.dealer = new Dealer(this.registrar, clock, limits, (caller, call) => answerMeta(this, caller, call));
    const { users, authenticator, anonymous } = settings;
    const { findUser } = router;
    const inside = new InsideCaller(this.name, this.dealer, ids.next(), router, tally);
    const ask = (procedure: Uri, args: readonly unknown[]): Promise<unknown> => inside.call(procedure, args);
    this.gate = new Gate(settings, router, ask);
    const isDynamic = findUser !== undefined || authenticator !== undefined;
    const listed = new Map([...methods.values()].map(({ authmethod, isOf }) => [authmethod, [...users.values()].filter(isOf)]));
    const authmethods = new Set([...listed.keys()].filter((name) => isDynamic || listed.get(name)?.length));
    this.logins = {
      anonymous,
      isOpen: settings.authroles === undefined,
      authmethods,
      listed,
      routerKey: settings.privateKey,
      sources: { users, findUser, authenticator, ask },
    };
  }

  /** Whether a session with this authrole can be allowed anything. */
  knows(authrole: string): boolean {
    return this.gate.knows(authrole);
  }

  /** WAMP "Call Trust Levels", "Publication Trust Levels": the level of this authrole. */
  trustlevel(authrole: string): number | undefined {
    return this.settings.authroles?.get(authrole)?.trustlevel;
  }

  /** Current counts. */
  get size(): {
    readonly subscriptions: number;
    readonly registrations: number;
    readonly calls: number;
    readonly queuedBytes: number;
  } {
    let calls = 0;
    let queuedBytes = 0;
    for (const session of this.sessions) {
      calls += session.calls.size;
      queuedBytes += session.queuedBytes;
    }
    return { subscriptions: this.subscriptions.size, registrations: this.registrations.size, calls, queuedBytes };
  }

  /** The session with this id. */
  session(id: Id): LiveSession | undefined {
    return this.byId.get(id);
  }

  join(session: LiveSession): void {
    this.sessions.add(session);
    this.byId.set(session.id, session);
  }

  /**
   * A session leaves once, even if several events report its end. It is gone for all others at once: nothing is routed to it any more. Everything that it had is
   * removed in pieces, and if one piece throws, the next is still done.
   *
   * @param left - Called at the end.
   */
  leave(session: LiveSession, left: () => void): void {
    if (!this.sessions.delete(session)) return;
    this.byId.delete(session.id);
    session.leave();
    session.do(this.leaving(session, left));
  }

  private *leaving(session: LiveSession, left: () => void): Work {
    const { broker, dealer, registrar } = this;
    const { events } = broker;
    const isTold = !session.leavesQuietly;
    yield* this.each(session, dealer.callsOf(session), (invocation) => dealer.abandon(session, invocation));
    yield* this.each(session, this.subscriptions.of(session), (subscription) => {
      const had = this.subscriptions.remove(session, subscription.id);
      return had && isTold ? events.unsubscribed(session, had) : undefined;
    });
    yield* this.each(session, this.registrations.of(session), (registration) => registrar.bury(session, registration));
    this.subscriptions.forget(session);
    this.registrations.forget(session);
    // After everything that it had is gone, and before on_leave is published.
    const testaments = isTold ? takeTestaments(session) : [];
    yield* this.each(session, testaments, ({ publish, permit }) => broker.publish(session, publish, permit));
    yield* this.each(session, isTold ? [session] : [], () => events.left(session));
    left();
  }

  /** Each is a separate piece. */
  private *each<T>(session: LiveSession, items: Iterable<T>, act: (item: T) => Work | undefined): Work {
    for (const item of items) {
      try {
        const more = act(item);
        if (more) yield* more;
      } catch (error) {
        this.log({ level: 'error', message: 'a session could not leave in order', session: session.id, error });
      }
      yield;
    }
  }

  /** The session has its WELCOME. */
  announce(session: LiveSession): void {
    session.do(this.broker.events.joined(session));
  }

  may(session: LiveSession, action: Action, uri: Uri, match: Match): Verdict | Promise<Verdict> {
    return this.gate.ask(session, action, uri, match);
  }

  /**
   * A message of a session, in its turn: while one waits for permission, those behind it wait as well (WAMP "Ordering Guarantees").
   *
   * @throws ProtocolError for a legal message with a value that is not allowed now.
   */
  receive(session: LiveSession, message: FromClient): void {
    this.tally.messagesIn++;
    if (session.isLost && isForSenderOnly(message)) return;
    if ('options' in message) session.noteOptions(message.type, message.options);
    switch (message.type) {
      case Code.CALL:
        switch (session.takeCall(message)) {
          case 'further':
            return this.dealer.proceed(session, message);
          case 'too many':
            return this.refuseOpen(session, message.request);
          case 'new':
        }
        if (message.options.ppt_scheme) expectPassthru(session, 'caller');
        return this.ask(session, 'call', message.procedure, 'exact', message, this.call);
      case Code.YIELD:
        if (message.options.ppt_scheme) expectPassthru(session, 'callee');
        return this.dealer.yield(session, message);
      case Code.PUBLISH:
        session.takeRequest(message.request);
        if (message.options.ppt_scheme) expectPassthru(session, 'publisher');
        return this.ask(session, 'publish', message.topic, 'exact', message, this.publish);
      case Code.ERROR:
        if (message.details.ppt_scheme) expectPassthru(session, 'callee');
        return this.dealer.error(session, message);
      case Code.SUBSCRIBE:
        session.takeRequest(message.request);
        return this.ask(session, 'subscribe', message.topic, matchOf(message.options), message, this.subscribe);
      case Code.UNSUBSCRIBE:
        session.takeRequest(message.request);
        return this.broker.unsubscribe(session, message);
      case Code.REGISTER:
        session.takeRequest(message.request);
        return this.ask(session, 'register', message.procedure, matchOf(message.options), message, this.register);
      case Code.UNREGISTER:
        session.takeRequest(message.request);
        return this.registrar.unregister(session, message);
      case Code.CANCEL:
        return this.dealer.cancel(session, message);
      case Code.EVENT_RECEIVED: // not in the specification's text
        return;
      case Code.HELLO:
      case Code.AUTHENTICATE:
      case Code.GOODBYE:
      case Code.ABORT: // incoming-connection.ts handles messages that open and end a session
        return;
      default:
        message satisfies never;
    }
  }

  private readonly call = (session: LiveSession, message: Call, permit: Permit): void => {
    const complaint = this.quotas.call(session, message);
    if (complaint === undefined) this.dealer.call(session, message, permit);
    else refuse(session, Code.CALL, message.request, LIMIT_EXCEEDED, complaint);
  };
  private readonly publish = (session: LiveSession, message: Publish, permit: Permit): void => {
    const complaint = ownComplaint(message.topic, 'topics');
    if (complaint !== undefined) return this.reject(session, message, INVALID_URI, complaint);
    if (message.options.disclose_me === true && permit.disclose === false)
      return this.reject(session, message, DISCLOSURE.uri, DISCLOSURE.text);
    session.do(this.broker.publish(session, message, permit));
  };
  private readonly subscribe = (session: LiveSession, message: Subscribe): void => {
    const complaint = this.quotas.subscribe(session, message);
    if (complaint === undefined) this.broker.subscribe(session, message);
    else refuse(session, Code.SUBSCRIBE, message.request, LIMIT_EXCEEDED, complaint);
  };
  private readonly register = (session: LiveSession, message: Register, permit: Permit): void => {
    const complaint = this.quotas.register(session, message);
    if (complaint === undefined) this.registrar.register(session, message, permit);
    else refuse(session, Code.REGISTER, message.request, LIMIT_EXCEEDED, complaint);
  };

  /** Does it if it is allowed: now, or as soon as the decision is known. */
  private ask<M extends Call | Publish | Subscribe | Register>(
    session: LiveSession,
    action: Action,
    uri: Uri,
    match: Match,
    message: M,
    then: (session: LiveSession, message: M, permit: Permit) => void,
  ): void {
    const complaint = this.bounds.uri(uri, match);
    if (complaint !== undefined) return this.reject(session, message, INVALID_URI, complaint);
    const tooLong = message.type === Code.PUBLISH ? this.bounds.audience(message.options) : undefined;
    if (tooLong !== undefined) return this.reject(session, message, LIMIT_EXCEEDED, tooLong);
    // No subscriber could get it: refused here once, and not for each of them.
    const unfit = 'carried' in message ? message.carried?.unfit : undefined;
    if (unfit) return this.reject(session, message, unfit.uri, unfit.message);
    const verdict = this.gate.ask(session, action, uri, match);
    const act = (known: Verdict): void => {
      if (!('error' in known)) return then(session, message, known);
      this.reject(session, message, known.error, known.text);
    };
    if (verdict instanceof Promise) session.hold(verdict, act);
    else act(verdict);
  }

  private refuseOpen(session: LiveSession, request: Id): void {
    const text = `${this.limits.maxProgressiveCalls} progressive calls of this session wait for their last input (limits.maxProgressiveCalls)`;
    refuse(session, Code.CALL, request, LIMIT_EXCEEDED, text);
  }

  /** WAMP "Publishing": without `acknowledge` there is never an answer, not even ERROR. Then it is logged, once for each session. */
  private reject(session: LiveSession, message: Call | Publish | Subscribe | Register, error: Uri, text: string): void {
    if (message.type !== Code.PUBLISH || message.options.acknowledge === true)
      return refuse(session, message.type, message.request, error, text);
    this.tally.droppedPublications++;
    if (this.hasDropped.has(session)) return;
    this.hasDropped.add(session);
    const entry = `a publication was dropped, and further ones may be (logged once): ${text}`;
    this.log({ level: 'warn', message: entry, session: session.id });
  }
}

function matchOf({ match }: Dict): Match {
  return (match as Match | undefined) ?? 'exact'; // the codec has checked its type
}

/** These requests concern only their sender. Once its connection is lost, they are useless. */
function isForSenderOnly({ type }: FromClient): boolean {
  return type === Code.SUBSCRIBE || type === Code.UNSUBSCRIBE || type === Code.REGISTER || type === Code.UNREGISTER;
}
