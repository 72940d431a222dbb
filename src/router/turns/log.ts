/* What a router tells its log. */
import type { Id } from '../../words.ts';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** On one line; what peers say in it is escaped and cut. */
  readonly message: string;
  readonly session?: Id | undefined;
  /** As it was thrown: its texts are not escaped. */
  readonly error?: unknown;
}
