/* What differs between the ports that are open and those of a file that was read again. */

import { isDeepStrictEqual } from 'node:util';
import { within } from '../../router/config/config-path.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import type { ListenConfig, RouterFile } from './router-file.ts';

export interface PortChanges {
  /** Ports, by their index, whose certificate can be read again. */
  readonly tls: readonly (readonly [number, TlsFiles])[];
  /** Paths of what only counts after a restart. */
  readonly needsRestart: readonly string[];
}

export function portChanges(now: readonly ListenConfig[], next: readonly ListenConfig[]): PortChanges {
  if (now.length !== next.length) return { tls: [], needsRestart: ['config.listen'] };
  const tls: (readonly [number, TlsFiles])[] = [];
  const needsRestart: string[] = [];
  for (const [i, port] of next.entries()) {
    const { tls: before, ...other } = now[i] ?? {};
    const { tls: after, ...rest } = port;
    const path = now.length === 1 ? 'config.listen' : `config.listen[${i}]`;
    needsRestart.push(...different(other, rest).map((key) => `${path}.${key}`));
    // Whether clients need a certificate is decided when the port is opened.
    if (before && after && demands(before) === demands(after)) tls.push([i, after]);
    else if (before || after) needsRestart.push(`${path}.tls`);
  }
  return { tls, needsRestart };
}

function demands({ ca, rejectUnauthorized = true }: TlsFiles): string {
  return `${ca === undefined} ${rejectUnauthorized}`;
}

/** Paths of what differs beside the router and its ports: all of it belongs to a process that was started with it. */
export function otherChanges(now: Others, next: Others): readonly string[] {
  const components = different(now.components ?? {}, next.components ?? {}).map((name) => within('config.components', name));
  const parts = (['store', 'control', 'log', 'drainMs'] as const).filter((key) => differ(now[key], next[key]));
  return [...components, ...parts.map((key) => `config.${key}`)];
}

type Others = Partial<Pick<RouterFile, 'store' | 'components' | 'control' | 'log' | 'drainMs'>>;

function different(a: object, b: object): readonly string[] {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.filter((key) => differ(left.get(key), right.get(key)));
}

/** The order of members says nothing. */
function differ(a: unknown, b: unknown): boolean {
  return !isDeepStrictEqual(a, b);
}
