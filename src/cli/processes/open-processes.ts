/* Several processes as a command opens them, with the store that they share. */
import { isDeepStrictEqual } from 'node:util';
import { cookieStore, type FileStore, type LoadedFile, openStore, type StoreConfig } from '../../node/index.ts';
import { withAdvice } from '../running/place.ts';
import { UsageError } from '../text/usage.ts';
import { Processes, type ProcessesOptions } from './processes.ts';

export interface Several {
  readonly processes: Processes;
  /** Whoever stops them closes it afterwards. */
  readonly store: FileStore | undefined;
}

export interface SeveralOptions extends Omit<ProcessesOptions, 'store' | 'logins'> {
  readonly stored: StoreConfig | undefined;
  /** Of the file. */
  readonly cluster: LoadedFile['cluster'];
}

/** The store is with the process that starts the others, so only that one sees that the file has another one now. */
export function storeChange(now: Partial<LoadedFile>, next: LoadedFile): readonly string[] {
  return isDeepStrictEqual(now.store, next.store) ? [] : ['config.store'];
}

/** Nothing is started yet. */
export async function openProcesses({ stored, cluster, ...options }: SeveralOptions): Promise<Several> {
  if (cluster) throw new UsageError('expected one process beside a cluster, got more: start more routers instead, each is a node');
  const store = stored && (await openStore(stored).catch((error: unknown) => Promise.reject(withAdvice(error))));
  try {
    const hasCookies = options.ports.some(({ cookies }) => cookies !== undefined);
    const logins = store && hasCookies ? await cookieStore(store) : undefined;
    return { processes: new Processes({ ...options, store, logins }), store };
  } catch (error) {
    await store?.close();
    throw error;
  }
}
