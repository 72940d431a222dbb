/*
 * The hub of the processes of one machine: it names the nodes, tells who is there, and keeps the registry. It lives in the process that has started them, and is gone with it.
 */
import { createServer } from 'node:net';
import { makeDisposable } from '../../base/dispose.ts';
import { messageOf } from '../../base/errors.ts';
import { any, checkOptions, complain, func, string } from '../../base/options.ts';
import { type Entry, memoryStore, type Store, type StoredEvent } from '../../router/index.ts';
import { FrameSocket } from './frame-socket.ts';
import { HubStore } from './hub-store.ts';
import { type FromHub, readWords, type ToHub, type Welcome, writeWords } from './hub-words.ts';
import { listenPrivately, removeSocket } from './private-socket.ts';

/** How often a process is asked whether it is there, and how long it may stay silent. */
const ASK_MS = 1000;
const SILENT_MS = 10_000;

export interface HubOptions {
  /** A path for a unix socket (a named pipe on Windows). Only this user may connect. */
  readonly path: string;
  /** A process has said nothing for ten seconds. It must end: for the others it is gone. */
  readonly silent?: ((process: { readonly pid: number }) => void) | undefined;
  /** Keeps retained events and histories of all nodes. Default: in memory, until the hub is closed. It is not closed with the hub. */
  readonly store?: Store | undefined;
}

export interface Hub extends AsyncDisposable {
  readonly path: string;
  /** All nodes lose it. */
  close(): Promise<void>;
}

interface Node {
  name: string;
  path: string;
  pid: number;
  heardAt: number;
  readonly socket: FrameSocket;
  readonly searches: Map<number, Iterator<readonly StoredEvent[]> | AsyncIterator<readonly StoredEvent[]>>;
}

/** Opens the hub of {@link local}. */
export async function openHub({ path, silent, store: kept = memoryStore() }: HubOptions): Promise<Hub> {
  checkOptions('openHub', { path, silent, store: kept }, { path: string, silent: func, store: any });
  complain('path of openHub', string, path);
  const store = new HubStore(kept);
  const registry = new HubRegistry();
  const nodes = new Map<string, Node>();
  const open = new Set<FrameSocket>();
  let count = 0;
  const run = Date.now().toString(36);
  const tell = (node: { readonly socket: FrameSocket }, words: FromHub): void => node.socket.send(writeWords(words));
  const gone = (node: Node): void => {
    if (!nodes.delete(node.name)) return;
    removeSocket(node.path); // it may have been killed
    for (const other of nodes.values()) tell(other, { say: 'down', node: node.name });
  };
  const join = (node: Node, { path: socketPath, pid }: { readonly path: string; readonly pid: number }): Welcome => {
    node.pid = pid;
    count++;
    node.name = `${run}-${count}`;
    node.path = socketPath;
    const others = [...nodes.values()].map((other) => ({ node: other.name, path: other.path }));
    nodes.set(node.name, node);
    return { node: node.name, others };
  };
  const answerTo = (node: Node, words: Exclude<ToHub, { say: 'here' }>): unknown => {
    switch (words.say) {
      case 'join':
        return join(node, words);
      case 'get':
        return registry.get(words.key);
      case 'set':
        return registry.set(words.key, words.value, words.seen);
      case 'open':
        return store.open(words.realm, words.bounds);
      case 'store':
        return store.answer(words.realm, words.request, node.searches);
      default:
        return words satisfies never;
    }
  };
  const hear = (node: Node, words: ToHub): void => {
    node.heardAt = performance.now();
    if (words.say === 'here') return;
    const { id } = words;
    const failed = (error: unknown): void => tell(node, { say: 'answer', id, error: messageOf(error) });
    try {
      const value = answerTo(node, words);
      if (value instanceof Promise) value.then((known: unknown) => tell(node, { say: 'answer', id, value: known }), failed);
      else tell(node, { say: 'answer', id, value });
    } catch (error) {
      failed(error); // the store has failed, and its process goes on
    }
  };
  const server = createServer((incoming) => {
    const node: Node = {
      name: '',
      path: '',
      pid: 0,
      heardAt: performance.now(),
      searches: new Map(),
      socket: new FrameSocket(incoming, {
        frame: (frame) => hear(node, readWords<ToHub>(frame)),
        closed: () => {
          open.delete(node.socket);
          gone(node);
        },
      }),
    };
    open.add(node.socket);
  });
  await listenPrivately(server, path);
  const timer = setInterval(() => {
    for (const node of nodes.values()) {
      if (performance.now() - node.heardAt > SILENT_MS) {
        silent?.({ pid: node.pid });
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
