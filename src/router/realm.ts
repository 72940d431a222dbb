/*
 * A realm: its sessions, its broker and its dealer. requests.ts passes each message to its owner. Realms do not see each other.
 */

import type { Id, Uri } from '../base/words.ts';
import { idFrom, type RandomIds } from '../protocol/ids.ts';
import type { Match } from '../protocol/uri.ts';
import type { Formats } from '../serializer/formats/formats.ts';
import { Gate } from './authorization/gate.ts';
import type { Action, Verdict } from './authorization/permissions.ts';
import { Broker } from './broker/broker.ts';
import { Keeping } from './broker/keeping.ts';
import { Subscriptions } from './broker/subscriptions.ts';
import type { RealmSettings, Settings } from './config/config.ts';
import type { Masks } from './config/masks.ts';
import { methods } from './config/methods.ts';
import { Dealer } from './dealer/dealer.ts';
import { Registrar } from './dealer/registrar.ts';
import { Registrations } from './dealer/registrations.ts';
import type { Elsewhere } from './elsewhere/elsewhere.ts';
import { InsideCaller } from './inside.ts';
import type { ExplainedRealm } from './inspect/explain.ts';
import { Bounds } from './limits/bounds.ts';
import type { CallWatch } from './limits/call-watch.ts';
import type { SettledLimits } from './limits/limits.ts';
import type { Tally } from './limits/out-queue.ts';
import { rateOf, type SettledRate } from './limits/rate.ts';
import type { LoginContext } from './login/login-context.ts';
import type { RememberedLogins } from './login/remembered.ts';
import type { MetaRealm } from './meta-procedures/meta-realm.ts';
import { answerMeta } from './meta-procedures/procedures.ts';
import { takeTestaments } from './meta-procedures/testaments.ts';
import { Quotas } from './quotas.ts';
import { Requests } from './requests.ts';
import type { LiveSession } from './session/session.ts';
import type { OpeningRequest } from './session/transport-info.ts';
import type { StoreBounds } from './store/store.ts';
import type { Work } from './turns/turns.ts';

/** What all realms of a router share. */
export interface RealmParts {
  readonly ids: RandomIds;
  readonly settings: Settings;
  readonly tally: Tally;
  readonly watch: CallWatch;
  readonly formats: Formats;
  readonly remembered: RememberedLogins;
}

type Logins = Pick<LoginContext, 'anonymous' | 'isOpen' | 'sources' | 'authmethods' | 'listed' | 'routerKey'>;

export class Realm implements MetaRealm, ExplainedRealm {
  readonly name: string;
  readonly sessions: Set<LiveSession> = new Set();
  private readonly byId = new Map<Id, LiveSession>();
  readonly subscriptions: Subscriptions;
  readonly registrations: Registrations;
  readonly keeping: Keeping;
  readonly broker: Broker;
  readonly dealer: Dealer;
  readonly registrar: Registrar;
  /** The parts that a login needs. */
  logins: Logins;
  /** Changes with each reload: a login that began before is not valid any more. */
  revision = 0;
  /** Handles the messages of its sessions. */
  readonly requests: Requests;
  readonly gate: Gate;
  private readonly loginsOf: (settings: RealmSettings) => Logins;
  private settings: RealmSettings;
  /** The other nodes of a cluster. */
  elsewhere: Elsewhere | undefined;
  readonly limits: SettledLimits;
  readonly bounds: Bounds;
  readonly spend: (units: number) => void;
  readonly forgetLogins: (authid: string) => Promise<number>;
  private readonly log: Settings['log'];

