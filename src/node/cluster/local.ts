/*
 * An engine for several processes of one machine, without anything to install: a unix socket between each two of them, and the hub in the process that has started
 * them (hub.ts).
 */
import { randomUUID } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { amount, bool, checkOptions, func, string } from '../../base/options.ts';
import type { Engine, EngineEvents, Entry, MeasuredTogether, Membership } from '../../router/index.ts';
import type { CookieStore } from '../cookies/cookie-store.ts';
import { CountsAtHub } from './counts-at-hub.ts';
import { FrameSocket, MAX_WAITING_BYTES } from './frame-socket.ts';
import { type FromHub, readWords, type ToHub, type Welcome, writeWords } from './hub-words.ts';
import { keptAtHub } from './kept-at-hub.ts';
import { loginsAtHub } from './logins-at-hub.ts';
import { MetricsAtHub } from './metrics-at-hub.ts';
import { listenPrivately, removeSocket } from './private-socket.ts';
import { storeAtHub } from './store-at-hub.ts';

export interface LocalOptions {
  /** The path of the hub's socket. */
  readonly hub: string;
  /** Called once if the hub is gone: this process can share nothing any more, and should end. */
  readonly lost?: (() => void) | undefined;
  /**
   * Whether clients connect to this process. `false`: it gets no part of the limits of connections, so the others have all of them. Default true.
   */
  readonly hasPorts?: boolean | undefined;
  /** How much may wait for one other process, or for the hub, in bytes. One that takes nothing must not fill the memory of this one. Default 256 MiB. */
  readonly maxWaitingBytes?: number | undefined;
}

export interface LocalEngine extends Engine {
  /** For `cookies: { store }` of `listen`: the logins of browsers, the same in all processes. */
  readonly logins: CookieStore;
}

/**
 * Joins routers in several processes of one machine to one. The process that starts them opens the hub by `openHub`.
 *
 * @example const router = new Router(config, { cluster: local({ hub: '/run/autostrada/hub.sock' }) });
 */
export function local(options: LocalOptions): LocalEngine {
  checkOptions('local', options, { hub: string, lost: func, hasPorts: bool, maxWaitingBytes: amount });
  const node = new LocalNode(options);
  return { store: storeAtHub(node.ask), logins: node.logins, counts: node.counts, join: (events) => node.join(events) };
}

class LocalNode {
  private readonly options: LocalOptions;
  private readonly maxWaitingBytes: number;
  private readonly path: string;
  private readonly server: Server;
  private readonly lines = new Map<string, FrameSocket>();
  private readonly waits = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  /** What was said before there was a connection. */
  private readonly unsaid: ToHub[] = [];
  private readonly metrics = new MetricsAtHub((kind) => this.asked<MeasuredTogether>((id) => ({ say: 'metrics', id, kind })));
  readonly counts: CountsAtHub = new CountsAtHub(
    (request) => this.ask((id) => ({ say: 'count', id, request })),
    (note) => this.tell({ say: 'note', note }),
    { metrics: this.metrics, kept: keptAtHub((request) => this.asked((id) => ({ say: 'kept', id, request }))) },
  );
  readonly logins: CookieStore = loginsAtHub((request) => this.asked((id) => ({ say: 'login', id, request })));
  private events: EngineEvents | undefined;
  private hub: FrameSocket | undefined;
  private last = 0;
  private hasLeft = false;

  constructor(options: LocalOptions) {
    this.options = options;
    this.maxWaitingBytes = options.maxWaitingBytes ?? MAX_WAITING_BYTES;
    this.path = socketPath(options.hub);
    this.server = createServer((socket) => this.greeted(socket));
  }

