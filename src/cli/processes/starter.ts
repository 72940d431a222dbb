/* The process that has started this one, to share its ports: what it says is kept until somebody hears it. */
import cluster from 'node:cluster';
import { type FromProcess, HUB, type ToProcess } from './words.ts';

export type Order = Exclude<ToProcess, { readonly do: 'begin' }>;

export interface Starter {
  /** Of the configuration file, as all processes have it. Undefined: there is no file. */
  readonly text: string | undefined;
  /** The listener gets what it has said and will say. `gone`: it has ended. */
  hear(listener: (order: Order) => void, gone: () => void): void;
}

/** @returns Undefined: no other process has started this one to share its ports. */
export async function starterOf(host: NodeJS.Process): Promise<Starter | undefined> {
  const { worker, isWorker } = cluster;
  if (!isWorker || host.env[HUB] === undefined) return undefined;
  const unheard: Order[] = [];
  let hear = (order: Order): void => void unheard.push(order);
  let gone = (): void => void host.exit(1); // nothing is open yet
  worker?.once('disconnect', () => {
    worker.exitedAfterDisconnect = true; // otherwise Node.js ends this process at once, with all its calls
    gone();
  });
  worker?.on('error', () => {}); // what is said to it when it has just ended; `disconnect` follows
  const text = await new Promise<string | undefined>((resolve) => {
    host.on('message', (words: ToProcess) => {
      if (words.do === 'begin') resolve(words.text);
      else hear(words);
    });
    const words: FromProcess = { did: 'begin' };
    host.send?.(words, undefined, {}, () => {});
  });
  return {
    text,
    hear: (listener, lost) => {
      hear = listener;
      gone = lost;
      for (const order of unheard.splice(0)) listener(order);
    },
  };
}
