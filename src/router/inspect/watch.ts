/* One who watches: which conversations are wanted, and the news of them, which come together some times a second. */
import type { Check } from '../../base/checks.ts';
import { type Clock, elapsed } from '../../base/clock.ts';
import { bool, checkOptions, oneOf, string } from '../../base/options.ts';
import type { Uri } from '../../base/words.ts';
import { uriComplaint } from '../../protocol/uri.ts';
import { matcher } from '../patterns/pattern-index.ts';
import type { Who } from '../session/router-session.ts';
import type { Conversation, ConversationKind, WatchFilter, WatchNews } from './conversation.ts';

/** News are told so long after the first of them. */
const REST_MS = 50;
/** The default of `perSecond`. */
const PER_SECOND = 1000;
const MAX_PER_SECOND = 10_000;
/** The length of all texts of one WatchNews, roughly. The rest comes with the next: one message of all could be longer than a router accepts. */
const MAX_NEWS = 100_000;

const KINDS: readonly ConversationKind[] = [
  'call',
  'publish',
  'event',
  'subscribe',
  'unsubscribe',
  'register',
  'unregister',
  'join',
  'leave',
];

const id: Check = (value) => (Number.isSafeInteger(value) && Number(value) > 0 ? undefined : 'the id of a session');
const kindsCheck: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((each) => KINDS.includes(each))
    ? undefined
    : `a list of ${KINDS.join(', ')}`;
const rateCheck: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_PER_SECOND
    ? undefined
    : `an integer from 1 to ${MAX_PER_SECOND}`;

/** @throws TypeError that says what was expected and what came. */
export function checkFilter(filter: WatchFilter, realms: readonly Uri[]): void {
  checkOptions('watch', filter, {
    realm: oneOf(...realms),
    session: id,
    authid: string,
    authrole: string,
    uri: string,
    match: oneOf('exact', 'prefix', 'wildcard'),
    kinds: kindsCheck,
    failed: bool,
    payloads: bool,
    perSecond: rateCheck,
  });
  const { uri, match } = filter;
  if (uri === undefined && match !== undefined) throw new TypeError(`expected uri of watch beside match '${match}', got nothing`);
  const complaint = uri === undefined ? undefined : uriComplaint(uri, match);
  if (complaint !== undefined) throw new TypeError(`uri of watch: ${complaint}`);
}

/** A conversation that can be told. */
interface Shown {
  /** It failed, or nobody gets it. */
  readonly isBad: boolean;
  /** Its state now. */
  shown(withPayloads: boolean): Conversation;
}

export class Watch {
  readonly filter: WatchFilter;
  readonly hasPayloads: boolean;
  /** It watches one session or user, not all: then it sees events, too. */
  readonly namesSessions: boolean;
  private readonly clock: Clock;
  private readonly tell: (news: WatchNews) => void;
  private readonly threw: (error: unknown) => void;
  private readonly fits: ((uri: Uri) => boolean) | undefined;
  private readonly kinds: ReadonlySet<ConversationKind> | undefined;
  private readonly perSecond: number;
  private readonly changed = new Set<Shown>();
  /** With `failed`: those that have been counted. */
  private readonly faults = new WeakSet<Shown>();
  private skipped = 0;
  private timer: unknown;
  private second = Number.NEGATIVE_INFINITY;
  private taken = 0;
  private isOver = false;

  /** @param threw - Gets what `tell` throws. */
  constructor(filter: WatchFilter, clock: Clock, tell: (news: WatchNews) => void, threw: (error: unknown) => void) {
    const { uri, match = 'exact', kinds, payloads = false, perSecond = PER_SECOND, session, authid } = filter;
    this.filter = filter;
    this.clock = clock;
    this.tell = tell;
    this.threw = threw;
    this.fits = uri === undefined ? undefined : matcher(uri, match);
    this.kinds = kinds && new Set(kinds);
    this.hasPayloads = payloads;
    this.namesSessions = session !== undefined || authid !== undefined;
    this.perSecond = perSecond;
  }

  /** Whether it watches this session. */
  isOf({ id, authid, authrole, realm }: Who): boolean {
    const { filter } = this;
    return (
      (filter.realm ?? realm) === realm &&
      (filter.session ?? id) === id &&
      (filter.authid ?? authid) === authid &&
      (filter.authrole ?? authrole) === authrole
    );
  }

  /** Whether a new conversation is wanted, and there is room for it. */
  takes(kind: ConversationKind, uri: Uri): boolean {
    if (this.kinds?.has(kind) === false) return false;
    if (kind === 'event' && !this.namesSessions) return false; // its publication says how many get it
    if (this.fits && (uri === '' || !this.fits(uri))) return false;
    // Whether it fails is known later.
    return this.filter.failed === true || this.hasRoom();
  }

  /** Counts one more conversation. */
  private hasRoom(): boolean {
    const now = elapsed(this.clock);
    if (now - this.second >= 1000) {
      this.second = now;
      this.taken = 0;
    }
    if (this.taken < this.perSecond && this.changed.size < this.perSecond) {
      this.taken++;
      return true;
    }
    this.skipped++;
    this.wake();
    return false;
  }

  /** A conversation has another state. */
  note(row: Shown): void {
    if (this.isOver || (this.filter.failed === true && !this.isWantedFault(row))) return;
    // The last change is the last that is told.
    this.changed.delete(row);
    this.changed.add(row);
    this.wake();
  }

  private isWantedFault(row: Shown): boolean {
    if (!row.isBad) return false;
    if (!this.faults.has(row)) {
      if (!this.hasRoom()) return false;
      this.faults.add(row);
    }
    return true;
  }

  private wake(): void {
    this.timer ??= this.clock.setTimeout(() => this.flush(), REST_MS);
  }

  private flush(): void {
    this.timer = undefined;
    const conversations: Conversation[] = [];
    let length = 0;
    for (const row of this.changed) {
      if (length >= MAX_NEWS) break;
      this.changed.delete(row);
      if (this.filter.failed === true && !row.isBad) continue; // it has got another callee
      const shown = row.shown(this.hasPayloads);
      length += lengthOf(shown);
      conversations.push(shown);
    }
    const { skipped } = this;
    this.skipped = 0;
    if (this.changed.size > 0) this.wake();
    if (conversations.length === 0 && skipped === 0) return;
    try {
      this.tell({ conversations, skipped });
    } catch (error) {
      this.threw(error);
    }
  }

  /** It gets payloads, and has not ended. */
  get wantsPayloads(): boolean {
    return this.hasPayloads && !this.isOver;
  }

  end(): void {
    this.isOver = true;
    this.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.changed.clear();
  }
}

/** Of its texts, and of what is around them. */
function lengthOf({ uri, payload, answer, error, says, from, to }: Conversation): number {
  const names = uri.length + from.authid.length + (to?.authid.length ?? 0) + (error?.length ?? 0);
  return 500 + names + says.length + (payload?.length ?? 0) + (answer?.length ?? 0);
}
