/* What differs between the ports that are open and those of a file that was read again. */
import { isDeepStrictEqual } from 'node:util';
import { within } from '../../router/config/config-path.ts';
import { portConflicts } from '../port/port-config.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import type { ListenConfig, RouterFile } from './router-file.ts';

/** What a port takes over while it listens, beside its certificate. */
export type LiveConfig = Pick<ListenConfig, 'origins' | 'hosts' | 'web' | 'cookies' | 'ops'>;

export interface PortChanges {
  /** Ports, by their index, whose certificate can be read again. */
  readonly tls: readonly (readonly [number, TlsFiles])[];
  /** As they are now, with what they take over. */
  readonly ports: readonly ListenConfig[];
  /** Paths of what only counts after a restart. */
  readonly needsRestart: readonly string[];
}

/** @param now - As they were opened, with what they have taken over since. */
export function portChanges(now: readonly ListenConfig[], next: readonly ListenConfig[]): PortChanges {
  if (now.length !== next.length) return { tls: [], ports: now, needsRestart: ['config.listen'] };
  const tls: (readonly [number, TlsFiles])[] = [];
  const needsRestart: string[] = [];
  const ports = next.map((port, i) => {
    const open = now[i] ?? {};
    const { tls: before, ...other } = open;
    const { tls: after, ...rest } = port;
    const path = now.length === 1 ? 'config.listen' : `config.listen[${i}]`;
    const taken = takenOver(open, port);
    needsRestart.push(...different({ ...other, ...taken }, rest).map((key) => `${path}.${key}`));
    // Whether clients need a certificate is decided when the port is opened.
    if (before && after && demands(before) === demands(after)) tls.push([i, after]);
    else if (before || after) needsRestart.push(`${path}.tls`);
    return { ...open, ...taken };
  });
  return { tls, ports, needsRestart };
}

/** What does not fit to the port as it is stays as it was: it may fit to other changes, which need a restart. */
function takenOver(open: ListenConfig, next: ListenConfig): LiveConfig {
  const { origins, hosts, web, ops } = next;
  const hasCookies = open.cookies !== undefined && next.cookies !== undefined;
  const wanted = { origins, hosts, web, ops, cookies: hasCookies ? next.cookies : open.cookies };
  const conflicts = portConflicts({ ...open, ...wanted });
  return conflicts.length === 0 ? wanted : { ...wanted, origins: open.origins, ops: open.ops };
}

function demands({ ca, rejectUnauthorized = true }: TlsFiles): string {
  return `${ca === undefined} ${rejectUnauthorized}`;
}

/**
 * Paths of what differs beside the router and its ports, and counts only after a restart.
 *
 * @param isLive - Somebody else takes over what can change while the router runs.
 */
export function otherChanges(now: Others, next: Others, isLive: boolean): readonly string[] {
  const parts = [...(['store', 'processes', 'cluster'] as const), ...(isLive ? [] : (['control', 'log', 'drainMs'] as const))];
  const components = isLive ? [] : different(now.components ?? {}, next.components ?? {});
  return [
    ...components.map((name) => within('config.components', name)),
    ...parts.filter((key) => differ(now[key], next[key])).map((key) => `config.${key}`),
  ];
}

type Others = Partial<Pick<RouterFile, 'store' | 'components' | 'control' | 'log' | 'drainMs' | 'processes' | 'cluster'>>;

function different(a: object, b: object): readonly string[] {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.filter((key) => differ(left.get(key), right.get(key)));
}

/** The order of members says nothing. */
function differ(a: unknown, b: unknown): boolean {
  return !isDeepStrictEqual(a, b);
}
