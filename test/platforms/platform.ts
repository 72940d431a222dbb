/*
 * What a platform of `npm run test:platforms` is: a row of the table (platforms.ts) says how to get it from npm, how to run the checks of checks.mjs in
 * it, and what it cannot do.
 */
import type { Command } from '../interop/peer.ts';

/** Where things are when a platform runs. */
export interface Place {
  /** `packages` are in its `node_modules`. */
  readonly tools: string;
  /** The program's folder: the checks and the hosts are in it. `autostrada` is found from there as npm has installed it, and so are the tools. */
  readonly project: string;
}

export interface Limit {
  /** Names of checks, or what they begin with. */
  readonly checks: readonly string[];
  /** A clause for the table of docs/guide/platforms.md. */
  readonly reason: string;
}

export interface Platform {
  readonly name: string;
  readonly version: string;
  /** By npm, name and version. */
  readonly packages: readonly string[];
  /** In CI it counts as a failure when it cannot be had. */
  readonly required: boolean;
  /** Checks that only it has. */
  readonly also: readonly string[];
  /** Every one of these must fail. */
  readonly cannot: readonly Limit[];
  /** Makes what it needs (a bundle), and tells how the checks are run. */
  prepare(place: Place): Promise<Command> | Command;
  /** Lines that it writes of its own accord, as the report of a test runner. Every other line is a complaint. */
  readonly says?: RegExp;
}

export interface Outcome {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The package does not fit the platform, which is there: a failure, and no reason to skip it. */
export class Unfit extends Error {}
