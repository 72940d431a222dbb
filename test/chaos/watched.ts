/*
 * A durable subscription under watch: what it got while it stood, and so what it must have got.
 *
 * When an event was lost is told without a clock. The way from the router is in order, so in one standing of a subscription an event is
 * there if a later one is: what was routed before the last event that came belongs to no gap. What came after that one, until SUBSCRIBED,
 * does, and that is what the subscription itself has to report (`recoverWith`). Where gaps are filled from history, nothing is lost but by
 * the router's own end.
 */
import type { DurableSubscription, EventDetails, Recovery } from 'autostrada';
import type { Ledger, Published } from './ledger.ts';

/** From one SUBSCRIBED to the loss. */
interface Standing {
  readonly since: number;
  /** Of all that came: the latest moment at which one was sent. What was acknowledged before is no part of the gap that follows. */
  lastSentAt: number;
  readonly publications: Set<number>;
  /** By publisher and session: the last event. */
  readonly last: Map<string, number>;
}

/** Why a recovery fails. */
export const asAsked = new Error('the recovery fails as it was asked to');

export class Watched {
  readonly name: string;
  private readonly ledger: Ledger;
  readonly takes: (topic: string) => boolean;
  private readonly publisher: string;
  private got = new Set<number>();
  private standings: Standing[] = [];
  /** The last publication that the handler got. */
  private last: number | undefined;
  private isFilled = false;

  constructor(ledger: Ledger, name: string, publisher: string, takes: (topic: string) => boolean) {
    this.ledger = ledger;
    this.name = name;
    this.publisher = publisher;
    this.takes = takes;
    ledger.watched.push(this);
  }

  /** Without `recoverWith`, the handle's states tell when SUBSCRIBED came. */
  follow(handle: DurableSubscription): void {
    handle.on('state', (state) => {
      if (state === 'active') this.stands();
    });
  }

  /** Its `recoverWith`. `fill`: what makes it whole. */
  recovery(fill?: Recovery): Recovery {
    let times = 0;
    this.isFilled = fill !== undefined;
    return (context) => {
      const { gap } = context;
      this.stands();
      if (gap && gap.from > gap.to) this.wrong(`it reports a gap from ${gap.from.toISOString()} to ${gap.to.toISOString()}`);
      // A recovery that was cut short may have delivered more since the gap began.
      if (!fill && this.last !== gap?.lastPublication)
        this.wrong(`it reports a gap since publication ${gap?.lastPublication}; the last was ${this.last}`);
      if (fill) return fill(context);
      times++;
      const way = times % 3;
      if (way === 0) return undefined;
      return new Promise((resolve, reject) => {
        setTimeout(() => (way === 1 ? resolve() : reject(asAsked)), 20);
      });
    };
  }

  /** Its handler. */
  readonly handle = ([id]: [number], _kwargs: object, { publication }: EventDetails): void => this.received(id, publication);

  received(id: number, publication: number): void {
    this.ledger.tally.events++;
    this.got.add(id);
    const event = this.ledger.event(id);
    const standing = this.standings.at(-1);
    if (!standing) return this.wrong(`event ${id} came before SUBSCRIBED`);
    if (standing.publications.has(publication)) this.wrong(`publication ${publication} came twice`);
    standing.publications.add(publication);
    this.last = publication;
    if (!event) return; // of an earlier round, on a line that was slow
    standing.lastSentAt = Math.max(standing.lastSentAt, event.sentAt);
    if (event.isRepeatable || event.session === undefined) return;
    const from = `${event.publisher} ${event.session} ${event.topic}`;
    const before = standing.last.get(from) ?? 0;
    if (before > id) this.wrong(`event ${id} of ${event.publisher} came after ${before}`);
    standing.last.set(from, id);
  }

  has(id: number): boolean {
    return this.got.has(id);
  }

  check(events: Iterable<Published>): void {
    for (const event of events) {
      if (event.acknowledgedAt === undefined || !this.takes(event.topic) || this.got.has(event.id)) continue;
      if (event.publisher === this.publisher && !event.isForAll) continue;
      if (this.gaps(event)) continue;
      this.ledger.violate(
        'acknowledged events lost outside the gaps',
        `event ${event.id} of ${event.publisher} at ${event.topic} for ${this.name}`,
      );
    }
    this.got = new Set();
    // The standing goes on into the next round; what it got does not count any more.
    for (const standing of this.standings) standing.publications.clear();
    this.standings = this.standings.slice(-1);
  }

  /** Whether the event falls into a gap, or was routed before there was a subscription. */
  private gaps({ sentAt, acknowledgedAt = 0 }: Published): boolean {
    // A router's history ends with it.
    if (this.isFilled && !this.ledger.restarts.some((at) => at > sentAt)) return false;
    const standing = this.standings.filter(({ since }) => since < sentAt).at(-1);
    return !standing || acknowledgedAt >= standing.lastSentAt;
  }

  /** SUBSCRIBED came. */
  stands(at: number = performance.now()): void {
    this.standings.push({ since: at, lastSentAt: 0, publications: new Set(), last: new Map() });
  }

  private wrong(what: string): void {
    this.ledger.violate('wrong answers, orders and errors', `${this.name}: ${what}`);
  }
}
