/*
 * Checks what a file says about components, and fills in the defaults. Each fault has the path of the value; all faults are found at once.
 */
import path from 'node:path';
import { isDict, show } from '../../base/checks.ts';
import { nearest } from '../../base/nearest.ts';
import type { RouterConfig } from '../../router/config/config.ts';
import { within } from '../../router/config/config-path.ts';
import type { Component } from './component.ts';
import type { ComponentConfig, ComponentsConfig, Probe } from './component-config.ts';
import { componentShape, type Fault } from './component-shape.ts';
import { cycleIn } from './cycles.ts';

/** What a realm offers to components. */
export interface RealmOfComponents {
  readonly isOpen: boolean;
  readonly authroles: readonly string[];
  /** Users of the file: a component must have another name. */
  readonly users: readonly string[];
}

export interface Surroundings {
  /** Paths count from it: the folder of the file. */
  readonly folder: string;
  readonly realms: ReadonlyMap<string, RealmOfComponents>;
  /** Where the components are in the file: `config.components`. */
  readonly path: string;
}

export interface Settled {
  readonly components: readonly Component[];
  readonly faults: readonly Fault[];
}

/** What the realms of a file offer. Their values may be wrong. */
export function realmsOf(router: RouterConfig): Surroundings['realms'] {
  const { realms } = router;
  if (!isDict(realms)) return new Map();
  return new Map(
    Object.entries(realms).map(([name, realm]): readonly [string, RealmOfComponents] => {
      if (!isDict(realm)) return [name, { isOpen: true, authroles: [], users: [] }];
      const keys = (value: unknown): readonly string[] => (isDict(value) ? Object.keys(value) : []);
      return [name, { isOpen: false, authroles: keys(realm.authroles), users: keys(realm.users) }];
    }),
  );
}

/** @returns In the order of the file, those that are right, and the faults of the others. */
export function settleComponents(config: unknown, { folder, realms, path: at }: Surroundings): Settled {
  const faults: Fault[] = [...componentShape(config, at)];
  if (faults.length > 0 || !isComponents(config)) return { components: [], faults };
  const names = Object.keys(config);
  const roles = new Map<string, string>();
  const components = Object.entries(config).map(([name, given]) => {
    const own = within(at, name);
    const component = settle(name, given, folder, realms);
    const fault = (member: string, text: string): number => faults.push({ path: member === '' ? own : `${own}.${member}`, text });
    checkLogin(component, given, realms, fault);
    const key = JSON.stringify([component.realm, component.authid]);
    const role = roles.get(key) ?? component.authrole;
    if (component.authrole !== undefined && role !== component.authrole)
      fault(
        'authrole',
        `expected ${show(role)}, which another component with the authid ${show(component.authid)} has, got ${show(component.authrole)}`,
      );
    if (component.authrole !== undefined) roles.set(key, component.authrole);
    for (const [i, wanted] of (given.waitsFor ?? []).entries()) {
      if (typeof wanted === 'string' && !names.includes(wanted))
        fault(`waitsFor[${i}]`, `expected the name of a component or a probe, got ${show(wanted)}${nearest(wanted, names)}`);
    }
    for (const probe of [...component.probes, component.ready, component.health?.probe]) {
      if (!probe || !('procedure' in probe)) continue;
      const realm = probe.realm ?? component.realm;
      if (realm === undefined || !realms.has(realm))
        fault(
          '',
          `expected a realm of this file for procedure ${probe.procedure}, got ${show(realm)}${nearest(realm ?? '', [...realms.keys()])}`,
        );
    }
    return component;
  });
  const cycle = cycleIn(new Map(components.map((each) => [each.name, dependencies(each, components)])));
  if (cycle)
    faults.push({ path: at, text: `expected an order in which components can start, got a cycle: ${cycle.join(' waits for ')}` });
  return { components, faults };
}

/** Those that `only` names: whole names, or the beginning of a name up to a slash, with commas; `none`. @throws TypeError */
export function chosen(all: readonly Component[], only: string | undefined): readonly Component[] {
  if (only === undefined) return all;
  if (only === 'none') return [];
  const wrong = only.split(',').find((word) => !all.some(({ name }) => fits(name, word)));
  if (wrong === undefined) return all.filter(({ name }) => isChosen(name, only));
  const groups = [...new Set(all.map(({ name }) => name.split('/', 1)[0] ?? name))].sort();
  throw new TypeError(
    `expected 'none' or names of components (${groups.join(', ')}) after --only, got '${wrong}'${nearest(wrong, groups)}`,
  );
}

