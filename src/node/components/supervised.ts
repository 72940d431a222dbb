/*
 * One component: waits for what it waits for, runs, becomes ready, is watched, ends, and is started again as its policy says. One loop does it from `start`
 * to `stop`; what anybody asks for meanwhile is done in order.
 */
import { messageOf } from '../../base/errors.ts';
import type { Component, ComponentInfo, ComponentState } from './component.ts';
import { findProgram } from './find-program.ts';
import { type Line, OutputLines } from './output-lines.ts';
import { aborted, pause } from './pause.ts';
import { ask, describeProbe, type IsRegistered, type ProbeContext, untilItSucceeds } from './probes.ts';
import { type Exit, ProcessGroup } from './process-group.ts';
import type { Watcher } from './watcher.ts';

/** What a component needs from outside. */
export interface Host {
  readonly watcher: Watcher;
  readonly isRegistered: IsRegistered;
  /** What its process gets, without the variables of the file. */
  environmentOf(component: Component): { readonly [name: string]: string };
  /** How a module is run. */
  readonly moduleCommand: (module: string) => readonly [string, ...string[]];
  /** Resolves when the other component is ready, or when the signal aborts. */
  whenReady(name: string, signal: AbortSignal, told: (why: string) => void): Promise<void>;
  changed(info: ComponentInfo): void;
  said(name: string, line: Line): void;
}

/** How one process of it ended. */
interface End {
  /** It was told to. */
  readonly isStopped: boolean;
  /** Undefined: it ended with code 0. */
  readonly failure: string | undefined;
  /** It was ready for long enough. */
  readonly wasWell: boolean;
}

export class Supervised {
  private definition: Component;
  readonly output: OutputLines;
  private readonly host: Host;
  private state: ComponentState = 'stopped';
  private reason: string | undefined = undefined;
  private since: Date = new Date();
  private pid: number | undefined;
  private restarts = 0;
  /** From `start` to `stop`. */
  private life: AbortController | undefined;
  private living: Promise<void> = Promise.resolve();
  private turn: Promise<void> = Promise.resolve();

  constructor(component: Component, host: Host) {
    this.definition = component;
    this.host = host;
    this.output = new OutputLines((line) => host.said(component.name, line));
  }

  get component(): Component {
    return this.definition;
  }

  /** It runs as this component from now on, if it runs. */
  become(component: Component, isRunning: boolean): Promise<void> {
    return this.inTurn(async () => {
      if (this.life) await this.finish();
      this.definition = component;
      if (isRunning) this.begin();
    });
  }

  get info(): ComponentInfo {
    const { name, realm, authid, authrole } = this.component;
    return {
      name,
      state: this.state,
      reason: this.reason ?? null,
      pid: this.pid ?? null,
      since: this.since.toISOString(),
      restarts: this.restarts,
      realm: realm ?? null,
      authid: authid ?? null,
      authrole: authrole ?? null,
    };
  }

  /** Does nothing if it is started already. */
  start(): Promise<void> {
    return this.inTurn(async () => this.begin());
  }

  /** @returns When all its processes have ended. */
  stop(): Promise<void> {
    return this.inTurn(() => this.finish());
  }

  restart(): Promise<void> {
    return this.inTurn(async () => {
      await this.finish();
      this.begin();
    });
  }

  private inTurn(act: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(act);
    return this.turn;
  }

  private begin(): void {
    if (this.life) return;
    const life = new AbortController();
    this.life = life;
    this.living = this.live(life.signal)
      .catch((error: unknown) => this.show('failed', messageOf(error)))
      .then(() => {
        if (this.life === life) this.life = undefined;
      });
  }

  private async finish(): Promise<void> {
    this.life?.abort();
    await this.living;
    this.life = undefined;
    this.show('stopped');
  }

  private async live(signal: AbortSignal): Promise<void> {
    const { restart } = this.component;
    let inARow = 0;
    for (;;) {
      await this.wait(signal);
      if (signal.aborted) return;
      const end = await this.once(signal);
      if (end.isStopped) return;
      const how = end.failure ?? 'it ended with code 0';
      if (end.failure === undefined && restart.policy !== 'always') return this.show('ended', how);
      if (restart.policy === 'never') return this.show('failed', how);
      inARow = end.wasWell ? 1 : inARow + 1;
      if (inARow > restart.limit) {
        const often = inARow === 1 ? '' : `, ${inARow} times in a row`;
        return this.show('failed', `${how}${often}; start it with: autostrada restart ${this.component.name}`);
      }
      const longest = Math.min(restart.minMs * 2 ** Math.min(inARow - 1, 30), restart.maxMs);
      const delayMs = Math.round(longest * (1 - Math.random() / 2));
      this.show('delayed', `${how}; it starts again in ${delayMs} ms`);
      await pause(delayMs, signal);
      if (signal.aborted) return;
      this.restarts++;
    }
  }

