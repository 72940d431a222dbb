/* No file of the router depends on itself by way of others, not even for a type: whoever reads it can begin at the bottom. */
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

test.each(['router', 'node', 'protocol', 'serializer', 'transport', 'auth', 'cli', 'testing', 'meta'])(
  'no circle of imports in src/%s, types included',
  (folder) => {
    const graph = graphOf(folder);
    expect(graph.size).toBeGreaterThan(1);
    expect(circles(graph)).toEqual([]);
  },
);

test('a circle is seen, however long', () => {
  const graph = new Map([
    ['a.ts', ['b.ts']],
    ['b.ts', ['c.ts']],
    ['c.ts', ['a.ts']],
    ['d.ts', ['a.ts']],
  ]);
  expect(circles(graph)).toEqual(['a.ts', 'b.ts', 'c.ts']);
});
