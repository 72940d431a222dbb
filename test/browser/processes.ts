// Programs of ours as a user starts them: with node, in a process of their own. Each test file stops its own by `stopAll`.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

export const root: string = path.resolve(import.meta.dirname, '../..');

export interface Program {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** The first group of the pattern in what it prints, as soon as it is there. */
  until(pattern: RegExp): Promise<string>;
  /** The same of what it prints on stderr. */
  untilErr(pattern: RegExp): Promise<string>;
  /** Its exit code, as soon as it has ended. */
  readonly ended: Promise<number | null>;
  /** Ends it, and waits for that; gives back the exit code, or null after a signal that it did not handle. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const running = new Set<Program>();

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop('SIGKILL')));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const folders: string[] = [];

/** A folder of this test, until `stopAll`: what the demos keep there outlives a restart. */
export function dataFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'autostrada-demos-'));
  folders.push(folder);
  return folder;
}

/** What `npm start` runs after the build. */
export const start: readonly string[] = ['dist/cli.js', 'up', 'examples/router.json'];

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a script of this repository, or of `cwd`. */
export function run(args: readonly string[], { cwd = root, env }: RunOptions = {}): Program {
  const { PORT: _, DEBUG: __, ...inherited } = process.env; // of the machine where the tests run
  const child = spawn(process.execPath, args, { cwd, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  let hasEnded = false;
  const ended = once(child, 'close').then(([code]) => {
    hasEnded = true;
    running.delete(program);
    return code as number | null;
  });
  const untilIn = (stream: Readable, printed: () => string, pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(printed());
        if (!found && !hasEnded) return;
        stream.off('data', look);
        if (found) resolve(found[1] ?? found[0]);
        else reject(new Error(`${args.join(' ')} ended without printing ${pattern}; it printed:\n${out}${err}`));
      };
      stream.on('data', look);
      ended.then(look, reject);
      look();
    });
  const program: Program = {
    process: child,
    out: () => out,
    err: () => err,
    ended,
    until: (pattern) => untilIn(child.stdout, () => out, pattern),
    untilErr: (pattern) => untilIn(child.stderr, () => err, pattern),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  running.add(program);
  return program;
}

export interface Demos extends Program {
  /** Waits until a service runs that is not the process `but`, and gives back its process. `name`: `chess/chat`. */
  service(name: string, but?: number): Promise<number>;
  /** `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string;
  readonly port: string;
  /** Of the WebSocket. */
  readonly router: string;
}

/**
 * What `npm start` runs, once it listens. `only`: the demo whose services are to run; default none, which is quicker. `data`: default
 * a folder of its own.
 */
export async function startDemos(port = '0', only = 'none', data: string = dataFolder()): Promise<Demos> {
  const env = { DEMO_DATA: data, AUTOSTRADA_RUNTIME_DIR: path.join(data, 'run') };
  const program = run([...start, '--port', port, '--only', only, '--store', path.join(data, 'store')], { env });
  const router = await program.until(/router at (ws:\S+),/);
  const url = await program.until(/pages at (http:\S+)\//);
  const service = async (name: string, but?: number): Promise<number> => {
    const line = `${name} *\\| ready, process `;
    const after = but === undefined ? '' : `${line}${but}\n[^]*`;
    return Number(await program.untilErr(new RegExp(`${after}${line}(\\d+)\n`)));
  };
  return { ...program, url, port: new URL(url).port, router, service };
}
