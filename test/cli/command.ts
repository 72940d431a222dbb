/* The command line as a child process, from dist/, as users get it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const cli: string = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

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
  hasEnded = false;

  constructor(args: readonly string[], env: { readonly [name: string]: string } = {}, stdin: 'ignore' | 'pipe' = 'ignore') {
    if (!existsSync(cli)) throw new Error('dist/cli.js is missing: run `npm run build` first');
    const inherited = Object.entries(process.env).filter(([name]) => !/^(PORT|DEBUG|WAMP_.*)$/.test(name));
    this.child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    this.child.stdin?.on('error', () => {}); // it need not read to the end
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

  get pid(): number {
    return this.child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** To its stdin, if that is a pipe. */
  write(text: string): void {
    this.child.stdin?.write(text);
  }

  /** The end of its input. */
  end(text = ''): void {
    this.child.stdin?.end(text);
  }

  /** Nobody reads its stdout any more. */
  closeOutput(): void {
    this.child.stdout?.destroy();
  }

  /** The first line, once it is there. */
  async line(): Promise<string> {
    const [first = ''] = await this.lines(1);
    return first;
  }

  /** So many lines of stdout, once they are there. */
  async lines(count: number): Promise<readonly string[]> {
    for (;;) {
      const lines = this.stdout.split('\n').slice(0, -1);
      if (lines.length >= count) return lines.slice(0, count);
      if (this.hasEnded) throw new Error(`expected ${count} lines, but the process has ended: ${this.stdout}${this.stderr}`);
      await Promise.race([this.ended, new Promise((resolve) => this.child.stdout?.once('data', resolve))]);
    }
  }

  /** Once stderr contains this. */
  async says(text: string): Promise<void> {
    while (!this.stderr.includes(text)) {
      if (this.hasEnded) throw new Error(`expected '${text}' on stderr, but the process has ended: ${this.stderr}`);
      await Promise.race([this.ended, new Promise((resolve) => this.child.stderr?.once('data', resolve))]);
    }
  }
}

export function autostrada(...args: readonly string[]): Command {
  return new Command([cli, ...args]);
}

/** A command that speaks to a router. */
export function autostradaAt(url: string, ...args: readonly string[]): Command {
  return new Command([cli, ...args], { WAMP_URL: url });
}

/** The same, with an input. */
export function autostradaReading(url: string, ...args: readonly string[]): Command {
  return new Command([cli, ...args], { WAMP_URL: url }, 'pipe');
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
