/* A bundle may have the ES modules of this package and the CommonJS modules: two copies. Their errors are instances of each other's classes. In Node.js there is one. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { entries, subPath } from '../../rollup.config.mjs';
import type * as Autobahn from '../../src/autobahn/index.ts';
import type * as Autostrada from '../../src/index.ts';
import { Router } from '../../src/router/index.ts';
import { requireBuild } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');
const names = Object.keys(entries).map((name) => (name === 'index' ? 'autostrada' : `autostrada/${subPath(name)}`));
let esm: typeof Autostrada;
let cjs: typeof Autostrada;
let legacyEsm: typeof Autobahn;
let legacyCjs: typeof Autobahn;
beforeAll(async () => {
  requireBuild();
  esm = await import(pathToFileURL(path.join(dist, 'index.js')).href);
  const require = createRequire(import.meta.url);
  cjs = require(path.join(dist, 'index.cjs'));
  legacyEsm = await import(pathToFileURL(path.join(dist, 'autobahn.js')).href);
  legacyCjs = require(path.join(dist, 'autobahn.cjs'));
});

test('[J2] in Node.js, import and require of the package give one copy; bundlers take the ES modules', () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { createRequire } from 'node:module';
       const require = createRequire(process.cwd() + '/');
       const differ = [];
       for (const name of ${JSON.stringify(names)}) {
         const [one, other] = [await import(name), require(name)];
         const keys = Object.keys(one);
         if (keys.join() !== Object.keys(other).sort().join() || keys.some((key) => one[key] !== other[key])) differ.push(name);
       }
       process.stdout.write(JSON.stringify(differ));`,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([]);
});

const make: { readonly [kind: string]: (copy: typeof Autostrada) => Error } = {
  ProtocolError: ({ ProtocolError }) => new ProtocolError('x'),
  ApplicationError: ({ ApplicationError }) => new ApplicationError('a.b'),
  JoinError: ({ JoinError }) => new JoinError('a.b', 'x'),
  ConnectionLostError: ({ ConnectionLostError }) => new ConnectionLostError('a.b', 'x'),
  SerializationError: ({ SerializationError }) => new SerializationError('x'),
  TransportError: ({ TransportError }) => new TransportError('x'),
  TimeoutError: ({ TimeoutError }) => new TimeoutError('x'),
  FatalError: ({ FatalError }) => new FatalError('x'),
};
const classOf = (copy: typeof Autostrada, kind: string) => copy[kind as 'FatalError'];

describe.each(Object.keys(make))('the error %s', (kind) => {
  test('[H8] of one copy is an instance of its class, and of WampError, in the other, and of no other class', () => {
    for (const [one, other] of [
      [esm, cjs],
      [cjs, esm],
      [esm, esm],
    ] as const) {
      const error = make[kind]?.(one);
      expect(error).toBeInstanceOf(Error);
      expect(error instanceof other.WampError).toBe(true);
      for (const each of Object.keys(make)) expect(error instanceof classOf(other, each)).toBe(each === kind);
    }
  });
});

test('[H8] a class that extends one of our classes has only its own instances', () => {
  class Shop extends esm.ApplicationError {}
  class Named extends esm.ApplicationError {
    constructor() {
      super('a.b');
      this.name = 'Named';
    }
  }
  const [shop, named] = [new Shop('a.b'), new Named()];
  expect([shop instanceof Shop, shop instanceof esm.ApplicationError, shop instanceof cjs.ApplicationError]).toEqual([
    true,
    true,
    true,
  ]);
  expect([named instanceof Named, named instanceof esm.ApplicationError, named instanceof Shop]).toEqual([true, true, false]);
  expect(new esm.ApplicationError('a.b') instanceof Shop).toBe(false);
});

test.each([
  ['an error of the platform', new Error('x')],
  ['a timeout of the platform', new DOMException('x', 'TimeoutError')],
  ['an error of a database with an attribute uri', Object.assign(new Error('x'), { uri: 'mongodb://', name: 'ApplicationError' })],
  ['what only looks like one', { uri: 'a.b', name: 'ApplicationError', message: 'x' }],
  ['nothing', undefined],
])('[H8] %s is not an instance', (_what, value) => {
  for (const kind of Object.keys(make)) expect((value as unknown) instanceof classOf(esm, kind)).toBe(false);
  expect((value as unknown) instanceof esm.WampError).toBe(false);
});

test('[H11] an autobahn.Error and an autobahn.Result of one copy are instances of the classes in the other', () => {
  for (const [one, other] of [
    [legacyEsm, legacyCjs],
    [legacyCjs, legacyEsm],
  ] as const) {
    expect(one.Error === other.Error).toBe(false);
    expect(new one.Error('a.b') instanceof other.Error).toBe(true);
    expect(new one.Result() instanceof other.Result).toBe(true);
    expect(new one.Error('a.b') instanceof other.Result).toBe(false);
    expect(({ error: 'a.b', args: [], kwargs: {} } as unknown) instanceof other.Error).toBe(false);
  }
});

test('[H11] endpoints may throw and return those of any copy, of either API', async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  const native = new esm.Connection({ url: router, realm: 'realm1' });
  for (const [i, thrown] of [
    new legacyEsm.Error('a.b', [1], { k: 2 }),
    new legacyCjs.Error('a.b', [1], { k: 2 }),
    new cjs.ApplicationError('a.b', [1], { k: 2 }),
  ].entries()) {
    await native.register(`e.${i}`, () => {
      throw thrown;
    }).ready;
    expect(await native.call(`e.${i}`).catch((error: unknown) => error)).toMatchObject({ uri: 'a.b', args: [1], kwargs: { k: 2 } });
  }
  for (const [i, result] of [
    new legacyEsm.Result([1], { k: 2 }),
    new legacyCjs.Result([1], { k: 2 }),
    new cjs.Result([1], { k: 2 }),
  ].entries()) {
    await native.register(`r.${i}`, () => result).ready;
    expect(await native.call(`r.${i}`)).toMatchObject({ args: [1], kwargs: { k: 2 } });
  }
  await native.close();
  await router.close();
});
