/*
 * Several processes that share the ports of one router. This process starts them, and another one when one of them ends. It serves no client: it has the hub of the
 * cluster, the store, and the ports for operators.
 */
import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { type CookieStore, type Hub, type ListenConfig, openHub } from '../../node/index.ts';
import type { Reloaded, Store } from '../../router/index.ts';
import type { LiveSettings } from '../running/live-settings.ts';
import { withAdvice } from '../running/place.ts';
import { messageOf } from '../text/usage.ts';
import { freePort } from './free-port.ts';
import { openRunFolder, removeSocketsOf } from './run-folder.ts';
import { RunningProcess } from './running-process.ts';
import { FREE_PORTS, type FromProcess, HUB, type OpenPort, type ProcessEnvironment, type StopSignal } from './words.ts';

/** One that has lived for this long has not failed at its start. */
const WELL_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

export interface ProcessesOptions {
  readonly count: number;
  /** Of the configuration file. They must not read it: somebody may be editing it when another one is started. */
  readonly text: string | undefined;
  /** All of them listen there. */
  readonly ports: readonly ListenConfig[];
  /** Only this user may enter it. A folder for the sockets is made in it, and removed at the end. */
  readonly folder: string;
  readonly store: Store | undefined;
  /** Of browsers. Undefined: they are in memory. */
  readonly logins: CookieStore | undefined;
  /** For the log, and how long one that is told to end waits for its calls. */
  readonly live: Pick<LiveSettings, 'log' | 'drainMs'>;
  /** Of each of them, besides that of this process: at its start, and at a reload. */
  readonly env?: () => ProcessEnvironment;
}

export class Processes {
  private readonly options: ProcessesOptions;
  private readonly running = new Set<RunningProcess>();
  /** All have taken them over. */
  private text: string | undefined;
  private ports: readonly ListenConfig[];
  private hub: Hub | undefined;
  private folder: string | undefined;
  private freePorts = '[]';
  /** The signal that ends all of them. */
  private stopping: StopSignal | undefined;
  /** Clients are still served, but no new ones. */
  private isDraining = false;
  /** The first one has listened. */
  private hasStarted = false;
  private areOthersReady: boolean | string = true;
  /** All of them have listened at the same time. */
  private hasBeenComplete = false;
  private pauseMs = FIRST_PAUSE_MS;
  private whenEmpty: (() => void) | undefined;
  private empty: Promise<void> | undefined;
  private reloading: Promise<unknown> = Promise.resolve();
  /** Until another one is started. */
  private readonly pauses = new Set<NodeJS.Timeout>();

  constructor(options: ProcessesOptions) {
    this.options = options;
    this.text = options.text;
    this.ports = options.ports;
  }

  /**
   * The first one alone: if the port is taken, one of them says it.
   *
   * @returns Where they listen. Rejects if the first one has ended before.
   */
  async start(): Promise<readonly OpenPort[]> {
    const { count, folder, store, logins, ports, live } = this.options;
    this.freePorts = JSON.stringify(await Promise.all(ports.map(({ port, host }) => (port === 0 ? freePort(host) : null))));
    this.folder = await openRunFolder(folder);
    this.hub = await openHub({
      path: process.platform === 'win32' ? `\\\\.\\pipe\\autostrada-${process.pid}.hub` : path.join(this.folder, 'hub'),
      store,
      logins,
      silent: ({ pid, why }) => this.kill(pid, why),
      log: live.log,
    });
    const opsUrls = await this.openOps(ports)?.catch((error: unknown) => Promise.reject(withAdvice(error)));
    cluster.setupPrimary({ exec: process.argv[1] ?? '', args: process.argv.slice(2) });
    const open = await this.startOne();
    this.hasStarted = true;
    if (!this.stopping && !this.isDraining) await Promise.all(Array.from({ length: count - 1 }, () => this.another()));
    return open.map((port, i) => ({ ...port, opsUrl: opsUrls?.[i] ?? port.opsUrl }));
  }

  /** The path of the hub, once they have started. */
  get hubPath(): string {
    return this.hub?.path ?? '';
  }

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** Whether everything beside them is ready, or why not. They say it to those who ask. */
  setReady(areOthersReady: boolean | string): void {
    this.areOthersReady = areOthersReady;
    this.tellReady();
  }

  /**
   * @param file - Of another text, and where it says that they listen. Default: the same as before, for another environment.
   * @returns What all have done together. If one of them rejects the text, all have the former one. Rejects with Node's error if a port of `ops` is taken.
   */
  reload(file?: { readonly text: string | undefined; readonly ports: readonly ListenConfig[] }): Promise<Reloaded> {
    const all = this.reloading.then(() => this.reloadAll(file ?? { text: this.text, ports: this.ports }));
    this.reloading = all.catch(() => {});
    return all;
  }

