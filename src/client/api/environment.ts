/* What a connection gets from the platform, and how it tells what nobody awaits. Types only. */
import type { Clock } from '../../base/clock.ts';
import type { Uri } from '../../base/words.ts';

export interface Environment {
  readonly WebSocket: new (url: string, protocols: string[]) => unknown;
  readonly clock: Clock;
  /** In [0, 1), for jitter. Keys and nonces come from the platform's crypto and nowhere else. */
  readonly random: () => number;
}

export interface ErrorContext {
  readonly where:
    | 'event'
    | 'invocation'
    | 'progress'
    | 'input'
    | 'publication'
    | 'subscription'
    | 'registration'
    | 'recovery'
    | 'listener'
    | 'connection';
  readonly uri: Uri | undefined;
}
