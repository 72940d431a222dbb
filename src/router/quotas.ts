/*
 * Whether a session may have one more subscription, registration or call. Repeating an existing one is always allowed. The caller decides about the answer.
 */

import type { Call, Register, Subscribe } from '../protocol/messages.ts';
import { isReserved } from '../protocol/uri.ts';
import type { Subscriptions } from './broker/subscriptions.ts';
import type { Registrations } from './dealer/registrations.ts';
import { CALL_BYTES, registrationBytes, subscriptionBytes } from './limits/holdings.ts';
import type { SettledLimits } from './limits/limits.ts';
import { matchOf } from './patterns/match.ts';
import type { LiveSession } from './session/session.ts';

export class Quotas {
  private readonly limits: SettledLimits;
  private readonly subscriptions: Subscriptions;
  private readonly registrations: Registrations;

  constructor(limits: SettledLimits, subscriptions: Subscriptions, registrations: Registrations) {
    this.limits = limits;
    this.subscriptions = subscriptions;
    this.registrations = registrations;
  }

  /** Why not; undefined: it may. */
  call(session: LiveSession, { procedure }: Call): string | undefined {
    const { maxCalls } = this.limits;
    const fits = session.calls.size < maxCalls && CALL_BYTES <= session.holdings.room;
    if (fits || isReserved(procedure)) return undefined; // calls of the router itself are answered at once
    return session.calls.size < maxCalls
      ? session.holdings.complaint(CALL_BYTES)
      : `${maxCalls} calls of this session are running (limits.maxCalls)`;
  }

  /** The same. */
  subscribe(session: LiveSession, { topic, options }: Subscribe): string | undefined {
    const { maxSubscriptions } = this.limits;
    const complaint =
      this.subscriptions.countOf(session) < maxSubscriptions
        ? session.holdings.complaint(subscriptionBytes(topic))
        : `this session has ${maxSubscriptions} subscriptions (limits.maxSubscriptions)`;
    if (complaint === undefined || this.subscriptions.lookup(topic, matchOf(options))?.subscribers.has(session)) return undefined;
    return complaint;
  }

  /** The same. */
  register(session: LiveSession, { procedure, options }: Register): string | undefined {
    const { maxRegistrations } = this.limits;
    const complaint =
      this.registrations.countOf(session) < maxRegistrations
        ? session.holdings.complaint(registrationBytes(procedure))
        : `this session has ${maxRegistrations} registrations (limits.maxRegistrations)`;
    if (complaint === undefined || this.registrations.lookup(procedure, matchOf(options))?.callees.has(session)) return undefined;
    return complaint;
  }
}
