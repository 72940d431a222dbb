/* All components: started in order, stopped in the reverse order. */
import { isDeepStrictEqual } from 'node:util';
import type { Component, ComponentInfo } from './component.ts';
import { FileWatch } from './file-watch.ts';
import type { Line } from './output-lines.ts';
import { aborted } from './pause.ts';
import type { IsRegistered } from './probes.ts';
import { dependencies } from './settle-components.ts';
import { type Host, Supervised } from './supervised.ts';
import { Watcher } from './watcher.ts';

export interface SupervisorHost {
  readonly isRegistered: IsRegistered;
  /** What its process gets, without the variables of the file. */
  environmentOf(component: Component): { readonly [name: string]: string };
  /** How a module is run: a program and its arguments. */
  readonly moduleCommand: (module: string) => readonly [string, ...string[]];
  /** The state of a component is another one. */
  changed(info: ComponentInfo): void;
  /** A component has printed a line. */
  said(name: string, line: Line): void;
  /** Something that the user should know. */
  warn(text: string): void;
}

/** Runs components until `close()`. */
export class Supervisor {
  /** In the order of the file. */
  private all: ReadonlyMap<string, Supervised>;
  private readonly watcher: Watcher;
  private readonly listeners = new Set<(info: ComponentInfo) => void>();
  private readonly watches = new Map<string, FileWatch>();
  private readonly host: SupervisorHost;
  /** What each component gets. */
  private readonly inner: Host;
  private closing: Promise<void> | undefined;
  private changing: Promise<void> = Promise.resolve();

  constructor(components: readonly Component[], host: SupervisorHost) {
    this.watcher = new Watcher((error) => host.warn(`nothing ends the components if this process is killed: ${error.message}`));
    this.host = host;
    this.inner = {
      watcher: this.watcher,
      isRegistered: (realm, procedure) => host.isRegistered(realm, procedure),
      environmentOf: (component) => host.environmentOf(component),
      moduleCommand: (module) => host.moduleCommand(module),
      whenReady: (name, signal, told) => this.whenReady(name, signal, told),
      changed: (info) => {
        for (const listener of [...this.listeners]) listener(info);
        host.changed(info);
      },
      said: (name, line) => host.said(name, line),
    };
    this.all = new Map(components.map((component) => [component.name, new Supervised(component, this.inner)]));
  }

  /** Starts all; each waits for what it waits for. */
  start(): void {
    for (const each of this.all.values()) {
      void each.start();
      this.watch(each.component);
    }
  }

  /**
   * Runs these components from now on: those that are not among them are stopped, those that differ are restarted, and new ones are started. One that somebody has stopped stays
   * stopped.
   *
   * @returns Once what had to end has ended, and the rest starts.
   */
  change(components: readonly Component[]): Promise<void> {
    this.changing = this.changing.then(() => this.replace(components));
    return this.changing;
  }

  private async replace(components: readonly Component[]): Promise<void> {
    if (this.closing) return;
    const next = new Map(components.map((component) => [component.name, component]));
    const over = [...this.all.values()].filter(({ component }) => !isDeepStrictEqual(component, next.get(component.name)));
    const idle = new Set(over.filter(({ info }) => info.state === 'stopped'));
    for (const { component } of over) this.unwatch(component.name);
    await this.stopInOrder(over.map(({ component }) => component));
    if (this.closing) return;
    const former = this.all;
    const known = ({ name }: Component): Supervised | undefined => former.get(name);
    this.all = new Map(components.map((each) => [each.name, known(each) ?? new Supervised(each, this.inner)]));
    for (const component of components) {
      const each = this.all.get(component.name);
      if (!each || (known(component) && !over.includes(each))) continue;
      if (known(component)) void each.become(component, !idle.has(each));
      else void each.start();
      this.watch(component);
    }
    // Somebody may have started it again while others stopped.
    await Promise.all(over.filter(({ component }) => !next.has(component.name)).map((each) => each.stop()));
  }

  list(): readonly ComponentInfo[] {
    return [...this.all.values()].map(({ info }) => info);
  }

  /** Undefined: there is none with this name. */
  get(name: string): ComponentInfo | undefined {
    return this.all.get(name)?.info;
  }

  /** Its last lines; undefined: there is no such component. */
  log(name: string, limit: number): readonly Line[] | undefined {
    return this.all.get(name)?.output.last(limit);
  }

  /** Starts one that is stopped, has ended or has failed. @returns Once that has begun. */
  async startOne(name: string): Promise<ComponentInfo | undefined> {
    if (!this.closing) await this.all.get(name)?.start();
    return this.get(name);
  }

  /** @returns Once all its processes have ended. */
  async stopOne(name: string): Promise<ComponentInfo | undefined> {
    await this.all.get(name)?.stop();
    return this.get(name);
  }

  /** @returns Once the former processes have ended, and it starts again. */
  async restart(name: string): Promise<ComponentInfo | undefined> {
    if (!this.closing) await this.all.get(name)?.restart();
    return this.get(name);
  }

  /** Stops all: each after those that wait for it. */
  close(): Promise<void> {
    this.closing ??= this.stopAll();
    return this.closing;
  }

  private async stopAll(): Promise<void> {
    for (const name of [...this.watches.keys()]) this.unwatch(name);
    await this.stopInOrder([...this.all.values()].map(({ component }) => component));
    this.watcher.close();
  }

  /** Each after those of them that wait for it. */
  private async stopInOrder(components: readonly Component[]): Promise<void> {
    const before = new Map(components.map((each) => [each.name, dependencies(each, components)]));
    const stopped = new Map<string, Promise<void>>();
    const stop = (name: string): Promise<void> => {
      const known = stopped.get(name);
      if (known) return known;
      const later = components.filter((each) => before.get(each.name)?.includes(name));
      const done = Promise.all(later.map((each) => stop(each.name))).then(() => this.all.get(name)?.stop());
      stopped.set(name, done);
      return done;
    };
    await Promise.all(components.map(({ name }) => stop(name)));
  }

  private watch({ name, watch }: Component): void {
    if (watch.length === 0) return;
    const watching = new FileWatch(
      watch,
      () => void this.restart(name),
      (text) => this.host.warn(`${name}: ${text}`),
    );
    this.watches.set(name, watching);
    watching.open();
  }

  private unwatch(name: string): void {
    this.watches.get(name)?.close();
    this.watches.delete(name);
  }

  private async whenReady(name: string, signal: AbortSignal, told: (why: string) => void): Promise<void> {
    const other = this.all.get(name);
    if (!other) return;
    const isReady = ({ state, reason }: ComponentInfo): boolean => {
      // What runs once, to its end, is done.
      if (state === 'ready' || state === 'ended') return true;
      told(`waits for ${name}, which is ${state}${state === 'failed' && reason !== null ? `: ${reason}` : ''}`);
      return false;
    };
    if (signal.aborted || isReady(other.info)) return;
    let listener: ((info: ComponentInfo) => void) | undefined;
    const ready = new Promise<void>((resolve) => {
      listener = (info) => {
        if (!signal.aborted && info.name === name && isReady(info)) resolve();
      };
      this.listeners.add(listener);
    });
    await Promise.race([ready, aborted(signal)]);
    if (listener) this.listeners.delete(listener);
  }
}
