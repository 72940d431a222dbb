/*
 * Prefixes or wildcard patterns in a radix tree over their characters, so that one pass over a URI finds those that match it.
 * A common beginning is kept once, and a lookup visits only nodes that match the beginning of the URI. Peers choose the patterns:
 * stack depth, time and memory grow at most with the length of the patterns. pattern-index.ts knows the kinds of patterns.
 */
import type { Uri } from '../../base/words.ts';

interface Node<T> {
  /** The characters after those of the parent; empty only at the root. */
  label: string;
  /** By first character. Absent at most nodes: they are leaves. A node without a value has two or more. */
  children: Map<number, Node<T>> | undefined;
  value: T | undefined;
}

/** The position of a search. */
interface Step<T> {
  readonly node: Node<T>;
  /** The position in the URI, behind the part that the parent has matched. */
  readonly at: number;
  /** A component of the pattern begins here. */
  readonly isStart: boolean;
  /** The node's own pattern has matched. */
  readonly isMatch: boolean;
}

const DOT = 46;

export class UriTree<T> {
  private readonly root: Node<T> = { label: '', children: undefined, value: undefined };

  set(pattern: Uri, value: T): void {
    let node = this.root;
    let at = 0;
    while (at < pattern.length) {
      const child = node.children?.get(pattern.charCodeAt(at));
      if (!child) {
        add(node, { label: pattern.slice(at), children: undefined, value });
        return;
      }
      const shared = sharedLength(child.label, pattern, at);
      if (shared < child.label.length) split(child, shared);
      at += shared;
      node = child;
    }
    node.value = value;
  }

  delete(pattern: Uri): void {
    let parent: Node<T> | undefined;
    let node = this.root;
    for (let at = 0; at < pattern.length; at += node.label.length) {
      const child = node.children?.get(pattern.charCodeAt(at));
      if (!child || !pattern.startsWith(child.label, at)) return;
      parent = node;
      node = child;
    }
    node.value = undefined;
    if (!parent) return;
    if (node.children) {
      merge(node);
      return;
    }
    parent.children?.delete(node.label.charCodeAt(0));
    if (parent.children?.size === 0) parent.children = undefined;
    if (parent !== this.root) merge(parent);
  }

  /** All entries that are a beginning of the URI, as plain text: longest first. */
  prefixesOf(uri: Uri): { readonly length: number; readonly value: T }[] {
    const found: { readonly length: number; readonly value: T }[] = [];
    let node: Node<T> | undefined = this.root;
    for (let length = 0; node && uri.startsWith(node.label, length); node = node.children?.get(uri.charCodeAt(length))) {
      length += node.label.length;
      if (node.value !== undefined) found.push({ length, value: node.value });
    }
    return found.reverse();
  }

  /**
   * All patterns that match the URI, where an empty component matches any one component, until `found` says that it is enough. Literal before empty
   * at every component: the first difference from the left decides. Each node is visited at most once, whatever the patterns are.
   *
   * @returns How many nodes it has visited. Patterns can be made so that it visits all nodes, and none of them matches.
   */
  wildcardsOf(uri: Uri, found: (value: T) => boolean): number {
    let seen = 0;
    const steps: Step<T>[] = [{ node: this.root, at: 0, isStart: true, isMatch: false }];
    for (let step = steps.pop(); step; step = steps.pop()) {
      const { node } = step;
      if (step.isMatch) {
        if (node.value !== undefined && found(node.value)) return seen;
        continue;
      }
      seen++;
      const { label, children } = node;
      const at = follow(label, uri, step.at, step.isStart);
      if (at < 0) continue;
      const isStart = label === '' ? step.isStart : label.endsWith('.');
      const isWhole = (isStart ? endOfComponent(uri, at) : at) === uri.length;
      // The last step is popped first.
      if (isWhole && node.value !== undefined) steps.push({ node, at, isStart, isMatch: true });
      if (!children) continue;
      const empty = isStart ? children.get(DOT) : undefined;
      const literal = children.get(uri.charCodeAt(at));
      if (empty) steps.push({ node: empty, at, isStart, isMatch: false });
      if (literal && literal !== empty) steps.push({ node: literal, at, isStart, isMatch: false });
    }
    return seen;
  }
}

/** @returns The position in the URI where this part of a wildcard pattern ends; -1: it does not match. */
function follow(label: string, uri: Uri, begin: number, isStart: boolean): number {
  let at = begin;
  let begins = isStart;
  for (let i = 0; i < label.length; i++) {
    const char = label.charCodeAt(i);
    if (begins && char === DOT) at = endOfComponent(uri, at);
    if (uri.charCodeAt(at) !== char) return -1;
    at++;
    begins = char === DOT;
  }
  return at;
}

function endOfComponent(uri: Uri, at: number): number {
  const dot = uri.indexOf('.', at);
  return dot < 0 ? uri.length : dot;
}

function sharedLength(label: string, pattern: Uri, begin: number): number {
  let length = 1; // the first character chose the child
  while (length < label.length && label.charCodeAt(length) === pattern.charCodeAt(begin + length)) length++;
  return length;
}

function add<T>(parent: Node<T>, child: Node<T>): void {
  parent.children ??= new Map();
  parent.children.set(child.label.charCodeAt(0), child);
}

/** The node keeps its first `length` characters, and the rest goes one deeper. */
function split<T>(node: Node<T>, length: number): void {
  const { label, children, value } = node;
  node.label = label.slice(0, length);
  node.children = undefined;
  node.value = undefined;
  add(node, { label: label.slice(length), children, value });
}

/** A node without a value and with one child becomes that child. */
function merge<T>(node: Node<T>): void {
  const [child, another] = node.children?.values() ?? [];
  if (!child || another || node.value !== undefined) return;
  node.label += child.label;
  node.children = child.children;
  node.value = child.value;
}
