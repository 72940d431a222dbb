/*
 * No file depends on itself by way of others, not even for a type, and neither does a room (a folder) within a layer: whoever reads it can begin at the bottom.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const src = path.resolve(import.meta.dirname, '../../src');

type Graph = ReadonlyMap<string, readonly string[]>;

function graphOf(folder: string): Graph {
  const root = path.join(src, folder);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const names = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, name = '']) => name);
      const found = names.map((name) => path.relative(root, path.resolve(root, path.dirname(file), name)));
      return [file, found.filter((name) => files.includes(name))];
    }),
  );
}

/** The files of which each leads to all the others. */
function circles(graph: Graph): readonly string[] {
  const reached = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const open = [...(graph.get(from) ?? [])];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      open.push(...(graph.get(file) ?? []));
    }
    return seen;
  };
  return [...graph.keys()].filter((file) => reached(file).has(file));
}

test.each(['router', 'node', 'protocol', 'serializer', 'transport', 'auth', 'cli', 'testing', 'meta', 'client'])(
  'no circle of imports in src/%s, types included',
  (folder) => {
    const graph = graphOf(folder);
    expect(graph.size).toBeGreaterThan(1);
    expect(circles(graph)).toEqual([]);
  },
);

/** Of the folders in it: what is not in one is a room as well. */
function rooms(graph: Graph): Graph {
  const made = new Map<string, string[]>();
  for (const [file, found] of graph) {
    const room = path.dirname(file);
    const others = found.map((name) => path.dirname(name)).filter((name) => name !== room);
    made.set(room, [...(made.get(room) ?? []), ...others]);
  }
  return made;
}

test.each(['router', 'client', 'node', 'cli'])('no circle of rooms in src/%s, and no room is full', (folder) => {
  const graph = graphOf(folder);
  const all = rooms(graph);
  expect(all.size).toBeGreaterThan(1);
  expect(circles(all)).toEqual([]);
  for (const room of all.keys())
    expect([room, [...graph.keys()].filter((file) => path.dirname(file) === room).length <= 15]).toEqual([room, true]);
});

test('a circle of rooms is seen', () => {
  const graph = new Map([
    ['a/one.ts', ['b/one.ts']],
    ['b/one.ts', []],
    ['b/two.ts', ['a/two.ts']],
    ['a/two.ts', []],
  ]);
  expect(circles(graph)).toEqual([]);
  expect(circles(rooms(graph))).toEqual(['a', 'b']);
});

test('a circle is seen, however long', () => {
  const graph = new Map([
    ['a.ts', ['b.ts']],
    ['b.ts', ['c.ts']],
    ['c.ts', ['a.ts']],
    ['d.ts', ['a.ts']],
  ]);
  expect(circles(graph)).toEqual(['a.ts', 'b.ts', 'c.ts']);
});
