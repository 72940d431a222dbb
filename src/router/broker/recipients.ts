/*
 * The receivers of an event: WAMP "Subscriber Black- and Whitelisting". A receiver must fulfil all conditions; an empty whitelist lets
 * nobody through.
 *
 * WAMP "Payload Passthru Mode": a session that has not announced it cannot read such an event, and is left out in the same way.
 */

import type { Dict } from '../../base/words.ts';
import { PASSTHRU } from '../../protocol/features.ts';
import type { LiveSession } from '../session/session.ts';
import type { Audience, StoredEvent } from '../store/store.ts';

/** One of the lists. */
interface Condition {
  readonly named: ReadonlySet<unknown>;
  readonly isIn: boolean;
  of(session: LiveSession): unknown;
}

interface Conditions {
  readonly conditions: readonly Condition[];
  readonly needsPassthru: boolean;
  readonly namesSessions: boolean;
}

export class Recipients {
  private readonly conditions: readonly Condition[];
  private readonly needsPassthru: boolean;
  /** A list has sessions. A later subscriber has another session, so such an event cannot be kept. */
  readonly namesSessions: boolean;

  constructor({ conditions, needsPassthru, namesSessions }: Conditions) {
    this.conditions = conditions;
    this.needsPassthru = needsPassthru;
    this.namesSessions = namesSessions;
  }

  includes(session: LiveSession): boolean {
    if (this.needsPassthru && !session.can('subscriber', PASSTHRU)) return false;
    return this.conditions.every(({ named, isIn, of }) => named.has(of(session)) === isIn);
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

/** The lists of PUBLISH.Options, to be kept. Undefined: it is for everybody. In Payload Passthru Mode it is not, even without a list. */
export function audienceOf(options: Dict): Audience | undefined {
  const lists = LISTS.flatMap((name) => (Array.isArray(options[name]) ? [[name, options[name]] as const] : []));
  return lists.length > 0 || options.ppt_scheme ? Object.fromEntries(lists) : undefined;
}

const LISTS = [
  'eligible',
  'eligible_authid',
  'eligible_authrole',
  'exclude',
  'exclude_authid',
  'exclude_authrole',
] as const satisfies readonly (keyof Audience)[];

/** Made on first use: an event may be read very often. */
const ofStored = new WeakMap<StoredEvent, Recipients>();

/** Whether a session is in the audience of an event that was kept. */
export function isAddressed(session: LiveSession, event: StoredEvent): boolean {
  const { audience, details } = event;
  if (audience === undefined) return true;
  const known = ofStored.get(event) ?? recipients({ ...audience, ppt_scheme: details.ppt_scheme });
  if (!known) return true;
  ofStored.set(event, known);
  return known.includes(session);
}

// The codec has checked the type of the lists.

function only(list: unknown, of: Condition['of']): Condition | undefined {
  return Array.isArray(list) ? { named: new Set<unknown>(list), isIn: true, of } : undefined;
}

function except(list: unknown, of: Condition['of']): Condition | undefined {
  return Array.isArray(list) ? { named: new Set<unknown>(list), isIn: false, of } : undefined;
}
