/* How the log of a router is written: by options, the configuration file, or DEBUG in the environment. */
import { type LineLogOptions, type LoadedFile, lineLog } from '../../node/index.ts';
import type { LogEntry } from '../../router/index.ts';
import { oneOf } from '../text/options.ts';
import type { Env } from './login.ts';

export interface GivenLog {
  readonly format: string | undefined;
  readonly level: string | undefined;
}

/** Options win over the file, and the file over the environment. @throws UsageError */
export function logOptions(given: GivenLog, file: LoadedFile['log'], env: Env): LineLogOptions {
  const isDebugging = /(^|[\s,])(\*|autostrada(:\*|\*)?)($|[\s,])/.test(env.DEBUG ?? '');
  return {
    format: oneOf('log-format', given.format, ['text', 'json']) ?? file?.format ?? 'text',
    level: oneOf('log-level', given.level, ['debug', 'info', 'warn', 'error']) ?? file?.level ?? (isDebugging ? 'debug' : 'warn'),
  };
}

/** Writes to the error stream of the process. */
export function logOf(options: LineLogOptions, stderr: { write(text: string): unknown }): (entry: LogEntry) => void {
  return lineLog({ ...options, write: (line) => void stderr.write(`${line}\n`) });
}
