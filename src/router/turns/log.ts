/* The entries of a router's log. */
import type { Id } from '../../base/words.ts';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** One line; text from peers in it is escaped and cut. */
  readonly message: string;
  readonly session?: Id | undefined;
  /** The thrown value itself: its texts are not escaped. */
  readonly error?: unknown;
}
