// The bundle for script tags, in a realm that has little more than ECMAScript: no modules, no Node.js, no WebSocket yet.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { argon2id } from 'autostrada/argon2';
import { beforeAll, describe, expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { moduleBundle, scripts } from '../../rollup.config.mjs';
import { requireBuild } from './pack.mjs';

const file = path.resolve(import.meta.dirname, '../..', pkg.unpkg);
let code: string;
beforeAll(() => {
  requireBuild();
  code = readFileSync(file, 'utf8');
});

test('the script defines one global, autostrada, with what the entries export', async () => {
  const hostHas = { queueMicrotask, setTimeout, clearTimeout };
  const realm = vm.createContext({ ...hostHas });
  vm.runInContext(code, realm);
  expect(Object.keys(realm)).toEqual([...Object.keys(hostHas), 'autostrada']);
  const names = Object.keys(await import('../../src/script.ts'));
  expect(vm.runInContext('Object.keys(autostrada)', realm).sort()).toEqual(names.sort());
});

test('autobahn.min.js is an AMD module and a CommonJS module, too, and then defines no global', () => {
  const hostHas = { queueMicrotask, setTimeout, clearTimeout };
  const code = built('autobahn.min.js');
  const asScript = vm.createContext({ ...hostHas });
  vm.runInContext(code, asScript);
  const names = Object.keys(asScript.autobahn).sort();
  expect(names).not.toEqual([]);

  const module = { exports: {} };
  const common = vm.createContext({ ...hostHas, module, exports: module.exports });
  vm.runInContext(code, common);
  expect(Object.keys(module.exports).sort()).toEqual(names);
  expect('autobahn' in common).toBe(false);

  const defined = {};
  const define = Object.assign((needs: string[], make: (exports: object) => void) => make(needs[0] === 'exports' ? defined : {}), {
    amd: {},
  });
  vm.runInContext(code, vm.createContext({ ...hostHas, define }));
  expect(Object.keys(defined).sort()).toEqual(names);
});

const bundles: readonly (readonly [file: string, budget: number])[] = [
  ['autostrada.min.js', 64.6],
  ['autobahn.min.js', 66.1],
  ['argon2.min.js', 9],
  ['autostrada.module.min.js', 36.6],
];
const built = (name: string) => readFileSync(path.join(path.dirname(file), name), 'utf8');

test('every script has its row in this test', () => {
  expect(bundles.map(([name]) => `dist/${name}`).sort()).toEqual([...scripts.map((script) => script.file), moduleBundle].sort());
});

describe.each(bundles)('the script %s', (name, budget) => {
  test('makes no code from strings, which a Content-Security-Policy forbids', () => {
    expect(built(name)).not.toMatch(/\beval\s*\(|\bnew Function\b|\bFunction\s*\(/);
  });

  test('is ASCII, so that a page in any encoding can load it', () => {
    expect(built(name)).not.toMatch(/[^\t\n\r -~]/);
  });

  test('has a source map with the sources, which is not published, and the licences of other code in it', () => {
    expect(built(name)).not.toContain('sourceMappingURL');
    const { sources, sourcesContent } = JSON.parse(built(`${name}.map`));
    expect(sources.some((source: string) => source.includes('src/'))).toBe(true);
    expect(sourcesContent.length).toBe(sources.length);
    expect(built(`${name}.LICENSE.txt`)).toMatch(/^\S+ \d+\.\d+\.\d+ \(\S+\)\n\n\S/);
  });

  test('stays within its budget', () => {
    const kilobytes = Math.round(gzipSync(built(name), { level: 9 }).length / 102.4) / 10;
    console.log(`size: ${name}: ${kilobytes} KB minified and gzipped, budget ${budget} KB`);
    expect(kilobytes).toBeLessThanOrEqual(budget);
  });
});

test('autostrada.module.min.js imports nothing, and exports what the main entry exports', async () => {
  expect(built('autostrada.module.min.js')).not.toMatch(/\bimport\b|\brequire\(/);
  const [bundle, entry]: object[] = await Promise.all([
    import(path.join(path.dirname(file), 'autostrada.module.min.js')),
    import('../../src/index.ts'),
  ]);
  expect(Object.keys(bundle ?? {}).sort()).toEqual(Object.keys(entry ?? {}).sort());
});

test('errors of the script work in ECMAScript 5: they keep their class, their name and their cause', () => {
  const realm = vm.createContext({ queueMicrotask, setTimeout, clearTimeout });
  vm.runInContext(code, realm);
  const seen = vm.runInContext(
    `(function () {
      var error = new autostrada.TimeoutError('late', { cause: 'why' });
      return JSON.stringify([error instanceof Error, error instanceof autostrada.WampError, error instanceof autostrada.TimeoutError,
        error instanceof autostrada.ProtocolError, Object.prototype.toString.call(error), String(error), error.cause, Object.keys(error)]);
    })()`,
    realm,
  );
  expect(JSON.parse(seen)).toEqual([true, true, true, false, '[object Error]', 'TimeoutError: late', 'why', ['uri']]);
});

test('an AbortController without a reason gets one', () => {
  const realm = vm.createContext({ queueMicrotask, setTimeout, clearTimeout, AbortController, AbortSignal });
  const seen = vm.runInContext(
    `AbortSignal = function () { this.aborted = false; };
    AbortController = function () { this.signal = new AbortSignal(); };
    AbortController.prototype.abort = function () { this.signal.aborted = true; };
    ${code}
    var mine = new AbortController();
    mine.abort('mine');
    mine.abort('later');
    var none = new AbortController();
    none.abort();
    [mine.signal.aborted, mine.signal.reason, none.signal.reason.name].join();`,
    realm,
  );
  expect(seen).toBe('true,mine,AbortError');
});

test('argon2.min.js adds Argon2id when it is loaded after the script', async () => {
  const argon2 = readFileSync(path.join(path.dirname(file), 'argon2.min.js'), 'utf8');
  const realm = vm.createContext({ queueMicrotask, setTimeout, clearTimeout });
  vm.runInContext(code, realm);
  const names = vm.runInContext('Object.keys(autostrada)', realm) as string[];
  vm.runInContext(argon2, realm);
  expect(vm.runInContext('Object.keys(autostrada)', realm)).toEqual([...names, 'argon2id']);
  const key = await vm.runInContext(
    'autostrada.argon2id({ password: Uint8Array.of(1), salt: new Uint8Array(16), iterations: 1, memoryKiB: 8, length: 32 })',
    realm,
  );
  expect(Buffer.from(key)).toEqual(
    Buffer.from(await argon2id({ password: Uint8Array.of(1), salt: new Uint8Array(16), iterations: 1, memoryKiB: 8, length: 32 })),
  );
});

test('autobahn.min.js contains nothing that only Node.js can do', () => {
  expect(built('autobahn.min.js')).not.toMatch(/NEGOCIATED|Handshake packet|node:/);
});

test('autobahn.min.js defines one global, autobahn, with the names of Autobahn|JS', async () => {
  const autobahn = readFileSync(path.join(path.dirname(file), 'autobahn.min.js'), 'utf8');
  const hostHas = { queueMicrotask, setTimeout, clearTimeout };
  const realm = vm.createContext({ ...hostHas });
  vm.runInContext(autobahn, realm);
  expect(Object.keys(realm)).toEqual([...Object.keys(hostHas), 'autobahn']);
  expect((vm.runInContext('Object.keys(autobahn)', realm) as string[]).sort()).toEqual(
    Object.keys(await import('../../src/autobahn/names.ts')).sort(),
  );
});

test('[H10] the module calls nothing that browsers of 2020 do not have', () => {
  const later = /\.(hasOwn|replaceAll|findLast|toSorted|withResolvers)\(|structuredClone|\?\?=|\|\|=|&&=/g;
  expect(built('autostrada.module.min.js').match(later) ?? []).toEqual([]);
});
