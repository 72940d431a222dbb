/* The clients' processes, from here: what they are told to do, and what they tell. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Entry } from './record.ts';

export interface PeerOptions {
  readonly role: 'talker' | 'listener' | 'racer';
  readonly urls: readonly string[];
  readonly count: number;
  readonly onEntries?: (entries: readonly Entry[]) => void;
}

export class Peer {
  /** What it wrote. */
  log = '';
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  static async start({ onEntries, ...options }: PeerOptions): Promise<Peer> {
    const child = fork(fileURLToPath(new URL('peer.mjs', import.meta.url)), [JSON.stringify(options)], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const peer = new Peer(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        peer.log += String(chunk);
      });
    child.on('message', ({ entries }: { readonly entries?: readonly Entry[] }) => entries && onEntries?.(entries));
    await peer.heard('ready');
    return peer;
  }

  say(message: { readonly isBusy?: boolean; readonly probe?: boolean }): void {
    if (this.child.connected) this.child.send(message);
  }

  /** Those that have registered it. */
  async race(procedure: string): Promise<{ readonly winners: readonly number[]; readonly errors: readonly string[] }> {
    this.child.send({ race: procedure });
    return await this.heard('winners');
  }

  /** What sessions on all nodes get for a call. */
  async ask(procedure: string): Promise<readonly unknown[]> {
    this.child.send({ ask: procedure });
    const { answers } = await this.heard<{ readonly answers: readonly unknown[] }>('answers');
    return answers;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    if (this.child.exitCode !== null || !this.child.kill('SIGKILL')) return;
    await ended;
  }

  private heard<T>(word: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const failed = (code: unknown): void => reject(new Error(`clients ended with ${String(code)}: ${this.log}`));
      const hear = (message: T & object): void => {
        if (!(word in message)) return;
        this.child.off('message', hear);
        this.child.off('exit', failed);
        resolve(message);
      };
      this.child.on('message', hear);
      this.child.once('exit', failed);
    });
  }
}
