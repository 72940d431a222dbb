/* The parts of a configuration file, with absolute paths. */
import path from 'node:path';
import { isDict } from '../../base/checks.ts';
import type { RouterConfig } from '../../router/config/config.ts';
import type { RouterFile } from './router-file.ts';

export interface FileParts
  extends Pick<RouterFile, 'listen' | 'store' | 'components' | 'control' | 'log' | 'drainMs' | 'processes' | 'cluster'> {
  readonly router: RouterConfig;
}

/** An object. The schema says what is wrong with its members, and all that read them here look at their types again. */
export function isFile(value: unknown): value is RouterFile {
  return isDict(value);
}

/** @param folder - Where paths count from. */
export function partsOf(
  { $schema: _, listen, store, components, control, log, drainMs, processes, cluster, ...router }: RouterFile,
  folder: string,
): FileParts {
  const [ports, kept, joined] = [absolute(listen, folder), absolute(store, folder), absolute(cluster, folder)];
  return { router, listen: ports, store: kept, components, control, log, drainMs, processes, cluster: joined };
}

/** By the key, wherever it is. */
const PATHS: readonly string[] = ['socketPath', 'web', 'folder', 'cert', 'key', 'ca', 'contract', 'credentials'];

function resolved(file: unknown, folder: string): unknown {
  return typeof file === 'string' && file !== '' ? path.resolve(folder, file) : file;
}

function absolute<T>(value: T, folder: string): T;
function absolute(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((item) => absolute(item, folder));
  if (!isDict(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (key === 'also' && isDict(member))
        return [key, Object.fromEntries(Object.entries(member).map(([at, file]) => [at, resolved(file, folder)]))];
      const isPath = PATHS.includes(key) && typeof member === 'string' && member !== '';
      return [key, isPath ? path.resolve(folder, member) : absolute(member, folder)];
    }),
  );
}
