/* One conversation while it goes on. */
import { elapsed } from '../../base/clock.ts';
import type { Uri } from '../../base/words.ts';
import type { Payload } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import type { Mask } from '../config/masks.ts';
import type { CallOutcome } from '../limits/call-watch.ts';
import type { Who } from '../session/router-session.ts';
import type { Spread, WatchedCall } from '../session/session-parts.ts';
import type { Conversation, ConversationKind, Party } from './conversation.ts';
import { payloadText, shortened } from './payload-text.ts';
import type { Watch } from './watch.ts';
import type { WatchedRealm } from './watched-realm.ts';

/** What the caller gets, if it gets anything; and why. */
const ENDS: { readonly [outcome in CallOutcome]?: readonly [error: Uri | undefined, text: string] } = {
  error: [undefined, 'its payload could not be passed on'],
  canceled: ['wamp.error.canceled', 'the call was canceled'],
  lost: ['wamp.error.canceled', 'the callee is gone'],
  timeout: ['wamp.error.timeout', 'no answer in time'],
};

/** The text quotes the argument. */
const INVALID_ARGUMENT = 'wamp.error.invalid_argument';
const CALLER_LEFT = 'the caller has left';

/** Longer names are cut: some come from requests that are refused because of their length. */
const MAX_NAME = 1000;

export interface RowParts {
  readonly row: number;
  readonly kind: ConversationKind;
  readonly uri: Uri;
  readonly match: Match;
  readonly from: Who;
  readonly realm: WatchedRealm;
  readonly watches: Set<Watch>;
}

export class Row implements WatchedCall {
  readonly kind: ConversationKind;
  readonly uri: Uri;
  readonly match: Match;
  readonly from: Who;
  /** The caller takes progressive results, or is at another node, which knows that. */
  isProgressive = false;
  private readonly row: number;
  private readonly realm: WatchedRealm;
  private readonly watches: Set<Watch>;
  private readonly at: number;
  private readonly begun: number;
  private state: Conversation['state'] = 'waiting';
  private to: Who | undefined;
  private invokedAt: number | undefined;
  private endedAt: number | undefined;
  private progress = 0;
  private spread: Spread | undefined;
  private error: Uri | undefined;
  private text: string | undefined;
  /** The text of an ERROR that is payload, or quotes it. */
  private privateText: string | undefined;
  /** The error is that of the callee. */
  private isCallees = false;
  /** Without payloads, and with them; until something changes. */
  private readonly sayings: (string | undefined)[] = [];
  private request: string | null = null;
  private answer: string | null = null;
  /** The router asks with the secrets of a login. */
  private readonly isSecret: boolean;

  constructor({ row, kind, uri, match, from, realm, watches }: RowParts) {
    this.row = row;
    this.kind = kind;
    this.uri = uri;
    this.match = match;
    this.from = from;
    this.realm = realm;
    this.watches = watches;
    this.isSecret = isRouter(from);
    this.at = realm.clock.now();
    this.begun = elapsed(realm.clock);
  }

  /** It failed, or nobody gets it. */
  get isBad(): boolean {
    return this.state === 'failed' || (this.spread !== undefined && this.spread.sessions + this.spread.routers === 0);
  }

  /** One more who watches it. */
  add(watch: Watch, payload: Payload): void {
    this.watches.add(watch);
    if (this.wantsPayloads) this.request ??= this.textOf(payload);
  }

  asks(payload: Payload): void {
    if (this.wantsPayloads) this.request = this.textOf(payload);
    this.tell();
  }

  invoked(callee: Who): void {
    this.to = callee;
    this.state = 'waiting'; // it may have ended at another callee
    this.error = undefined;
    this.text = undefined;
    this.privateText = undefined;
    this.isCallees = false;
    this.endedAt = undefined;
    this.invokedAt = elapsed(this.realm.clock);
    this.tell();
  }

  progressed(payload: Payload): void {
    this.progress++;
    this.answered(payload);
    this.tell();
  }

