/*
 * Builds dist/: one file per module as ESM and CJS (an unused part is never bundled), rolled types, and the script bundle.
 * Types are checked by tsc (`npm run check`), not here.
 */
import { readFileSync } from 'node:fs';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import dts from 'rollup-plugin-dts';
import { minify } from 'terser';
import ts from 'typescript';

/** The package's entries: `autostrada` is `index`, `autostrada/router` is `router`. Tests compare exports, stubs and paths with this table. */
export const entries = {
  index: 'src/index.ts',
  router: 'src/router/index.ts',
  node: 'src/node/index.ts',
  msgpack: 'src/serializer/msgpack.ts',
  cbor: 'src/serializer/cbor.ts',
  longpoll: 'src/transport/longpoll.ts',
  meta: 'src/meta/index.ts',
  testing: 'src/testing/index.ts',
  wampcra: 'src/wampcra.ts',
  scram: 'src/scram.ts',
  argon2: 'src/argon2.ts',
  cryptosign: 'src/cryptosign.ts',
  autobahn: 'src/autobahn/index.ts',
};
/** `bin`: ESM only, no types. */
const cli = { cli: 'src/cli/main.ts' };
/** In bundles for browsers each stands for the file without `-browser` (`browser` in package.json). No entries, and imported by none. */
const instead = {
  'transport/ws-browser': 'src/transport/ws-browser.ts',
  'autobahn/rawsocket-browser': 'src/autobahn/rawsocket-browser.ts',
};

const pkg = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const external = new RegExp(`^(node:|(${Object.keys(pkg.dependencies).join('|')})(/|$))`);

/** `Code.CALL` is written as its number, as a `const enum` would be: smaller, and `switch` becomes a jump. */
const codes = Object.fromEntries(
  [...readFileSync(new URL('src/protocol/messages.ts', import.meta.url), 'utf8').matchAll(/^ {2}([A-Z_]+): (\d+),$/gm)].map(
    ([, name, code]) => [name, code],
  ),
);
const inlineCodes = (context) => (file) => {
  const visit = (node) => {
    const isCode = ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'Code';
    if (!isCode) return ts.visitEachChild(node, visit, context);
    const code = context.factory.createNumericLiteral(codes[node.name.text]);
    return ts.addSyntheticTrailingComment(code, ts.SyntaxKind.MultiLineCommentTrivia, ` ${node.name.text} `);
  };
  return ts.visitNode(file, visit);
};

/** TypeScript to JavaScript, file by file. Helpers come from tslib: a pass over the whole chunk would leave them as globals. */
const transpile = (target, include) => ({
  name: 'transpile',
  transform(code, id) {
    if (!include.test(id)) return null;
    const out = ts.transpileModule(code, {
      fileName: id,
      reportDiagnostics: true,
      transformers: { before: [inlineCodes] },
      compilerOptions: {
        target,
        useDefineForClassFields: false, // a bare declaration of a field would be code
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        importHelpers: target < ts.ScriptTarget.ES2022,
        allowJs: true,
        sourceMap: true,
      },
    });
    if (out.diagnostics?.length) this.error(`${id}: ${ts.flattenDiagnosticMessageText(out.diagnostics[0].messageText, '\n')}`);
    return { code: out.outputText, map: out.sourceMapText };
  },
});

/** What `browser` in package.json does for users' bundles. */
const forBrowsers = {
  name: 'for-browsers',
  load: (id) =>
    Object.values(instead).some((file) => id.endsWith(file.replace('-browser', '')))
      ? readFileSync(id.replace(/\.ts$/, '-browser.ts'), 'utf8')
      : null,
};

const min = {
  name: 'min',
  async renderChunk(code) {
    const out = await minify(code, {
      ecma: 2018,
      compress: { passes: 2 },
      format: { ascii_only: true, comments: /^!/ },
      sourceMap: true,
    });
    return { code: out.code, map: out.map };
  },
};

/** rollup only warns of these and writes a bundle that cannot work. */
const fatal = ['UNRESOLVED_IMPORT', 'MISSING_EXPORT', 'MISSING_GLOBAL_NAME', 'THIS_IS_UNDEFINED', 'CIRCULAR_DEPENDENCY', 'EVAL'];
const onwarn = (warning, next) => {
  if (fatal.includes(warning.code)) throw new Error(`${warning.code}: ${warning.message}`);
  next(warning);
};

const modules = { dir: 'dist', preserveModules: true, preserveModulesRoot: 'src', sourcemap: true, sourcemapExcludeSources: false };
const strip = transpile(ts.ScriptTarget.ES2022, /\.ts$/);
const types = (extension) => ({
  dir: 'dist',
  format: 'es',
  entryFileNames: `[name].d.${extension}`,
  chunkFileNames: `types/[name].d.${extension}`,
  // What entries share keeps its names, so that the API report says what changed and nothing else.
  minifyInternalExports: false,
  // rollup-plugin-dts drops it from the sources; without it `AsyncDisposable` is unknown to a user with an older `lib`.
  banner: '/// <reference lib="esnext.disposable" />',
});

export default [
  {
    input: { ...entries, ...cli, ...instead },
    external,
    onwarn,
    plugins: [strip],
    output: { ...modules, format: 'es', entryFileNames: '[name].js' },
  },
  {
    input: { ...entries, ...instead },
    external,
    onwarn,
    plugins: [strip],
    // 'auto': bundlers read `isomorphic-ws` for browsers as ESM with a default export, Node.js as CJS.
    output: { ...modules, format: 'cjs', interop: 'auto', exports: 'named', entryFileNames: '[name].cjs' },
  },
  // All entries together, so that a class that two of them show is one class.
  { input: entries, external, onwarn, plugins: [dts()], output: [types('ts'), types('cts')] },
  script('src/script.ts', 'dist/autostrada.min.js'),
  // A drop-in for the one of Autobahn|JS.
  script('src/autobahn/names.ts', 'dist/autobahn.min.js', { name: 'autobahn' }),
  // Loaded after the other, and adds to its global.
  script('src/argon2.ts', 'dist/argon2.min.js', { extend: true }),
];

function script(input, file, more) {
  return {
    input,
    onwarn,
    plugins: [forBrowsers, transpile(ts.ScriptTarget.ES2018, /\.ts$/), nodeResolve({ browser: true }), commonjs()],
    output: {
      file,
      format: 'iife',
      inlineDynamicImports: true,
      name: 'autostrada',
      exports: 'named',
      esModule: false,
      externalLiveBindings: false,
      sourcemap: true,
      plugins: [min],
      ...more,
    },
  };
}
