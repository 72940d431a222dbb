/* User code as it is called, and where it is told that it went wrong. Types only. */
import type { Uri } from '../../words.ts';

/** A user's handler as it is called: contracts are types only. */
export type AnyHandler = (args: never, kwargs: never, details: never) => unknown;

/** What nobody awaits, and where it happened. */
export type Report = (
  error: unknown,
  where: 'event' | 'invocation' | 'progress' | 'input' | 'publication' | 'subscription' | 'registration',
  uri: Uri | undefined,
) => void;
