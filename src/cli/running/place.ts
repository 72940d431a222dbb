/* Where a router listens and keeps its store: what the command line changes, and what to do if another program has that place. */
import path from 'node:path';
import type { ServeOptions } from '../../node/index.ts';
import { UsageError } from '../text/usage.ts';

/** @param folder - Counts from the working directory. Undefined: the file decides. */
export function storeIn(folder: string | undefined): ServeOptions['store'] {
  if (folder === undefined) return undefined;
  if (folder === '') throw new UsageError("expected a value for --store, got ''");
  return (given) => ({ ...given, folder: path.resolve(folder) });
}

/** Of `--processes`. Undefined: the file decides. */
export function processesOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,2}$/.test(given)) return Number(given);
  throw new UsageError(`expected a number of processes from 1 to 999, got '${given}'`);
}

export function portOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^\d{1,5}$/.test(given) && Number(given) <= 65_535) return Number(given);
  throw new UsageError(`expected a port from 0 to 65535, got '${given}'`);
}

/** Of `--inspect` and `--inspect-port`. Undefined: neither is given. */
export function inspectPortOf(inspect: boolean | undefined, port: string | undefined): number | undefined {
  return portOf(port) ?? (inspect === true ? 0 : undefined);
}

export function withAdvice(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE' && 'port' in error)
    return new Error(`port ${String(error.port)} is taken: choose another with --port, or with the variable PORT`);
  if (error.code === 'STORE_IN_USE') return new Error(`${error.message}: choose another folder with --store`);
  return error;
}
