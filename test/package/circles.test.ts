/*
 * No file depends on itself by way of others, not even for a type, and neither does a room (a folder) within a layer: whoever reads it can begin at the bottom.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const src = path.resolve(import.meta.dirname, '../../src');

const MOST_FILES = 15;

type Graph = ReadonlyMap<string, readonly string[]>;

function readGraph(): Graph {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join(src, file), 'utf8');
      const names = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, name = '']) => name);
      const found = names.map((name) => path.relative(src, path.resolve(src, path.dirname(file), name)));
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

/** The folder of a file. Each entry, such as `index.ts`, is a room of its own. */
const roomOf = (file: string): string => (path.dirname(file) === '.' ? file : path.dirname(file));

function rooms(graph: Graph): Graph {
  const made = new Map<string, string[]>();
  for (const [file, found] of graph) {
    const room = roomOf(file);
    const others = found.map(roomOf).filter((name) => name !== room);
    made.set(room, [...(made.get(room) ?? []), ...others]);
  }
  return made;
}

const graph = readGraph();

test('no file of src depends on itself, types included', () => {
  expect(graph.size).toBeGreaterThan(300);
  expect(circles(graph)).toEqual([]);
});

test('no room of src depends on itself, types included', () => {
  expect(circles(rooms(graph))).toEqual([]);
});

test('no room of src has too many files', () => {
  const count = (room: string): number => [...graph.keys()].filter((file) => roomOf(file) === room).length;
  const full = [...rooms(graph).keys()].filter((room) => count(room) > MOST_FILES);
  expect(full).toEqual([]);
});

test('a circle of rooms is found', () => {
  const made = new Map([
    ['a/one.ts', ['b/one.ts']],
    ['b/one.ts', []],
    ['b/two.ts', ['a/two.ts']],
    ['a/two.ts', []],
  ]);
  expect(circles(made)).toEqual([]);
  expect(circles(rooms(made))).toEqual(['a', 'b']);
});

test('a circle is found, however long it is', () => {
  const made = new Map([
    ['a.ts', ['b.ts']],
    ['b.ts', ['c.ts']],
    ['c.ts', ['a.ts']],
    ['d.ts', ['a.ts']],
  ]);
  expect(circles(made)).toEqual(['a.ts', 'b.ts', 'c.ts']);
});
