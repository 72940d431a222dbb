/*
 * How the functions of this entry ask, and how answers of different routers become the same value.
 */
import type { AnyRequester, Id, IdsByMatch, Match, Uri } from '../index.ts';

/** The first positional result, whatever comes beside it. */
export async function ask(asker: AnyRequester, procedure: Uri, args: readonly unknown[], kwargs?: object): Promise<unknown> {
  const result = await asker.callResult(procedure, args, kwargs);
  return result.args[0];
}

/** Errors are known by their URI: they may come from another copy of this package. */
export function isError(error: unknown, uri: Uri): boolean {
  return typeof error === 'object' && error !== null && 'uri' in error && error.uri === uri;
}

/** A count; some routers give the list in its place. */
export function toCount(value: unknown): number {
  return Array.isArray(value) ? value.length : Number(value ?? 0);
}

/** A list of ids; some routers give null for an empty one. */
export function toIds(value: unknown): readonly Id[] {
  return Array.isArray(value) ? value : [];
}

/** An id, if there is one; null by the specification, 0 on nexus. */
export function toId(value: unknown): Id | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

export function toIdsByMatch(value: unknown): IdsByMatch {
  const { exact, prefix, wildcard } = (value ?? {}) as { readonly [match in Match]?: unknown };
  return { exact: toIds(exact), prefix: toIds(prefix), wildcard: toIds(wildcard) };
}

/** Arguments of a `lookup`. The options are left out where they say nothing. */
export function lookupArgs(uri: Uri, match: Match): readonly unknown[] {
  return match === 'exact' ? [uri] : [uri, { match }];
}

/** What is optional at the end of a call. */
export function withReason(args: readonly unknown[], reason: string | undefined): readonly unknown[] {
  return reason === undefined ? args : [...args, reason];
}