  /** If that fails, nothing stays open. */
  async join(events: EngineEvents): Promise<Membership> {
    this.events = events;
    try {
      return await this.joined();
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  private async joined(): Promise<Membership> {
    await listenPrivately(this.server, this.path);
    const hub = new FrameSocket(await opened(this.options.hub), {
      frame: (frame) => this.hear(readWords<FromHub>(frame)),
      closed: () => this.lost(),
    });
    this.hub = hub;
    for (const words of this.unsaid.splice(0)) hub.send(writeWords(words));
    const { node, others } = await this.asked<Welcome>((id) => ({
      say: 'join',
      id,
      path: this.path,
      pid: process.pid,
      hasPorts: this.options.hasPorts ?? true,
    }));
    await Promise.all(others.map((other) => this.dial(node, other)));
    return {
      node,
      send: (to, frame) => this.send(to, frame),
      registry: {
        get: (key) => this.asked<Entry | undefined>((id) => ({ say: 'get', id, key })),
        set: (key, value, seen) => this.asked<number | undefined>((id) => ({ say: 'set', id, key, value, seen })),
      },
      leave: () => this.leave(),
    };
  }

  private send(to: string, frame: Uint8Array): void {
    const line = this.lines.get(to);
    line?.send(frame);
    if (!line || line.waitingBytes <= this.maxWaitingBytes) return;
    this.tell({ say: 'full', node: to });
    this.remove(to);
  }

  /** A node that was there before. If it is gone meanwhile, there is nothing to join. */
  private async dial(own: string, { node, path: its }: { readonly node: string; readonly path: string }): Promise<void> {
    const socket = await opened(its).catch(() => undefined);
    if (!socket) return;
    const line = this.line(socket, node);
    line.send(Buffer.from(own));
    this.add(node, line);
  }

  /** A node that has come later says its name first. */
  private greeted(socket: Socket): void {
    let name: string | undefined;
    const line: FrameSocket = new FrameSocket(socket, {
      frame: (frame) => {
        if (name !== undefined) return this.events?.frame(name, frame);
        name = Buffer.from(frame).toString();
        this.add(name, line);
      },
      closed: () => {
        if (name !== undefined) this.remove(name);
      },
    });
  }

  private line(socket: Socket, node: string): FrameSocket {
    return new FrameSocket(socket, {
      frame: (frame) => this.events?.frame(node, frame),
      closed: () => this.remove(node),
    });
  }

  private add(node: string, line: FrameSocket): void {
    this.lines.set(node, line);
    this.events?.up(node);
  }

  private remove(node: string): void {
    const line = this.lines.get(node);
    if (!this.lines.delete(node)) return;
    line?.destroy();
    if (!this.hasLeft) this.events?.down(node);
  }

  private hear(words: FromHub): void {
    switch (words.say) {
      case 'down':
        return this.remove(words.node);
      case 'counts':
        return this.counts.hear(words.nodes, words.amounts);
      case 'measure': {
        const { question, kind } = words;
        void this.metrics.own(kind).then((metrics) => this.tell({ say: 'measured', question, kind, metrics }));
        return;
      }
      case 'here?':
        return this.tell({ say: 'here' });
      case 'answer': {
        const wait = this.waits.get(words.id);
        this.waits.delete(words.id);
        if (words.error === undefined) wait?.resolve(words.value);
        else wait?.reject(new Error(words.error));
        return;
      }
      default:
        words satisfies never;
    }
  }

  private tell(words: ToHub): void {
    if (!this.hub) return void this.unsaid.push(words);
    this.hub.send(writeWords(words));
    if (this.hub.waitingBytes > this.maxWaitingBytes) this.hub.destroy(); // it is lost
  }

  /** Rejects with the hub's error, or when the hub is gone. */
  readonly ask = (words: (id: number) => ToHub): Promise<unknown> => {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      if (this.hasLeft) return reject(gone());
      this.waits.set(id, { resolve, reject });
      this.tell(words(id));
    });
  };

  private async asked<T>(words: (id: number) => ToHub): Promise<T> {
    return (await this.ask(words)) as T;
  }

  private lost(): void {
    if (this.hasLeft) return;
    for (const node of [...this.lines.keys()]) this.remove(node); // nobody else tells that they are gone
    this.leave();
    this.options.lost?.();
  }

  private leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.counts.close();
    this.hub?.end();
    for (const { reject } of this.waits.values()) reject(gone());
    this.waits.clear();
    for (const line of this.lines.values()) line.end();
    this.server.close();
    removeSocket(this.path);
  }
}

function gone(): Error {
  return new Error('the hub of this cluster is gone');
}

/** Beside the hub's. */
function socketPath(hub: string): string {
  return `${hub}-${randomUUID().slice(0, 8)}`;
}

function opened(its: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(its, () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
