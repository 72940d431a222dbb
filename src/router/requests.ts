/*
 * The messages of the sessions of a realm: the switch that passes each to its owner, the permission and the limits for each request, and the
 * answer to those that are refused.
 */
import type { Id, Uri } from '../base/words.ts';
import { type Call, Code, type FromClient, type Publish, type Register, type Subscribe } from '../protocol/messages.ts';
import { INVALID_URI } from '../protocol/uris.ts';
import type { Gate } from './authorization/gate.ts';
import type { Action, Permit, Verdict } from './authorization/permissions.ts';
import type { Broker } from './broker/broker.ts';
import { type Dealer, UNAVAILABLE } from './dealer/dealer.ts';
import type { Registrar } from './dealer/registrar.ts';
import { type Bounds, LIMIT_EXCEEDED } from './limits/bounds.ts';
import type { SettledLimits } from './limits/limits.ts';
import type { Tally } from './limits/out-queue.ts';
import { matchOf } from './patterns/match.ts';
import { ownComplaint } from './patterns/reserved.ts';
import type { Quotas } from './quotas.ts';
import { expectPassthru } from './session/passthru.ts';
import { DISCLOSURE, refuse } from './session/refuse.ts';
import type { LiveSession } from './session/session.ts';
import type { LogEntry } from './turns/log.ts';

/** The owners of what requests ask for, in one realm. */
export interface RequestOwners {
  readonly broker: Broker;
  readonly dealer: Dealer;
  readonly registrar: Registrar;
  readonly gate: Gate;
  readonly quotas: Quotas;
  readonly limits: SettledLimits;
  readonly bounds: Bounds;
  readonly tally: Tally;
  readonly log: (entry: LogEntry) => void;
  /** Whether the procedures that seem to be registered are. Undefined: they are; otherwise it resolves when this is certain. */
  sure(): Promise<void> | undefined;
}

type Request = Call | Publish | Subscribe | Register;

/** A request that needs permission. */
interface Kind<M extends Request> {
  readonly action: Action;
  /** Does it: it is allowed. */
  act(session: LiveSession, message: M, permit: Permit): void;
}

export class Requests {
  private readonly owners: RequestOwners;
  /** Sessions with a dropped publication: that is logged once for each. */
  private readonly hasDropped = new WeakSet<LiveSession>();

  constructor(owners: RequestOwners) {
    this.owners = owners;
  }

