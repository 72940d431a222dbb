/* URIs that nearly match: what an author has probably meant. */
import { difference } from '../../base/nearest.ts';
import type { Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { matches } from '../patterns/pattern-index.ts';

/** A pattern, and how many sessions have it. */
export interface UsedPattern {
  readonly uri: Uri;
  readonly match: Match;
  /** Subscribers of this router; callees of all. */
  readonly sessions: number;
  /** How many other routers of the cluster have subscribers. */
  readonly routers: number;
}

/**
 * Why a URI does not match a pattern, though it nearly does:
 *
 * - `case`: they differ in upper and lower case only.
 * - `spelling`: a few letters differ.
 * - `star`: the pattern has `*` or `+` where an empty component or a prefix was meant. These are letters like any other.
 * - `exact`: the pattern is a beginning of the URI, but it is exact: with `match: 'prefix'` it would match.
 * - `longer`: the pattern goes on where the URI ends.
 * - `components`: the wildcard has another number of components, and the rest would match.
 */
export type Nearness = 'case' | 'star' | 'spelling' | 'exact' | 'longer' | 'components';

export interface NearMiss extends UsedPattern {
  readonly why: Nearness;
}

/** The first that count. */
const ORDER: readonly Nearness[] = ['case', 'star', 'spelling', 'exact', 'components', 'longer'];
/** More would be noise. */
const MAX_SHOWN = 5;
/** At most so many patterns are looked at. */
const MAX_SEEN = 100_000;

/** The nearest of them, at most five. Those that match are not among them. */
export function nearMisses(uri: Uri, used: Iterable<UsedPattern>): readonly NearMiss[] {
  const found: Found[] = [];
  const lower = uri.toLowerCase();
  let seen = 0;
  for (const each of used) {
    if (++seen > MAX_SEEN) break;
    const nearness = matches(each.uri, each.match, uri) ? undefined : nearnessOf(uri, lower, each);
    if (nearness) found.push({ miss: { ...each, why: nearness.why }, edits: nearness.edits ?? 0 });
  }
  return found
    .sort(
      (a, b) =>
        ORDER.indexOf(a.miss.why) - ORDER.indexOf(b.miss.why) ||
        a.edits - b.edits ||
        b.miss.sessions - a.miss.sessions ||
        b.miss.routers - a.miss.routers,
    )
    .slice(0, MAX_SHOWN)
    .map(({ miss }) => miss);
}

interface Found {
  readonly miss: NearMiss;
  /** Letters that differ in their spelling. */
  readonly edits: number;
}

function nearnessOf(
  uri: Uri,
  lower: Uri,
  { uri: pattern, match }: UsedPattern,
): { readonly why: Nearness; readonly edits?: number } | undefined {
  const other = pattern.toLowerCase();
  if (matches(other, match, lower)) return { why: 'case' };
  if (/[*+]/.test(pattern) && isStarred(lower, other)) return { why: 'star' };
  if (match === 'exact' && pattern !== '' && uri.startsWith(`${pattern}.`)) return { why: 'exact' };
  if (match === 'wildcard') return isOtherLength(uri.split('.'), pattern.split('.')) ? { why: 'components' } : undefined;
  if (pattern.startsWith(`${uri}.`)) return { why: 'longer' };
  // A prefix is compared with as much of the URI as it is long.
  const comparable = match === 'prefix' ? lower.slice(0, pattern.length) : lower;
  const edits = difference(comparable, other);
  return edits === undefined ? undefined : { why: 'spelling', edits };
}

/** Whether the pattern would match, if its stars meant what they mean elsewhere. */
function isStarred(uri: Uri, pattern: Uri): boolean {
  const asWildcard = pattern.replaceAll(/(^|\.)(?:\*|\+)(?=\.|$)/g, '$1');
  const asPrefix = pattern.replace(/\*+$/, '');
  return (asWildcard !== pattern && matches(asWildcard, 'wildcard', uri)) || (asPrefix !== pattern && uri.startsWith(asPrefix));
}

function isOtherLength(given: readonly string[], wanted: readonly string[]): boolean {
  if (given.length === wanted.length || !wanted.some((component) => component !== '')) return false;
  const common = Math.min(given.length, wanted.length);
  const [first, last] = [wanted.indexOf(''), wanted.lastIndexOf('')];
  const hasBothEnds =
    first > 0 &&
    last < wanted.length - 1 &&
    wanted.slice(0, first).every((component, at) => component === given[at]) &&
    wanted.slice(last + 1).every((component, at, end) => component === given[given.length - end.length + at]);
  if (hasBothEnds) return true;
  return wanted.slice(0, common).every((component, at) => component === '' || component === given[at]);
}
