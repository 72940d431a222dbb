/*
 * Who may get an event: WAMP "Subscriber Black- and Whitelisting". All conditions hold together; a whitelist that is there and empty lets
 * nobody through.
 *
 * WAMP "Payload Passthru Mode": who has not announced it cannot read such an event, and is left out in the same way.
 */
import { PASSTHRU } from '../protocol/features.ts';
import type { Match } from '../protocol/uri.ts';
import type { Dict, Uri } from '../words.ts';
import type { LiveSession } from './session.ts';

/** `uri` and `match`: of the subscription by which it would come. */
export type Recipients = (session: LiveSession, uri?: Uri, match?: Match) => boolean;

/** Undefined when PUBLISH.Options say nothing of it: everybody. */
export function recipients(options: Dict): Recipients | undefined {
  const conditions = [
    condition(options.eligible, true, (session) => session.id),
    condition(options.eligible_authid, true, (session) => session.authid),
    condition(options.eligible_authrole, true, (session) => session.authrole),
    condition(options.exclude, false, (session) => session.id),
    condition(options.exclude_authid, false, (session) => session.authid),
    condition(options.exclude_authrole, false, (session) => session.authrole),
    options.ppt_scheme ? (session: LiveSession) => session.can('subscriber', PASSTHRU) : undefined,
  ].filter((each) => each !== undefined);
  return conditions.length === 0 ? undefined : (session) => conditions.every((holds) => holds(session));
}

/** Whether PUBLISH.Options name sessions: who asks later has another session, and who was meant cannot be told any more. */
export function namesSessions({ eligible, exclude }: Dict): boolean {
  return Array.isArray(eligible) || (Array.isArray(exclude) && exclude.length > 0);
}

function condition(list: unknown, isIn: boolean, of: (session: LiveSession) => unknown): Recipients | undefined {
  if (!Array.isArray(list)) return undefined; // the codec has seen to its type
  const named = new Set<unknown>(list);
  return (session) => named.has(of(session)) === isIn;
}
