/*
 * WAMP "Registering and Unregistering", of one realm: sessions get and lose procedures by request, by leaving or by revocation. Running
 * calls belong to the dealer and are not touched. registrations.ts has the registrations.
 */

import type { Id, Uri } from '../../base/words.ts';
import { Code, type Register, type Unregister } from '../../protocol/messages.ts';
import { type Match, uriComplaint } from '../../protocol/uri.ts';
import { INVALID_URI } from '../../protocol/uris.ts';
import type { Permit } from '../authorization/permissions.ts';
import type { MetaEvents } from '../meta-events/events.ts';
import { matchOf } from '../patterns/match.ts';
import { ownComplaint } from '../patterns/reserved.ts';
import { refuse, refuseDisclosure } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { Work } from '../turns/turns.ts';
import { policyOf, wishesOf } from './callees.ts';
import type { DealerRegistration, Registrations } from './registrations.ts';

const POLICY_CONFLICT = 'wamp.error.procedure_exists_with_different_invocation_policy';
/** The reason is Crossbar.io's, although its name is an error. */
const UNREGISTERED_BY_FORCE = 'wamp.error.unregistered';

export class Registrar {
  readonly registrations: Registrations;
  private readonly events: MetaEvents;
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
    if (options.force_reregister === true) this.takeAway(procedure, match);
    const invoke = policyOf(options);
    const add = () => this.registrations.add(session, procedure, match, invoke, wishesOf(options));
    let added = add();
    // A leaving session no longer has it, although it is removed a little later.
    if (typeof added !== 'object' && this.isFreed(this.registrations.lookup(procedure, match))) added = add();
    if (typeof added === 'object') {
      const { registration, isNew, hasJoined } = added;
      session.send({ type: Code.REGISTERED, request, registration: registration.id });
      if (hasJoined) session.do(this.events.registered(session, registration, isNew));
      return;
    }
    if (added === 'taken')
      return refuse(session, Code.REGISTER, request, 'wamp.error.procedure_already_exists', `${procedure} is registered already`);
    const text = `${procedure} is registered with another policy than ${invoke}`;
    refuse(session, Code.REGISTER, request, POLICY_CONFLICT, text);
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
    if (registration) {
      session.send({ type: Code.UNREGISTERED, request });
      return session.do(this.events.unregistered(session, registration));
    }
    refuse(session, Code.UNREGISTER, request, 'wamp.error.no_such_registration', `this session has no registration ${id}`);
  }

  /**
   * WAMP "Registration Revocation": takes it away, and notifies a callee that announced the feature. Running calls are still answered.
   *
   * @returns Whether the session had it.
   */
  revoke(session: LiveSession, id: Id, reason: string | undefined): boolean {
    const registration = this.registrations.remove(session, id);
    if (!registration) return false;
    if (session.can('callee', 'registration_revocation')) {
      const details = { registration: id, ...(reason === undefined ? {} : { reason }) };
      session.send({ type: Code.UNREGISTERED, request: 0, details });
    }
    session.do(this.events.unregistered(session, registration));
    return true;
  }

  /** Removes one of the registrations of a leaving session. */
  bury(session: LiveSession, { id }: DealerRegistration): Work | undefined {
    const registration = this.registrations.remove(session, id);
    return registration && !session.leavesQuietly ? this.events.unregistered(session, registration) : undefined;
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
