/*
 * Which nodes there are: each has a key in the bucket, and changes it every second, and says so to all. A node whose key does not change is removed by another one. The revision of the
 * key decides: either the node is removed, or it has changed its key; never both. So a node that cannot change its key has to count on being removed.
 *
 * A node looks at the time since it sent its last change that was confirmed. After `UNSURE_MS` it must not act as the owner of anything until it is certain again. The
 * others remove its key only `GONE_MS` after they have heard of that change, and they hear of it after it was sent.
 */
import type { KV } from '@nats-io/kv';
import { isConflict, isMissing } from './api/errors.ts';
import { Elapsed } from './elapsed.ts';

const BEAT_MS = 1000;
/** Without a confirmed change for so long, a node is not certain that it is still one. */
export const UNSURE_MS = 3000;
/** Without a change for so long, a node is removed. What lies between is for clocks of different speed. */
export const GONE_MS = 5000;
/** A node that has no connection for so long gives up, if it is not certain. A server that ended without a word is replaced by another one meanwhile. */
const CUT_OFF_MS = 2000;
/** With a connection it waits for so long: servers of NATS that lose one of them need up to nine seconds, or several times that, to agree on another leader. */
const LEADERLESS_MS = 30_000;
/** What one attempt may take, so that there is a second one before the node is unsure. */
const ATTEMPT_MS = 1000;
const START_MS = 10_000;
const RETRY_MS = 100;
const PREFIX = 'n.';

/** What nodes say to all others. */
export type News = { readonly here: string; readonly revision: number } | { readonly gone: string };

export interface PresenceHost {
  readonly bucket: KV;
  readonly node: string;
  /** The keys of the bucket that begin so; of a key that was removed a marker may be left. */
  keys(prefix: string): Promise<readonly string[]>;
  /** It acts as an owner while it is not certain. */
  readonly goesOn: boolean;
  /** Milliseconds since the connection to NATS was lost; 0: it is there. */
  awayMs(): number;
  /** Says it to all. It may be lost. */
  tell(news: News): void;
  up(node: string): void;
  down(node: string): void;
  /** This node was unsure, and is certain again. */
  sure(): void;
  /** This node is none any more. */
  lost(): void;
  failed(error: unknown): void;
  /** The bucket answers. */
  succeeded(): void;
}

interface Other {
  revision: number;
  /** Since this revision was heard of. */
  heard: Elapsed;
}

export class Presence {
  private readonly host: PresenceHost;
  private readonly others = new Map<string, Other>();
  /** Nodes that were removed. None comes back by the same name. */
  private readonly gone = new Set<string>();
  /** Nodes whose keys are being read. */
  private readonly looking = new Map<string, Promise<void>>();
  private revision = 0;
  /** Since the last confirmed change was sent. */
  private confirmed = new Elapsed();
  private isBeating = false;
  private wasUnsure = false;
  private hasTried = false;
  private isOver = false;
  private whenOver: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(host: PresenceHost) {
    this.host = host;
  }

  /** Resolves when every node that was there before is known. */
  async start(): Promise<void> {
    const { node } = this.host;
    await this.begin();
    this.timer = setInterval(() => this.tick(), BEAT_MS);
    this.host.tell({ here: node, revision: this.revision });
    const found = this.findOthers().then(() => true);
    found.catch(() => {}); // it may be too late
    const ended = new Promise<boolean>((resolve) => {
      this.whenOver = () => resolve(false);
    });
    const late = setTimeout(() => this.whenOver?.(), START_MS);
    const isDone = await Promise.race([found, ended]);
    clearTimeout(late);
    if (this.isOver) throw new Error('this node was removed while it joined');
    if (!isDone) throw new Error(`JetStream did not tell in ${START_MS} ms which routers there are`);
  }

  private async findOthers(): Promise<void> {
    const { keys, node } = this.host;
    for (const key of await keys(PREFIX)) {
      const other = key.slice(PREFIX.length);
      if (other !== node) await this.look(other);
    }
  }

