/*
 * A process of its own, and what is said to it and by it: one question at a time, each with its answer. TypeScript runs in it by
 * typescript.mjs. It ends with this process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ANSWER_MS = 60_000;

export class Child {
  /** Why it is not there any more. */
  gone: string | undefined;
  private readonly process: ChildProcess;
  private readonly waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  private errors = '';
  private isEnding = false;

  private constructor(file: string, args: readonly string[]) {
    const loader = new URL('typescript.mjs', import.meta.url).href;
    this.process = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      execArgv: ['--expose-gc', '--import', loader],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.process.stderr?.on('data', (text: Buffer) => {
      this.errors = (this.errors + text).slice(-3000);
    });
    this.process.on('message', (message: { value: unknown }) => this.waiting.shift()?.resolve(message.value));
    this.process.on('exit', (code, signal) => {
      if (!this.isEnding) this.gone = `${file} ended with ${signal ?? code}: ${this.errors.trim()}`;
      const error = new Error(this.gone ?? `${file} was ended`);
      for (const { reject } of this.waiting.splice(0)) reject(error);
    });
  }

  /** @returns The child, and the first thing that it says. */
  static async start<T>(file: string, args: readonly string[]): Promise<readonly [Child, T]> {
    const child = new Child(file, args);
    return [child, (await child.answer()) as T];
  }

  /** Rejects when it is gone, or says nothing for a minute. */
  async ask<T>(task: string, options: { readonly [key: string]: unknown } = {}): Promise<T> {
    if (this.gone !== undefined) throw new Error(this.gone);
    this.process.send({ task, ...options }, () => {});
    return (await this.answer()) as T;
  }

  end(): void {
    this.isEnding = true;
    this.process.kill('SIGKILL');
  }

  private answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('expected an answer of the process, got none in a minute')), ANSWER_MS);
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          how(value);
        };
      this.waiting.push({ resolve: settle(resolve), reject: settle(reject) });
    });
  }
}
