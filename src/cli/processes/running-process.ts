/* One of several processes, as the one that has started it sees it. */
import type { Worker } from 'node:cluster';
import type { Reloaded } from '../../router/index.ts';
import type { FromProcess, ProcessEnvironment, ToProcess } from './words.ts';

export class RunningProcess {
  readonly worker: Worker;
  readonly since: number = performance.now();
  isListening = false;
  /** It ends, and another one takes its place. */
  isLeaving = false;
  /** Until it listens to this process, Node.js would lose what is said to it. */
  private unsaid: ToProcess[] | undefined = [];

  constructor(worker: Worker) {
    this.worker = worker;
  }

  get hasBegun(): boolean {
    return this.unsaid === undefined;
  }

  /** It listens to this process. */
  begin(text: string | undefined): void {
    const unsaid = this.unsaid ?? [];
    this.unsaid = undefined;
    for (const words of [{ do: 'begin', text } as const, ...unsaid]) this.tell(words);
  }

  tell(words: ToProcess): void {
    if (this.unsaid) this.unsaid.push(words);
    else if (this.worker.isConnected()) this.worker.send(words, () => {}); // it may have just ended, which is noticed
  }

  kill(): void {
    this.worker.process.kill('SIGKILL');
  }

  /** Resolves when no calls run, or after that time. */
  async drain(timeoutMs: number, isAlone: boolean): Promise<void> {
    await this.answer({ do: 'drain', timeoutMs, isAlone }, 'drain').catch(() => {}); // it has ended
  }

  /** @throws Error if it cannot take the text over. One that ends meanwhile has nothing to reload: the next one gets that text. */
  async reload(text: string | undefined, env: ProcessEnvironment): Promise<Reloaded> {
    const answered = await this.answer({ do: 'reload', text, env }, 'reload').catch(() => undefined);
    if (!answered) return { ended: 0, needsRestart: [] };
    const { result, error } = answered;
    if (!result) throw new Error(error);
    return result;
  }

  /** Its next answer of this kind. Rejects if it ends before. */
  private answer<D extends FromProcess['did']>(words: ToProcess, did: D): Promise<Extract<FromProcess, { did: D }>> {
    const { worker } = this;
    return new Promise((resolve, reject) => {
      const isIt = (heard: FromProcess): heard is Extract<FromProcess, { did: D }> => heard.did === did;
      const took = (heard: FromProcess): void => {
        if (!isIt(heard)) return;
        worker.off('message', took);
        worker.off('exit', ended);
        resolve(heard);
      };
      const ended = (): void => {
        worker.off('message', took);
        reject(new Error('a process of the router has ended'));
      };
      worker.on('message', took);
      worker.once('exit', ended);
      if (worker.isDead()) ended();
      else this.tell(words);
    });
  }
}
