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

export class EventSeries {
  readonly events: readonly SharedEvent[];
  /** By the keys of `FrameCache`. The error: at least one of the events cannot be encoded, so each is sent by itself. */
  readonly frames: Map<unknown, SeriesFrames | SerializationError> = new Map();
  private readonly longer = new Map<SharedEvent, EventSeries>();

  constructor(events: readonly SharedEvent[] = []) {
    this.events = events;
  }

  /** The series with one more event. */
  with(event: SharedEvent): EventSeries {
    const known = this.longer.get(event);
    if (known) return known;
    const series = new EventSeries([...this.events, event]);
    this.longer.set(event, series);
    return series;
  }
}
