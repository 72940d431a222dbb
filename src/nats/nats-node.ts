/* This router as a node of a cluster over NATS, from joining until it leaves, or is none any more. */
import { randomUUID } from 'node:crypto';
import type { KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { EngineEvents, Membership } from '../router/index.ts';
import type { NatsPackages } from './api/packages.ts';
import { bucketFor, bucketOf, keysIn, removeMarkers } from './bucket.ts';
import { Elapsed } from './elapsed.ts';
import { Line } from './line/line.ts';
import { Kind, readPacket } from './line/packets.ts';
import { type News, Presence } from './presence.ts';
import { kvRegistry } from './registry.ts';

const BEAT_MS = 1000;
const MAX_PACKET_BYTES = 256 * 1024;
/** What may wait for one other node. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024;
const SWEEP_MS = 10 * 60 * 1000;

export interface NodeSettings {
  /** Of the cluster. */
  readonly name: string;
  readonly replicas: number;
  readonly goesOn: boolean;
}

export class NatsNode {
  private readonly packages: NatsPackages;
  private readonly connection: NatsConnection;
  private readonly settings: NodeSettings;
  private readonly events: EngineEvents;
  private readonly node = `${Date.now().toString(36)}-${randomUUID().slice(0, 8)}`;
  private readonly lines = new Map<string, Line>();
  private readonly presence: Presence;
  private readonly bucket: KV;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly ends: (() => void)[] = [];
  /** Frames that have come while this node was not certain. */
  private held: (readonly [from: string, frame: Uint8Array])[] = [];
  private certainty: { readonly promise: Promise<void>; resolve(): void } | undefined;
  private isOver = false;
  /** Since the connection was lost. */
  private away: Elapsed | undefined;
  /** Since the last failure there was no success. */
  private isFailing = false;

  private constructor(
    packages: NatsPackages,
    connection: NatsConnection,
    bucket: KV,
    settings: NodeSettings,
    events: EngineEvents,
  ) {
    this.packages = packages;
    this.connection = connection;
    this.bucket = bucket;
    this.settings = settings;
    this.events = events;
    this.presence = new Presence({
      bucket,
      node: this.node,
      goesOn: settings.goesOn,
      keys: async (prefix) => keysIn(await this.packages.jetstreamManager(this.connection, { checkAPI: false }), settings, prefix),
      awayMs: () => this.away?.ms ?? 0,
      tell: (news) => this.post(this.subject('all'), Buffer.from(JSON.stringify(news))),
      up: (node) => this.up(node),
      down: (node) => this.down(node),
      sure: () => this.sure(),
      lost: () => this.lost(),
      failed: (error) => this.failed(error),
      succeeded: () => this.succeeded(),
    });
  }

  /** @param isAgain - This router was a node before, and was lost. */
  static async join(
    packages: NatsPackages,
    connection: NatsConnection,
    settings: NodeSettings,
    events: EngineEvents,
    isAgain: boolean,
  ): Promise<Membership> {
    const bucket = await bucketFor(packages, connection, settings);
    const node = new NatsNode(packages, connection, bucket, settings, events);
    try {
      return await node.start(isAgain);
    } catch (error) {
      await node.leave();
      throw error;
    }
  }

  private async start(isAgain: boolean): Promise<Membership> {
    const { connection, bucket, node } = this;
    this.subscribe(this.subject(`node.${node}`), (bytes) => this.take(bytes));
    this.subscribe(this.subject('all'), (bytes) => this.presence.hear(JSON.parse(Buffer.from(bytes).toString()) as News));
    await connection.flush();
    await this.presence.start();
    this.timers.push(setInterval(() => this.beat(), BEAT_MS));
    this.timers.push(setInterval(() => void this.sweep(), SWEEP_MS));
    void this.watch();
    const opened = isAgain ? this.presence.agedBucket() : Promise.resolve();
    return {
      node,
      registry: kvRegistry({ bucket, node, opened, isOver: () => this.isOver, failed: (error) => this.failed(error) }),
      send: (to, frame) => this.lines.get(to)?.send(frame),
      sure: () => (this.presence.isSure ? undefined : this.whenSure()),
      leave: () => this.leave(),
    };
  }

  private subject(rest: string): string {
    return `autostrada.${this.settings.name}.${rest}`;
  }

