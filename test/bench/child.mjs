/*
 * The main process's end of a child: asks, and takes no silence for an answer. Every child dies with the main process: it ends when the
 * channel closes, and is killed if it does not.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const children = new Set();

export class Child {
  #process;
  #waiting;
  #gone;
  #log = '';

  /**
   * @param {string} file - In this folder.
   * @param {string[]} args
   */
  constructor(file, args = []) {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--expose-gc'],
    });
    this.#process = child;
    children.add(child);
    child.stderr.on('data', (text) => {
      this.#log = (this.#log + text).slice(-2000);
    });
    child.on('message', (message) =>
      this.#settle(({ resolve, reject }) => (message.error ? reject(new Error(message.error)) : resolve(message))),
    );
    child.on('error', (error) => this.#end(error.message));
    child.on('exit', (code, signal) => {
      children.delete(child);
      this.#end(`its process ended (${signal ?? code}) ${this.#log.split('\n').find((line) => /error/i.test(line)) ?? ''}`.trim());
    });
  }

  get pid() {
    return this.#process.pid;
  }

  /** What the child says next. Rejects when it says nothing in time, and the child is killed then. */
  next(timeoutMs) {
    if (this.#gone) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(`no answer in ${Math.round(timeoutMs / 1000)} s`);
        this.#process.kill('SIGKILL');
      }, timeoutMs);
      this.#waiting = { resolve, reject, timer };
    });
  }

  /** Asks; resolves with the answer's value. */
  async ask(message, timeoutMs = 10_000) {
    const answer = this.next(timeoutMs);
    if (this.#process.connected) this.#process.send(message, () => {});
    return answer;
  }

  kill() {
    this.#process.kill('SIGKILL');
  }

  #settle(how) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    how(waiting);
  }

  #end(why) {
    this.#gone ??= new Error(why);
    this.#settle(({ reject }) => reject(this.#gone));
  }
}

/** Closes all channels, on which children end by themselves, and kills who is left after a moment. */
export async function endAll() {
  for (const child of children) if (child.connected) child.disconnect();
  const deadline = Date.now() + 2000;
  while (children.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  killAll();
}

export function killAll() {
  for (const child of children) child.kill('SIGKILL');
}
