/*
 * A program in a process group of its own, with everything that it starts. It is held back until the watcher knows it: so nothing is left over, at
 * whatever moment this process is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { hasLiving } from './living.ts';
import { pause } from './pause.ts';
import type { Watcher } from './watcher.ts';

export interface Program {
  /** The file to run, and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
  /** `autostrada run` runs it: it says `ready` by Node's channel. */
  readonly isModule: boolean;
}

/** How the first process of the group ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Waits for a line on file 3, then becomes the program, with the same process id. Without that line it ends. */
const HELD = 'read -r go <&3 || exit 0; exec 3<&-; exec "$@"';

/** How often it is looked whether something is left. */
const POLL_MS = [5, 10, 20, 40] as const;
const SLOW_POLL_MS = 80;
/** A process that is still there so long after SIGKILL sleeps in the kernel. */
const AFTER_KILL_MS = 2000;

/** How long output is read after the end. */
const READ_ON_MS = 1000;

export class ProcessGroup {
  readonly pid: number;
  /** Of the first process. */
  readonly exited: Promise<Exit>;
  readonly output: { readonly stdout: Readable; readonly stderr: Readable };
  private readonly child: ChildProcess;
  private readonly watcher: Watcher;

  private constructor(child: ChildProcess, pid: number, watcher: Watcher, output: ProcessGroup['output']) {
    this.child = child;
    this.pid = pid;
    this.watcher = watcher;
    this.output = output;
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  }

  /** @throws Node's error when there is no such program or folder. */
  static async start({ command, cwd, env, isModule }: Program, watcher: Watcher): Promise<ProcessGroup> {
    const [file, ...args] = command;
    const isHeld = process.platform !== 'win32';
    const pipe = 'pipe' as const;
    const child = spawn(isHeld ? '/bin/sh' : file, isHeld ? ['-c', HELD, 'sh', ...command] : args, {
      cwd,
      env,
      detached: isHeld,
      windowsHide: true,
      stdio: ['ignore', pipe, pipe, isHeld ? pipe : 'ignore', ...(isModule ? (['ipc'] as const) : [])],
    });
    const { stdout, stderr, pid } = child;
    if (pid === undefined || !stdout || !stderr) {
      throw await new Promise<Error>((resolve) => child.once('error', resolve));
    }
    child.on('error', () => {}); // a message to it that came too late
    const group = new ProcessGroup(child, pid, watcher, { stdout, stderr });
    const go = child.stdio[3];
    if (go && 'write' in go) {
      go.on('error', () => {}); // it has ended already
      await watcher.add(pid);
      go.end('\n');
    }
    return group;
  }

  /** Resolves when it says `ready` by Node's channel. */
  said(message: string): Promise<void> {
    return new Promise((resolve) => {
      this.child.on('message', (got) => {
        if (got === message) resolve();
      });
    });
  }

  /**
   * Ends all its processes: SIGTERM, and SIGKILL after `timeoutMs`.
   *
   * @returns `killed`: SIGKILL was necessary. `stuck`: something is still there after that.
   */
  async end(timeoutMs: number): Promise<'ended' | 'killed' | 'stuck'> {
    let how: 'ended' | 'killed' | 'stuck' = 'ended';
    if (this.signal('SIGTERM') && !(await this.isGoneIn(timeoutMs))) {
      this.signal('SIGKILL');
      how = (await this.isGoneIn(AFTER_KILL_MS)) ? 'killed' : 'stuck';
    }
    if (how !== 'stuck') await this.exited;
    this.watcher.remove(this.pid);
    // A process that has left the group may still hold the other end.
    setTimeout(() => {
      for (const stream of Object.values(this.output)) stream.destroy();
    }, READ_ON_MS).unref();
    return how;
  }

  private async isGoneIn(limitMs: number): Promise<boolean> {
    const until = performance.now() + limitMs;
    for (let i = 0; this.signal(0); i++) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) return !hasLiving(this.pid);
      await pause(Math.min(leftMs, POLL_MS[i] ?? SLOW_POLL_MS));
      if (i >= POLL_MS.length && !hasLiving(this.pid)) return true;
    }
    return true;
  }

  /** Whether there was a process to get it. */
  private signal(name: NodeJS.Signals | 0): boolean {
    try {
      if (process.platform === 'win32') return this.child.kill(name);
      return process.kill(-this.pid, name);
    } catch (error) {
      // On macOS a group of processes that have ended, and are not reaped yet, gives EPERM.
      return error instanceof Error && 'code' in error && error.code === 'EPERM' && process.platform !== 'darwin';
    }
  }
}
