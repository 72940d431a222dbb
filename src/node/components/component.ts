/* A component with all defaults filled in, and its state, as `autostrada ps` shows it, and the procedures and topics below `autostrada.component.`. */
import type { HealthConfig, Probe, RestartConfig } from './component-config.ts';

type Settled<T> = { readonly [key in keyof T]-?: NonNullable<T[key]> };

export interface Component {
  readonly name: string;
  /** A program and its arguments, or a module. */
  readonly runs: { readonly command: readonly [string, ...string[]] } | { readonly module: string };
  /** A whole path. */
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
  readonly realm: string | undefined;
  readonly authid: string | undefined;
  readonly authrole: string | undefined;
  readonly restart: Settled<RestartConfig>;
  /** Other components, by name. */
  readonly after: readonly string[];
  readonly probes: readonly Probe[];
  readonly ready: Probe | undefined;
  readonly readyTimeoutMs: number;
  readonly health: Settled<HealthConfig> | undefined;
  readonly stopTimeoutMs: number;
  /** Whole paths. */
  readonly watch: readonly string[];
}

/**
 * `waiting`: for what it waits for. `starting`: its process runs and is not ready yet. `ready`. `delayed`: it ended, and is started again in a moment.
 * `stopping`: it was told to end. `stopped`: it was stopped. `ended`: it has ended, and its policy is not to start it again. `failed`: the same after a
 * failure, or it failed too often in a row; only `start` or `restart` start it again.
 */
export type ComponentState = 'waiting' | 'starting' | 'ready' | 'delayed' | 'stopping' | 'stopped' | 'ended' | 'failed';

export interface ComponentInfo {
  readonly name: string;
  readonly state: ComponentState;
  /** For what it waits, or why it is in this state; null: there is nothing to say. */
  readonly reason: string | null;
  /** The first process of its group; null: none runs. */
  readonly pid: number | null;
  /** Since when it has this state: ISO 8601. */
  readonly since: string;
  /** How often it was started again after it ended by itself. */
  readonly restarts: number;
  readonly realm: string | null;
  readonly authid: string | null;
  readonly authrole: string | null;
}
