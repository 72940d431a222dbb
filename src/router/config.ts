/*
 * The router's configuration: data only, so that a JSON file holds exactly this. What is code is in `RouterHooks`.
 */
import { type Clock, systemClock } from '../clock.ts';
import { isDict, show } from '../protocol/checks.ts';
import { uriComplaint } from '../protocol/uri.ts';
import type { Id } from '../words.ts';

export interface RouterConfig {
  /** By name. `open`: anyone may do anything; for development. */
  readonly realms: { readonly [realm: string]: 'open' };
  readonly limits?: RouterLimits | undefined;
}

export interface RouterLimits {
  /** Of one message, in bytes. Default 1 MiB. Listeners refuse more. */
  readonly maxMessageBytes?: number | undefined;
  /** From connecting to HELLO, in milliseconds. Default 10 000. */
  readonly joinTimeoutMs?: number | undefined;
}

export interface RouterHooks {
  /** What happens, one entry at a time. Default: nowhere. */
  readonly log?: ((entry: LogEntry) => void) | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
}

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly session?: Id | undefined;
  readonly error?: unknown;
}

const defaults = { maxMessageBytes: 2 ** 20, joinTimeoutMs: 10_000 } as const;

/** The configuration with nothing left open. */
export interface Settings {
  readonly realms: readonly string[];
  readonly limits: { readonly [limit in keyof RouterLimits]-?: number };
  readonly log: (entry: LogEntry) => void;
  readonly clock: Clock;
}

/** @throws TypeError that names the path, what was expected and what came. */
export function settle(config: RouterConfig, hooks: RouterHooks): Settings {
  expectDict(config, 'config', ['realms', 'limits']);
  expectDict(config.realms, 'config.realms');
  for (const [name, realm] of Object.entries(config.realms)) {
    const complaint = uriComplaint(name);
    if (complaint !== undefined) throw new TypeError(`config.realms: ${complaint}`);
    if (realm !== 'open') throw new TypeError(`config.realms[${JSON.stringify(name)}]: expected "open", got ${show(realm)}`);
  }
  const limits = config.limits ?? {};
  expectDict(limits, 'config.limits', Object.keys(defaults));
  for (const [name, limit] of Object.entries(limits)) {
    if (limit !== undefined && !(typeof limit === 'number' && limit > 0)) {
      throw new TypeError(`config.limits.${name}: expected a number above 0, got ${show(limit)}`);
    }
  }
  return {
    realms: Object.keys(config.realms),
    limits: {
      maxMessageBytes: limits.maxMessageBytes ?? defaults.maxMessageBytes,
      joinTimeoutMs: limits.joinTimeoutMs ?? defaults.joinTimeoutMs,
    },
    log: guarded(hooks.log),
    clock: hooks.clock ?? systemClock,
  };
}

/** A log that throws must not end the session that is logged. */
function guarded(log: RouterHooks['log']): Settings['log'] {
  return (entry) => {
    try {
      log?.(entry);
    } catch {
      // there is nobody left to tell
    }
  };
}

function expectDict(value: unknown, path: string, keys?: readonly string[]): void {
  if (!isDict(value)) throw new TypeError(`${path}: expected an object, got ${show(value)}`);
  if (!keys) return;
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) throw new TypeError(`${path}: expected ${keys.join(', ')}, got '${key}'`);
  }
}
