/*
 * An engine for several processes of one machine, without anything to install: a unix socket between each two of them, and the hub in the process that has started
 * them (hub.ts).
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkOptions, string } from '../../base/options.ts';
import type { Engine, EngineEvents, Membership } from '../../router/index.ts';
import { FrameSocket } from './frame-socket.ts';
import { type FromHub, readWords, type ToHub, wordsOf } from './hub-words.ts';

export interface LocalOptions {
  /** The path of the hub's socket. */
  readonly hub: string;
  /** Called once if the hub is gone: this process can share nothing any more, and should end. */
  readonly lost?: (() => void) | undefined;
}

/**
 * Joins routers in several processes of one machine to one. The process that starts them opens the hub by `openHub`.
 *
 * @example const router = new Router(config, { cluster: local({ hub: '/run/autostrada/hub.sock' }) });
 */
export function local(options: LocalOptions): Engine {
  checkOptions('local', options, { hub: string, lost: () => undefined });
  return { join: (events) => new LocalNode(options, events).join() };
}

class LocalNode {
  private readonly options: LocalOptions;
  private readonly events: EngineEvents;
  private readonly path = socketPath();
  private readonly server: Server;
  private readonly lines = new Map<string, FrameSocket>();
  private readonly waits = new Map<number, (words: FromHub) => void>();
  private hub: FrameSocket | undefined;
  private welcomed: ((words: Extract<FromHub, { say: 'welcome' }>) => void) | undefined;
  private last = 0;
  private hasLeft = false;

  constructor(options: LocalOptions, events: EngineEvents) {
    this.options = options;
    this.events = events;
    this.server = createServer((socket) => this.greeted(socket));
  }

  async join(): Promise<Membership> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.path, resolve);
    });
    const socket = await opened(this.options.hub);
    this.hub = new FrameSocket(socket, {
      frame: (frame) => this.hear(readWords<FromHub>(frame)),
      closed: () => this.lost(),
    });
    const { node, others } = await new Promise<Extract<FromHub, { say: 'welcome' }>>((resolve) => {
      this.welcomed = resolve;
      this.tell({ say: 'join', path: this.path });
    });
    await Promise.all(others.map((other) => this.dial(node, other)));
    return {
      node,
      send: (to, frame) => this.lines.get(to)?.send(frame),
      registry: {
        get: async (key) => {
          const answer = await this.ask((id) => ({ say: 'get', id, key }));
          return answer.say === 'entry' ? answer.entry : undefined;
        },
        set: async (key, value, seen) => {
          const answer = await this.ask((id) => ({ say: 'set', id, key, ...(value !== undefined && { value }), seen }));
          return answer.say === 'revision' ? answer.revision : undefined;
        },
      },
      leave: () => this.leave(),
    };
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
        if (name !== undefined) return this.events.frame(name, frame);
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
      frame: (frame) => this.events.frame(node, frame),
      closed: () => this.remove(node),
    });
  }

  private add(node: string, line: FrameSocket): void {
    this.lines.set(node, line);
    this.events.up(node);
  }

  private remove(node: string): void {
    const line = this.lines.get(node);
    if (!this.lines.delete(node)) return;
    line?.destroy();
    if (!this.hasLeft) this.events.down(node);
  }

  private hear(words: FromHub): void {
    switch (words.say) {
      case 'welcome':
        return this.welcomed?.(words);
      case 'down':
        return this.remove(words.node);
      case 'here?':
        return this.tell({ say: 'here' });
      case 'entry':
      case 'revision': {
        const answered = this.waits.get(words.id);
        this.waits.delete(words.id);
        return answered?.(words);
      }
      default:
        words satisfies never;
    }
  }

  private tell(words: ToHub): void {
    this.hub?.send(wordsOf(words));
  }

  private ask(words: (id: number) => ToHub): Promise<FromHub> {
    const id = ++this.last;
    return new Promise((resolve) => {
      this.waits.set(id, resolve);
      this.tell(words(id));
    });
  }

  private lost(): void {
    if (this.hasLeft) return;
    this.leave();
    this.options.lost?.();
  }

  private leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.hub?.end();
    for (const line of this.lines.values()) line.end();
    this.server.close();
    if (process.platform !== 'win32') rmSync(this.path, { force: true });
  }
}

/** Not longer than the 104 bytes that macOS allows. */
function socketPath(): string {
  const name = `autostrada-${randomUUID().slice(0, 13)}.sock`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(tmpdir(), name);
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
