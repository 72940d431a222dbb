// One table of entries, rollup.config.mjs, and five places that repeat it.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { subPath, entries as table } from '../../rollup.config.mjs';
import { missingFrom } from './lock.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const entries = Object.entries(table);
const names = Object.keys(table);
const specifier = (name: string): string => (name === 'index' ? 'autostrada' : `autostrada/${subPath(name)}`);

test('package.json exports every entry as ESM and CJS with types, the schema of a configuration file, and nothing else', () => {
  const conditions = (name: string) => ({
    module: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
    // With `require`, too: TypeScript does not look further when a condition of conditions does not fit.
    node: {
      import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.mjs` },
      require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
    },
    import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
    require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
  });
  expect(pkg.exports).toEqual({
    ...Object.fromEntries(names.map((name) => [name === 'index' ? '.' : `./${subPath(name)}`, conditions(name)])),
    './router.schema.json': './dist/router.schema.json',
    './package.json': './package.json',
  });
});

test('package.json publishes a stub folder for every sub-path', () => {
  const folders = new Set(names.filter((name) => name !== 'index').map((name) => name.split('/')[0]));
  expect(pkg.files.filter((file) => !/[!/]/.test(file))).toEqual(['dist', ...folders]);
});

test('tsconfig.json resolves every entry to its source', () => {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => readFileSync(file, 'utf8'));
  expect(config.compilerOptions.paths).toEqual(Object.fromEntries(entries.map(([name, file]) => [specifier(name), [`./${file}`]])));
});

test('typedoc documents every entry', () => {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => readFileSync(file, 'utf8'));
  expect(config.typedocOptions.entryPoints).toEqual(Object.values(table));
});

test('every file that package.json names was built', () => {
  if (!existsSync(path.join(root, 'dist/index.js'))) throw new Error('dist/ is missing: run `npm run build` first');
  const files = [pkg.main, pkg.module, pkg.types, pkg.unpkg, pkg.jsdelivr, pkg.bin.autostrada];
  const exported = JSON.stringify(pkg.exports).match(/\.\/dist\/[^"]+/g) ?? [];
  expect([...files, ...exported].filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});

test('the command line program starts with a hashbang', () => {
  expect(readFileSync(path.join(root, pkg.bin.autostrada), 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
});

test.each(['package-lock.json', 'test/consumers/tools/package-lock.json', 'test/consumers/typescripts/package-lock.json'])(
  '%s has the packages for every system, so that npm ci accepts it',
  (file) => {
    const lock = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
    expect(missingFrom(lock.packages), `run \`node test/package/lock.mjs ${file}\``).toEqual([]);
    expect(JSON.stringify(lock)).not.toContain('"resolved":"http');
  },
);
