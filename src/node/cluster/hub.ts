/*
 * The hub of the processes of one machine: it names the nodes, tells who is there, and keeps the registry. It lives in the process that has started them, and is gone with it.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { makeDisposable } from '../../base/dispose.ts';
import type { Entry } from '../../router/index.ts';
import { FrameSocket } from './frame-socket.ts';
import { type FromHub, readWords, type ToHub, wordsOf } from './hub-words.ts';

/** How often a process is asked whether it is there, and how long it may stay silent. */
const ASK_MS = 1000;
const SILENT_MS = 10_000;

export interface HubOptions {
  /** A path for a unix socket (a named pipe on Windows). Only this user may connect. */
  readonly path: string;
  /** A node has said nothing for ten seconds. It is not served any more, and must end: for the others it is gone. */
  readonly silent?: ((node: string) => void) | undefined;
}

export interface Hub extends AsyncDisposable {
  readonly path: string;
  /** All nodes lose it. */
  close(): Promise<void>;
}

interface Node {
  name: string;
  path: string;
  heardAt: number;
  readonly socket: FrameSocket;
}

/** Opens the hub of {@link local}. */
export async function openHub({ path, silent }: HubOptions): Promise<Hub> {
  const registry = new HubRegistry();
  const nodes = new Map<string, Node>();
  const open = new Set<FrameSocket>();
  let count = 0;
  const run = Date.now().toString(36);
  const tell = (node: { readonly socket: FrameSocket }, words: FromHub): void => node.socket.send(wordsOf(words));
  const gone = (node: Node): void => {
    if (!nodes.delete(node.name)) return;
    for (const other of nodes.values()) tell(other, { say: 'down', node: node.name });
  };
  const join = (node: Node, socketPath: string): void => {
    count++;
    node.name = `${run}-${count}`;
    node.path = socketPath;
    const others = [...nodes.values()].map((other) => ({ node: other.name, path: other.path }));
    nodes.set(node.name, node);
    tell(node, { say: 'welcome', node: node.name, others });
  };
  const answer = (node: Node, words: ToHub): void => {
    node.heardAt = performance.now();
    switch (words.say) {
      case 'join':
        return join(node, words.path);
      case 'get': {
        const entry = registry.get(words.key);
        return tell(node, { say: 'entry', id: words.id, ...(entry && { entry }) });
      }
      case 'set': {
        const revision = registry.set(words.key, words.value, words.seen);
        return tell(node, { say: 'revision', id: words.id, ...(revision !== undefined && { revision }) });
      }
      case 'here':
        return;
      default:
        words satisfies never;
    }
  };
  const server = createServer((incoming) => {
    const node: Node = {
      name: '',
      path: '',
      heardAt: performance.now(),
      socket: new FrameSocket(incoming, {
        frame: (frame) => answer(node, readWords<ToHub>(frame)),
        closed: () => {
          open.delete(node.socket);
          gone(node);
        },
      }),
    };
    open.add(node.socket);
  });
  await listening(server, path);
  const timer = setInterval(() => {
    for (const node of nodes.values()) {
      if (performance.now() - node.heardAt > SILENT_MS) {
        silent?.(node.name);
        node.socket.destroy();
      } else tell(node, { say: 'here?' });
    }
  }, ASK_MS);
  timer.unref();
  const hub = {
    path,
    close: async () => {
      clearInterval(timer);
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  makeDisposable(hub, hub.close);
  return hub;
}

async function listening(server: Server, path: string): Promise<void> {
  if (process.platform !== 'win32') rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

/** Entries with compare-and-set. */
class HubRegistry {
  private readonly entries = new Map<string, Entry>();
  private last = 0;

  get(key: string): Entry | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: string | undefined, seen: number): number | undefined {
    if ((this.entries.get(key)?.revision ?? 0) !== seen) return undefined;
    this.last++;
    if (value === undefined) this.entries.delete(key);
    else this.entries.set(key, { value, revision: this.last });
    return this.last;
  }
}