  private async wait(signal: AbortSignal): Promise<void> {
    const { after, probes, realm } = this.component;
    const told = (what: string): void => {
      if (!signal.aborted && this.reason !== what) this.show('waiting', what);
    };
    for (const name of after) await this.host.whenReady(name, signal, told);
    for (const probe of probes) {
      const expected = describeProbe(probe, realm);
      await untilItSucceeds(probe, this.context, signal, (why) => told(`waits for ${expected}: ${why}`));
    }
  }

  private get context(): ProbeContext {
    return { realm: this.component.realm, isRegistered: this.host.isRegistered };
  }

  /** One process, from its start until nothing of its group is left. */
  private async once(signal: AbortSignal): Promise<End> {
    const { stopTimeoutMs, restart } = this.component;
    this.show('starting');
    let group: ProcessGroup;
    try {
      group = await this.open();
    } catch (error) {
      return { isStopped: signal.aborted, failure: messageOf(error), wasWell: false };
    }
    this.pid = group.pid;
    this.output.read(group.output.stdout, 'stdout');
    this.output.read(group.output.stderr, 'stderr');
    this.show('starting');
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    let exit: Exit | undefined;
    let failure: string | undefined;
    void group.exited.then((how) => {
      exit = how;
      over.abort();
    });
    void this.attend(group, either).catch((error: unknown) => {
      failure = messageOf(error);
      over.abort();
    });
    await aborted(either);
    const wasReadyMs = this.state === 'ready' ? Date.now() - this.since.getTime() : -1;
    const isStopped = signal.aborted;
    const hadEnded = exit !== undefined;
    if (!hadEnded || isStopped) this.show('stopping', failure);
    const how = await group.end(stopTimeoutMs);
    if (how === 'stuck') this.output.add('stderr', `autostrada: process group ${group.pid} did not end after SIGKILL`);
    else if (how === 'killed' && !hadEnded)
      this.output.add('stderr', `autostrada: it did not end in ${stopTimeoutMs} ms after SIGTERM, so it was sent SIGKILL`);
    this.pid = undefined;
    return { isStopped, failure: failure ?? describeExit(exit), wasWell: wasReadyMs >= restart.healthyMs && failure === undefined };
  }

  private open(): Promise<ProcessGroup> {
    const { runs, cwd, env } = this.component;
    const isModule = 'module' in runs;
    const [program, ...args] = isModule ? this.host.moduleCommand(runs.module) : runs.command;
    const whole = { ...this.host.environmentOf(this.component), ...env };
    return ProcessGroup.start(
      { command: [findProgram(program, cwd, whole), ...args], cwd, env: whole, isModule },
      this.host.watcher,
    );
  }

  /** Until it is ready; then its health. Throws when it must be ended. */
  private async attend(group: ProcessGroup, signal: AbortSignal): Promise<void> {
    const { ready, readyTimeoutMs, runs, realm } = this.component;
    const late = new AbortController();
    const either = AbortSignal.any([signal, late.signal]);
    const timer = readyTimeoutMs > 0 ? setTimeout(() => late.abort(), readyTimeoutMs) : undefined;
    let expected = 'the function of its module to return, and all that it registered and subscribed to be active';
    let why = '';
    if (ready) {
      expected = describeProbe(ready, realm);
      await untilItSucceeds(ready, this.context, either, (text) => {
        why = `: ${text}`;
      });
    } else if ('module' in runs) await Promise.race([group.said('ready'), aborted(either)]);
    clearTimeout(timer);
    if (signal.aborted) return;
    if (late.signal.aborted) throw new Error(`it did not become ready: expected ${expected} within ${readyTimeoutMs} ms${why}`);
    this.show('ready');
    await this.guardHealth(signal);
  }

  private async guardHealth(signal: AbortSignal): Promise<void> {
    const { health, realm } = this.component;
    if (!health) return;
    let failures = 0;
    while (!signal.aborted) {
      await pause(health.intervalMs, signal);
      if (signal.aborted) return;
      const why = await ask(health.probe, this.context, health.timeoutMs, signal);
      if (signal.aborted) return;
      failures = why === undefined ? 0 : failures + 1;
      if (failures >= health.failures) {
        const times = failures === 1 ? 'once' : `${failures} times in a row`;
        throw new Error(`it is not healthy: expected ${describeProbe(health.probe, realm)}, and it failed ${times}: ${why}`);
      }
    }
  }

  private show(state: ComponentState, reason?: string): void {
    this.state = state;
    this.reason = reason;
    this.since = new Date();
    this.host.changed(this.info);
  }
}

function describeExit(exit: Exit | undefined): string | undefined {
  if (exit?.code === 0) return undefined;
  return exit?.signal ? `it was ended by ${exit.signal}` : `it ended with code ${exit?.code}`;
}
