/*
 * Several processes that share the ports of one router. This process starts them, and another one when one of them ends. It serves no client: it has the hub of the
 * cluster, and the store.
 */
import cluster, { type Worker } from 'node:cluster';
import { createServer } from 'node:net';
import path from 'node:path';
import { type Hub, type ListenConfig, local, openHub } from '../../node/index.ts';
import type { Engine, LogEntry, Reloaded, Store } from '../../router/index.ts';
import { messageOf } from '../text/usage.ts';

/** The environment of a process that this one has started: where the hub is. */
const HUB = 'AUTOSTRADA_HUB';
/** Which ports are taken for port 0, in order. The same for a process that is started when no other one listens. */
const FREE_PORTS = 'AUTOSTRADA_FREE_PORTS';
/** One that has lived for this long has not failed at its start. */
const WELL_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

type ToProcess = { readonly do: 'stop'; readonly signal: 'SIGINT' | 'SIGTERM' } | { readonly do: 'reload' };
type FromProcess =
  | { readonly did: 'start'; readonly text: string; readonly warning: string | undefined }
  | { readonly did: 'reload'; readonly result: Reloaded | undefined; readonly error: string | undefined };

/** What this process has to do if it is one of several. */
export interface OwnProcess {
  readonly engine: Engine;
  readonly sharedPort: { readonly own: string; readonly folder: string };
  /** What takes the place of port 0. */
  withFreePorts(ports: readonly ListenConfig[]): readonly ListenConfig[];
  /** It listens. */
  started(text: string, warning: string | undefined): void;
}

export interface OwnDuties {
  stop(signal: 'SIGINT' | 'SIGTERM'): void;
  reload(): Promise<Reloaded>;
}

/** Undefined: this process is not one of several. */
export function ownProcess(host: NodeJS.Process, duties: OwnDuties): OwnProcess | undefined {
  const hub = host.env[HUB];
  if (!cluster.isWorker || hub === undefined) return undefined;
  const say = (words: FromProcess): void => void host.send?.(words);
  host.on('message', (words: ToProcess) => {
    if (words.do === 'stop') return duties.stop(words.signal);
    duties.reload().then(
      (result) => say({ did: 'reload', result, error: undefined }),
      (error: unknown) => say({ did: 'reload', result: undefined, error: messageOf(error) }),
    );
  });
  // Without the process that has started it nobody decides about procedures any more.
  const orphaned = (): void => duties.stop('SIGTERM');
  host.once('disconnect', orphaned);
  const sharedPort = { own: `w${host.pid}`, folder: path.dirname(hub) };
  const free: readonly (number | null)[] = JSON.parse(host.env[FREE_PORTS] ?? '[]');
  return {
    engine: local({ hub, lost: orphaned }),
    sharedPort,
    withFreePorts: (ports) => ports.map((port, i) => (port.port === 0 ? { ...port, port: free[i] ?? 0 } : port)),
    started: (text, warning) => say({ did: 'start', text, warning }),
  };
}

export interface ProcessesOptions {
  readonly count: number;
  /** All of them listen there. */
  readonly ports: readonly ListenConfig[];
  /** A folder that only this user may enter. */
  readonly folder: string;
  readonly store: Store | undefined;
  readonly log: (entry: LogEntry) => void;
}

interface Running {
  readonly worker: Worker;
  readonly since: number;
}

export class Processes {
  private readonly options: ProcessesOptions;
  private readonly running = new Set<Running>();
  private hub: Hub | undefined;
  private freePorts = '[]';
  /** The signal that ends all of them. */
  private stopping: 'SIGINT' | 'SIGTERM' | undefined;
  /** The first one has listened. */
  private hasStarted = false;
  private pauseMs = FIRST_PAUSE_MS;
  private whenEmpty: (() => void) | undefined;
  private empty: Promise<void> | undefined;

  constructor(options: ProcessesOptions) {
    this.options = options;
  }

