/* What the process that starts the others and each of them say to each other, by the channel that Node.js opens between them. */
import type { Listener } from '../../node/index.ts';
import type { Reloaded } from '../../router/index.ts';

/** The environment of a process that was started: where the hub is. */
export const HUB = 'AUTOSTRADA_HUB';
/** Which ports are taken for port 0, in order. The same for a process that is started when no other one listens. */
export const FREE_PORTS = 'AUTOSTRADA_FREE_PORTS';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Where a port listens. */
export type OpenPort = Pick<Listener, 'url' | 'rawSocketUrl' | 'opsUrl'>;

export interface ProcessEnvironment {
  readonly [name: string]: string;
}

export type ToProcess =
  /** The first one. With the text of the configuration file, if there is one. */
  | { readonly do: 'begin'; readonly text: string | undefined }
  /** Alone: others take the connections. */
  | { readonly do: 'drain'; readonly timeoutMs: number; readonly isAlone: boolean }
  | { readonly do: 'stop'; readonly signal: StopSignal }
  /** With other values of its environment, and the text of the configuration file. */
  | { readonly do: 'reload'; readonly text: string | undefined; readonly env: ProcessEnvironment }
  /** Whether all have been there, and everything else is; or why not. */
  | { readonly do: 'ready'; readonly isReady: boolean | string };

export type FromProcess =
  /** It listens to what is said to it. */
  | { readonly did: 'begin' }
  | { readonly did: 'start'; readonly ports: readonly OpenPort[] }
  | { readonly did: 'drain'; readonly left: number }
  | { readonly did: 'reload'; readonly result: Reloaded | undefined; readonly error: string | undefined }
  /** It has got a signal from outside. */
  | { readonly did: 'hear'; readonly signal: StopSignal };
