/* Components under a supervisor of their own; nothing of them is left after the test. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Component, ComponentInfo, ComponentState } from '../../../src/node/components/component.ts';
import type { ComponentsConfig } from '../../../src/node/components/component-config.ts';
import { settleComponents } from '../../../src/node/components/settle-components.ts';
import { Supervisor } from '../../../src/node/components/supervisor.ts';

/** How long a state may take to come; the machine may be busy. */
const PATIENCE = { timeout: 30_000, interval: 20 };

export interface Stage {
  readonly folder: string;
  readonly supervisor: Supervisor;
  /** All states that a component had so far. */
  states(name: string): readonly ComponentState[];
  lines(name: string): readonly string[];
  /** Waits for a state of a component. */
  until(name: string, state: ComponentState, but?: number | null): Promise<ComponentInfo>;
  readonly warnings: readonly string[];
  /** All states of all components, in order. */
  readonly changes: readonly (readonly [name: string, state: ComponentState])[];
  /** What is registered, as `realm procedure`. */
  readonly registered: Set<string>;
}

/** A guest in Node.js: the text of its program. */
export function node(program: string): { readonly command: readonly string[] } {
  return { command: [process.execPath, '-e', program] };
}

export const sh = (script: string): { readonly command: readonly string[] } => ({ command: ['sh', '-c', script] });

/** Runs until it is ended. */
export const STAYS = 'setInterval(() => {}, 1e6)';

/** What a file says, with all defaults. */
export function settled(components: ComponentsConfig, folder: string): readonly Component[] {
  const { components: found, faults } = settleComponents(components, {
    folder,
    path: 'config.components',
    realms: new Map([['realm1', { isOpen: true, authroles: [], users: [] }]]),
  });
  expect(faults).toEqual([]);
  return found;
}

export function stage(components: ComponentsConfig, files: { readonly [name: string]: string } = {}): Stage {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-components-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const states = new Map<string, ComponentState[]>();
  const warnings: string[] = [];
  const registered = new Set<string>();
  const changes: (readonly [string, ComponentState])[] = [];
  const supervisor = new Supervisor(settled(components, folder), {
    isRegistered: async (realm, procedure) => registered.has(`${realm} ${procedure}`),
    environmentOf: () => ({ PATH: process.env.PATH ?? '' }),
    moduleCommand: (module) => [process.execPath, module],
    changed: ({ name, state }) => {
      changes.push([name, state]);
      states.set(name, [...(states.get(name) ?? []), state]);
    },
    said: () => {},
    warn: (text) => warnings.push(text),
  });
  onTestFinished(async () => {
    await supervisor.close();
    for (const { pid, state } of supervisor.list()) expect([pid, state]).toEqual([null, 'stopped']);
    rmSync(folder, { recursive: true, force: true });
  });
  supervisor.start();
  return {
    folder,
    supervisor,
    warnings,
    registered,
    changes,
    states: (name) => states.get(name) ?? [],
    lines: (name) => (supervisor.log(name, 1000) ?? []).map(({ text }) => text),
    until: async (name, state, but) => {
      const look = () => supervisor.get(name);
      await expect
        .poll(() => (but !== undefined && look()?.pid === but ? 'the same process' : look()?.state), PATIENCE)
        .toBe(state);
      const info = look();
      if (!info) throw new Error(`there is no ${name}`);
      return info;
    },
  };
}

/** Whether a process runs; one that has ended and was not reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return process.platform !== 'linux';
  }
}

export async function untilGone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), PATIENCE).toBe(false);
}