  /**
   * A bucket that has just been made may not answer at once. It is only read after it has answered: the server 2.9 ends if somebody reads a stream that another client is making.
   */
  private async begin(): Promise<void> {
    const { bucket, node } = this.host;
    const since = new Elapsed();
    for (;;) {
      const sent = new Elapsed();
      try {
        this.revision = await bucket.put(keyOf(node), '', { previousSeq: 0, timeout: ATTEMPT_MS });
        this.confirmed = sent;
        return;
      } catch (error) {
        // An attempt without an answer was made.
        const own = isConflict(error) ? await bucket.get(keyOf(node)).catch(() => undefined) : undefined;
        if (own) this.revision = own.revision;
        if (own) return this.certain(sent);
        if (since.ms > START_MS) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /**
   * Resolves when no node of an earlier bucket can be certain any more. A bucket that was lost is made again, and others may not have noticed it yet. The age is that of
   * the server's clock.
   */
  async agedBucket(): Promise<void> {
    const { bucket, node } = this.host;
    const age = async (): Promise<number> => {
      const [own, { streamInfo }] = [await bucket.get(keyOf(node)), await bucket.status()];
      return (own?.created.getTime() ?? 0) - Date.parse(streamInfo.created);
    };
    const ms = GONE_MS - Math.max(0, await age().catch(() => 0));
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Whether others cannot have taken over what this node has. */
  get isSure(): boolean {
    if (this.host.goesOn || this.isConfirmed) return true;
    this.wasUnsure = true;
    return false;
  }

  private get isConfirmed(): boolean {
    return this.confirmed.ms < UNSURE_MS;
  }

  async leave(): Promise<void> {
    if (this.isOver) return;
    this.end();
    const { bucket, node } = this.host;
    await bucket.delete(keyOf(node)).catch(() => {}); // the others notice it
    this.host.tell({ gone: node });
  }

  private end(): void {
    this.isOver = true;
    this.whenOver?.();
    clearInterval(this.timer);
  }

  /** What another node says. */
  hear(news: News): void {
    if (this.isOver) return;
    if ('gone' in news) {
      if (this.others.has(news.gone)) this.removed(news.gone);
      else if (news.gone === this.host.node) void this.beat();
      return;
    }
    const { here, revision } = news;
    if (here === this.host.node) return;
    const known = this.others.get(here);
    // It is perhaps in a bucket that was made again: then this node has nothing any more, and should hear of it now.
    if (!known && revision < this.revision) void this.beat();
    if (!known) this.appeared(here, revision);
    else if (revision > known.revision) this.changed(known, revision);
  }

  private appeared(node: string, revision: number): void {
    if (this.gone.has(node)) return; // what it has said before came late
    this.others.set(node, { revision, heard: new Elapsed() });
    this.host.up(node);
  }

  private changed(other: Other, revision: number): void {
    other.revision = revision;
    other.heard = new Elapsed();
  }

  private removed(node: string): void {
    if (!this.others.delete(node)) return;
    this.gone.add(node);
    this.host.down(node);
  }

  private tick(): void {
    // If only the clock was set, or the machine slept, the key may still be there.
    const limit = this.host.awayMs() > CUT_OFF_MS ? GONE_MS : LEADERLESS_MS;
    if (!this.host.goesOn && this.confirmed.ms > limit) {
      if (this.confirmed.steadyMs > limit || this.hasTried) return this.giveUp();
      this.hasTried = true;
    }
    void this.beat();
    if (!this.isConfirmed) return;
    for (const [node, other] of this.others)
      if (other.heard.steadyMs > GONE_MS) void this.look(node).catch((error: unknown) => this.host.failed(error));
  }

  /** Changes the own key. */
  private async beat(): Promise<void> {
    if (this.isBeating) return;
    this.isBeating = true;
    const { bucket, node } = this.host;
    const sent = new Elapsed();
    try {
      this.revision = await bucket.put(keyOf(node), '', { previousSeq: this.revision, timeout: ATTEMPT_MS });
      this.certain(sent);
    } catch (error) {
      this.host.failed(error);
      if (isConflict(error)) await this.readOwn();
      else if (!this.isConfirmed) await this.findBucket();
    }
    this.isBeating = false;
  }

  private certain(sent: Elapsed): void {
    if (this.isOver) return;
    // If the bucket did not answer this node, it perhaps answered nobody: the others get their time again.
    if (!this.isConfirmed) for (const other of this.others.values()) other.heard = new Elapsed();
    this.confirmed = sent;
    this.host.succeeded();
    this.host.tell({ here: this.host.node, revision: this.revision });
    this.hasTried = false;
    if (!this.wasUnsure || !this.isSure) return;
    this.wasUnsure = false;
    this.host.sure();
  }

  /** The key has another revision: by an attempt that had no answer, or it is removed. */
  private async readOwn(): Promise<void> {
    const { bucket, node, failed } = this.host;
    try {
      const own = await bucket.get(keyOf(node));
      // An older revision: the server has lost its newest changes, and so perhaps what this node has registered.
      if (own?.operation === 'PUT' && own.revision >= this.revision) this.revision = own.revision;
      else this.giveUp();
    } catch (error) {
      failed(error);
    }
  }

  /** Whether the bucket is lost. It must not be read to find that out: the server 2.9 ends if another client is just making it. */
  private async findBucket(): Promise<void> {
    try {
      await this.host.bucket.status();
    } catch (error) {
      if (isMissing(error)) this.giveUp();
    }
  }

  private giveUp(): void {
    if (this.isOver) return;
    this.end();
    this.host.lost();
  }

  /** Whether a node is there: its key decides. */
  look(node: string): Promise<void> {
    const known = this.looking.get(node);
    if (known) return known;
    const look = this.lookAt(node).finally(() => this.looking.delete(node));
    this.looking.set(node, look);
    return look;
  }

  private async lookAt(node: string): Promise<void> {
    const { bucket } = this.host;
    const entry = await bucket.get(keyOf(node));
    if (this.isOver) return;
    if (entry?.operation !== 'PUT') return this.removed(node);
    const known = this.others.get(node);
    if (!known) return this.appeared(node, entry.revision);
    if (entry.revision > known.revision) return this.changed(known, entry.revision);
    if (known.heard.steadyMs <= GONE_MS || !this.isConfirmed) return;
    await bucket.delete(keyOf(node), { previousSeq: entry.revision });
    this.host.tell({ gone: node });
    this.removed(node);
  }
}

function keyOf(node: string): string {
  return PREFIX + node;
}
