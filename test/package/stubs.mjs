/*
 * Folders such as router/package.json, for what does not read `exports`: TypeScript's `node10` resolution, Jest before 28, webpack 4.
 * npm writes them before packing and removes them after it (`prepack`, `postpack`); the working tree never keeps them.
 *
 * Usage: node test/package/stubs.mjs write|remove
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const pkg = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const names = Object.keys(pkg.exports)
  .filter((path) => path !== '.' && path !== './package.json')
  .map((path) => path.slice(2));

if (process.argv[2] === 'write' && !existsSync(new URL('dist/index.js', root))) {
  console.error('dist/ is missing: run `npm run build` first');
  process.exit(1);
}
for (const name of names) {
  const folder = new URL(`${name}/`, root);
  rmSync(folder, { recursive: true, force: true });
  if (process.argv[2] !== 'write') continue;
  const up = '../'.repeat(name.split('/').length);
  const file = `${up}dist/${name.replace(/\.js$/, '')}`; // a folder may be called `rawsocket.js`
  const stub = {
    main: `${file}.cjs`,
    module: `${file}.js`,
    types: `${file}.d.ts`,
    sideEffects: false,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('package.json', folder), `${JSON.stringify(stub, null, 2)}\n`);
}
