/*
 * An index by URI: exact, by prefix or by wildcard (WAMP "Pattern-based Subscription", "Pattern-based Registration").
 * A prefix is a plain string prefix, whatever the dots; an empty component of a wildcard matches exactly one component.
 */

import type { Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { UriTree } from './uri-tree.ts';

/** Visiting this many nodes of a tree is about as much work as a short message. */
const NODES_A_UNIT = 16;

export class PatternIndex<T> {
  private readonly spend: (units: number) => void;
  private readonly exact = new Map<Uri, T>();
  private readonly prefixes = new Map<Uri, T>();
  private readonly wildcards = new Map<Uri, T>();
  private readonly prefixTree = new UriTree<T>();
  private readonly wildcardTree = new UriTree<T>();

  /** @param spend - Called with the cost of a lookup beyond that of its message. Default: not called. */
  constructor(spend: (units: number) => void = () => {}) {
    this.spend = spend;
  }

  get(uri: Uri, match: Match): T | undefined {
    return this.map(match).get(uri);
  }

  set(uri: Uri, match: Match, value: T): void {
    this.map(match).set(uri, value);
    if (match === 'prefix') this.prefixTree.set(uri, value);
    if (match === 'wildcard') this.wildcardTree.set(uri, value);
  }

  delete(uri: Uri, match: Match): void {
    if (!this.map(match).delete(uri)) return;
    if (match === 'prefix') this.prefixTree.delete(uri);
    if (match === 'wildcard') this.wildcardTree.delete(uri);
  }

  /** All entries with this kind of match. */
  values(match: Match): Iterable<T> {
    return this.map(match).values();
  }

  /**
   * The entry for a call: exact, else the longest prefix, else the wildcard whose first differing component is literal.
   *
   * A prefix that ends inside a component (`a.b3` for `a.b33.c`) comes last: WAMP's own example has a wildcard win over it.
   */
  best(uri: Uri): T | undefined {
    const exact = this.exact.get(uri);
    if (exact !== undefined) return exact;
    const prefixes = this.prefixes.size === 0 ? [] : this.prefixTree.prefixesOf(uri);
    const whole = prefixes.find(({ length }) => endsComponent(uri, length));
    if (whole) return whole.value;
    return this.firstWildcard(uri) ?? prefixes[0]?.value;
  }

  /** The same without that exception: the longest prefix, wherever it ends. */
  narrowest(uri: Uri): T | undefined {
    const exact = this.exact.get(uri);
    if (exact !== undefined) return exact;
    const [longest] = this.prefixes.size === 0 ? [] : this.prefixTree.prefixesOf(uri);
    return longest ? longest.value : this.firstWildcard(uri);
  }

  private firstWildcard(uri: Uri): T | undefined {
    let wildcard: T | undefined;
    if (this.wildcards.size > 0) {
      this.look(uri, (first) => {
        wildcard = first;
        return true;
      });
    }
    return wildcard;
  }

  /** All entries that match an event's topic: exact, prefixes, wildcards. */
  matching(uri: Uri): readonly T[] {
    const exact = this.exact.get(uri);
    const found: T[] = exact === undefined ? [] : [exact];
    if (this.prefixes.size > 0) for (const { value } of this.prefixTree.prefixesOf(uri)) found.push(value);
    if (this.wildcards.size > 0) {
      this.look(uri, (value) => {
        found.push(value);
        return false;
      });
    }
    return found;
  }

  private look(uri: Uri, found: (value: T) => boolean): void {
    const nodes = this.wildcardTree.wildcardsOf(uri, found);
    if (nodes >= NODES_A_UNIT) this.spend(Math.floor(nodes / NODES_A_UNIT));
  }

  private map(match: Match): Map<Uri, T> {
    return match === 'exact' ? this.exact : match === 'prefix' ? this.prefixes : this.wildcards;
  }
}

/** Whether a component of the URI ends where its prefix of this length does. */
function endsComponent(uri: Uri, length: number): boolean {
  return length === 0 || length === uri.length || uri[length] === '.' || uri[length - 1] === '.';
}

/** Whether this URI matches the pattern. */
export function matches(pattern: Uri, match: Match, uri: Uri): boolean {
  return covers(pattern, match, uri, 'exact');
}

/** The same for many URIs: the pattern is split once, and URIs are not split. */
export function matcher(pattern: Uri, match: Match): (uri: Uri) => boolean {
  if (match !== 'wildcard' || !pattern.split('.').includes('')) return (uri) => matches(pattern, match, uri);
  const head = literalHead(pattern);
  const rest = pattern.slice(head.length).split('.'); // its first component is empty
  return (uri) => {
    if (!uri.startsWith(head)) return false;
    let begin = head.length;
    for (let at = 0; at < rest.length; at++) {
      const dot = uri.indexOf('.', begin);
      if (dot < 0 !== (at === rest.length - 1)) return false;
      const end = dot < 0 ? uri.length : dot;
      const component = rest[at] ?? '';
      if (component !== '' && !(end - begin === component.length && uri.startsWith(component, begin))) return false;
      begin = end + 1;
    }
    return true;
  };
}

/** Whether every URI that `inner` matches is matched by `outer`. */
export function covers(outer: Uri, outerMatch: Match, inner: Uri, innerMatch: Match): boolean {
  if (outerMatch === 'exact') return innerMatch === 'exact' && outer === inner;
  // Of a wildcard only the part before its first empty component is certain.
  if (outerMatch === 'prefix') return (innerMatch === 'wildcard' ? literalHead(inner) : inner).startsWith(outer);
  if (innerMatch === 'prefix') return false; // it matches URIs of any length
  const [wanted, given] = [outer.split('.'), inner.split('.')];
  return wanted.length === given.length && wanted.every((component, at) => component === '' || component === given[at]);
}

/** Whether there can be a URI that both match. */
export function meets(one: Uri, oneMatch: Match, other: Uri, otherMatch: Match): boolean {
  if (oneMatch === 'exact') return matches(other, otherMatch, one);
  if (otherMatch === 'exact') return matches(one, oneMatch, other);
  if (oneMatch === 'prefix' && otherMatch === 'prefix') return one.startsWith(other) || other.startsWith(one);
  if (oneMatch === 'wildcard' && otherMatch === 'wildcard') {
    const [left, right] = [one.split('.'), other.split('.')];
    return (
      left.length === right.length && left.every((component, at) => component === '' || right[at] === '' || component === right[at])
    );
  }
  const [prefix, wildcard] = oneMatch === 'prefix' ? [one, other] : [other, one];
  const [begun, components] = [prefix.split('.'), wildcard.split('.')];
  return (
    begun.length <= components.length &&
    begun.every((component, at) => {
      const there = components[at] ?? '';
      return there === '' || (at < begun.length - 1 ? component === there : there.startsWith(component));
    })
  );
}

function literalHead(wildcard: Uri): Uri {
  const components = wildcard.split('.');
  const first = components.indexOf('');
  return first < 0
    ? wildcard
    : components
        .slice(0, first)
        .map((component) => `${component}.`)
        .join('');
}