  private async reloadAll({ text, ports }: Pick<ProcessesOptions, 'text' | 'ports'>): Promise<Reloaded> {
    await this.openOps(ports); // it may fail, so it is the first
    const env = this.options.env?.() ?? {};
    const there = [...this.running].filter(({ hasBegun }) => hasBegun); // the others wait for the text
    const outcomes = await Promise.allSettled(there.map((one) => one.reload(text, env)));
    const failed = outcomes.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') {
      const changed = there.filter((_, i) => outcomes[i]?.status === 'fulfilled');
      await Promise.all([...changed.map((one) => one.reload(this.text, env).catch(() => {})), this.openOps(this.ports)]);
      throw failed.reason;
    }
    [this.text, this.ports] = [text, ports];
    const all = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    return {
      ended: all.reduce((sum, { ended }) => sum + ended, 0),
      needsRestart: [...new Set(all.flatMap(({ needsRestart }) => needsRestart))],
    };
  }

  /** All refuse new connections, and wait for calls that are running. Callees stay until the callers of all processes have their answers. */
  async drain(timeoutMs: number): Promise<void> {
    this.isDraining = true;
    await Promise.all([...this.running].filter(({ isListening }) => isListening).map((one) => one.drain(timeoutMs, false)));
  }

  /** Resolves when all have ended. A second time it ends them at once. */
  async stop(signal: StopSignal): Promise<void> {
    for (const one of this.running) {
      if (this.stopping) one.kill();
      else one.tell({ do: 'stop', signal });
    }
    this.stopping = signal;
    for (const pause of this.pauses) clearTimeout(pause);
    this.empty ??= new Promise((resolve) => {
      this.whenEmpty = resolve;
    });
    if (this.running.size === 0) this.whenEmpty?.();
    await this.empty;
    await this.hub?.close();
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private async startOne(): Promise<readonly OpenPort[]> {
    const worker = cluster.fork({ ...this.options.env?.(), [HUB]: this.hub?.path, [FREE_PORTS]: this.freePorts });
    const running = new RunningProcess(worker);
    this.running.add(running);
    let hasEnded = false;
    const end = (how: string): void => {
      if (!hasEnded) this.ended(running, how);
      hasEnded = true;
    };
    worker.once('exit', (code, signal) => end(signal ?? `code ${code}`));
    worker.on('error', (error) => {
      if (worker.process.pid === undefined) end(messageOf(error)); // the system has not started it
    });
    return new Promise((resolve, reject) => {
      worker.on('message', (words: FromProcess) => {
        // Behind a reload that runs: this one is not among those that it has told.
        if (words.did === 'begin') void this.reloading.then(() => running.begin(this.text));
        if (words.did === 'hear') void this.endOne(running, words.signal);
        if (words.did !== 'start') return;
        running.isListening = true;
        this.tellReady();
        // Those that did not listen yet were not told.
        if (this.isDraining) void running.drain(0, false);
        resolve(words.ports);
      });
      const before = (): void => reject(new Error('a process of the router has ended before it listened'));
      worker.once('exit', before);
      worker.once('error', before);
    });
  }

  /** Somebody has told one of them to end. If all are to end, this process decides. */
  private async endOne(running: RunningProcess, signal: StopSignal): Promise<void> {
    const { isStopping, isDraining } = this;
    if (isStopping || isDraining || running.isLeaving) return;
    running.isLeaving = true;
    this.tellReady();
    this.options.live.log({ level: 'info', message: `a process of the router ends (${signal}), and another one takes its place` });
    this.replaceIn(FIRST_PAUSE_MS); // if the signal was for all of them, this process gets it meanwhile
    if (signal === 'SIGTERM') await running.drain(this.options.live.drainMs, true);
    if (!this.isDraining && !this.isStopping) running.tell({ do: 'stop', signal });
  }

  private openOps(ports: readonly ListenConfig[]): Promise<readonly (string | undefined)[]> | undefined {
    return this.hub?.openOps(ports.map(({ ops }) => ops && { ...ops, isReady: this.isReady }));
  }

  /** Of all together. */
  private readonly isReady = (): boolean | string => {
    if (this.isStopping || this.isDraining) return 'the router is shutting down';
    return this.there.length === 0 && this.hasBeenComplete ? 'no process of the router listens' : this.areAllReady;
  };

  private get there(): readonly RunningProcess[] {
    return [...this.running].filter(({ isListening, isLeaving }) => isListening && !isLeaving);
  }

  /** As each of them says it. */
  private get areAllReady(): boolean | string {
    const { length } = this.there;
    const { count } = this.options;
    // Once they are complete each of them answers for itself: while one restarts, the others serve.
    return this.hasBeenComplete ? this.areOthersReady : `${length} of ${count} processes of the router have started`;
  }

  private tellReady(): void {
    this.hasBeenComplete ||= this.there.length >= this.options.count;
    const isReady = this.areAllReady;
    for (const one of this.running) one.tell({ do: 'ready', isReady });
  }

  private ended(running: RunningProcess, how: string): void {
    this.running.delete(running);
    if (this.folder !== undefined) removeSocketsOf(this.folder, running.worker.process.pid); // it may have been killed
    if (this.isStopping) {
      if (this.running.size === 0) this.whenEmpty?.();
      return;
    }
    if (!this.hasStarted) return; // `start` rejects
    if (running.isLeaving) return;
    this.tellReady();
    this.pauseMs = performance.now() - running.since > WELL_MS ? FIRST_PAUSE_MS : Math.min(this.pauseMs * 2, MAX_PAUSE_MS);
    const message = `a process of the router has ended (${how}); another one is started in ${this.pauseMs} ms`;
    this.options.live.log({ level: 'error', message });
    this.replaceIn(this.pauseMs);
  }

  private replaceIn(ms: number): void {
    const pause = setTimeout(() => {
      this.pauses.delete(pause);
      if (!this.isStopping && !this.isDraining) void this.another();
    }, ms);
    this.pauses.add(pause);
  }

  /** One that ends before it listens is replaced as well. */
  private async another(): Promise<void> {
    await this.startOne().catch(() => {});
  }

  /** It does not answer, so the others do not count on it any more. */
  private kill(pid: number, why: 'silent' | 'full'): void {
    const one = [...this.running].find(({ worker }) => worker.process.pid === pid);
    const fault = why === 'silent' ? 'does not answer' : 'does not take what others send to it';
    this.options.live.log({ level: 'error', message: `a process of the router ${fault} (${pid}), and is ended` });
    one?.kill();
  }
}