  /**
   * A message of a session, in its turn: while one waits for permission, those behind it wait as well (WAMP "Ordering Guarantees").
   *
   * @throws ProtocolError for a legal message with a value that is not allowed now.
   */
  receive(session: LiveSession, message: FromClient): void {
    const { broker, dealer, registrar, tally } = this.owners;
    tally.messagesIn++;
    if (session.isLost && isForSenderOnly(message)) return;
    if (session.watched !== undefined && message.type !== Code.CALL) session.watched.received(message);
    if ('options' in message) session.noteOptions(message.type, message.options);
    switch (message.type) {
      case Code.CALL: {
        const kind = session.takeCall(message);
        if (session.watched !== undefined && kind !== 'further') session.watched.received(message);
        switch (kind) {
          case 'further':
            return dealer.proceed(session, message);
          case 'too many':
            return this.refuseOpen(session, message.request);
          case 'new':
        }
        if (message.options.ppt_scheme) expectPassthru(session, 'caller');
        return this.ask(session, message, message.procedure, this.calls);
      }
      case Code.YIELD:
        if (message.options.ppt_scheme) expectPassthru(session, 'callee');
        return dealer.yield(session, message);
      case Code.PUBLISH:
        tally.publications++;
        session.takeRequest(message.request);
        if (message.options.ppt_scheme) expectPassthru(session, 'publisher');
        return this.ask(session, message, message.topic, this.publications);
      case Code.ERROR:
        if (message.details.ppt_scheme) expectPassthru(session, 'callee');
        return dealer.error(session, message);
      case Code.SUBSCRIBE:
        session.takeRequest(message.request);
        return this.ask(session, message, message.topic, this.subscriptions);
      case Code.UNSUBSCRIBE:
        session.takeRequest(message.request);
        return broker.unsubscribe(session, message);
      case Code.REGISTER:
        session.takeRequest(message.request);
        return this.ask(session, message, message.procedure, this.registrations);
      case Code.UNREGISTER:
        session.takeRequest(message.request);
        return registrar.unregister(session, message);
      case Code.CANCEL:
        return dealer.cancel(session, message);
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

  private readonly calls: Kind<Call> = {
    action: 'call',
    act: (session, message, permit) => {
      if (session.isStopping && session.invocations.size === 0)
        return refuse(session, Code.CALL, message.request, UNAVAILABLE, 'the router is about to close');
      const unsure = this.owners.sure();
      if (unsure) return session.hold(unsure, () => this.calls.act(session, message, permit));
      const complaint = this.owners.quotas.call(session, message);
      if (complaint === undefined) this.owners.dealer.call(session, message, permit);
      else refuse(session, Code.CALL, message.request, LIMIT_EXCEEDED, complaint);
    },
  };
  private readonly publications: Kind<Publish> = {
    action: 'publish',
    act: (session, message, permit) => {
      const complaint = ownComplaint(message.topic, 'topics', session);
      if (complaint !== undefined) return this.reject(session, message, INVALID_URI, complaint);
      if (message.options.disclose_me === true && permit.disclose === false)
        return this.reject(session, message, DISCLOSURE.uri, DISCLOSURE.text);
      session.do(this.owners.broker.publish(session, message, permit));
    },
  };
  private readonly subscriptions: Kind<Subscribe> = {
    action: 'subscribe',
    act: (session, message) => {
      const complaint = this.owners.quotas.subscribe(session, message);
      if (complaint === undefined) this.owners.broker.subscribe(session, message);
      else refuse(session, Code.SUBSCRIBE, message.request, LIMIT_EXCEEDED, complaint);
    },
  };
  private readonly registrations: Kind<Register> = {
    action: 'register',
    act: (session, message, permit) => {
      const complaint = this.owners.quotas.register(session, message);
      if (complaint === undefined) this.owners.registrar.register(session, message, permit);
      else refuse(session, Code.REGISTER, message.request, LIMIT_EXCEEDED, complaint);
    },
  };

  /** Does it if it is allowed: now, or as soon as the decision is known. */
  private ask<M extends Request>(session: LiveSession, message: M, uri: Uri, kind: Kind<M>): void {
    const { bounds, gate } = this.owners;
    const match = message.type === Code.CALL || message.type === Code.PUBLISH ? 'exact' : matchOf(message.options);
    const complaint = bounds.uri(uri, match);
    if (complaint !== undefined) return this.reject(session, message, INVALID_URI, complaint);
    const tooLong = message.type === Code.PUBLISH ? bounds.audience(message.options) : undefined;
    if (tooLong !== undefined) return this.reject(session, message, LIMIT_EXCEEDED, tooLong);
    // No subscriber could get it: refused here once, and not for each of them.
    const unfit = 'carried' in message ? message.carried?.unfit : undefined;
    if (unfit) return this.reject(session, message, unfit.uri, unfit.message);
    const verdict = gate.ask(session, kind.action, uri, match);
    const act = (known: Verdict): void => {
      if (!('error' in known)) return kind.act(session, message, known);
      this.reject(session, message, known.error, known.text);
    };
    if (verdict instanceof Promise) session.hold(verdict, act);
    else act(verdict);
  }

  private refuseOpen(session: LiveSession, request: Id): void {
    const { maxProgressiveCalls } = this.owners.limits;
    const text = `${maxProgressiveCalls} progressive calls of this session wait for their last input (limits.maxProgressiveCalls)`;
    refuse(session, Code.CALL, request, LIMIT_EXCEEDED, text);
  }

  /** WAMP "Publishing": without `acknowledge` there is never an answer, not even ERROR. Then it is logged, once for each session. */
  private reject(session: LiveSession, message: Request, error: Uri, text: string): void {
    if (message.type !== Code.PUBLISH || message.options.acknowledge === true)
      return refuse(session, message.type, message.request, error, text);
    this.owners.tally.droppedPublications++;
    session.watched?.dropped(message, error, text);
    if (this.hasDropped.has(session)) return;
    this.hasDropped.add(session);
    const entry = `a publication was dropped, and further ones may be (logged once): ${text}`;
    this.owners.log({ level: 'warn', message: entry, session: session.id });
  }
}

/** These requests concern only their sender. Once its connection is lost, they are useless. */
function isForSenderOnly({ type }: FromClient): boolean {
  return type === Code.SUBSCRIBE || type === Code.UNSUBSCRIBE || type === Code.REGISTER || type === Code.UNREGISTER;
}