/** As `chosen`, for names that may not be there any more. */
export function isChosen(name: string, only: string | undefined): boolean {
  return only === undefined || (only !== 'none' && only.split(',').some((word) => fits(name, word)));
}

function fits(name: string, word: string): boolean {
  return name === word || name.startsWith(`${word}/`);
}

/** The components that come before this one: those that it names, and those whose procedure, port or URL it waits for. */
export function dependencies(component: Component, all: readonly Component[]): readonly string[] {
  const keys = component.probes.map((probe) => keyOf(probe, component.realm));
  const found = all.filter((other) => other.ready && keys.includes(keyOf(other.ready, other.realm)));
  return [...new Set([...component.after, ...found.map(({ name }) => name)])];
}

function keyOf(probe: Probe, realm: string | undefined): string {
  if ('procedure' in probe) return `${probe.realm ?? realm} ${probe.procedure}`;
  return 'port' in probe ? `${probe.host ?? '127.0.0.1'} ${probe.port}` : probe.url;
}

function isComponents(value: unknown): value is ComponentsConfig {
  return isDict(value);
}

function settle(name: string, given: ComponentConfig, folder: string, realms: ReadonlyMap<string, RealmOfComponents>): Component {
  const [only, ...others] = realms.keys();
  const realm = given.realm ?? (others.length === 0 ? only : undefined);
  const isOpen = realm !== undefined && realms.get(realm)?.isOpen === true;
  const hasLogin = given.authrole !== undefined || (isOpen && (given.module !== undefined || given.realm !== undefined));
  const cwd = path.resolve(folder, given.cwd ?? '.');
  const { waitsFor = [], health, restart = {} } = given;
  const wanted = typeof restart === 'string' ? { policy: restart } : restart;
  const { policy = 'always', minMs = 200, maxMs = 10_000, limit = 10, healthyMs = 10_000 } = wanted;
  const [program = '', ...args] = given.command ?? [];
  return {
    name,
    runs: given.module === undefined ? { command: [program, ...args] } : { module: path.resolve(cwd, given.module) },
    cwd,
    env: given.env ?? {},
    realm,
    authid: hasLogin ? (given.authid ?? name) : undefined,
    authrole: given.authrole,
    restart: { policy, minMs, maxMs, limit, healthyMs },
    after: waitsFor.filter((each) => typeof each === 'string'),
    probes: waitsFor.filter((each) => typeof each !== 'string'),
    ready: given.ready,
    readyTimeoutMs: given.readyTimeoutMs ?? 30_000,
    health: health && {
      probe: health.probe,
      intervalMs: health.intervalMs ?? 10_000,
      timeoutMs: health.timeoutMs ?? 5000,
      failures: health.failures ?? 3,
    },
    stopTimeoutMs: given.stopTimeoutMs ?? 5000,
    watch: (given.watch ?? []).map((each) => path.resolve(cwd, each)),
  };
}

function checkLogin(
  { name, realm, authid, authrole }: Component,
  given: ComponentConfig,
  realms: ReadonlyMap<string, RealmOfComponents>,
  fault: (member: string, text: string) => void,
): void {
  const known = [...realms.keys()];
  const found = realm === undefined ? undefined : realms.get(realm);
  if (realm !== undefined && !found)
    return fault('realm', `expected a realm of this file, got ${show(realm)}${nearest(realm, known)}`);
  if (realm === undefined) {
    if (given.module !== undefined) fault('realm', `expected a realm for a module (${known.join(', ')}), got nothing`);
    else if (authrole !== undefined)
      fault('realm', `expected a realm for the authrole ${show(authrole)} (${known.join(', ')}), got nothing`);
    return;
  }
  if (!found || found.isOpen) return;
  if (authrole === undefined) {
    if (given.module !== undefined)
      fault('authrole', `expected an authrole of ${realm} for a module (${found.authroles.join(', ')}), got nothing`);
    return;
  }
  if (!found.authroles.includes(authrole))
    fault('authrole', `expected an authrole of ${realm}, got ${show(authrole)}${nearest(authrole, found.authroles)}`);
  if (found.users.includes(authid ?? name))
    fault('authid', `expected a name that no user of ${realm} has, got ${show(authid)}: nobody else may log in as a component`);
}
