/*
 * Removes from a stream what was taken back. It is not urgent: whoever reads it again comes to the same result. A message that takes something back stays for a while, because
 * nodes that were away for a moment must read it.
 */
import type { JsMsg } from '@nats-io/jetstream';
import type { Line } from './line.ts';

/** Longer than a node may be away without reading the whole stream again. */
const KEEP_MS = 600_000;
/** A node that has not removed something by now has ended. */
const OLD_MS = 60_000;

export class Garbage {
  private readonly line: Line;
  private readonly stream: string;
  private readonly jobs: (() => Promise<unknown>)[] = [];
  private isRunning = false;
  private kept: { readonly seq: number; readonly until: number }[] = [];

  constructor(line: Line, stream: string) {
    this.line = line;
    this.stream = stream;
  }

  isOld(message: JsMsg): boolean {
    return Date.now() - message.time.getTime() > OLD_MS;
  }

  remove(seq: number): void {
    this.do(async () => (await this.line.manager).streams.deleteMessage(this.stream, seq, false));
  }

  /** All messages of these subjects that are older than this one. */
  purge(filter: string, seq: number): void {
    this.do(async () => (await this.line.manager).streams.purge(this.stream, { filter, seq }));
  }

  /** @param isOwn - The others wait longer. */
  later({ seq, time }: JsMsg, isOwn: boolean): void {
    this.kept.push({ seq, until: time.getTime() + (isOwn ? 1 : 2) * KEEP_MS });
  }

  /** Removes what has stayed long enough. */
  collect(): void {
    const now = Date.now();
    for (const { seq, until } of this.kept) if (until <= now) this.remove(seq);
    this.kept = this.kept.filter(({ until }) => until > now);
  }

  reset(): void {
    this.kept = [];
    this.jobs.length = 0;
  }

  private do(job: () => Promise<unknown>): void {
    this.jobs.push(job);
    if (!this.isRunning) void this.run();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    for (let job = this.jobs.shift(); job && !this.line.isClosed; job = this.jobs.shift()) await job().catch(() => {});
    this.isRunning = false;
  }
}
