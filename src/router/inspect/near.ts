/* URIs that nearly match: what an author has probably meant. */
import { isSimilar } from '../../base/nearest.ts';
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
 * - `exact`: the pattern is a beginning of the URI, but it is exact: with `match: 'prefix'` it would match.
 * - `longer`: the pattern goes on where the URI ends.
 * - `components`: the wildcard has another number of components, and the rest would match.
 */
export type Nearness = 'case' | 'spelling' | 'exact' | 'longer' | 'components';

export interface NearMiss extends UsedPattern {
  readonly why: Nearness;
}

/** The first that count. */
const ORDER: readonly Nearness[] = ['case', 'spelling', 'exact', 'components', 'longer'];
/** More would be noise. */
const MAX_SHOWN = 5;
/** At most so many patterns are looked at. */
const MAX_SEEN = 20_000;

/** The nearest of them, at most five. Those that match are not among them. */
export function nearMisses(uri: Uri, used: Iterable<UsedPattern>): readonly NearMiss[] {
  const found: NearMiss[] = [];
  let seen = 0;
  for (const each of used) {
    if (++seen > MAX_SEEN) break;
    const why = !matches(each.uri, each.match, uri) ? nearness(uri, each) : undefined;
    if (why) found.push({ ...each, why });
  }
  return found
    .sort((a, b) => ORDER.indexOf(a.why) - ORDER.indexOf(b.why) || b.sessions - a.sessions || b.routers - a.routers)
    .slice(0, MAX_SHOWN);
}

function nearness(uri: Uri, { uri: pattern, match }: UsedPattern): Nearness | undefined {
  if (matches(pattern.toLowerCase(), match, uri.toLowerCase())) return 'case';
  if (match === 'exact' && pattern !== '' && uri.startsWith(`${pattern}.`)) return 'exact';
  if (match === 'wildcard') return isOtherLength(uri.split('.'), pattern.split('.')) ? 'components' : undefined;
  if (pattern.startsWith(`${uri}.`)) return 'longer';
  // A prefix is compared with as much of the URI as it is long.
  const comparable = match === 'prefix' ? uri.slice(0, pattern.length) : uri;
  return isSimilar(comparable, pattern) ? 'spelling' : undefined;
}

function isOtherLength(given: readonly string[], wanted: readonly string[]): boolean {
  if (given.length === wanted.length || !wanted.some((component) => component !== '')) return false;
  const common = Math.min(given.length, wanted.length);
  return wanted.slice(0, common).every((component, at) => component === '' || component === given[at]);
}
