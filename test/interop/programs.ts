/*
 * Runs what takes part: our router and the peers' programs, each a process of its own. A program is given one argument, JSON (`Task`), and
 * prints a line of JSON for each thing it has to tell (`Line`). What else it prints is not ours.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Command, LoginName, Running, SerializerName, TransportName } from './peer.ts';
import { freePort, listening } from './ports.ts';
import type { Restart } from './scenarios.ts';

export interface Task {
  /** `scenarios`: all of them. `serve`: registers `com.interop.<name>.echo`. `call`: calls those of `others`. `restart`: comes back. */
  readonly mode: 'scenarios' | 'logins' | 'serve' | 'call' | 'restart';
  readonly url: string;
  readonly transport: TransportName;
  readonly serializer: SerializerName;
  readonly realm: 'realm1';
  readonly name: string;
  readonly logins?: readonly LoginName[];
  readonly others?: readonly string[];
  readonly restart?: Restart;
}

/** `ready`: it serves, or is to be cut off. The others tell how a scenario went. */
export interface Line {
  readonly ready?: true;
  readonly scenario?: string;
  readonly ok?: boolean;
  readonly detail?: string;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Program {
  readonly lines: Line[] = [];
  /** Its exit, and its last words. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private waiting: (() => void)[] = [];
  private isOver = false;

  constructor({ program, args, env }: Command, task: Task) {
    this.child = spawn(program, [...args, JSON.stringify(task)], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(this.child);
    this.child.stdin?.on('error', () => {});
    let words = '';
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2000)));
    if (this.child.stdout) {
      createInterface(this.child.stdout).on('line', (line) => {
        if (!line.startsWith('{')) return;
        try {
          this.lines.push(JSON.parse(line) as Line);
        } catch {
          words += line;
        }
        this.wake();
      });
    }
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        running.delete(this.child);
        this.isOver = true;
        resolve(`ended with ${how}${words ? `: ${words.trim().slice(-800)}` : ''}`);
        this.wake();
      };
      this.child.once('error', (error) => end(String(error)));
      this.child.once('close', (code, signal) => end(String(code ?? signal)));
    });
  }

  /** Whether it has told that it is ready. */
  async isReady(ms: number): Promise<boolean> {
    const late = setTimeout(() => this.stop(), ms);
    const isReady = (): boolean => this.lines.some(({ ready }) => ready === true);
    while (!isReady() && !this.isOver) await new Promise<void>((resolve) => this.waiting.push(resolve));
    clearTimeout(late);
    return isReady();
  }

  /** Waits for its end; after so long it is stopped. */
  async end(ms: number): Promise<string> {
    const late = setTimeout(() => this.stop(), ms);
    const how = await this.ended;
    clearTimeout(late);
    return how;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** Our router from dist/. */
export class OurRouter implements Running {
  private ports: readonly number[] = [];
  private child: ChildProcess | undefined;

  static async start(): Promise<OurRouter> {
    const router = new OurRouter();
    await router.begin();
    return router;
  }

  get urls(): { readonly [transport in TransportName]: string } {
    const [web, raw] = this.ports;
    return { websocket: `ws://127.0.0.1:${web}/ws`, rawsocket: `rs://127.0.0.1:${raw}` };
  }

  async restart(how: 'killed' | 'shut down', downMs: number): Promise<void> {
    await this.stop(how);
    await soon(downMs);
    await this.begin();
  }

  async stop(how: 'killed' | 'shut down' = 'killed'): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = undefined;
    const exited = once(child, 'exit');
    if (how === 'killed') child.kill('SIGKILL');
    else child.send('close');
    await exited;
    running.delete(child);
  }

  private async begin(): Promise<void> {
    const args = (this.ports.length > 0 ? this.ports : [0, 0]).map(String);
    const stderr = process.env.INTEROP_LOG ? 'inherit' : 'ignore';
    const child = fork(path.join(import.meta.dirname, 'router.mjs'), args, {
      execArgv: [],
      stdio: ['ignore', 'ignore', stderr, 'ipc'],
    });
    running.add(child);
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`the router's process ended with ${code}: is there a dist/? npm run build`);
    });
    failed.catch(() => {});
    [this.ports] = (await Promise.race([once(child, 'message'), failed])) as [readonly number[]];
    this.child = child;
  }
}

const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `autostrada router` from dist/, as a service manager runs it. */
export class CommandRouter implements Running {
  private port = 0;
  private child: ChildProcess | undefined;

  static async start(): Promise<CommandRouter> {
    const router = new CommandRouter();
    router.port = await freePort();
    await router.begin();
    return router;
  }

  get urls(): { readonly websocket: string } {
    return { websocket: `ws://127.0.0.1:${this.port}/ws` };
  }

  async restart(downMs: number): Promise<void> {
    await this.stop('SIGTERM');
    await soon(downMs);
    await this.begin();
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = undefined;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    running.delete(child);
  }

  private async begin(): Promise<void> {
    const args = [path.join(import.meta.dirname, '../../dist/cli.js'), 'router', '--port', String(this.port), '--realm', 'realm1'];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    running.add(child);
    this.child = child;
    await listening(child, this.port);
  }
}
