/* What became of a conversation, in a sentence; with the reason if it failed, or nobody got it. */
import { type Clock, elapsed } from '../../base/clock.ts';
import { oneLine, type Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import type { Who } from '../session/router-session.ts';
import type { Spread } from '../session/session-parts.ts';
import type { Conversation, ConversationKind } from './conversation.ts';
import { type ExplainedRealm, reasons } from './explain.ts';

/** Looking for reasons takes at most about so much of each second, in milliseconds. What fails then has only the text of its ERROR. */
const REASONS_MS = 50;

const MAX_TEXT = 1000;

/** What is known of a conversation. */
export interface Known {
  readonly kind: ConversationKind;
  readonly uri: Uri;
  readonly match: Match;
  readonly from: Who;
  readonly to: Who | undefined;
  readonly state: Conversation['state'];
  readonly progress: number;
  readonly spread: Spread | undefined;
  readonly error: Uri | undefined;
  readonly text: string | undefined;
  /** The error is that of the callee. */
  readonly isCallees: boolean;
}

const TAKEN = 'wamp.error.procedure_already_exists';
/** More callees are only counted. */
const MAX_NAMES = 2;

/** Failures that more is known about. */
const EXPLAINED: ReadonlySet<string> = new Set(['wamp.error.not_authorized', 'wamp.error.no_such_procedure', TAKEN]);

export class WatchedRealm {
  readonly clock: Clock;
  readonly realm: ExplainedRealm;
  private second = 0;
  private leftMs = REASONS_MS;

  private readonly realms: () => Iterable<ExplainedRealm>;

  /** @param realms - All realms of the router. */
  constructor(realm: ExplainedRealm, clock: Clock, realms: () => Iterable<ExplainedRealm>) {
    this.realm = realm;
    this.clock = clock;
    this.realms = realms;
  }

  /** Whether this session is in the realm. */
  has({ id }: Who): boolean {
    return this.realm.session(id) !== undefined;
  }

  says(known: Known): string {
    const { kind, state, spread, error, isCallees, to } = known;
    const text = known.text === undefined ? undefined : oneLine(known.text, MAX_TEXT);
    if (kind === 'join' || kind === 'leave') return text ?? `${named(known.from)} joined`;
    if (error !== undefined) {
      const why = [...(text === undefined ? [] : [text]), ...(EXPLAINED.has(error) && !isCallees ? this.why(known) : [])];
      const name = oneLine(error, MAX_TEXT);
      const whose = isCallees && to ? `${name} from ${named(to)}` : name;
      return why.length > 0 ? `${whose}: ${why.join('; ')}` : whose;
    }
    if (state === 'failed') return text ?? 'it failed';
    if (spread) return [gets(spread), ...(spread.sessions + spread.routers === 0 ? this.why(known) : [])].join('; ');
    return state === 'waiting' ? waiting(known) : done(known);
  }

  private why(known: Known): readonly string[] {
    const { kind, uri, match, from, error } = known;
    if (kind !== 'call' && kind !== 'publish' && kind !== 'subscribe' && kind !== 'register') return [];
    const second = Math.floor(this.clock.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.leftMs = REASONS_MS;
    }
    if (this.leftMs <= 0) return [];
    const begun = elapsed(this.clock);
    const found = error === TAKEN ? this.holders(known) : reasons(this.realm, from, { action: kind, uri, match }, this.realms());
    this.leftMs -= elapsed(this.clock) - begun;
    return found;
  }

  /** The callees of a procedure that somebody wants to register, too. */
  private holders({ uri, match }: Known): readonly string[] {
    const callees = this.realm.registrations.lookup(uri, match)?.callees;
    if (!callees || callees.size === 0) return [];
    const names: string[] = [];
    for (const callee of callees.keys()) {
      if (names.length === MAX_NAMES) break;
      names.push(named(callee));
    }
    const more = callees.size - names.length;
    return [`by ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
  }
}

function gets({ sessions, routers, omitsPublisher, omitted, slow }: Spread): string {
  const without = [
    ...(omitsPublisher ? ['the publisher is left out (exclude_me)'] : []),
    ...(omitted > 0 ? [`${count(omitted, 'subscriber')} left out by its options (exclude, eligible, …)`] : []),
    ...(slow > 0 ? [`${count(slow, 'subscriber')} reading too slowly: too much waits already (limits.onQueueFull)`] : []),
  ];
  const elsewhere = routers > 0 ? `${count(routers, 'other router')}` : undefined;
  const who =
    sessions + routers === 0 ? 'nobody gets it' : `for ${[count(sessions, 'session'), elsewhere].filter(Boolean).join(' and ')}`;
  return [who, ...without].join(', ');
}

function waiting({ kind, to, progress }: Known): string {
  if (kind !== 'call') return 'no answer yet';
  if (!to) return 'no callee yet';
  return progress > 0 ? `${count(progress, 'progressive result')} so far` : `waits for ${named(to)}`;
}

function done({ kind, to, progress }: Known): string {
  switch (kind) {
    case 'call':
      return `${to ? `answered by ${named(to)}` : 'answered by the router'}${progress > 0 ? `, after ${count(progress, 'progressive result')}` : ''}`;
    case 'publish':
      return 'published';
    case 'event':
      return 'sent';
    case 'subscribe':
      return 'subscribed';
    case 'unsubscribe':
      return 'unsubscribed';
    case 'register':
      return 'registered';
    default:
      return 'unregistered';
  }
}

function named({ id, authid }: Who): string {
  return `${authid} (${id})`;
}

function count(many: number, one: string): string {
  return `${many} ${one}${many === 1 ? '' : 's'}`;
}
