/* The command line as a child process, from dist/, as users get it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Command {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private hasEnded = false;

  constructor(args: readonly string[], env: { readonly [name: string]: string } = {}) {
    if (!existsSync(cli)) throw new Error('dist/cli.js is missing: run `npm run build` first');
    const { PORT: _, DEBUG: __, ...inherited } = process.env;
    this.child = spawn(process.execPath, args, { cwd: root, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += String(chunk);
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += String(chunk);
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.hasEnded = true;
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
    onTestFinished(async () => {
      this.child.kill('SIGKILL');
      await this.ended;
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The first line, once it is there. */
  async line(): Promise<string> {
    while (!this.stdout.includes('\n')) {
      if (this.hasEnded) throw new Error(`expected a line, but the process has ended: ${this.stderr}`);
      await Promise.race([this.ended, new Promise((resolve) => this.child.stdout?.once('data', resolve))]);
    }
    return this.stdout.slice(0, this.stdout.indexOf('\n'));
  }
}

export function autostrada(...args: readonly string[]): Command {
  return new Command([cli, ...args]);
}

/** `autostrada router` on a free port, once it listens. */
export async function startRouter(
  args: readonly string[] = [],
  env: { readonly [name: string]: string } = {},
): Promise<{ command: Command; line: string; url: string }> {
  const command = new Command([cli, 'router', '--port', '0', ...args], env);
  const line = await command.line();
  const url = /ws:\/\/[^\s,]+/.exec(line)?.[0] ?? '';
  return { command, line, url };
}
