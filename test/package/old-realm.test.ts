/*
 * The scripts in a realm with Internet Explorer 10's globals: no browser is needed, so this runs everywhere and always. That they are
 * ECMAScript 5 at all, the build itself checks. Real engines: test/engines/.
 */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { type Node, parse } from 'acorn';
import { beforeAll, expect, test } from 'vitest';
import { scripts } from '../../rollup.config.mjs';
import { methods, type Played, playInOldRealm } from '../engines/realm.ts';
import { distFile, openTheatre } from '../engines/theatre.ts';
import { requireBuild } from './pack.mjs';

let played: Played;

beforeAll(async () => {
  requireBuild();
  const theatre = await openTheatre();
  played = await playInOldRealm(theatre.options);
  await theatre.close();
});

test('everything that Internet Explorer 10 lacks is taken away', () => {
  // But for three constants, which nobody can delete and nobody uses.
  expect(played.left).toEqual(['Number.EPSILON', 'Number.MAX_SAFE_INTEGER', 'Number.MIN_SAFE_INTEGER']);
});

test('calls, events, binary, 64-bit ids, reconnecting and logins work in JSON, MessagePack and CBOR over a real WebSocket', () => {
  expect(played.outcomes.filter(([, error]) => error !== undefined)).toEqual([]);
  expect(played.outcomes.length).toBe(42);
});

test('globals are added only where the standard has them, and typed arrays are never replaced', () => {
  const standard = ['AbortController', 'AbortSignal', 'Map', 'Promise', 'Set', 'Symbol', 'WeakMap', 'globalThis'];
  expect([...played.added].sort()).toEqual([...standard, 'autobahn', 'autostrada'].sort());
});

/** What is called as `….name(`. */
function calledNames(code: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    const { type, callee } = node as Node & { callee?: { property?: { name?: string } } };
    if (type === 'CallExpression' && callee?.property?.name) names.add(callee.property.name);
    for (const child of Object.values(node)) {
      for (const one of Array.isArray(child) ? child : [child]) if (typeof one?.type === 'string') visit(one);
    }
  };
  visit(parse(code, { ecmaVersion: 5 }));
  return names;
}

/** Called only where they are there. */
const known: readonly string[] = ['getOwnPropertySymbols', 'setPrototypeOf', 'normalize'];

test.each(scripts)('$file calls no method that is newer than the platform and its polyfills', ({ file }) => {
  const called = calledNames(readFileSync(distFile(file.replace('dist/', '')), 'utf8'));
  const here = new Set(vm.runInNewContext(methods) as string[]);
  const missing = [...here].filter((name) => !played.methods.includes(name) && called.has(name));
  expect(missing.filter((name) => !known.includes(name))).toEqual([]);
});
