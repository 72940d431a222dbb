/* What the configuration has at many places: objects with known names, patterns for URIs. */
import { isDict, show } from '../../base/checks.ts';
import { nearest } from '../../base/nearest.ts';
import type { Uri } from '../../base/words.ts';
import { type Match, uriComplaint } from '../../protocol/uri.ts';

interface Pattern {
  readonly uri: Uri;
  readonly match?: Match | undefined;
}

export function expectFirst(given: Pattern, before: readonly Pattern[], path: string): void {
  if (before.some(({ uri, match = 'exact' }) => uri === given.uri && match === (given.match ?? 'exact')))
    throw new TypeError(`${path}: expected one rule for each URI and match, got a second for ${show(given.uri)}`);
}

export function expectPattern({ uri, match = 'exact' }: Pattern, path: string): void {
  if (!['exact', 'prefix', 'wildcard'].includes(match))
    throw new TypeError(`${path}.match: expected exact, prefix or wildcard, got ${show(match)}`);
  const complaint = uriComplaint(uri, match);
  if (complaint === undefined) return;
  const fitting = (['prefix', 'wildcard'] as const).find((other) => other !== match && uriComplaint(uri, other) === undefined);
  throw new TypeError(`${path}.uri: ${complaint}${fitting ? `; did you mean match: '${fitting}'?` : ''}`);
}

export function expectDict(value: unknown, path: string, keys?: readonly string[]): void {
  // A list may hold secrets: users, most often.
  if (!isDict(value)) throw new TypeError(`${path}: expected an object, got ${Array.isArray(value) ? 'a list' : show(value)}`);
  if (!keys) return;
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) throw new TypeError(`${path}: expected ${keys.join(', ')}, got '${key}'${nearest(key, keys)}`);
  }
}
