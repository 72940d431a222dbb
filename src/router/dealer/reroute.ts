/*
 * WAMP "Call Re-Routing": the other callees of a call whose callee says that it is unavailable.
 *
 * The specification leaves three things open. Here a call does not ask the same callee twice, the caller's timeout counts from the
 * CALL, and a call stays where it is once a progressive result has come back or a further input has gone there.
 */
import { type Clock, elapsed } from '../../base/clock.ts';
import { PASSTHRU } from '../../protocol/features.ts';
import type { Call } from '../../protocol/messages.ts';
import type { Permit } from '../authorization/permissions.ts';
import { toKeep } from '../limits/payload-size.ts';
import type { LiveSession } from '../session/session.ts';
import type { DealerRegistration } from './registrations.ts';

/** The data for sending a call to another callee. */
export interface Others {
  readonly call: Call;
  readonly permit: Permit;
  readonly registration: DealerRegistration;
  /** The time when the caller's timeout is over; 0: never. */
  readonly deadline: number;
  /** Callees that are not available. */
  readonly tried: Set<LiveSession>;
}

/**
 * Kept in case they are needed. With the policy `single` there are no others, and nothing is kept.
 *
 * @param before - The data of the attempt before, with another callee.
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
 * WAMP "Progressive Call Invocations", "Payload Passthru Mode": only to a callee that announced them. A callee that takes inputs need not support
 * canceling, as with progressive results.
 */
export function fits({ options }: Call, callee: LiveSession): boolean {
  return (
    (options.progress !== true || callee.can('callee', 'progressive_call_invocations')) &&
    (!options.ppt_scheme || callee.can('callee', PASSTHRU))
  );
}
