/* The router of `autostrada up`: in this process, or in several others. */
import {
  type ListenConfig,
  type LoadedFile,
  loadFile,
  local,
  type ServeOptions,
  type SharedMetrics,
  serve,
  shareMetrics,
} from '../../node/index.ts';
import { type Reloaded, Router, type RouterConfig } from '../../router/index.ts';
import { openProcesses, storeChange } from '../processes/open-processes.ts';
import { quietAtStart } from '../processes/quiet-at-start.ts';
import type { OpenPort } from '../processes/words.ts';
import type { LiveSettings } from '../running/live-settings.ts';
import { privateFolder } from './local-control.ts';
import { type ComponentUser, withComponents } from './own-access.ts';

/** The environment of the processes that serve: the components as users, as JSON. */
export const COMPONENTS = 'AUTOSTRADA_COMPONENTS';

export interface RouterOptions {
  readonly loaded: LoadedFile;
  /** A file is taken over now, the first one or another one. */
  readonly reading: (file: Pick<LoadedFile, 'router'>) => void;
  /** The components. */
  readonly users: () => readonly ComponentUser[];
  /** Changes what the file says about ports. */
  readonly ports: (ports: readonly ListenConfig[]) => readonly ListenConfig[];
  /** Changes what the file says about the store. */
  readonly store: ServeOptions['store'];
  readonly live: LiveSettings;
  /** How many processes serve the ports. */
  readonly count: number;
  /** Whether the components are there, or which of them are not. */
  readonly isReady: () => boolean | string;
  /** As that of `serve`. */
  readonly others: NonNullable<ServeOptions['others']>;
}

export interface RunningRouter {
  /** A part of it that is in this process. */
  readonly router: Router;
  readonly listeners: readonly OpenPort[];
  reload(): Promise<Reloaded>;
  drain(timeoutMs: number): Promise<unknown>;
  close(how: { readonly goodbye?: false }): Promise<void>;
  /** Something may be ready now. */
  changed(): void;
  /** `users` gives others now. */
  usersChanged(file: LoadedFile): Promise<void>;
}

export async function startRouter(options: RouterOptions): Promise<RunningRouter> {
  return options.count > 1 ? startSeveral(options) : startOne(options);
}

async function startOne(options: RouterOptions): Promise<RunningRouter> {
  const { loaded, live, users, reading, ports, store, isReady, others } = options;
  const router = (config: RouterConfig, file: Pick<LoadedFile, 'router'>): RouterConfig => {
    reading(file);
    return withComponents(config, users());
  };
  const served = await serve(loaded, { hooks: { log: live.log }, router, ports, store, isReady, others });
  return {
    ...served,
    drain: (timeoutMs) => served.router.drain(timeoutMs),
    changed: () => {},
    usersChanged: async (file) => void served.router.reload(withComponents(file.router, users())),
  };
}

/** This process is a node without ports, for the components and their control. So each of them is started once. */
async function startSeveral(options: RouterOptions): Promise<RunningRouter> {
  const { loaded, live, users, reading, count, isReady, others } = options;
  reading(loaded);
  const { processes, store } = await openProcesses({
    count,
    ports: options.ports(loaded.listen),
    folder: privateFolder(process.env),
    stored: options.store ? options.store(loaded.store) : loaded.store,
    env: () => ({ [COMPONENTS]: JSON.stringify(users()) }),
    live,
    text: loaded.text,
    cluster: loaded.cluster,
  });
  processes.setReady(false);
  const stop = async (signal: 'SIGINT' | 'SIGTERM'): Promise<void> => {
    await processes.stop(signal);
    await store?.close();
  };
  let router: Router | undefined;
  let metrics: SharedMetrics | undefined;
  try {
    const listeners = await processes.start();
    const quiet = quietAtStart(live.log);
    const lost = (): void => {
      live.log({ level: 'error', message: 'this process has lost its connection to the others, and ends' });
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    };
    const own = new Router(withComponents(loaded.router, users()), {
      log: quiet.log,
      cluster: local({ hub: processes.hubPath, lost, hasPorts: false }),
    });
    router = own;
    await own.ready;
    // Components count, too.
    const shared = await shareMetrics(own, options.ports(loaded.listen));
    metrics = shared;
    quiet.end();
    return {
      router: own,
      listeners,
      reload: async () => {
        const next = await loadFile(loaded.file);
        reading(next);
        const { ended, needsRestart } = await processes.reload({ text: next.text, ports: options.ports(next.listen) });
        own.reload(withComponents(next.router, users()));
        await shared.change(options.ports(next.listen));
        const more = await others(next);
        return { ended, needsRestart: [...needsRestart, ...storeChange(loaded, next), ...more] };
      },
      usersChanged: async ({ router: config }) => {
        await processes.reload();
        own.reload(withComponents(config, users()));
      },
      drain: (timeoutMs) => processes.drain(timeoutMs),
      close: async ({ goodbye }) => {
        shared.close();
        await own.close(goodbye === false ? { goodbye } : {});
        await stop(goodbye === false ? 'SIGTERM' : 'SIGINT');
      },
      changed: () => processes.setReady(isReady()),
    };
  } catch (error) {
    metrics?.close();
    await router?.close();
    await stop('SIGINT');
    throw error;
  }
}
