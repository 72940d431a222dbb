/* The log of a router as lines: text for people, or JSON for programs. */
import { messageOf, WampError } from '../../base/errors.ts';
import { checkOptions, func, oneOf } from '../../base/options.ts';
import { oneLine } from '../../base/words.ts';
import type { LogEntry } from '../../router/turns/log.ts';

const FORMATS = ['text', 'json'] as const;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** The log, in a configuration file. */
export interface LogConfig {
  /**
   * `text` (default): a line for people. `json`: an object a line, with `time` (ISO 8601), `level`, `message`, and where there is one, `session` (its id) and
   * `error` (`name`, `message`, `uri`, `stack`).
   */
  readonly format?: 'text' | 'json' | undefined;
  /** The least important entries that are logged. Default `warn`. `info`: also sessions that join and leave. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | undefined;
}

export interface LineLogOptions extends LogConfig {
  /** Gets each line, without its end. Default: stderr. */
  readonly write?: ((line: string) => void) | undefined;
}

/**
 * Makes the hook `log` of a router.
 *
 * @throws TypeError for an unknown option.
 * @example const router = new Router(config, { log: lineLog({ format: 'json', level: 'info' }) });
 */
export function lineLog(options: LineLogOptions = {}): (entry: LogEntry) => void {
  checkOptions('lineLog', options, { format: oneOf(...FORMATS), level: oneOf(...LEVELS), write: func });
  const { format = 'text', level: least = 'warn', write = toStderr } = options;
  const render = format === 'json' ? asJson : asText;
  return (entry) => {
    if (LEVELS.indexOf(entry.level) >= LEVELS.indexOf(least)) write(render(entry));
  };
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

function asText({ level, message, error }: LogEntry): string {
  const cause = error === undefined ? '' : oneLine(messageOf(error));
  return `${level}: ${message}${message.includes(cause) ? '' : `: ${cause}`}`;
}

/** Of an error only what is named here: its other members may hold anything. */
function asJson({ level, message, session, error }: LogEntry): string {
  return JSON.stringify({ time: new Date().toISOString(), level, message, session, error: errorOf(error) });
}

function errorOf(error: unknown): object | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof Error)) return { name: typeof error, message: oneLine(messageOf(error)) };
  const { name, message, stack } = error;
  return { name, message: oneLine(message), uri: error instanceof WampError ? error.uri : undefined, stack };
}
