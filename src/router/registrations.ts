/*
 * Who has registered what: WAMP "Registering", "Pattern-based Registration", "Shared Registration". A registration is one for its
 * (procedure, match), with one callee, or several under a policy that the first of them chose.
 */
import type { RandomIds } from '../protocol/ids.ts';
import type { Match } from '../protocol/uri.ts';
import type { Id, Uri } from '../words.ts';
import { PatternIndex } from './pattern-index.ts';
import type { LiveSession } from './session.ts';

export type Policy = 'single' | 'roundrobin' | 'random' | 'first' | 'last';

export interface DealerRegistration {
  readonly id: Id;
  readonly uri: Uri;
  readonly match: Match;
  readonly invoke: Policy;
  /** In order of registering, with what each asked for. */
  readonly callees: Map<LiveSession, CalleeOptions>;
  /** How many calls it has had: roundrobin's turn. */
  calls: number;
}

export interface CalleeOptions {
  /** WAMP "Caller Identification": this callee wants to know who calls. */
  readonly discloseCaller: boolean;
  /** WAMP "Call Timeout": this callee watches the time itself. */
  readonly forwardTimeout: boolean;
}

export class Registrations {
  private readonly ids: RandomIds;
  private readonly index = new PatternIndex<DealerRegistration>();
  private readonly byId = new Map<Id, DealerRegistration>();
  private readonly bySession = new Map<LiveSession, Set<DealerRegistration>>();

  constructor(ids: RandomIds) {
    this.ids = ids;
  }

  get size(): number {
    return this.byId.size;
  }

  /** Undefined when it is taken: by a policy of one, or with another policy. Who has it already gets it again. */
  add(session: LiveSession, uri: Uri, match: Match, invoke: Policy, options: CalleeOptions): DealerRegistration | undefined {
    let registration = this.index.get(uri, match);
    if (registration === undefined) {
      registration = { id: this.ids.next(), uri, match, invoke, callees: new Map(), calls: 0 };
      this.index.set(uri, match, registration);
      this.byId.set(registration.id, registration);
    } else if (invoke === 'single' || registration.invoke !== invoke) {
      return undefined;
    }
    registration.callees.set(session, options);
    const own = this.bySession.get(session);
    if (own) own.add(registration);
    else this.bySession.set(session, new Set([registration]));
    return registration;
  }

  /** @returns Whether the session had it. */
  remove(session: LiveSession, id: Id): boolean {
    const registration = this.byId.get(id);
    if (!registration?.callees.delete(session)) return false;
    this.bySession.get(session)?.delete(registration);
    if (registration.callees.size === 0) {
      this.byId.delete(id);
      this.index.delete(registration.uri, registration.match);
    }
    return true;
  }

  removeAll(session: LiveSession): void {
    for (const { id } of this.bySession.get(session) ?? []) this.remove(session, id);
    this.bySession.delete(session);
  }

  /** The one that a call of this procedure goes to. */
  find(procedure: Uri): DealerRegistration | undefined {
    return this.index.best(procedure);
  }
}

/** Whose turn it is. `random` in [0, 1). */
export function chooseCallee(registration: DealerRegistration, random: () => number): LiveSession | undefined {
  const { callees, invoke } = registration;
  switch (invoke) {
    case 'single':
    case 'first':
      return callees.keys().next().value;
    case 'last':
      return [...callees.keys()].at(-1);
    case 'roundrobin':
      return [...callees.keys()][registration.calls++ % callees.size];
    case 'random':
      return [...callees.keys()][Math.floor(random() * callees.size)];
    default:
      return invoke satisfies never;
  }
}
