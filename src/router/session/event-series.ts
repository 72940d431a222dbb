/*
 * Events that several sessions get one after the other. Sessions that get the same events share the series, and so its frames: they are made
 * once for each serializer, and written to each of its sessions as one piece, if the transport can.
 */
import type { SerializationError } from '../../base/errors.ts';
import type { FrameCache } from '../../link/link.ts';
import type { Event } from '../../protocol/messages.ts';
import type { Frame } from '../../transport/transport.ts';

/** An event of one subscription, with its frames. */
export interface SharedEvent {
  readonly event: Event;
  readonly frames: FrameCache;
}

/** The frames of a series in one serializer. */
export interface SeriesFrames {
  readonly frames: readonly Frame[];
  /** The length of the longest. */
  readonly longest: number;
  readonly length: number;
}

/** Beyond this many series, later ones share with each other only, and the earlier ones can be freed: sessions may all get different events. */
const MAX_SERIES = 4096;

export class EventSeries {
  readonly length: number;
  /** By the keys of `FrameCache`. The error: at least one of the events cannot be encoded, so each is sent by itself. */
  readonly frames: Map<unknown, SeriesFrames | SerializationError> = new Map();
  private readonly before: EventSeries | undefined;
  private readonly last: SharedEvent | undefined;
  private readonly longer = new Map<SharedEvent, EventSeries>();
  /** All series that begin like this one's first. */
  private readonly all: { count: number };

  constructor(before?: EventSeries, last?: SharedEvent) {
    this.before = before;
    this.last = last;
    this.length = before ? before.length + 1 : 0;
    this.all = before?.all ?? { count: 0 };
    this.all.count++;
  }

  /** Whether a new beginning is due. */
  get isFull(): boolean {
    return this.all.count > MAX_SERIES;
  }

  /** Made only for a series that is sent. */
  get events(): readonly SharedEvent[] {
    const events: SharedEvent[] = [];
    for (let at: EventSeries | undefined = this; at?.last; at = at.before) events.push(at.last);
    return events.reverse();
  }

  /** The series with one more event. */
  with(event: SharedEvent): EventSeries {
    const known = this.longer.get(event);
    if (known) return known;
    const series = new EventSeries(this, event);
    this.longer.set(event, series);
    return series;
  }
}
