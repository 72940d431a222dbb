/*
 * Settling by callback: what an answer brings is in place before the next message of the same read. Promises are made of it further out.
 */

import { type Check, isDict } from '../../base/checks.ts';
import { complain, ms } from '../../base/options.ts';
import type { WaitOptions } from '../api/options.ts';
import { reasonOf } from './limit.ts';

/** Where the outcome of a request goes. */
export interface Settle<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
  /** Part of the answer came, and more will. */
  progress?(value: T): void;
  /** The answer came, even if nobody waits for it any more. Runs last. `value`: undefined after an ERROR. */
  answered?(value: T | undefined): void;
}

/** A promise of what `start` begins; what it throws rejects. */
export function promised<T>(start: (settle: Settle<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => start({ resolve, reject }));
}

/** The options of everything that waits for an answer. A signal is known by its shape: polyfills and other realms have their own. */
export const waiting: { readonly signal: Check; readonly timeoutMs: Check } = {
  signal: (value) =>
    isDict(value) && typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function'
      ? undefined
      : 'an AbortSignal',
  timeoutMs: /* @__PURE__ */ ms(),
};

/** A request whose signal is aborted already is not sent. @throws TypeError for a wrong signal or time. */
export function throwIfAborted(options: WaitOptions | undefined): void {
  const { signal, timeoutMs } = options ?? {};
  if (signal) complain('signal', waiting.signal, signal);
  if (timeoutMs !== undefined && timeoutMs !== null) complain('timeoutMs', waiting.timeoutMs, timeoutMs);
  if (signal?.aborted) throw reasonOf(signal);
}
