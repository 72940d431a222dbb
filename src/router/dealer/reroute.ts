/*
 * WAMP "Call Re-Routing": who else a call may go to when its callee says that it is not available.
 *
 * The specification is silent on three things; here: who said so is not asked again by the same call, the caller's timeout counts from the
 * CALL, and a call stays where it is once a progressive result has come back or a further input has gone there.
 */
import { type Clock, elapsed } from '../../clock.ts';
import { PASSTHRU } from '../../protocol/features.ts';
import type { Call } from '../../protocol/messages.ts';
import type { Permit } from '../authorization/permissions.ts';
import { toKeep } from '../limits/payload-size.ts';
import type { LiveSession } from '../session/session.ts';
import type { DealerRegistration } from './registrations.ts';

/** What sending a call to another callee needs. */
export interface Others {
  readonly call: Call;
  readonly permit: Permit;
  readonly registration: DealerRegistration;
  /** When the caller's timeout is over; 0: never. */
  readonly deadline: number;
  /** Who is not available. */
  readonly tried: Set<LiveSession>;
}

/**
 * To be kept before it is known whether they are needed. Of a policy of one there are none, and nothing is kept.
 *
 * @param before - What was kept when the call went to somebody else before.
 */
export function othersFor(
  call: Call,
  permit: Permit,
  registration: DealerRegistration,
  before: Others | undefined,
  clock: Clock,
): Others | 'none' {
  if (registration.invoke === 'single') return 'none';
  const timeoutMs = timeoutOf(call);
  if (before) return before;
  return { call: toKeep(call), permit, registration, deadline: timeoutMs && elapsed(clock) + timeoutMs, tried: new Set() };
}

/** Milliseconds; 0: none. */
export function timeoutOf({ options }: Call): number {
  return typeof options.timeout === 'number' ? options.timeout : 0;
}

/**
 * WAMP "Progressive Call Invocations", "Payload Passthru Mode": only to a callee that knows them. That one which takes inputs can be stopped as
 * well is not asked for, as with progressive results.
 */
export function fits({ options }: Call, callee: LiveSession): boolean {
  return (
    (options.progress !== true || callee.can('callee', 'progressive_call_invocations')) &&
    (!options.ppt_scheme || callee.can('callee', PASSTHRU))
  );
}
