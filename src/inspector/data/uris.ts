/* The URIs of a realm as a tree, and what has each of them. */
import { type Signal, signal } from '@preact/signals';
import type { ProcedureUse, RetainedTopic, RouterUris, TopicUse, UriQuery } from '../../router/index.ts';
import { ask, textOf } from './wire.ts';

export interface UriNode {
  /** The whole URI up to here. */
  readonly uri: string;
  /** Its last component. */
  readonly name: string;
  readonly depth: number;
  readonly children: Map<string, UriNode>;
  readonly topics: TopicUse[];
  readonly procedures: ProcedureUse[];
  retained: RetainedTopic | undefined;
  /** How many of each are here and below. */
  topicCount: number;
  procedureCount: number;
  retainedCount: number;
}

export const uris: Signal<RouterUris | undefined> = signal(undefined);
export const urisFault: Signal<string | undefined> = signal(undefined);

/** Of each kind. */
const LIMIT = 5000;

/** Retained events are asked for less often: the store has to read all of them. */
const RETAINED_MS = 15_000;
let retainedAt = { realm: '', find: '', at: 0 };

export async function loadUris(realm: string, find: string): Promise<void> {
  try {
    const isKnown = retainedAt.realm === realm && retainedAt.find === find && Date.now() - retainedAt.at < RETAINED_MS;
    const query: UriQuery = { realm, limit: LIMIT, retained: !isKnown, ...(find === '' ? {} : { find }) };
    const found = await ask<RouterUris>('autostrada.inspect.uris', query);
    const { retained = [], retainedCount = 0 } = uris.value ?? {};
    uris.value = isKnown ? { ...found, retained, retainedCount } : found;
    if (!isKnown) retainedAt = { realm, find, at: Date.now() };
    urisFault.value = undefined;
  } catch (error) {
    urisFault.value = textOf(error);
  }
}

function nodeOf(uri: string, name: string, depth: number): UriNode {
  return {
    uri,
    name,
    depth,
    children: new Map(),
    topics: [],
    procedures: [],
    retained: undefined,
    topicCount: 0,
    procedureCount: 0,
    retainedCount: 0,
  };
}

export function treeOf({ topics, procedures, retained }: RouterUris): UriNode {
  const root = nodeOf('', '', -1);
  const at = (uri: string, count: (node: UriNode) => void): UriNode => {
    let node = root;
    count(root);
    let path = '';
    for (const name of uri.split('.')) {
      path = node === root ? name : `${path}.${name}`;
      const next = node.children.get(name) ?? nodeOf(path, name, node.depth + 1);
      node.children.set(name, next);
      node = next;
      count(node);
    }
    return node;
  };
  for (const each of topics) at(each.uri, (node) => node.topicCount++).topics.push(each);
  for (const each of procedures) at(each.uri, (node) => node.procedureCount++).procedures.push(each);
  for (const each of retained) at(each.uri, (node) => node.retainedCount++).retained = each;
  return root;
}

/** What is to be seen, in order. A chain of components that have nothing but each other is one row. */
export function rowsOf(root: UriNode, isOpen: (node: UriNode) => boolean): readonly UriNode[] {
  const rows: UriNode[] = [];
  const visit = (node: UriNode, depth: number): void => {
    let end = node;
    let name = node.name;
    while (isEmpty(end) && end.children.size === 1) {
      const [only] = end.children.values();
      if (!only) break;
      end = only;
      name = `${name}.${only.name}`;
    }
    rows.push({ ...end, name, depth });
    if (isOpen(end)) for (const child of sorted(end)) visit(child, depth + 1);
  };
  for (const child of sorted(root)) visit(child, 0);
  return rows;
}

const sorted = (node: UriNode): readonly UriNode[] => [...node.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

/** Nothing has this very URI. */
export function isEmpty({ topics, procedures, retained }: UriNode): boolean {
  return topics.length === 0 && procedures.length === 0 && !retained;
}
