/*
 * The registrations of a realm: WAMP "Registering", "Pattern-based Registration", "Shared Registration". There is one registration for each
 * (procedure, match), with one callee, or several with a policy that the first of them chose.
 */
import type { Clock } from '../../base/clock.ts';
import type { Id, Uri } from '../../base/words.ts';
import type { RandomIds } from '../../protocol/ids.ts';
import type { Match } from '../../protocol/uri.ts';
import type { Claim } from '../elsewhere/elsewhere.ts';
import { registrationBytes } from '../limits/holdings.ts';
import { PatternIndex } from '../patterns/pattern-index.ts';
import type { CalleeOptions, Policy } from '../session/callee-options.ts';
import type { LiveSession } from '../session/session.ts';
import { Callees } from './callees.ts';

export interface DealerRegistration {
  readonly id: Id;
  readonly uri: Uri;
  readonly match: Match;
  readonly invoke: Policy;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** In a cluster: of its last claim. */
  revision: number;
  readonly callees: Callees;
}

export interface Added {
  readonly registration: DealerRegistration;
  /** It had no callee before. */
  readonly isNew: boolean;
  /** This session was not a callee before. */
  readonly hasJoined: boolean;
}

export class Registrations {
  private readonly ids: RandomIds;
  private readonly clock: Clock;
  private readonly index: PatternIndex<DealerRegistration>;
  private readonly byId = new Map<Id, DealerRegistration>();
  private readonly bySession = new Map<LiveSession, Set<DealerRegistration>>();

  /** @param spend - Called with the cost of a lookup, in units. */
  private readonly prefersLocal: boolean;

  /** @param prefersLocal - Of callees that share a procedure by `roundrobin` or `random`, those of this node come first. */
  constructor(ids: RandomIds, clock: Clock, spend: (units: number) => void, prefersLocal: boolean) {
    this.prefersLocal = prefersLocal;
    this.index = new PatternIndex(spend);
    this.ids = ids;
    this.clock = clock;
  }

  get size(): number {
    return this.byId.size;
  }

  /** A text if it is refused: `taken` if the policy is `single`, `policy` if the policies differ. A callee that has it already gets it again. */
  add(session: LiveSession, uri: Uri, match: Match, invoke: Policy, options: CalleeOptions): Added | 'taken' | 'policy' {
    const known = this.index.get(uri, match);
    if (known?.invoke === 'single') return 'taken';
    if (known !== undefined && known.invoke !== invoke) return 'policy';
    return this.put(session, known ?? this.create(uri, match, invoke), options, known === undefined);
  }

  /**
   * In a cluster the registry has decided about it, and its id is the same at all nodes.
   *
   * @returns Undefined: others have the procedure by now, and the news of that came first.
   */
  addClaimed(
    session: LiveSession,
    uri: Uri,
    match: Match,
    invoke: Policy,
    options: CalleeOptions,
    claim: Claim,
  ): Added | undefined {
    const known = this.index.get(uri, match);
    if (known && known.id !== claim.id && known.revision > claim.revision) return undefined;
    // What has another id ended elsewhere, and the news of that is on its way.
    if (known && known.id !== claim.id) for (const callee of [...known.callees.keys()]) this.remove(callee, known.id);
    const registration = known?.id === claim.id ? known : this.create(uri, match, invoke, claim);
    registration.revision = Math.max(registration.revision, claim.revision);
    return this.put(session, registration, options, claim.isNew, claim.order);
  }

  private put(
    session: LiveSession,
    registration: DealerRegistration,
    options: CalleeOptions,
    isNew: boolean,
    order?: number,
  ): Added {
    const { uri } = registration;
    const hasJoined = !registration.callees.has(session);
    registration.callees.set(session, options, order);
    if (hasJoined) session.holdings.add(registrationBytes(uri));
    const own = this.bySession.get(session);
    if (own) own.add(registration);
    else this.bySession.set(session, new Set([registration]));
    return { registration, isNew, hasJoined };
  }

  private create(uri: Uri, match: Match, invoke: Policy, claim?: Claim): DealerRegistration {
    const { id, created } = claim ?? { id: this.ids.next(), created: this.clock.now() };
    const registration = { id, uri, match, invoke, created, revision: 0, callees: new Callees(this.prefersLocal) };
    this.index.set(uri, match, registration);
    this.byId.set(id, registration);
    return registration;
  }

  /** @returns The registration that the session had. */
  remove(session: LiveSession, id: Id): DealerRegistration | undefined {
    const registration = this.byId.get(id);
    if (!registration?.callees.delete(session)) return undefined;
    session.holdings.add(-registrationBytes(registration.uri));
    this.bySession.get(session)?.delete(registration);
    if (registration.callees.size === 0) {
      this.byId.delete(id);
      this.index.delete(registration.uri, registration.match);
    }
    return registration;
  }

  /** The registrations of a session. They may be removed during the iteration. */
  of(session: LiveSession): Iterable<DealerRegistration> {
    return this.bySession.get(session) ?? [];
  }

  /** Forgets the session. */
  forget(session: LiveSession): void {
    this.bySession.delete(session);
  }

  get(id: Id): DealerRegistration | undefined {
    return this.byId.get(id);
  }

  /** The registration that REGISTER would join. */
  lookup(uri: Uri, match: Match): DealerRegistration | undefined {
    return this.index.get(uri, match);
  }

  /** How many registrations this session has. */
  countOf(session: LiveSession): number {
    return this.bySession.get(session)?.size ?? 0;
  }

  /** All registrations with this kind of match. */
  values(match: Match): Iterable<DealerRegistration> {
    return this.index.values(match);
  }

  /** The registration that a call of this procedure goes to. */
  find(procedure: Uri): DealerRegistration | undefined {
    return this.index.best(procedure);
  }
}
