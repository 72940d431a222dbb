/*
 * WAMP "Registering and Unregistering", of one realm: sessions get and lose procedures by request, by leaving or by revocation. Running
 * calls belong to the dealer and are not touched. registrations.ts has the registrations.
 */

import type { Id, Uri } from '../../base/words.ts';
import { Code, type Register, type Unregister } from '../../protocol/messages.ts';
import { type Match, uriComplaint } from '../../protocol/uri.ts';
import { INVALID_URI } from '../../protocol/uris.ts';
import type { Permit } from '../authorization/permissions.ts';
import type { Elsewhere, Refusal } from '../elsewhere/elsewhere.ts';
import type { MetaEvents } from '../meta-events/events.ts';
import { matchOf } from '../patterns/match.ts';
import { ownComplaint } from '../patterns/reserved.ts';
import { type Policy, policyOf, wishesOf } from '../session/callee-options.ts';
import { refuse, refuseDisclosure } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { Work } from '../turns/turns.ts';
import type { Added, DealerRegistration, Registrations } from './registrations.ts';

const POLICY_CONFLICT = 'wamp.error.procedure_exists_with_different_invocation_policy';
/** The reason is Crossbar.io's, although its name is an error. */
const UNREGISTERED_BY_FORCE = 'wamp.error.unregistered';

export class Registrar {
  readonly registrations: Registrations;
  private readonly events: MetaEvents;
  private elsewhere: Elsewhere | undefined;
  /** Counts units of work beyond the message itself. */
  private readonly spend: (units: number) => void;

  constructor(registrations: Registrations, events: MetaEvents, spend: (units: number) => void) {
    this.spend = spend;
    this.registrations = registrations;
    this.events = events;
  }

  register(session: LiveSession, { request, procedure, options }: Register, permit: Permit): void {
    const match = matchOf(options);
    const complaint = uriComplaint(procedure, match) ?? ownComplaint(procedure, 'procedures', session);
    if (complaint !== undefined) return refuse(session, Code.REGISTER, request, INVALID_URI, complaint);
    if (options.disclose_caller === true && permit.disclose === false) return refuseDisclosure(session, Code.REGISTER, request);
    const isForced = options.force_reregister === true;
    if (isForced) this.takeAway(procedure, match);
    const invoke = policyOf(options);
    const wishes = wishesOf(options);
    if (this.elsewhere) {
      const wish = { session, uri: procedure, match, invoke, options: wishes, isForced };
      return session.hold(this.elsewhere.claim(wish), (claim) => {
        if ('error' in claim) return refuse(session, Code.REGISTER, request, claim.error, claim.text);
        const added = this.registrations.addClaimed(session, procedure, match, invoke, wishes, claim);
        if (added) {
          session.send({ type: Code.REGISTERED, request, registration: claim.id });
          return this.elsewhere?.registered(session, claim.id);
        }
        this.elsewhere?.withdraw(session, claim);
        const { error, text } = taken(procedure);
        refuse(session, Code.REGISTER, request, error, text);
      });
    }
    const add = () => this.registrations.add(session, procedure, match, invoke, wishes);
    let added = add();
    // A leaving session no longer has it, although it is removed a little later.
    if (typeof added !== 'object' && this.isFreed(this.registrations.lookup(procedure, match))) added = add();
    if (typeof added === 'object') return this.registered(session, request, added);
    const { error, text } = added === 'taken' ? taken(procedure) : otherPolicy(procedure, invoke);
    refuse(session, Code.REGISTER, request, error, text);
  }

  private registered(session: LiveSession, request: Id, { registration, isNew, hasJoined }: Added): void {
    session.send({ type: Code.REGISTERED, request, registration: registration.id });
    if (hasJoined) session.do(this.events.registered(session, registration, isNew));
  }

  /** From now on it is the registrar of one node of a cluster. */
  join(elsewhere: Elsewhere): void {
    this.elsewhere = elsewhere;
  }

  /** Crossbar.io's `force_reregister`: all callees that have the procedure by the same match lose it, whatever the policy. */
  private takeAway(procedure: Uri, match: Match): void {
    const registration = this.registrations.lookup(procedure, match);
    if (!registration) return;
    this.spend(registration.callees.size);
    for (const callee of [...registration.callees.keys()]) this.revoke(callee, registration.id, UNREGISTERED_BY_FORCE);
  }

  /** Running calls are still answered. */
  unregister(session: LiveSession, { request, registration: id }: Unregister): void {
    const registration = this.registrations.remove(session, id);
    if (!registration)
      return refuse(session, Code.UNREGISTER, request, 'wamp.error.no_such_registration', `this session has no registration ${id}`);
    const answer = (): void => void session.send({ type: Code.UNREGISTERED, request });
    const tell = (): void => session.do(this.events.unregistered(session, registration));
    if (!this.elsewhere) {
      answer();
      return tell();
    }
    // Whoever hears of it at another node has heard it before the answer.
    tell();
    const released = this.elsewhere.release(session, registration);
    if (released) session.hold(released, answer);
    else answer();
  }

  /**
   * WAMP "Registration Revocation": takes it away, and notifies a callee that announced the feature. Running calls are still answered.
   *
   * @returns Whether the session had it.
   */
  revoke(session: LiveSession, id: Id, reason: string | undefined): boolean {
    const registration = this.registrations.remove(session, id);
    if (!registration) return false;
    const notify = (): void => {
      if (session.isGone || !session.can('callee', 'registration_revocation')) return;
      const details = { registration: id, ...(reason === undefined ? {} : { reason }) };
      session.send({ type: Code.UNREGISTERED, request: 0, details });
    };
    const released = this.elsewhere?.release(session, registration);
    // A callee that hears of it may register again at once.
    if (released) void released.then(() => session.guard(notify));
    else notify();
    if (!session.isRemote) session.do(this.events.unregistered(session, registration)); // otherwise its own node does it
    return true;
  }

  /** Removes one of the registrations of a leaving session. */
  bury(session: LiveSession, { id }: DealerRegistration): Work | undefined {
    const registration = this.registrations.remove(session, id);
    if (registration) void this.elsewhere?.release(session, registration);
    return registration && !session.isRemote && !session.leavesQuietly
      ? this.events.unregistered(session, registration)
      : undefined;
  }

  /**
   * For routing, a leaving session is gone, although its registrations are removed one by one. If a session needs one of them before its turn, it is removed now.
   *
   * @returns Whether all its callees were leaving, so that it is gone now.
   */
  isFreed(registration: DealerRegistration | undefined): boolean {
    if (!registration) return false;
    for (const { isGone } of registration.callees.keys()) if (!isGone) return false;
    const callees = [...registration.callees.keys()];
    this.spend(callees.length);
    for (const callee of callees) callee.do(this.bury(callee, registration));
    return true;
  }
}

/** The procedure is registered, and its policy is `single`. */
export function taken(procedure: Uri): Refusal {
  return { error: 'wamp.error.procedure_already_exists', text: `${procedure} is registered already` };
}

export function otherPolicy(procedure: Uri, invoke: Policy): Refusal {
  return { error: POLICY_CONFLICT, text: `${procedure} is registered with another policy than ${invoke}` };
}