  /**
   * The first one alone: if the port is taken, one of them says it.
   *
   * @returns What the first one says. Rejects if it has ended before.
   */
  async start(): Promise<{ readonly text: string; readonly warning: string | undefined }> {
    const { count, folder, store, ports } = this.options;
    this.freePorts = JSON.stringify(await Promise.all(ports.map(({ port, host }) => (port === 0 ? freePort(host) : null))));
    const name = `${process.pid}.hub`;
    this.hub = await openHub({
      path: process.platform === 'win32' ? `\\\\.\\pipe\\autostrada-${name}` : path.join(folder, name),
      store,
      silent: ({ pid }) => this.kill(pid),
    });
    cluster.setupPrimary({ exec: process.argv[1] ?? '', args: process.argv.slice(2) });
    const said = await this.startOne();
    this.hasStarted = true;
    if (!this.stopping) await Promise.all(Array.from({ length: count - 1 }, () => this.startOne()));
    return said;
  }

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** @returns What all have done together. */
  async reload(): Promise<Reloaded> {
    const all = await Promise.all([...this.running].map(({ worker }) => reloaded(worker)));
    return {
      ended: all.reduce((sum, { ended }) => sum + ended, 0),
      needsRestart: [...new Set(all.flatMap(({ needsRestart }) => needsRestart))],
    };
  }

  /** Resolves when all have ended. A second time it ends them at once. */
  async stop(signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
    for (const { worker } of this.running) {
      if (this.stopping) worker.process.kill('SIGKILL');
      else tell(worker, { do: 'stop', signal });
    }
    this.stopping = signal;
    this.empty ??= new Promise((resolve) => {
      this.whenEmpty = resolve;
    });
    if (this.running.size === 0) this.whenEmpty?.();
    await this.empty;
    await this.hub?.close();
  }

  private async startOne(): Promise<{ readonly text: string; readonly warning: string | undefined }> {
    const worker = cluster.fork({ [HUB]: this.hub?.path, [FREE_PORTS]: this.freePorts });
    const running = { worker, since: performance.now() };
    this.running.add(running);
    worker.once('exit', (code, signal) => this.ended(running, signal ?? `code ${code}`));
    return new Promise((resolve, reject) => {
      worker.on('message', (words: FromProcess) => {
        if (words.did !== 'start') return;
        // While it started it did not hear that it has to stop.
        if (this.stopping) tell(worker, { do: 'stop', signal: this.stopping });
        resolve(words);
      });
      worker.once('exit', () => reject(new Error('a process of the router has ended before it listened')));
    });
  }

  private ended(running: Running, how: string): void {
    this.running.delete(running);
    if (this.isStopping) {
      if (this.running.size === 0) this.whenEmpty?.();
      return;
    }
    if (!this.hasStarted) return; // `start` rejects
    this.pauseMs = performance.now() - running.since > WELL_MS ? FIRST_PAUSE_MS : Math.min(this.pauseMs * 2, MAX_PAUSE_MS);
    const message = `a process of the router has ended (${how}); another one is started in ${this.pauseMs} ms`;
    this.options.log({ level: 'error', message });
    setTimeout(() => {
      if (!this.isStopping) this.startOne().catch(() => {}); // its end is noticed
    }, this.pauseMs);
  }

  /** It does not answer, so the others do not count on it any more. */
  private kill(pid: number): void {
    const one = [...this.running].find(({ worker }) => worker.process.pid === pid);
    this.options.log({ level: 'error', message: `a process of the router does not answer (${pid}), and is ended` });
    one?.worker.process.kill('SIGKILL');
  }
}

function tell(worker: Worker, words: ToProcess): void {
  if (worker.isConnected()) worker.send(words);
}

function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function reloaded(worker: Worker): Promise<Reloaded> {
  return new Promise((resolve, reject) => {
    const took = (words: FromProcess): void => {
      if (words.did !== 'reload') return;
      worker.off('message', took);
      if (words.result) resolve(words.result);
      else reject(new Error(words.error));
    };
    worker.on('message', took);
    worker.once('exit', () => reject(new Error('a process of the router has ended')));
    tell(worker, { do: 'reload' });
  });
}
