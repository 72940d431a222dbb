/*
 * Bundles code for a page, as a user's bundler would: browser conditions, minified, compressed. `rollup` stands for rollup with terser,
 * `esbuild` for esbuild alone. `autostrada` and its entries come from dist/. Only what the page loads at once counts: what it loads on
 * demand, by `import()`, is in chunks of its own.
 */
import { builtinModules } from 'node:module';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import { minify } from 'terser';

const root = path.resolve(import.meta.dirname, '../..');
const own = /^autostrada(\/|$)/;
const distFile = (specifier) => path.join(root, `dist/${specifier.slice('autostrada/'.length) || 'index'}.js`);
const builtins = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);

/** All chunks that `entry` needs at once. `importsOf` gives the static imports of a chunk. */
function loadedWith(entry, importsOf) {
  const loaded = [entry];
  for (const chunk of loaded) for (const next of importsOf(chunk)) if (!loaded.includes(next)) loaded.push(next);
  return loaded;
}

async function byRollup(code, folder, isStubbed) {
  const page = path.join(folder, 'page.js');
  const build = await rollup({
    input: page,
    plugins: [
      {
        name: 'page',
        resolveId(id) {
          if (id === page) return id;
          if (own.test(id)) return distFile(id);
          return isStubbed && builtins.test(id) ? '\0empty.js' : null;
        },
        load: (id) => (id === page ? code : id === '\0empty.js' ? 'export default {};' : null),
        transform: (text, id) => (id.endsWith('.json') ? `export default ${text}` : null),
      },
      nodeResolve({ browser: true }),
      commonjs({ ignore: isStubbed ? (id) => builtins.test(id) : [] }),
    ],
    onwarn(warning) {
      if (!isStubbed) throw new Error(warning.message);
    },
  });
  const { output } = await build.generate({ format: 'es' });
  const chunks = Object.fromEntries(output.filter(({ type }) => type === 'chunk').map((each) => [each.fileName, each]));
  const loaded = loadedWith(output[0].fileName, (name) => (chunks[name]?.imports ?? []).filter((each) => each in chunks));
  const files = loaded.map((name) => chunks[name]);
  const codes = await Promise.all(files.map((each) => minify(each.code, { module: true, compress: { passes: 2 } })));
  const modules = files.flatMap((each) => Object.entries(each.modules).filter(([, { renderedLength }]) => renderedLength > 0));
  return { codes: codes.map((each) => each.code), modules: modules.map(([id]) => id) };
}

async function byEsbuild(code, folder, isStubbed) {
  const { outputFiles, metafile, warnings } = await esbuild.build({
    stdin: { contents: code, resolveDir: folder, sourcefile: 'page.js' },
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    splitting: true,
    outdir: folder,
    write: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [
      {
        name: 'page',
        setup(build) {
          build.onResolve({ filter: own }, ({ path: id }) => ({ path: distFile(id) }));
          if (!isStubbed) return;
          build.onResolve({ filter: builtins }, ({ path: id }) => ({ path: id, namespace: 'empty' }));
          build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
        },
      },
    ],
  });
  // A bare import of a module without side effects is what rollup leaves of an import whose names are not used; it is dropped.
  const [warning] = warnings.filter(({ id }) => id !== 'ignored-bare-import');
  if (warning && !isStubbed) throw new Error(warning.text);
  const entry = Object.keys(metafile.outputs).find((name) => metafile.outputs[name]?.entryPoint) ?? '';
  const loaded = loadedWith(entry, (name) =>
    metafile.outputs[name].imports
      .filter(({ kind, external }) => kind === 'import-statement' && !external)
      .map((each) => each.path),
  );
  const text = (name) => outputFiles.find((each) => path.relative(folder, each.path) === path.normalize(name))?.text ?? '';
  const modules = loaded.flatMap((name) =>
    Object.entries(metafile.outputs[name].inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  return { codes: loaded.map(text), modules: modules.map(([id]) => path.resolve(folder, id)) };
}

const kilobytes = (bytes) => Math.round(bytes / 102.4) / 10;

/**
 * Sizes of a text, in bytes: as it is, by `gzip -9`, by brotli; and `kilobytes`, which is `gzip` in units of 1024, to a tenth.
 *
 * @param {string} text
 */
export function sizesOf(text) {
  const gzip = gzipSync(text, { level: 9 }).length;
  return { minified: Buffer.byteLength(text), gzip, brotli: brotliCompressSync(text).length, kilobytes: kilobytes(gzip) };
}

/**
 * What a page loads that has `code` in it.
 *
 * @param {string} code - A module. Packages other than ours are looked for from `folder` upwards.
 * @param {'rollup' | 'esbuild'} [by]
 * @param {{ folder?: string, isStubbed?: boolean }} [options] - `isStubbed`: modules of Node.js are empty, and warnings do not matter.
 * @returns {Promise<{ minified: number, gzip: number, brotli: number, kilobytes: number, modules: readonly string[] }>}
 *   `modules`: paths of those that something is left of, relative to the package.
 */
export async function bundle(code, by = 'rollup', { folder = root, isStubbed = false } = {}) {
  const { codes, modules } = await (by === 'rollup' ? byRollup : byEsbuild)(code, folder, isStubbed);
  return { ...sizesOf(codes.join('\n')), modules: modules.map((id) => path.relative(root, id).replaceAll('\\', '/')) };
}