  private subscribe(subject: string, take: (bytes: Uint8Array) => void): void {
    const subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) return this.failed(error);
        try {
          take(message.data);
        } catch (thrown) {
          this.failed(thrown);
        }
      },
    });
    this.ends.push(() => subscription.unsubscribe());
  }

  private post(subject: string, bytes: Uint8Array): void {
    if (!this.connection.isClosed() && !this.connection.isDraining()) this.connection.publish(subject, bytes);
  }

  private take(bytes: Uint8Array): void {
    const packet = readPacket(bytes);
    if (!packet || this.isOver) return;
    if (packet.kind !== Kind.DATA) {
      const name = Buffer.from(packet.rest).toString();
      const line = this.lines.get(name);
      if (line) line.take(packet);
      else void this.presence.look(name).catch((error: unknown) => this.failed(error));
      return;
    }
    for (const line of this.lines.values()) if (line.isFrom(packet)) return line.take(packet);
  }

  private frame(from: string, frame: Uint8Array): void {
    if (this.held.length === 0 && this.presence.isSure) this.events.frame(from, frame);
    else this.held.push([from, frame.slice()]);
  }

  private up(node: string): void {
    const maxPacketBytes = Math.min(this.connection.info?.max_payload ?? MAX_PACKET_BYTES, MAX_PACKET_BYTES);
    const line = new Line(
      { own: this.node, maxPacketBytes, maxWaitingBytes: MAX_WAITING_BYTES },
      {
        post: (packet) => this.post(this.subject(`node.${node}`), packet),
        frame: (frame) => this.frame(node, frame),
        broken: () => this.broken(node),
      },
    );
    this.lines.set(node, line);
    this.events.up(node);
    this.tellHowMany('another router has joined the cluster');
    line.beat();
  }

  private down(node: string): void {
    this.lines.get(node)?.end();
    this.lines.delete(node);
    this.events.down(node);
    this.tellHowMany('a router of the cluster has left it, or was removed');
  }

  private tellHowMany(what: string): void {
    const count = this.lines.size + 1;
    this.events.note({ level: 'info', message: `${what}: ${count === 1 ? 'this one is alone' : `there are ${count} now`}` });
  }

  private broken(node: string): void {
    this.held = this.held.filter(([from]) => from !== node);
    this.events.broken(node);
  }

  private whenSure(): Promise<void> {
    if (!this.certainty) {
      let resolve: () => void = () => {};
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.certainty = { promise, resolve };
    }
    return this.certainty.promise;
  }

  private sure(): void {
    while (this.presence.isSure) {
      const next = this.held.shift();
      if (!next) break;
      this.events.frame(...next);
    }
    if (this.held.length > 0) return; // not any more
    this.certainty?.resolve();
    this.certainty = undefined;
  }

  private lost(): void {
    if (this.isOver) return;
    this.end();
    this.events.lost();
  }

  private beat(): void {
    for (const line of this.lines.values()) line.beat();
  }

  /** One of the nodes does it. */
  private async sweep(): Promise<void> {
    if ([...this.lines.keys()].some((other) => other < this.node)) return;
    try {
      const manager = await this.packages.jetstreamManager(this.connection, { checkAPI: false });
      await removeMarkers(manager, this.bucket, bucketOf(this.settings));
    } catch (error) {
      this.failed(error);
    }
  }

  private async watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (this.isOver) return;
      if (type === 'disconnect') {
        this.away ??= new Elapsed();
        this.events.note({ level: 'warn', message: 'the connection to NATS is lost' });
      }
      if (type !== 'reconnect') continue;
      this.away = undefined;
      this.events.note({ level: 'info', message: 'the connection to NATS is back' });
      this.beat();
    }
    this.lost(); // the connection is closed for good
  }

  private failed(error: unknown): void {
    if (this.isOver || this.isFailing) return;
    this.isFailing = true;
    const why = error instanceof Error ? error.message : String(error);
    this.events.note({ level: 'warn', message: `NATS does not answer as expected: ${why}`, error });
  }

  private succeeded(): void {
    this.isFailing = false;
  }

  private async leave(): Promise<void> {
    if (this.isOver) return;
    this.end();
    await this.presence.leave();
  }

  private end(): void {
    this.isOver = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const line of this.lines.values()) line.end();
    for (const end of this.ends) end();
    this.held = [];
  }
}
