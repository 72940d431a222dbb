/*
 * The scripts in a realm with Internet Explorer 10's globals: no browser is needed, so this runs everywhere and always. That they are
 * ECMAScript 5 at all, the build itself checks. Real engines: test/engines/.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { type Node, parse } from 'acorn';
import { beforeAll, describe, expect, test } from 'vitest';
import { scripts } from '../../rollup.config.mjs';
import { methods, type Played, playInOldRealm } from '../engines/realm.ts';
import { distFile, ladders, openTheatre, standardGlobals } from '../engines/theatre.ts';
import { requireBuild } from './pack.mjs';

const played = new Map<string, Played>();

beforeAll(async () => {
  requireBuild();
  for (const ladder of ladders) {
    const theatre = await openTheatre();
    played.set(ladder.name, await playInOldRealm(ladder, theatre.options));
    await theatre.close();
  }
});

describe.each(ladders)('$name', ({ name, steps, globals }) => {
  test('has nothing that Internet Explorer 10 lacks', () => {
    // But for three constants, which nobody can delete and nobody uses.
    expect(played.get(name)?.left).toEqual(['Number.EPSILON', 'Number.MAX_SAFE_INTEGER', 'Number.MIN_SAFE_INTEGER']);
  });

  test('can call, publish, send bytes and 64-bit ids, reconnect and log in, in JSON, MessagePack and CBOR over a real WebSocket', () => {
    expect(played.get(name)?.outcomes.filter(([, error]) => error !== undefined)).toEqual([]);
    expect(played.get(name)?.outcomes.length).toBe(steps);
  });

  test('gets new globals only if the standard has them, and never other typed arrays', () => {
    expect([...(played.get(name)?.added ?? [])].sort()).toEqual([...standardGlobals, ...globals].sort());
  });
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

test.each(scripts)('$file calls no method that is newer than the platform and its polyfills', ({ file, after }) => {
  const called = calledNames(readFileSync(distFile(path.basename(file)), 'utf8'));
  const polyfilled = played.get(path.basename(after ?? file))?.methods;
  const here = new Set(vm.runInNewContext(methods) as string[]);
  const missing = [...here].filter((name) => !polyfilled?.includes(name) && called.has(name));
  expect(missing.filter((name) => !known.includes(name))).toEqual([]);
});
