/*
 * How the functions of this entry call the router, and how the answers of different routers become the same value.
 */
import type { AnyRequester, Id, IdsByMatch, Match, Uri } from '../index.ts';

/** The first positional result; anything beside it is ignored. */
export async function ask(asker: AnyRequester, procedure: Uri, args: readonly unknown[], kwargs?: object): Promise<unknown> {
  if (typeof asker?.callResult !== 'function')
    throw new TypeError(`expected a connection or session, got ${asker ? 'something without callResult' : String(asker)}`);
  const untyped: { callResult(...given: readonly unknown[]): Promise<{ readonly args: readonly unknown[] }> } = asker;
  const result = await untyped.callResult(procedure, args, kwargs);
  return result.args[0];
}

/** Compares the URI, because the error may come from another copy of this package. */
export function isError(error: unknown, uri: Uri): boolean {
  return typeof error === 'object' && error !== null && 'uri' in error && error.uri === uri;
}

/** A count; some routers return the list instead. */
export function toCount(value: unknown): number {
  return Array.isArray(value) ? value.length : Number(value ?? 0);
}

/** A list of ids; some routers return null for an empty one. */
export function toIds(value: unknown): readonly Id[] {
  return Array.isArray(value) ? value : [];
}

/** An id, if there is one; null by the specification, 0 on nexus. */
export function toId(value: unknown): Id | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

export function toIdsByMatch(value: unknown): IdsByMatch {
  const { exact, prefix, wildcard }: { readonly [match in Match]?: unknown } = Object(value);
  return { exact: toIds(exact), prefix: toIds(prefix), wildcard: toIds(wildcard) };
}

/** Arguments of a `lookup`. Empty options are left out. */
export function lookupArgs(uri: Uri, match: Match): readonly unknown[] {
  return match === 'exact' ? [uri] : [uri, { match }];
}

/** Optional arguments at the end of a call. */
export function withReason(args: readonly unknown[], reason: string | undefined): readonly unknown[] {
  return reason === undefined ? args : [...args, reason];
}
