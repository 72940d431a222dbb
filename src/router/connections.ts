/*
 * The connections of a router: how many there may be, which of them have no session yet, and how all of them end.
 */
import type { Awaitable, Uri } from '../base/words.ts';
import { SYSTEM_SHUTDOWN } from '../protocol/uris.ts';
import { type DrainCalls, drained } from './dealer/draining.ts';
import { IncomingConnection } from './incoming-connection.ts';
import { type SessionSnapshot, snapshotOf } from './inspect/snapshot.ts';
import { Crowd, networkOf } from './limits/crowd.ts';
import type { Counted } from './limits/traffic.ts';
import type { ConnectionHost, Dismissible, Incoming, RouterContext } from './router-context.ts';
import type { TransportInfo } from './session/transport-info.ts';
import { type Counts, Share } from './together/counts.ts';

/** After this time without a refusal, the next refusal is logged again. */
const CALM_MS = 10_000;
/** What nodes count together: sessions from outside. */
const SESSIONS = 'sessions';

export class Connections implements ConnectionHost {
  private readonly context: RouterContext;
  private readonly all = new Set<Dismissible>();
  /** From outside, without a session yet. */
  private readonly waiting: Crowd<Dismissible>;
  /** In a cluster: those that have taken one of `limits.maxSessions`. */
  private readonly seated = new Set<Dismissible>();
  /** The time of the last refusal, by limit. */
  private readonly turnedAway = new Map<string, number>();
  private closing: Promise<void> | undefined;
  isDraining = false;
  private whenEmpty: (() => void) | undefined;

  constructor(context: RouterContext) {
    const { maxPending, maxPendingPerAddress } = context.settings.limits;
    this.context = context;
    this.waiting = new Crowd(new Share('pending', maxPending, context.counts), maxPendingPerAddress, (quietest) => {
      this.turnAway('limits.maxPending, limits.maxPendingPerAddress');
      quietest.dismiss('wamp.error.unavailable', 'too many connections wait for a session');
    });
  }

  open(incoming: Incoming): void {
    const isFull = incoming.principal === undefined && this.isFull();
    const connection = new IncomingConnection(this.context, this, incoming);
    this.all.add(connection);
    connection.open();
    if (isFull) connection.dismiss('wamp.error.unavailable', 'the router is full');
    if (this.isClosed) connection.dismiss(SYSTEM_SHUTDOWN);
    else if (this.isDraining && incoming.principal === undefined) connection.hangUp();
  }

  /** Whether `limits.maxSessions` are connected, which counts as a refusal, or the router is draining. */
  refusesOne(): boolean {
    return (this.isDraining && !this.isClosed) || this.isFull();
  }

  private isFull(): boolean {
    if (this.all.size - this.waiting.size < this.context.settings.limits.maxSessions) return false;
    this.turnAway('limits.maxSessions');
    return true;
  }

  /** Reports a refusal by this limit, and its reason. Each is counted; it is logged once while it continues. */
  turnAway(limit: string, why = 'too many are open'): void {
    const { settings, tally } = this.context;
    const now = settings.clock.now();
    const isNew = Math.abs(now - (this.turnedAway.get(limit) ?? -CALM_MS)) >= CALM_MS;
    this.turnedAway.set(limit, now);
    tally.refusedConnections++;
    if (isNew) settings.log({ level: 'warn', message: `turns connections away, ${why} (${limit})` });
  }

  /**
   * Refuses new connections, and comes to rest.
   *
   * @param calls - That run now, or wait.
   * @param goodbye - As that of `close`, for those that end meanwhile.
   */
  async drain(calls: DrainCalls, timeoutMs: number, goodbye: Uri | false): Promise<number> {
    const { clock, log } = this.context.settings;
    this.isDraining = true;
    const end = (connection: Dismissible): void => endBy(connection, goodbye);
    const count = await drained({ ...calls, clock, timeoutMs, guests: this.all, end, isOver: () => this.isClosed });
    if (count > 0) log({ level: 'warn', message: `calls that were still running after ${timeoutMs} ms: ${count}` });
    return count;
  }

  /** `close` was called: new connections are refused. */
  get isClosed(): boolean {
    return this.closing !== undefined;
  }

  /**
   * Ends all.
   *
   * @param goodbye - The reason for each GOODBYE; `false`: the connections are closed without one.
   * @returns A promise that resolves when every connection is closed.
   */
  close(goodbye: Uri | false): Promise<void> {
    if (this.closing !== undefined) return this.closing;
    this.isDraining = true;
    // Set before any listener is called: a listener of `leave` may close the router as well.
    this.closing = new Promise((resolve) => {
      this.whenEmpty = resolve;
    });
    for (const connection of this.all) endBy(connection, goodbye);
    if (this.all.size === 0) this.whenEmpty?.();
    return this.closing;
  }

  /** Clients come back, to this router or another one. */
  hangUpAll(): void {
    for (const connection of this.all) connection.hangUp();
  }

  /** The sessions that there are. */
  *counted(): Iterable<Counted> {
    for (const { counted } of this.all) if (counted) yield counted;
  }

  /** The sessions that there are, with what each has sent and received. */
  snapshots(): readonly SessionSnapshot[] {
    const all: SessionSnapshot[] = [];
    for (const { session, realm, counted } of this.all)
      if (session && realm && counted) all.push(snapshotOf(session, realm, counted.traffic));
    return all;
  }

  waits(connection: Dismissible, { kind, peer }: TransportInfo): void {
    this.unseat(connection);
    if (kind === 'memory') return; // a connection of this process
    this.waiting.add(connection, networkOf(peer));
  }

  admits(connection: Dismissible): Awaitable<boolean> {
    if (!this.waiting.has(connection)) return true;
    const { counts, settings } = this.context;
    if (counts) return this.seat(connection, counts, counts.take(SESSIONS, settings.limits.maxSessions));
    if (this.isFull()) return false;
    this.waiting.delete(connection);
    return true;
  }

  private async seat(connection: Dismissible, counts: Counts, taking: Awaitable<boolean>): Promise<boolean> {
    if (!(await taking)) {
      this.turnAway('limits.maxSessions');
      return false;
    }
    if (!this.waiting.has(connection)) {
      counts.give(SESSIONS); // it is gone meanwhile
      return false;
    }
    this.waiting.delete(connection);
    this.seated.add(connection);
    return true;
  }

  private unseat(connection: Dismissible): void {
    if (this.seated.delete(connection)) this.context.counts?.give(SESSIONS);
  }

  closed(connection: Dismissible): void {
    this.unseat(connection);
    this.waiting.delete(connection);
    this.all.delete(connection);
    if (this.all.size === 0) this.whenEmpty?.();
  }
}

function endBy(connection: Dismissible, goodbye: Uri | false): void {
  if (goodbye === false) connection.hangUp();
  else connection.dismiss(goodbye);
}
