/* `autostrada up` as a user starts it, from a folder of its own; nothing of it is left after the test. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { ComponentInfo } from '../../src/node/components/component.ts';
import { Command, cli } from './command.ts';

/** How long a state may take to come; the machine may be busy. */
export const PATIENCE = { timeout: 60_000, interval: 30 };

export interface Up {
  readonly command: Command;
  readonly folder: string;
  readonly url: string;
  /** Another command of the same user. */
  also(...args: readonly string[]): Command;
  /** What `autostrada ps` says. */
  ps(): Promise<readonly ComponentInfo[]>;
  until(name: string, state: string, but?: number | null): Promise<ComponentInfo>;
}

export interface UpOptions {
  readonly files?: { readonly [name: string]: string };
  readonly args?: readonly string[];
  readonly folder?: string;
  readonly env?: { readonly [name: string]: string };
}

export function folderWith(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-up-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

/** Every process whose environment has this marker, and that has not ended. Linux only. */
export function marked(marker: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${name}/stat`, 'latin1'))) return [];
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(marker) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

export function runUp(
  file: object,
  { files = {}, args = [], folder: given, env: more = {} }: UpOptions = {},
): Pick<Up, 'command' | 'folder' | 'also'> {
  const folder = given ?? folderWith(files);
  writeFileSync(path.join(folder, 'router.json'), JSON.stringify({ listen: { port: 0 }, ...file }));
  const env = { AUTOSTRADA_RUNTIME_DIR: path.join(folder, 'run'), ...more };
  const command = new Command([cli, 'up', path.join(folder, 'router.json'), ...args], env);
  return { command, folder, also: (...more) => new Command([cli, ...more], env) };
}

/** The same, once the router listens. */
export async function startUp(file: object, options: UpOptions = {}): Promise<Up> {
  const { command, folder, also } = runUp(file, options);
  await expect.poll(() => command.stdout + (command.hasEnded ? command.stderr : ''), PATIENCE).toMatch(/router at|autostrada: /);
  const url = /router at (\S+),/.exec(command.stdout)?.[1] ?? '';
  const ps = async (): Promise<readonly ComponentInfo[]> => {
    const { stdout, stderr, code } = await also('ps').ended;
    expect([code, stderr]).toEqual([0, '']);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  };
  const until = async (name: string, state: string, but?: number | null): Promise<ComponentInfo> => {
    let found: ComponentInfo | undefined;
    const look = async (): Promise<unknown> => {
      found = (await ps()).find((each) => each.name === name);
      return but !== undefined && found?.pid === but ? 'the same process' : found?.state;
    };
    await expect.poll(look, PATIENCE).toBe(state);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  };
  return { command, folder, url, also, ps, until };
}
