/*
 * The hub of the processes of one machine: it names the nodes, tells who is there, and keeps the registry. It lives in the process that has started them, and is gone with it.
 */
import { createServer } from 'node:net';
import { makeDisposable } from '../../base/dispose.ts';
import { messageOf } from '../../base/errors.ts';
import { amount, any, checkOptions, complain, func, string } from '../../base/options.ts';
import { type Entry, type LogEntry, memoryStore, type Store, type StoredEvent } from '../../router/index.ts';
import { type CookieStore, MemoryCookieStore } from '../cookies/cookie-store.ts';
import type { OpsOptions } from '../ops/ops-server.ts';
import { FrameSocket, MAX_WAITING_BYTES } from './frame-socket.ts';
import { type CountingProcess, HubCounts, OwnCounts } from './hub-counts.ts';
import { HubMetrics, type MeasuringProcess } from './hub-metrics.ts';
import { HubStore } from './hub-store.ts';
import { type FromHub, readWords, type ToHub, type Welcome, writeWords } from './hub-words.ts';
import { HubKept } from './kept-at-hub.ts';
import { answerLogin } from './logins-at-hub.ts';
import { OpsAtHub } from './ops-at-hub.ts';
import { listenPrivately, removeSocket } from './private-socket.ts';

/** How often a process is asked whether it is there, and how often in vain. */
const ASK_MS = 1000;
const MAX_QUESTIONS = 10;

export interface HubOptions {
  /** A path for a unix socket (a named pipe on Windows). Only this user may connect. */
  readonly path: string;
  /** A process has said nothing for ten seconds (`silent`), or too much of another one waits for it, or of the hub (`full`). It must end: for the others it is gone. */
  readonly silent?: ((process: { readonly pid: number; readonly why: 'silent' | 'full' }) => void) | undefined;
  /** Keeps retained events and histories of all nodes. Default: in memory, until the hub is closed. It is not closed with the hub. */
  readonly store?: Store | undefined;
  /** Keeps the logins of browsers (`cookies` of `listen`) of all nodes. Default: in memory, until the hub is closed. */
  readonly logins?: CookieStore | undefined;
  /** How much of the hub may wait for one process, in bytes. Default 256 MiB. */
  readonly maxWaitingBytes?: number | undefined;
  /** What goes wrong at the ports for operators. Default: nobody is told. */
  readonly log?: ((entry: LogEntry) => void) | undefined;
}

export interface Hub extends AsyncDisposable {
  readonly path: string;
  /**
   * Opens a port for operators for each of these, instead of those that are open. They answer for all processes: `/healthz` and `/readyz` with 503 and the id of a process
   * that does not answer within a second, `/metrics` with the sums. `isReady` is asked by `/readyz`. The processes have the same `ops` in `listen`, and `hasOpsAtHub` of
   * `sharedPort`: so they count, and open no port. Undefined, or without `port`: nothing is opened for it.
   *
   * @returns Their URLs, in the same order.
   * @throws TypeError for an invalid one. Error if prom-client is needed and not installed; Node's error for a taken port. Then everything is as it was.
   */
  openOps(ops: readonly (OpsOptions | undefined)[]): Promise<readonly (string | undefined)[]>;
  /** All nodes lose it. */
  close(): Promise<void>;
}

interface Node extends CountingProcess, MeasuringProcess {
  name: string;
  path: string;
  pid: number;
  hasPorts: boolean;
  /** How often it was asked since it has said anything. */
  asked: number;
  readonly socket: FrameSocket;
  readonly searches: Map<number, Iterator<readonly StoredEvent[]> | AsyncIterator<readonly StoredEvent[]>>;
}

/** Opens the hub of {@link local}. */
export async function openHub(options: HubOptions): Promise<Hub> {
  checkOptions('openHub', options, { path: string, silent: func, store: any, logins: any, maxWaitingBytes: amount, log: func });
  const {
    path,
    silent,
    store: given = memoryStore(),
    logins = new MemoryCookieStore(),
    maxWaitingBytes = MAX_WAITING_BYTES,
    log = () => {},
  } = options;
  complain('path of openHub', string, path);
  const store = new HubStore(given);
  const registry = new HubRegistry();
  const counts = new HubCounts();
  const kept = new HubKept();
  const metrics = new HubMetrics();
  const nodes = new Map<string, Node>();
  const ops = new OpsAtHub({
    silent: async () => (await metrics.silent(nodes)).map(({ pid }) => pid),
    measured: (kind) => metrics.ask(nodes, kind),
    log,
  });
  const open = new Set<FrameSocket>();
  let count = 0;
  const run = Date.now().toString(36);
  const tell = (node: Node, words: FromHub): void => {
    node.socket.send(writeWords(words));
    if (node.socket.waitingBytes > maxWaitingBytes) end(node, 'full');
  };
  const gone = (node: Node): void => {
    if (!nodes.delete(node.name)) return;
    counts.gone(node);
    kept.gone(node);
    metrics.gone(node);
    removeSocket(node.path); // it may have been killed
    for (const other of nodes.values()) tell(other, { say: 'down', node: node.name });
  };
  const end = (node: Node | undefined, why: 'silent' | 'full'): void => {
    if (!node || node.socket.isDestroyed) return;
    silent?.({ pid: node.pid, why });
    node.socket.destroy();
  };
  const join = (node: Node, { path: socketPath, pid, hasPorts }: Extract<ToHub, { say: 'join' }>): Welcome => {
    node.pid = pid;
    node.hasPorts = hasPorts;
    count++;
    node.name = `${run}-${count}`;
    node.path = socketPath;
    const others = [...nodes.values()].map((other) => ({ node: other.name, path: other.path }));
    nodes.set(node.name, node);
    counts.joined(node);
    return { node: node.name, others };
  };
  const answerTo = (node: Node, words: Extract<ToHub, { id: number }>): unknown => {
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
      case 'login':
        return answerLogin(logins, words.request);
      case 'kept':
        return kept.answer(words.request, node);
      case 'count':
        return counts.answer(node, words.request);
      case 'metrics':
        return metrics.ask(nodes, words.kind);
      default:
        return words satisfies never;
    }
  };
  const hear = (node: Node, words: ToHub): void => {
    node.asked = 0;
    if (words.say === 'here') return;
    if (words.say === 'full') return end(nodes.get(words.node), 'full');
    if (words.say === 'note') return counts.note(node, words.note);
    if (words.say === 'measured') return metrics.heard(node, words.question, words.kind, words.metrics);
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
      hasPorts: true,
      asked: 0,
      searches: new Map(),
      counts: new OwnCounts(),
      measured: new Map(),
      askMetrics: (question, kind) => tell(node, { say: 'measure', question, kind }),
      tellOthers: (others, amounts) => tell(node, { say: 'counts', nodes: others, amounts }),
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
      // Questions are counted, not seconds: if this process itself stood still, the others could not answer.
      if (node.asked >= MAX_QUESTIONS) end(node, 'silent');
      else tell(node, { say: 'here?' });
      node.asked++;
    }
  }, ASK_MS);
  timer.unref();
  const hub: Omit<Hub, keyof AsyncDisposable> = {
    path,
    openOps: async (wanted) => ops.change(wanted),
    close: async () => {
      ops.close();
      clearInterval(timer);
      counts.close();
      kept.close();
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