  done(payload: Payload = {}): void {
    this.answered(payload);
    this.close('done');
  }

  failed(error: Uri, { text, ...payload }: Payload & { readonly text?: string | undefined }): void {
    this.error = error;
    const isPayload = this.isCallees || error === INVALID_ARGUMENT;
    this.text = isPayload ? undefined : text;
    this.privateText = isPayload && !this.isSecret && this.mask !== 'all' ? text : undefined;
    this.answered(payload);
    this.close('failed');
  }

  calleeFailed(): void {
    this.isCallees = true;
    this.text = undefined;
  }

  spreads(spread: Spread): void {
    this.spread = spread;
    this.close('done');
  }

  ended(outcome: CallOutcome): void {
    if (outcome === 'result') return this.close('done');
    const [error, text] = ENDS[outcome] ?? [];
    if (!this.isCallees && this.error === undefined)
      this.text = outcome === 'lost' && !isRouter(this.from) && !this.realm.has(this.from) ? CALLER_LEFT : text;
    this.error ??= error;
    this.close('failed');
  }

  /** It gets no answer any more. */
  lost(why: string = 'the session that asked has left'): void {
    if (this.state !== 'waiting') return;
    this.text = why;
    this.close('failed');
  }

  private get wantsPayloads(): boolean {
    if (this.isSecret) return false;
    for (const watch of this.watches) if (watch.wantsPayloads) return true;
    return false;
  }

  private answered(payload: Payload): void {
    if (this.wantsPayloads) this.answer = this.textOf(payload) ?? this.answer;
  }

  private get mask(): Mask {
    return this.realm.realm.masks.of(this.uri);
  }

  private textOf(payload: Payload): string | null {
    return payloadText(payload, this.mask);
  }

  leaves(reason: Uri): void {
    this.text = `${this.from.authid} left: ${reason}`;
    this.close('done');
  }

  private close(state: 'done' | 'failed'): void {
    this.state = state;
    this.endedAt = elapsed(this.realm.clock);
    this.tell();
  }

  private tell(): void {
    this.sayings.length = 0;
    for (const watch of this.watches) watch.note(this);
  }

  /** Its state now. */
  shown(withPayloads: boolean): Conversation {
    const { row, kind, uri, match, at, from, to, state, progress, spread, error, request, answer } = this;
    return {
      row,
      kind,
      realm: from.realm,
      uri: cut(uri),
      match,
      at,
      from: partyOf(from),
      to: to ? partyOf(to) : null,
      state,
      invokedMs: this.since(this.invokedAt),
      endedMs: this.since(this.endedAt),
      progress,
      receivers: spread ? { sessions: spread.sessions, routers: spread.routers } : null,
      error: error === undefined ? null : cut(error),
      payload: withPayloads ? request : null,
      answer: withPayloads ? answer : null,
      says: this.says(withPayloads),
    };
  }

  private says(withPayloads: boolean): string {
    const { kind, uri, match, from, to, state, progress, spread, error, isCallees, sayings } = this;
    const text = withPayloads ? (this.privateText ?? this.text) : this.text;
    const place = withPayloads && this.privateText !== undefined ? 1 : 0;
    // Once: the reasons of a failure cost some work.
    sayings[place] ??= this.realm.says({ kind, uri, match, from, to, state, progress, spread, error, text, isCallees });
    return sayings[place];
  }

  private since(time: number | undefined): number | null {
    return time === undefined ? null : Math.round((time - this.begun) * 1000) / 1000;
  }
}

function cut(name: string): string {
  return name.length > MAX_NAME ? shortened(name, MAX_NAME) : name;
}

export function partyOf(who: Who): Party {
  const { id, authid, authrole } = who;
  return { session: isRouter(who) ? null : id, authid: cut(authid), authrole: cut(authrole) };
}

/** The router itself, or another router of the cluster, which does not say for whom. */
export function isRouter({ authid, authmethod }: Who): boolean {
  return authid === 'router' && authmethod === 'internal';
}
