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

interface Audience {
  readonly conditions: readonly Condition[];
  readonly needsPassthru: boolean;
  readonly namesSessions: boolean;
}

export class Recipients {
  private readonly conditions: readonly Condition[];
  private readonly needsPassthru: boolean;
  /** A list has sessions. A later subscriber has another session, so such an event cannot be kept. */
  readonly namesSessions: boolean;

  constructor({ conditions, needsPassthru, namesSessions }: Audience) {
    this.conditions = conditions;
    this.needsPassthru = needsPassthru;
    this.namesSessions = namesSessions;
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
    only(options.eligible, (session) => session.id),
    only(options.eligible_authid, (session) => session.authid),
    only(options.eligible_authrole, (session) => session.authrole),
    except(options.exclude, (session) => session.id),
    except(options.exclude_authid, (session) => session.authid),
    except(options.exclude_authrole, (session) => session.authrole),
  ].filter((each) => each !== undefined);
  const needsPassthru = Boolean(options.ppt_scheme);
  if (conditions.length === 0 && !needsPassthru) return undefined;
  const { eligible, exclude } = options;
  const namesSessions = Array.isArray(eligible) || (Array.isArray(exclude) && exclude.length > 0);
  return new Recipients({ conditions, needsPassthru, namesSessions });
}

// The codec has checked the type of the lists.

function only(list: unknown, of: Condition['of']): Condition | undefined {
  return Array.isArray(list) ? { named: new Set<unknown>(list), isIn: true, of } : undefined;
}

function except(list: unknown, of: Condition['of']): Condition | undefined {
  return Array.isArray(list) ? { named: new Set<unknown>(list), isIn: false, of } : undefined;
}
