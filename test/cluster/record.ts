/*
 * What the clients of a campaign have seen, and what of it must not be. Calls are counted by the ledger of the chaos tests; here are events, sessions, owners
 * and testaments. All times are of this machine's monotonic clock, in milliseconds, so they can be compared between processes.
 */
import { Ledger } from '../chaos/ledger.ts';

interface Event {
  readonly publisher: string;
  /** The publisher's session. */
  readonly from: number;
  readonly n: number;
  readonly topic: string;
}

type Seen =
  | { readonly kind: 'up' | 'down'; readonly client: string; readonly session: number }
  | ({ readonly kind: 'sent' | 'acknowledged' } & Event)
  | ({ readonly kind: 'got'; readonly subscriber: string; readonly session: number } & Event)
  | { readonly kind: 'subscribed' | 'gap'; readonly subscriber: string; readonly session: number }
  | { readonly kind: 'called'; readonly id: string; readonly name: string }
  | { readonly kind: 'ran'; readonly id: string }
  | {
      readonly kind: 'settled';
      readonly id: string;
      readonly value?: unknown;
      readonly error?: string;
      readonly text?: string;
      readonly delivery?: 'not-sent' | 'unknown';
    }
  | { readonly kind: 'registered' | 'released' | 'invoked'; readonly owner: string }
  | { readonly kind: 'willed'; readonly session: number }
  | { readonly kind: 'will'; readonly subscriber: string; readonly session: number; readonly of: number }
  | { readonly kind: 'wrong'; readonly text: string };

export type Entry = Seen & { readonly at: number };

interface Standing {
  readonly session: number;
  /** When SUBSCRIBED had come for all topics. */
  readonly since: number;
  readonly got: Map<string, number>;
  readonly last: Map<number, number>;
  readonly wills: Map<number, number>;
  /** When it was told that events may be missing. */
  gapAt: number;
}

interface Publication extends Event {
  readonly sentAt: number;
  isAcknowledged: boolean;
}

/** These errors say that no endpoint was run. */
const notMade: ReadonlySet<string> = new Set([
  'wamp.error.no_such_procedure',
  'wamp.error.no_available_callee',
  'wamp.error.unavailable',
]);

/** A call that is younger may not have been at its router yet. */
const ON_THE_WAY_MS = 300;