  constructor(settings: RealmSettings, { ids, settings: router, tally, watch, formats, remembered }: RealmParts) {
    const { clock, limits, log } = router;
    this.forgetLogins = (authid) => remembered.forget({ realm: settings.name, authid });
    this.name = settings.name;
    this.settings = settings;
    this.limits = limits;
    this.bounds = new Bounds(limits);
    this.log = log;
    this.spend = (units) => router.turns.spend(units);
    const idOf = (uri: Uri, match: Match): Id => (router.engine ? idFrom(`${this.name} ${match} ${uri}`) : ids.next());
    this.subscriptions = new Subscriptions(idOf, clock, this.spend);
    this.registrations = new Registrations(ids, clock, this.spend, router.preferLocal);
    const store = router.store.open(this.name, boundsOf(settings, router));
    this.keeping = new Keeping({ store, formats, clock, log });
    this.broker = new Broker({
      ids,
      subscriptions: this.subscriptions,
      history: settings.history,
      keeping: this.keeping,
      clock,
      turns: router.turns,
      hears: (session, topic, uri, match) => this.gate.hears(session, topic, uri, match),
    });
    this.registrar = new Registrar(this.registrations, this.broker.events, this.spend);
    this.dealer = new Dealer(this.registrar, { clock, limits, watch }, (caller, call) => answerMeta(this, caller, call));
    const { findUser } = router;
    const inside = new InsideCaller(this.name, this.dealer, ids.next(), router, tally);
    const ask = (procedure: Uri, args: readonly unknown[]): Promise<unknown> => inside.call(procedure, args);
    this.gate = new Gate(settings, router, ask);
    this.requests = new Requests({
      broker: this.broker,
      dealer: this.dealer,
      registrar: this.registrar,
      gate: this.gate,
      quotas: new Quotas(limits, this.subscriptions, this.registrations),
      limits,
      bounds: this.bounds,
      tally,
      log,
      sure: () => this.elsewhere?.sure(),
    });
    this.loginsOf = ({ anonymous, authroles, users, authenticator, privateKey }) => {
      const isDynamic = findUser !== undefined || authenticator !== undefined;
      const listed = new Map([...methods.values()].map(({ authmethod, isOf }) => [authmethod, [...users.values()].filter(isOf)]));
      return {
        anonymous,
        isOpen: authroles === undefined,
        authmethods: new Set([...listed.keys()].filter((name) => isDynamic || listed.get(name)?.length)),
        listed,
        routerKey: privateKey,
        sources: { users, findUser, authenticator, ask },
      };
    };
    this.logins = this.loginsOf(settings);
  }

  /** From now on it is one node's part of the realm of a cluster. */
  share(elsewhere: Elsewhere): void {
    this.elsewhere = elsewhere;
    this.broker.join(elsewhere);
    this.registrar.join(elsewhere);
  }

  /** From now on these settings count, for logins and permissions. The history stays as it was. */
  reload(settings: RealmSettings): void {
    this.settings = { ...settings, history: this.settings.history };
    this.logins = this.loginsOf(settings);
    this.gate.reload(settings.authroles);
    this.revision++;
  }

  /** It is not in the router any more: logins that began before fail. */
  retire(): void {
    this.revision++;
  }

  /** `anonymous` if it lets in everybody. */
  get authmethods(): readonly string[] {
    const { anonymous, isOpen, authmethods } = this.logins;
    return [...(isOpen || anonymous !== undefined ? ['anonymous'] : []), ...authmethods];
  }

  /** Those of the configuration. */
  get users(): RealmSettings['users'] {
    return this.settings.users;
  }

  /** What tools do not show of payloads. */
  get masks(): Masks {
    return this.settings.masks;
  }

  get history(): RealmSettings['history'] {
    return this.settings.history;
  }

  /** Whether a session with this authrole can be allowed anything. */
  knows(authrole: string): boolean {
    return this.gate.knows(authrole);
  }

  /** WAMP "Call Trust Levels", "Publication Trust Levels": the level of this authrole. */
  trustlevel(authrole: string): number | undefined {
    return this.settings.authroles?.get(authrole)?.trustlevel;
  }

  /** How fast a session with this authrole may send. Undefined: as fast as it likes. */
  rate(authrole: string): SettledRate | undefined {
    return rateOf(this.limits, this.settings.authroles?.get(authrole)?.limits);
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

  join(session: LiveSession, request: OpeningRequest | undefined): void {
    this.gate.opened(session, request);
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
    yield* this.each(session, [session], () => {
      this.keeping.endSession(session.id);
      return undefined;
    });
    // After everything that it had is gone, and before on_leave is published.
    const testaments = isTold ? takeTestaments(session) : [];
    yield* this.each(session, testaments, ({ publish, permit }) => broker.publish(session, publish, permit));
    yield* this.each(session, isTold ? [session] : [], () => events.left(session));
    try {
      this.elsewhere?.left(session);
    } finally {
      left();
    }
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
    this.elsewhere?.joined(session);
    session.do(this.broker.events.joined(session));
  }

  may(session: LiveSession, action: Action, uri: Uri, match: Match): Verdict | Promise<Verdict> {
    return this.gate.ask(session, action, uri, match);
  }
}

/** The bounds of what is kept of this realm. */
function boundsOf({ history }: RealmSettings, { limits, clock, turns }: Settings): StoreBounds {
  const { maxRetainedTopics, maxRetainedBytes, maxRetainedAgeMs, maxHistoryBytes: maxBytes } = limits;
  return {
    histories: history.map(({ uri, match, limit, maxAgeMs = Number.POSITIVE_INFINITY }) => ({
      uri,
      match,
      limit,
      maxBytes,
      maxAgeMs,
    })),
    maxRetainedTopics,
    maxRetainedBytes,
    maxRetainedAgeMs: maxRetainedAgeMs || Number.POSITIVE_INFINITY,
    now: () => clock.now(),
    spend: (units) => turns.spend(units),
  };
}
