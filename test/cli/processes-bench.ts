/* `autostrada router --processes` as a user starts it; nothing of it is left after the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection, type ConnectionOptions } from 'autostrada';
import { expect, onTestFinished } from 'vitest';
import { type Command, cli, Command as Program } from './command.ts';

export interface Started {
  readonly command: Command;
  readonly url: string;
  /** Where its sockets are. */
  readonly runtime: string;
  /** The sessions of the test; nothing may be left of them. */
  connect(options?: Partial<ConnectionOptions>): Connection;
}

export function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'as-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** The count may also be said by the arguments. */
export async function start(count: number, ...args: readonly string[]): Promise<Started> {
  const runtime = folder();
  const env = { AUTOSTRADA_RUNTIME_DIR: runtime };
  const command = new Program(
    [cli, 'router', '--port', '0', ...(args.includes('--config') ? [] : ['--processes', String(count)]), ...args],
    env,
  );
  const line = await command.line();
  expect(line).toMatch(new RegExp(`^${count} processes: router at ws://`));
  const url = /ws:\/\/[^\s,]+/.exec(line)?.[0] ?? '';
  return {
    command,
    url,
    runtime,
    connect: (options) => {
      const connection = new Connection({ url, realm: 'realm1', ...options });
      connection.on('error', () => {});
      onTestFinished(() => connection.close());
      return connection;
    },
  };
}

/** [own, parent] of each process that runs; not every machine has `ps`. */
function processes(): readonly (readonly [own: number, parent: number])[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().trim().split('\n');
    return lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([own = 0, parent = 0]) => [own, parent] as const);
  }
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [state, parent] = readFileSync(`/proc/${name}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ');
      return state === 'Z' ? [] : [[Number(name), Number(parent)] as const];
    } catch {
      return []; // it has just ended
    }
  });
}

export const childrenOf = ({ pid }: { readonly pid: number }): readonly number[] =>
  processes().flatMap(([own, parent]) => (parent === pid ? [own] : []));

export const isThere = (pid: number): boolean => processes().some(([own]) => own === pid);
