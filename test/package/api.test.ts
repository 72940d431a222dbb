/*
 * The API report: what users can import, and its rolled types. A change here is a change of the public API: read it, put it into
 * docs/changelog.md, then accept it with `npx vitest run --project package api -u`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { entries } from '../../rollup.config.mjs';
import { requireBuild } from './pack.mjs';

const require = createRequire(import.meta.url); // as Node.js does it: vitest's own `import` of CommonJS forbids what follows a default export
const root = path.resolve(import.meta.dirname, '../..');
const report = path.join(import.meta.dirname, 'api');
beforeAll(requireBuild);

test('each entry exports the same names as ESM and as CJS', async () => {
  const lines: string[] = [];
  for (const name of Object.keys(entries)) {
    const esm: object = await import(path.join(root, `dist/${name}.js`));
    const cjs: object = require(path.join(root, `dist/${name}.cjs`));
    // The default of `autostrada/autobahn` is all its names as one.
    const exported = Object.keys(esm)
      .filter((key) => key !== 'default')
      .sort();
    expect(
      Object.keys(cjs)
        .filter((key) => key !== 'default' && key !== 'module.exports')
        .sort(),
    ).toEqual(exported.filter((key) => key !== 'default')); // Node.js makes one of each CommonJS module
    lines.push(`${name}: ${exported.join(', ')}`);
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(path.join(report, 'names.txt'));
});

test('the rolled types are as they were', async () => {
  // They are written for CommonJS, and those of the ES modules hand them on; the report has them as editors show them.
  const files = readdirSync(path.join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.cts'))
    .map((file) => file.replace('.d.cts', '.d.ts'));
  for (const file of files) {
    const written = readFileSync(path.join(root, 'dist', file.replace('.d.ts', '.d.cts')), 'utf8');
    const types = written.replace(/^((?:import|export) .*'\.[^']*)\.cjs';$/gm, "$1.js';");
    await expect(types, file).toMatchFileSnapshot(path.join(report, file));
  }
  // Written when the test file ends, so a new one need not be there yet.
  const reported = existsSync(report) ? readdirSync(report, { recursive: true, encoding: 'utf8' }) : [];
  expect(
    reported.filter((file) => file.endsWith('.d.ts') && !files.includes(file)),
    'no longer built: delete them from test/package/api',
  ).toEqual([]);
});