export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Record {
  readonly tally = {
    events: 0,
    certain: 0,
    gaps: 0,
    calls: 0,
    failed: 0,
    invocations: 0,
    owners: 0,
    testaments: 0,
    sessionsLost: 0,
  };
  readonly violations: string[] = [];
  readonly sessions = new Map<string, number>();
  readonly standings = new Map<string, Standing>();
  /** Routers end in peace: no gap excuses a lost event. */
  isGentle = false;
  /** When a router got SIGTERM: calls that were running then must be answered. */
  terms: number[] = [];
  readonly failures = new Map<string, number>();
  private readonly onViolation: (text: string) => void;
  private readonly calls: Ledger;
  private readonly ids = new Map<string, number>();
  private readonly open = new Map<string, (outcome: Entry & { readonly kind: 'settled' }) => void>();
  private readonly publications = new Map<string, Publication>();
  private readonly wills = new Set<number>();
  private readonly lostWills = new Map<number, number>();
  private owning: { readonly isInvocation: boolean; readonly owner: string; readonly at: number }[] = [];
  /** By subscriber, until the round is over. */
  private probes = new Set<string>();

  constructor(onViolation: (text: string) => void) {
    this.onViolation = onViolation;
    this.calls = new Ledger((invariant, what) => this.violate(`${invariant}: ${what}`));
  }

  violate(text: string): void {
    this.violations.push(text);
    this.onViolation(text);
  }

  readonly take = (entries: readonly Entry[]): void => {
    for (const entry of entries) this.takeOne(entry);
  };

  get openCalls(): readonly string[] {
    return [...this.open.keys()];
  }

  get probed(): number {
    return this.probes.size;
  }

  private takeOne(entry: Entry): void {
    switch (entry.kind) {
      case 'up':
        this.sessions.set(entry.client, entry.session);
        return;
      case 'down':
        this.tally.sessionsLost++;
        this.sessions.delete(entry.client);
        this.standings.delete(entry.client);
        if (this.wills.delete(entry.session)) this.lostWills.set(entry.session, entry.at);
        return;
      case 'sent':
        this.publications.set(keyOf(entry), { ...entry, sentAt: entry.at, isAcknowledged: false });
        return;
      case 'acknowledged': {
        const publication = this.publications.get(keyOf(entry));
        if (publication) publication.isAcknowledged = true;
        return;
      }
      case 'got':
        return this.got(entry);
      case 'subscribed': {
        const { subscriber, session, at } = entry;
        this.standings.set(subscriber, { session, since: at, got: new Map(), last: new Map(), wills: new Map(), gapAt: 0 });
        return;
      }
      case 'gap': {
        this.tally.gaps++;
        const standing = this.standingOf(entry);
        if (standing) standing.gapAt = entry.at;
        return;
      }
      case 'called':
        return this.called(entry);
      case 'ran':
        return this.calls.ran(this.idOf(entry.id));
      case 'settled':
        this.open.get(entry.id)?.(entry);
        return;
      case 'registered':
      case 'invoked':
        this.tally[entry.kind === 'invoked' ? 'invocations' : 'owners']++;
        this.owning.push({ isInvocation: entry.kind === 'invoked', owner: entry.owner, at: entry.at });
        return;
      case 'released':
        return;
      case 'willed':
        this.wills.add(entry.session);
        return;
      case 'will': {
        const { wills } = this.standingOf(entry) ?? {};
        const times = (wills?.get(entry.of) ?? 0) + 1;
        wills?.set(entry.of, times);
        if (times > 1) this.violate(`the testament of ${entry.of} came ${times} times to ${entry.subscriber}`);
        return;
      }
      case 'wrong':
        return this.violate(`wrong: ${entry.text}`);
      default:
        entry satisfies never;
    }
  }

  private standingOf({ subscriber, session }: { readonly subscriber: string; readonly session: number }): Standing | undefined {
    const standing = this.standings.get(subscriber);
    return standing?.session === session ? standing : undefined;
  }

  private got(entry: Entry & { readonly kind: 'got' }): void {
    const standing = this.standingOf(entry);
    if (!standing) return;
    const { subscriber, publisher, from, n } = entry;
    if (entry.topic === 'cluster.probe') this.probes.add(`${subscriber} ${publisher}`);
    this.tally.events++;
    const key = keyOf(entry);
    if (standing.got.has(key)) this.violate(`event ${key} came twice to ${subscriber}`);
    standing.got.set(key, entry.at);
    const before = standing.last.get(from) ?? 0;
    if (before > n) this.violate(`event ${key} came to ${subscriber} after number ${before} of the same session`);
    standing.last.set(from, n);
  }

  private idOf(text: string): number {
    const id = this.ids.get(text) ?? this.calls.newId();
    this.ids.set(text, id);
    return id;
  }

  private called({ id, name, at }: Entry & { readonly kind: 'called' }): void {
    this.tally.calls++;
    const record = this.calls.entered(this.idOf(id), 'never');
    this.open.set(id, ({ at: settledAt, value, error, text, delivery }) => {
      this.open.delete(id);
      record.outcome = error === undefined ? 'answered' : delivery === 'not-sent' || notMade.has(error) ? 'not sent' : 'failed';
      if (error === undefined && value !== id) this.violate(`${name} ${id} was answered with ${JSON.stringify(value)}`);
      if (error === undefined) return;
      this.tally.failed++;
      const kind = delivery ? `${error} (${delivery})` : error;
      this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
      if (record.outcome === 'failed' && this.terms.some((term) => at < term - ON_THE_WAY_MS && term < settledAt))
        this.violate(`a call of ${name} that ran when a router was told to end was lost: ${kind}: ${text}`);
    });
  }

  /** The round is over, and nothing is pending. */
  close(): void {
    for (const id of this.open.keys()) this.violate(`promises not settled: call ${id}`);
    this.open.clear();
    this.calls.close();
    this.terms = [];
    this.ids.clear();
    this.checkEvents();
    this.checkOwners();
    this.checkWills();
    this.publications.clear();
    for (const { got } of this.standings.values()) got.clear();
    this.owning = this.owning.slice(-1);
    this.probes.clear();
  }

  private checkEvents(): void {
    for (const [subscriber, { since, gapAt, got }] of this.standings) {
      for (const [key, { sentAt, isAcknowledged, topic }] of this.publications) {
        if (!isAcknowledged || sentAt < since) continue;
        this.tally.certain++;
        const isTold = !this.isGentle && gapAt > sentAt;
        if (!got.has(key) && !isTold) this.violate(`the acknowledged event ${key} at ${topic} did not come to ${subscriber}`);
      }
    }
  }

  /** After REGISTERED of an owner, nothing comes to those before it. */
  private checkOwners(): void {
    const since = new Map<string, number>();
    for (const { owner, at } of this.owning) since.set(owner, Math.min(at, since.get(owner) ?? at));
    let [current, currentSince] = ['', 0];
    for (const { isInvocation, owner, at } of this.owning.sort((a, b) => a.at - b.at)) {
      const ownSince = since.get(owner) ?? at;
      if (ownSince >= currentSince) [current, currentSince] = [owner, ownSince];
      else if (isInvocation) {
        const late = (at - currentSince).toFixed(1);
        this.violate(`two owners of a procedure: ${owner} was called ${late} ms after REGISTERED of ${current}`);
      }
    }
  }

  private checkWills(): void {
    for (const [session, at] of this.lostWills) {
      this.tally.testaments++;
      for (const [subscriber, { since, wills }] of this.standings)
        if (since < at - 5000 && !wills.has(session)) this.violate(`the testament of ${session} did not come to ${subscriber}`);
    }
    this.lostWills.clear();
  }

  /** Whether each subscriber that has been there long enough has the testaments. */
  get hasWills(): boolean {
    return [...this.lostWills].every(([session, at]) =>
      [...this.standings.values()].every(({ since, wills }) => since >= at - 5000 || wills.has(session)),
    );
  }
}

function keyOf({ publisher, n }: Event): string {
  return `${publisher}:${n}`;
}
