/*
 * A call on its way to a callee: what is sent to the callee, and the other callees if it says that it is unavailable (WAMP "Call Re-Routing").
 *
 * The specification leaves three things open. Here a call does not ask the same callee twice, the caller's timeout counts from the
 * CALL, and a call stays where it is once a progressive result has come back or a further input has gone there.
 */
import { type Clock, elapsed } from '../../base/clock.ts';
import type { Dict } from '../../base/words.ts';
import { PASSTHRU } from '../../protocol/features.ts';
import type { Call } from '../../protocol/messages.ts';
import type { Permit } from '../authorization/permissions.ts';
import { toKeep } from '../limits/payload-size.ts';
import { mirrorOptions, takesPassthru } from '../session/passthru.ts';
import type { LiveSession } from '../session/session.ts';
import type { Seat } from './callees.ts';
import type { DealerRegistration } from './registrations.ts';

/** For the node of the callee, which removes it: the caller takes answers in Payload Passthru Mode. */
export const PACKED = 'takes passthru';

/** A call, and the registration that it goes to. */
export interface Route {
  readonly call: Call;
  readonly permit: Permit;
  readonly registration: DealerRegistration;
}

/** The same, kept for sending it to another callee. */
export interface KeptRoute extends Route {
  /** The time when the caller's timeout is over; 0: never. */
  readonly deadline: number;
  /** Callees that are not available. */
  readonly tried: Set<LiveSession>;
}

/** This is not the first attempt. */
export function isKept(route: Route | KeptRoute): route is KeptRoute {
  return 'tried' in route;
}

/** The route in case that the callee is unavailable. With the policy `single` there are no others, and nothing is kept. */
export function toOthers(route: Route | KeptRoute, clock: Clock): KeptRoute | 'none' {
  const { call, permit, registration } = route;
  if (registration.invoke === 'single') return 'none';
  if (isKept(route)) return route;
  const timeoutMs = timeoutOf(call);
  return { call: toKeep(call), permit, registration, deadline: timeoutMs && elapsed(clock) + timeoutMs, tried: new Set() };
}

/** Milliseconds; 0: none. */
export function timeoutOf({ options }: Call): number {
  return typeof options.timeout === 'number' ? options.timeout : 0;
}

/**
 * WAMP "Progressive Call Invocations", "Payload Passthru Mode": only to a callee that announced them. A callee that takes inputs need not support
 * canceling, as with progressive results.
 */
export function fits({ options }: Call, callee: LiveSession): boolean {
  return (
    (options.progress !== true || callee.can('callee', 'progressive_call_invocations')) &&
    (!options.ppt_scheme || callee.can('callee', PASSTHRU))
  );
}

/**
 * The details of an INVOCATION.
 *
 * @param timeoutMs - For the callee to watch; 0: none.
 */
export function invocationDetails(
  { call, permit, registration }: Route,
  caller: LiveSession,
  { session: callee, options: wishes }: Seat,
  timeoutMs: number,
): Dict {
  const { options, procedure } = call;
  const details: { [key: string]: unknown } = {};
  // WAMP "Pattern-based Registration": a callee by pattern gets the procedure.
  if (registration.match !== 'exact') details.procedure = procedure;
  if (permit.disclose ?? (options.disclose_me === true || wishes.discloseCaller)) {
    details.caller = caller.id;
    details.caller_authid = caller.authid;
    details.caller_authrole = caller.authrole;
  }
  if (caller.trustlevel !== undefined) details.trustlevel = caller.trustlevel;
  // WAMP "Progressive Call Results": a callee that did not announce them (wampy) is not asked for them.
  if (options.receive_progress === true && callee.can('callee', 'progressive_call_results')) details.receive_progress = true;
  if (timeoutMs > 0) details.timeout = timeoutMs;
  if (callee.isRemote && takesPassthru(caller)) details[PACKED] = true;
  mirrorOptions(options, details);
  return details;
}
