/* This process is one of several that share the ports of a router. Another process has started it, has the hub of the cluster, and tells it when to stop. */
import cluster from 'node:cluster';
import path from 'node:path';
import { type ListenConfig, type LoadedFile, local, type Served, type ServeOptions, serve } from '../../node/index.ts';
import type { LiveSettings } from '../running/live-settings.ts';
import { withAdvice } from '../running/place.ts';
import { messageOf } from '../text/usage.ts';
import { quietAtStart } from './quiet-at-start.ts';
import { leaveRunFolder, socketName } from './run-folder.ts';
import type { Order, Starter } from './starter.ts';
import { FREE_PORTS, type FromProcess, HUB, type StopSignal } from './words.ts';

export interface OwnProcessOptions extends Pick<ServeOptions, 'router'> {
  readonly loaded: Pick<LoadedFile, 'router' | 'listen'> & Partial<LoadedFile>;
  /** For the log, and how long it waits for calls if it has to stop by itself. */
  readonly live: LiveSettings;
  readonly ports: (given: readonly ListenConfig[]) => readonly ListenConfig[];
  /** The process that has started this one. */
  readonly starter: Starter;
}

/** Serves until it is told to stop. @returns Once it listens. */
export async function serveAsOne(host: NodeJS.Process, options: OwnProcessOptions): Promise<void> {
  const own = new OwnProcess(host, options);
  await own.started();
}

/** How long its end may take without the one that has started it, when calls have had their time. */
const CLOSE_MS = 5000;

class OwnProcess {
  private readonly host: NodeJS.Process;
  private readonly serving: Promise<Served>;
  private readonly live: LiveSettings;
  /** Calls have had their time. */
  private hasDrained = false;
  private isReady: boolean | string = false;
  private isServing = false;
  private isStopping = false;
  /** The process that has started this one is gone. */
  private isAlone = false;

  constructor(host: NodeJS.Process, { loaded, live, ports, router, starter }: OwnProcessOptions) {
    this.host = host;
    this.live = live;
    const hub = host.env[HUB] ?? '';
    const free: readonly (number | null)[] = JSON.parse(host.env[FREE_PORTS] ?? '[]');
    const quiet = quietAtStart(live.log);
    if (cluster.worker?.id === 1) quiet.end();
    const engine = local({ hub, lost: this.orphaned });
    this.serving = serve(loaded, {
      hooks: { log: quiet.log, cluster: engine },
      logins: engine.logins,
      ...(router && { router }),
      ports: (given) => ports(given).map((port, i) => (port.port === 0 ? { ...port, port: free[i] ?? 0 } : port)),
      sharedPort: { own: socketName(host.pid), folder: path.dirname(hub), hasOpsAtHub: true },
      // The process that has started this one has it.
      store: () => undefined,
      isReady: () => this.isReady,
      others: (next) => {
        live.take(next);
        return []; // the rest is for the process that has started this one
      },
    });
    const served = (): void => {
      this.isServing = true;
      quiet.end();
    };
    this.serving.then(served, () => {}); // `started` throws it
    // It may be told to stop before it listens.
    starter.hear((words) => this.hear(words), this.orphaned);
    // Somebody may end one process of several, or all of a group at once: the one that has started them decides in which order.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) host.on(signal, () => this.signalled(signal));
    host.on('SIGHUP', () => {}); // the one that has started them gets it as well, and lets all reload
  }

  async started(): Promise<void> {
    try {
      const { listeners } = await this.serving;
      const ports = listeners.map(({ url, rawSocketUrl, opsUrl }) => ({ url, rawSocketUrl, opsUrl }));
      this.say({ did: 'start', ports });
    } catch (error) {
      if (this.host.connected) this.host.disconnect?.(); // it would stay
      throw withAdvice(error);
    }
  }

  private say(words: FromProcess): void {
    if (this.host.connected) this.host.send?.(words, undefined, {}, () => {}); // the other process may have just ended, which is noticed
  }

  private hear(words: Order): void {
    switch (words.do) {
      case 'drain':
        this.hasDrained = true;
        this.drain(words.timeoutMs, words.isAlone).then(
          (left) => this.say({ did: 'drain', left }),
          () => this.say({ did: 'drain', left: 0 }), // it has not started
        );
        return;
      case 'stop':
        return this.stop(words.signal, 0);
      case 'reload':
        Object.assign(this.host.env, words.env);
        this.reload(words.text).then(
          (words) => this.say(words),
          (error: unknown) => this.say({ did: 'reload', result: undefined, error: messageOf(error) }),
        );
        return;
      case 'ready':
        this.isReady = words.isReady;
        return;
      default:
        words satisfies never;
    }
  }

  private get drainMs(): number {
    return this.hasDrained ? 0 : this.live.drainMs;
  }

  private async drain(timeoutMs: number, isAlone: boolean): Promise<number> {
    const { router, listeners } = await this.serving;
    // Otherwise it would get its share of them, and refuse their sessions.
    if (isAlone) for (const listener of listeners) listener.stopAccepting();
    return router.drain(timeoutMs);
  }

  private async reload(text: string | undefined): Promise<FromProcess> {
    const { reload } = await this.serving;
    return { did: 'reload', result: await reload(text), error: undefined };
  }

  private signalled(signal: StopSignal): void {
    if (this.host.connected) this.say({ did: 'hear', signal });
    else this.stop(signal, this.drainMs);
  }

  /** Without the process that has started it nobody decides about procedures any more. */
  private readonly orphaned = (): void => {
    if (this.isAlone) return;
    this.isAlone = true;
    // At the very end: it may also be told to end at once.
    if (this.host.platform !== 'win32') this.host.once('exit', () => leaveRunFolder(this.host.env[HUB] ?? ''));
    // It has no clients yet, and would wait for its share of the port; or it was ending anyway.
    if (this.isStopping || !this.isServing) this.host.exit(1);
    setTimeout(() => this.host.exit(1), this.drainMs + CLOSE_MS).unref();
    this.stop('SIGTERM', this.drainMs);
  };

  private stop(signal: StopSignal, drainMs: number): void {
    if (this.isStopping) return;
    this.isStopping = true;
    // A restart begins with SIGTERM: without GOODBYE all clients come back, Autobahn|JS too.
    const how = signal === 'SIGTERM' ? ({ goodbye: false, drainMs } as const) : {};
    this.serving
      .then((served) => served.close(how))
      .catch((error: unknown) => {
        this.host.stderr.write(`${messageOf(error)}\n`);
        this.host.exitCode = 1;
      })
      .finally(() => {
        this.isAlone = true; // so that this is no loss
        if (this.host.connected) this.host.disconnect?.();
      });
  }
}
