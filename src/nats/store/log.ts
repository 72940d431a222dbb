/*
 * A stream as a log that every node applies in its order. A node knows that it has all of it by asking for the stream's last number and waiting until its own consumer is there.
 * After a reconnect, or when nothing comes, its reader (reader.ts) begins again behind what was applied.
 * A stream that is another one than before, or has less than was applied, was lost: then all begins again.
 */
import type { JsMsg, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import { messageOf } from '../../base/errors.ts';
import { isMissing } from '../api/errors.ts';
import { ATTEMPT_MS, type Line } from './line.ts';
import type { Place } from './names.ts';
import { Reader } from './reader.ts';
import { Waiting } from './waiting.ts';

/** What a node has not heard for longer than this may have been removed from the stream without it. */
const AWAY_MS = 300_000;
/** For messages that are sent again: longer than they are tried, and short, because the server remembers each. */
const DUPLICATES_MS = 20_000;
/** So long several servers may need to agree on what they have. */
const ELECTION_MS = 4000;
const NANOS = 1_000_000;

/** What bounds a stream. The largest that any node has asked for counts. */
export interface StreamBounds {
  readonly max_msgs: number;
  readonly max_bytes: number;
  /** Nanoseconds; 0: any. */
  readonly max_age: number;
  readonly max_msgs_per_subject: number;
}

export interface LogParts {
  readonly line: Line;
  readonly place: Place;
  readonly bounds: StreamBounds;
  readonly replicas: number;
  /** The stream is made at once, not with its first message. */
  readonly isEager: boolean;
  /** A message, in the order of the stream. */
  readonly apply: (message: JsMsg) => void;
  /** What was applied is void: the log begins again. */
  readonly reset: () => void;
  readonly warn: (text: string) => void;
}

export class Log {
  private readonly parts: LogParts;
  /** When the stream was made: a stream of the same name may be another one. */
  private created: string | undefined;
  private applied = 0;
  /** The first message that the stream still has, as far as this node knows. */
  first = 0;
  /** Milliseconds: when this node had all. Of two clocks, because one may be set back, and the other may stand still while the machine sleeps. */
  private seenAt = { wall: Date.now(), steady: performance.now() };
  private lessSince: number | undefined;
  private readonly reader: Reader;
  private readonly waiting = new Waiting();
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;
  private hasUnfit = false;
  private isClosed = false;

  constructor(parts: LogParts) {
    this.parts = parts;
    this.reader = new Reader({ line: parts.line, place: parts.place, take: this.take, beat: () => this.seen() });
    parts.line.onReconnect(this.reconnected);
  }

  /** @returns When all is applied that the stream had at the time of the call. */
  caughtUp(): Promise<void> {
    if (this.queued) return this.queued;
    const before = this.running;
    const after = async (): Promise<void> => {
      await before?.catch(() => {});
      await Promise.resolve(); // those of the same tick go together
      this.queued = undefined;
      this.running = asked;
      await this.parts.line.retry(() => this.catchUp());
    };
    const asked = after();
    this.queued = asked;
    return asked;
  }

  /**
   * Adds a message.
   *
   * @param id - If it is sent twice, it is there once.
   * @returns When it is in the stream, with its number.
   */
  add(subject: string, bytes: Uint8Array, id: string): Promise<number> {
    const attempt = async (): Promise<number> => {
      const { applied } = this;
      const options = { msgID: id, timeout: ATTEMPT_MS };
      const { seq, duplicate } = await this.parts.line.js.publish(subject, bytes, options);
      if (!duplicate && seq <= applied) this.caughtUp().catch(() => {}); // it is another stream
      return seq;
    };
    return this.parts.line.retry(async () => {
      try {
        return await attempt();
      } catch (error) {
        if (isTooLong(error)) throw error;
        await this.make(); // perhaps it was not there
        return attempt();
      }
    }, isTooLong);
  }

  /** @returns When all up to this number is applied. */
  async reached(seq: number): Promise<void> {
    if (seq <= this.applied) return;
    if (!this.reader.isReading || !(await this.waiting.until(seq))) await this.caughtUp();
  }

  /** The longest message that the server takes. */
  get maxBytes(): number {
    return (this.parts.line.connection.info?.max_payload ?? 2 ** 20) - 512;
  }

  close(): void {
    this.isClosed = true;
    this.parts.line.offReconnect(this.reconnected);
    this.reader.stop();
    this.waiting.giveUp();
  }

  private readonly reconnected = (): void => {
    this.reader.stop();
    this.caughtUp().catch(() => {}); // the next request says it
  };

  private async catchUp(): Promise<void> {
    if (this.isClosed) throw new Error('the store is closed');
    const info = (await this.find()) ?? (this.parts.isEager ? await this.make() : undefined);
    const last = info?.state.last_seq ?? 0;
    if (this.isLost(info, last)) {
      // A server that was killed may have delivered what it had not written yet. Nothing of that was acknowledged, unless its machine has lost its power.
      const { stream, description } = this.parts.place;
      const isSame = info?.created === this.created;
      const what = isSame ? 'has lost its newest messages' : 'was lost';
      this.parts.warn(`the stream ${stream} of NATS ${what} (${description}): it ${isSame ? 'is read' : 'begins'} again`);
      this.begin();
    } else if (this.isStale) this.begin();
    this.created = info?.created;
    if (info) await this.follow(info, last);
    this.seen();
  }

  /** @throws Error while it may be that a server of several has not read all of it yet. */
  private isLost(info: StreamInfo | undefined, last: number): boolean {
    const isLess = this.created !== undefined && (info?.created !== this.created || last < this.applied);
    if (!isLess) this.lessSince = undefined;
    else if (this.parts.replicas > 1) {
      this.lessSince ??= performance.now();
      if (performance.now() - this.lessSince < ELECTION_MS) throw new Error(`${this.parts.place.stream} is not complete`);
    }
    return isLess;
  }

  private async follow(info: StreamInfo, last: number): Promise<void> {
    this.first = info.state.first_seq;
    if (!this.reader.isReading) {
      await this.enlarge(info);
      await this.reader.start(this.applied + 1);
    }
    if (this.applied >= last) return;
    // The last ones may have been removed from the stream, or be of a leader that is gone. So `last` does not say what is applied: others may get its numbers.
    const newest = await this.newest();
    if (this.applied >= newest || (await this.waiting.until(newest))) return;
    this.reader.stop();
    throw new Error(`the stream ${this.parts.place.stream} does not deliver`);
  }

  private get isStale(): boolean {
    const away = Math.max(Math.abs(Date.now() - this.seenAt.wall), performance.now() - this.seenAt.steady);
    return this.applied > 0 && away > AWAY_MS;
  }

  private seen(): void {
    this.seenAt = { wall: Date.now(), steady: performance.now() };
  }

  private begin(): void {
    this.reader.stop();
    this.lessSince = undefined;
    this.applied = 0;
    this.parts.reset();
    this.waiting.giveUp();
  }

  private readonly take = (message: JsMsg): void => {
    if (message.seq <= this.applied) return;
    const { place, apply, warn } = this.parts;
    try {
      apply(message);
    } catch (error) {
      if (!this.hasUnfit)
        warn(`a message of the stream ${place.stream} is skipped, and perhaps further ones (logged once): ${messageOf(error)}`);
      this.hasUnfit = true;
    }
    this.advance(message.seq);
  };

  /** The number of the newest message that the stream still has, as its leader says. 0: it has none. Call it only if the stream is there: a server 2.9 ends if one is read that is just being made. */
  private async newest(): Promise<number> {
    const { line, place } = this.parts;
    const { streams } = await line.manager;
    return (await streams.getMessage(place.stream, { last_by_subj: `${place.subject}.>` }))?.seq ?? 0;
  }

  private advance(seq: number): void {
    if (seq <= this.applied) return;
    this.applied = seq;
    this.seen();
    this.waiting.reached(seq);
  }

  /** Undefined: it is not there. Then nothing was kept. */
  private async find(): Promise<StreamInfo | undefined> {
    const { streams } = await this.parts.line.manager;
    return streams.info(this.parts.place.stream).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
  }

  private async make(): Promise<StreamInfo> {
    const { streams } = await this.parts.line.manager;
    const known = await this.find();
    return (
      known ??
      streams.add(this.config()).catch(async (error: unknown) => {
        const made = await this.find();
        if (!made) throw error;
        return made; // by another node, with other bounds
      })
    );
  }

  private async enlarge({ config }: StreamInfo): Promise<void> {
    const { line, place, bounds } = this.parts;
    const larger = largerOf(config, bounds);
    if (larger) await (await line.manager).streams.update(place.stream, larger);
  }

  private config(): Partial<StreamConfig> & { readonly name: string } {
    const { place, bounds, replicas } = this.parts;
    return {
      ...bounds,
      name: place.stream,
      description: place.description,
      subjects: [`${place.subject}.>`],
      num_replicas: replicas,
      duplicate_window: Math.min(DUPLICATES_MS * NANOS, bounds.max_age || Number.POSITIVE_INFINITY),
    };
  }
}

/** Undefined: the stream is large enough. */
function largerOf(config: StreamConfig, bounds: StreamBounds): StreamBounds | undefined {
  const larger = {
    max_msgs: largest(config.max_msgs, bounds.max_msgs),
    max_bytes: largest(config.max_bytes, bounds.max_bytes),
    max_age: largest(config.max_age, bounds.max_age),
    max_msgs_per_subject: largest(config.max_msgs_per_subject, bounds.max_msgs_per_subject),
  };
  const { max_msgs, max_bytes, max_age } = larger;
  const isEnough = config.max_msgs === max_msgs && config.max_bytes === max_bytes && config.max_age === max_age;
  return isEnough ? undefined : larger;
}

/** 0 and -1 mean: no limit. */
function largest(a: number, b: number): number {
  return a <= 0 ? a : b <= 0 ? b : Math.max(a, b);
}

function isTooLong(error: unknown): boolean {
  return /max_payload|maximum allowed/i.test(messageOf(error));
}
