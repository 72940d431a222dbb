/*
 * The receivers of an event: WAMP "Subscriber Black- and Whitelisting". A receiver must fulfil all conditions; an empty whitelist lets
 * nobody through. Some events are kept together with their audience, so an audience knows its size in memory.
 *
 * WAMP "Payload Passthru Mode": a session that has not announced it cannot read such an event, and is left out in the same way.
 */

import type { Dict } from '../../base/words.ts';
import { PASSTHRU } from '../../protocol/features.ts';
import type { LiveSession } from '../session/session.ts';

/** One of the lists. */
interface Condition {
  readonly named: ReadonlySet<unknown>;
  readonly isIn: boolean;
  of(session: LiveSession): unknown;
}

/** The approximate size of an entry of a `Set`, and of a large number in it. */
const ENTRY_BYTES = 48;

export class Recipients {
  private readonly conditions: readonly Condition[];
  private readonly needsPassthru: boolean;

  constructor(conditions: readonly Condition[], needsPassthru: boolean) {
    this.conditions = conditions;
    this.needsPassthru = needsPassthru;
  }

  includes(session: LiveSession): boolean {
    if (this.needsPassthru && !session.can('subscriber', PASSTHRU)) return false;
    return this.conditions.every(({ named, isIn, of }) => named.has(of(session)) === isIn);
  }

  /** The approximate size in memory. Computed only when it is kept. */
  get bytes(): number {
    let bytes = 100;
    for (const { named } of this.conditions) {
      bytes += 200 + ENTRY_BYTES * named.size;
      for (const entry of named) if (typeof entry === 'string') bytes += 2 * entry.length;
    }
    return bytes;
  }
}

/** Undefined if PUBLISH.Options have no such lists: everybody. */
export function recipients(options: Dict): Recipients | undefined {
  const conditions = [
    condition(options.eligible, true, (session) => session.id),
    condition(options.eligible_authid, true, (session) => session.authid),
    condition(options.eligible_authrole, true, (session) => session.authrole),
    condition(options.exclude, false, (session) => session.id),
    condition(options.exclude_authid, false, (session) => session.authid),
    condition(options.exclude_authrole, false, (session) => session.authrole),
  ].filter((each) => each !== undefined);
  const needsPassthru = Boolean(options.ppt_scheme);
  return conditions.length === 0 && !needsPassthru ? undefined : new Recipients(conditions, needsPassthru);
}

/** Whether PUBLISH.Options name sessions. A later subscriber has another session, so such an event cannot be kept. */
export function namesSessions({ eligible, exclude }: Dict): boolean {
  return Array.isArray(eligible) || (Array.isArray(exclude) && exclude.length > 0);
}

function condition(list: unknown, isIn: boolean, of: Condition['of']): Condition | undefined {
  return Array.isArray(list) ? { named: new Set<unknown>(list), isIn, of } : undefined; // the codec has checked its type
}
