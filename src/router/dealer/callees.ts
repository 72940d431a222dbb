/*
 * The callees of one registration, in order of registering, and which one is next (WAMP "Shared Registration"). However many there are,
 * choosing one takes the same time. registrations.ts has the registrations.
 */
import type { CalleeOptions, Policy } from '../session/callee-options.ts';
import type { LiveSession } from '../session/session.ts';

/** One callee's part in one registration. A running call keeps it, so that it counts down the right one, even after a new registration. */
export interface Seat {
  readonly session: LiveSession;
  readonly options: CalleeOptions;
  /** Running calls. */
  busy: number;
}

interface Entry extends Seat {
  options: CalleeOptions;
  /** Its place among the callees of all nodes; they are in the order of these numbers. */
  readonly order: number;
  before: Entry | undefined;
  after: Entry | undefined;
  /** Its index in `all`. */
  at: number;
}

export class Callees {
  private readonly bySession = new Map<LiveSession, Entry>();
  /** Unordered, for `random`. */
  private readonly all: Entry[] = [];
  private first: Entry | undefined;
  private last: Entry | undefined;
  /** The callee that roundrobin chose last. Undefined: the first is next. */
  private had: Entry | undefined;
  /** With `roundrobin` and `random`, callees of this node come before those of others. */
  private readonly prefersLocal: boolean;
  /** How many callees other nodes have. */
  private remote = 0;

  constructor(prefersLocal = false) {
    this.prefersLocal = prefersLocal;
  }

  get size(): number {
    return this.all.length;
  }

  has(session: LiveSession): boolean {
    return this.bySession.has(session);
  }

  /** In order of registering. */
  *keys(): IterableIterator<LiveSession> {
    for (let entry = this.first; entry; entry = entry.after) yield entry.session;
  }

  /** The part of this callee. */
  seat(session: LiveSession): Seat | undefined {
    return this.bySession.get(session);
  }

  /**
   * A callee that registers again keeps its place.
   *
   * @param order - In a cluster: its place. Default: the last.
   */
  set(session: LiveSession, options: CalleeOptions, order: number = (this.last?.order ?? 0) + 1): void {
    const known = this.bySession.get(session);
    if (known) {
      known.options = options;
      return;
    }
    let before = this.last;
    while (before && before.order > order) before = before.before;
    const after = before ? before.after : this.first;
    const entry = { session, options, busy: 0, order, before, after, at: this.all.length };
    this.all.push(entry);
    if (before) before.after = entry;
    else this.first = entry;
    if (after) after.before = entry;
    else this.last = entry;
    this.bySession.set(session, entry);
    if (session.isRemote) this.remote++;
  }

  /** @returns Whether it was there. */
  delete(session: LiveSession): boolean {
    const entry = this.bySession.get(session);
    if (!entry) return false;
    this.bySession.delete(session);
    if (session.isRemote) this.remote--;
    const { before, after, at } = entry;
    if (before) before.after = after;
    else this.first = after;
    if (after) after.before = before;
    else this.last = before;
    if (this.had === entry) this.had = before;
    const moved = this.all.pop();
    if (moved && moved !== entry) {
      this.all[at] = moved;
      moved.at = at;
    }
    return true;
  }

  /**
   * The next callee by the policy, of those that are allowed and free: not at the limit of their `concurrency`.
   *
   * @param random - In [0, 1).
   * @param may - Which callees are allowed. Default: all that have not left.
   * @returns Undefined if there is none.
   */
  choose(invoke: Policy, random: () => number, may: (callee: LiveSession) => boolean = isThere): Seat | undefined {
    switch (invoke) {
      case 'single':
      case 'first': {
        let entry = this.first;
        while (entry && !mayTake(entry, may)) entry = entry.after;
        return entry;
      }
      case 'last': {
        let entry = this.last;
        while (entry && !mayTake(entry, may)) entry = entry.before;
        return entry;
      }
      case 'roundrobin':
        return this.nearest(may, (which) => this.takeTurn(which));
      case 'random':
        return this.nearest(may, (which) => this.anyone(random, which));
      default:
        return invoke satisfies never;
    }
  }

  /** Whether `choose` would find a callee if all were free. */
  isAnyoneBusy(may: (callee: LiveSession) => boolean): boolean {
    return this.all.some((entry) => may(entry.session));
  }

  private nearest(
    may: (callee: LiveSession) => boolean,
    choose: (may: (callee: LiveSession) => boolean) => Seat | undefined,
  ): Seat | undefined {
    const isMixed = this.prefersLocal && this.remote > 0 && this.remote < this.all.length;
    return (isMixed ? choose((callee) => !callee.isRemote && may(callee)) : undefined) ?? choose(may);
  }

  private takeTurn(may: (callee: LiveSession) => boolean): Seat | undefined {
    let entry = this.had;
    for (let left = this.all.length; left > 0; left--) {
      entry = entry?.after ?? this.first;
      if (!entry || !mayTake(entry, may)) continue;
      this.had = entry;
      return entry;
    }
    return undefined;
  }

  /** All allowed callees are equally likely, also in the first try. */
  private anyone(random: () => number, may: (callee: LiveSession) => boolean): Seat | undefined {
    const first = this.all[Math.floor(random() * this.all.length)];
    if (first && mayTake(first, may)) return first;
    const left = this.all.filter((entry) => mayTake(entry, may));
    return left[Math.floor(random() * left.length)];
  }
}

function mayTake(entry: Entry, may: (callee: LiveSession) => boolean): boolean {
  const { concurrency } = entry.options;
  return (concurrency === undefined || entry.busy < concurrency) && may(entry.session);
}

/** A leaving callee gets no more calls, although its registrations are removed a little later. */
function isThere({ isGone }: LiveSession): boolean {
  return !isGone;
}
