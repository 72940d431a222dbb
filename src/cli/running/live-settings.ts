/* What a router's command takes over from its file, at the start and at each reload: how the log is written, and how long SIGTERM waits. */
import { type LoadedFile, lineLog } from '../../node/index.ts';
import type { LogEntry } from '../../router/index.ts';
import { oneOf } from '../text/options.ts';
import type { Env } from './login.ts';
import { DRAIN_MS } from './stop.ts';

export interface GivenLog {
  readonly format: string | undefined;
  readonly level: string | undefined;
}

/** Options win over the file, and the file over the environment (DEBUG). */
export class LiveSettings {
  private readonly given: GivenLog;
  private readonly env: Env;
  private readonly print: (line: string) => void;
  private write: (entry: LogEntry) => void = () => {};
  private chosen: 'text' | 'json' = 'text';
  private wait: number | undefined;

  /** @throws UsageError for options of the command line. */
  constructor(given: GivenLog, env: Env, print: (line: string) => void) {
    this.given = given;
    this.env = env;
    this.print = print;
    this.take({});
  }

  get format(): 'text' | 'json' {
    return this.chosen;
  }

  /** How long SIGTERM waits for calls that are running, in milliseconds. */
  get drainMs(): number {
    return this.wait ?? DRAIN_MS;
  }

  readonly log = (entry: LogEntry): void => this.write(entry);

  /** What a file says counts from now on. */
  take({ log: file, drainMs }: Partial<Pick<LoadedFile, 'log' | 'drainMs'>>): void {
    this.wait = drainMs;
    const { given, env, print } = this;
    const isDebugging = /(^|[\s,])(\*|autostrada(:\*|\*)?)($|[\s,])/.test(env.DEBUG ?? '');
    this.chosen = oneOf('log-format', given.format, ['text', 'json']) ?? file?.format ?? 'text';
    const level = oneOf('log-level', given.level, ['debug', 'info', 'warn', 'error']) ?? file?.level;
    this.write = lineLog({ format: this.chosen, level: level ?? (isDebugging ? 'debug' : 'warn'), write: print });
  }
}
