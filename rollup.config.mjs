/*
 * Builds dist/: one file per module as ESM and CJS (an unused part is never bundled), rolled types, the scripts for `<script>`, which are
 * ECMAScript 5 down to the last character, and one module for `<script type="module">`. Types are checked by tsc (`npm run check`), not here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { parse } from 'acorn';
import dts from 'rollup-plugin-dts';
import { minify } from 'terser';
import ts from 'typescript';
import { compacted, handedOn, shortened } from './test/package/published.mjs';

/**
 * The package's entries: `autostrada` is `index`, `autostrada/router` is `router`; one in a folder is a deep import of Autobahn|JS, so its sub-path ends in
 * `.js` (`subPath`). Tests compare exports, stubs and paths with this table.
 */
export const entries = {
  index: 'src/index.ts',
  core: 'src/core.ts',
  router: 'src/router/index.ts',
  node: 'src/node/index.ts',
  nats: 'src/nats/index.ts',
  msgpack: 'src/serializer/msgpack.ts',
  msgpackr: 'src/serializer/msgpackr.ts',
  cbor: 'src/serializer/cbor.ts',
  longpoll: 'src/transport/longpoll.ts',
  meta: 'src/meta/index.ts',
  contract: 'src/contract/index.ts',
  debug: 'src/debug/index.ts',
  telemetry: 'src/telemetry/index.ts',
  testing: 'src/testing/index.ts',
  wampcra: 'src/wampcra.ts',
  scram: 'src/scram.ts',
  argon2: 'src/argon2.ts',
  cryptosign: 'src/cryptosign.ts',
  autobahn: 'src/autobahn/index.ts',
  'autobahn/lib/transport/rawsocket': 'src/autobahn/deep-rawsocket.ts',
};
const isDeep = (name) => name.includes('/');
export const subPath = (name) => (isDeep(name) ? `${name}.js` : name);
const entriesThat = (test) => Object.fromEntries(Object.entries(entries).filter(([name]) => test(name)));
/** `bin`: ESM only, no types. */
const cli = { cli: 'src/cli/main.ts' };
/** In bundles for browsers each stands for the file without `-browser` (`browser` in package.json). No entries, and imported by none. */
const instead = {
  'base/shown-browser': 'src/base/shown-browser.ts',
  'transport/ws-browser': 'src/transport/ws-browser.ts',
  'autobahn/transports/rawsocket-browser': 'src/autobahn/transports/rawsocket-browser.ts',
  'autobahn/transports/protocol-browser': 'src/autobahn/transports/protocol-browser.ts',
};

/** What `<script>` loads: ECMAScript 5, the exports on one global. Who comes `after` another script adds to its global and has its polyfills. */
export const scripts = [
  { file: 'dist/autostrada.min.js', input: 'src/script.ts', global: 'autostrada' },
  // A drop-in for the one of Autobahn|JS, which is an AMD and a CommonJS module, too.
  { file: 'dist/autobahn.min.js', input: 'src/autobahn/names.ts', global: 'autobahn', format: 'umd' },
  { file: 'dist/argon2.min.js', input: 'src/argon2.ts', global: 'autostrada', after: 'dist/autostrada.min.js' },
];

/** For `<script type="module">`: what `import 'autostrada'` gives, in one file. */
export const moduleBundle = 'dist/autostrada.module.min.js';

/** The page of `autostrada inspect`: its script, and beside it the page and its style. */
export const inspectorBundle = 'dist/inspector/inspector.js';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const pkg = JSON.parse(readFileSync(here('package.json'), 'utf8'));
/** In one CommonJS file: each file costs Node.js a tenth of a millisecond at the start. */
const neededByAll =
  /\/src\/(base|protocol|link|serializer\/bytes|transport\/platform)\/|\/serializer\/(json|payload)\.ts|\/transport\/(batche?d?|close-codes|frame-\w+|subprotocol|websocket-line)\.ts/;
const external = new RegExp(`^(node:|(${Object.keys({ ...pkg.dependencies, ...pkg.peerDependencies }).join('|')})(/|$))`);

/** `Code.CALL` is written as its number, as a `const enum` would be: smaller, and `switch` becomes a jump. */
const codes = Object.fromEntries(
  [...readFileSync(here('src/protocol/messages.ts'), 'utf8').matchAll(/^ {2}([A-Z_]+): (\d+),$/gm)].map(([, name, code]) => [
    name,
    code,
  ]),
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

/** `byteAt(bytes, at)` is written as `bytes[at]`: in Node.js a call for each byte costs a router up to a fifth of its time for a payload. */
const inlineReads = (context) => (file) => {
  const { factory } = context;
  const visit = (given) => {
    const node = ts.visitEachChild(given, visit, context);
    const isRead = ts.isCallExpression(node) && ts.isIdentifier(node.expression) && /^(byteAt|int32At)$/.test(node.expression.text);
    return isRead ? factory.createElementAccessExpression(node.arguments[0], node.arguments[1]) : node;
  };
  return ts.visitNode(file, visit);
};

/** ECMAScript 5: `??` and `?.` by one comparison, `x == null`, and not by two, which differ for `document.all` alone. 0.6 KB of each script, gzipped. */
const plainNullish = (context) => (file) => {
  const { factory } = context;
  const { SyntaxKind } = ts;
  const pairs = [
    [SyntaxKind.AmpersandAmpersandToken, SyntaxKind.ExclamationEqualsEqualsToken, SyntaxKind.ExclamationEqualsToken],
    [SyntaxKind.BarBarToken, SyntaxKind.EqualsEqualsEqualsToken, SyntaxKind.EqualsEqualsToken],
  ];
  const visit = (given) => {
    const node = ts.visitEachChild(given, visit, context);
    if (!ts.isBinaryExpression(node) || !ts.isBinaryExpression(node.left) || !ts.isBinaryExpression(node.right)) return node;
    const { left, right } = node;
    const [, strict, loose] = pairs.find(([operator]) => node.operatorToken.kind === operator) ?? [];
    const isNullish = left.right.kind === SyntaxKind.NullKeyword && ts.isVoidExpression(right.right);
    if (!isNullish || left.operatorToken.kind !== strict || right.operatorToken.kind !== strict) return node;
    return factory.createBinaryExpression(left.left, loose, factory.createNull());
  };
  return ts.visitNode(file, visit);
};

/**
 * ECMAScript 5: a loop over an iterable without what closes the iterator when the loop is left early. Ours go over lists, maps and sets, which
 * have nothing to close; what users give us to iterate is stepped through by hand. That is 1.4 KB of each script, gzipped.
 */
const plainLoops = (context) => (file) => {
  const visit = (node) => {
    const isLoop = ts.isTryStatement(node) && /^\w+ = \{ error: \w+ \};$/.test(textOf(node.catchClause?.block.statements[0]));
    return ts.visitEachChild(isLoop ? node.tryBlock.statements[0] : node, visit, context);
  };
  const printer = ts.createPrinter({ removeComments: true });
  const textOf = (node) => (node ? printer.printNode(ts.EmitHint.Unspecified, node, file) : '');
  return ts.visitNode(file, visit);
};

/**
 * To JavaScript of that age, file by file. Helpers come from tslib: a pass over the whole chunk would leave them as globals. TypeScript 7
 * has neither this API nor ECMAScript 5.
 */
const transpile = (target, include) => ({
  name: 'transpile',
  transform(code, id) {
    if (!include.test(id)) return null;
    const out = ts.transpileModule(code, {
      fileName: id.replace(/\.mjs$/, '.js'),
      reportDiagnostics: true,
      transformers: { before: [inlineCodes, inlineReads], after: target === ts.ScriptTarget.ES5 ? [plainLoops, plainNullish] : [] },
      compilerOptions: {
        target,
        useDefineForClassFields: false, // a bare declaration of a field would be code
        module: ts.ModuleKind.ESNext,
        jsx: ts.JsxEmit.ReactJSX,
        jsxImportSource: 'preact',
        verbatimModuleSyntax: true,
        importHelpers: target < ts.ScriptTarget.ES2022,
        allowJs: true,
        sourceMap: true,
        ...(target === ts.ScriptTarget.ES5 ? { downlevelIteration: true, ignoreDeprecations: '6.0' } : {}),
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

/** `sha256` and `hmacSha256` that wait for the platform, or for a library to be loaded: a script has the library in any case, so it has these at once. */
const hashesAtOnce = {
  name: 'hashes-at-once',
  resolveId: (id, importer) => (/\/hashes\.ts$/.test(id) ? path.resolve(path.dirname(importer), id, '../hashes-now.ts') : null),
};

const polyfills = here('src/es5/polyfills.ts');
const baseError = here('src/es5/base-error.ts');

/** The entry of a script: first what the platform may lack, then what the script is for. */
const scriptEntry = ({ input, after }) => ({
  name: 'script-entry',
  resolveId: (id) => (id === input ? `\0${input}` : null),
  load(id) {
    if (id !== `\0${input}`) return null;
    const code = `export * from ${JSON.stringify(here(input))};`;
    return after ? code : `import ${JSON.stringify(polyfills)};\n${code}`;
  },
});
/** Not dropped, though package.json says that no module has side effects. */
const keepPolyfills = {
  name: 'keep-polyfills',
  transform: (_, id) => (id.startsWith(path.dirname(polyfills)) ? { moduleSideEffects: true } : null),
};

/** Classes that extend `Error` extend what takes its place in ECMAScript 5: see src/es5/base-error.ts. */
const swapError = {
  name: 'swap-error',
  transform(code, id) {
    if (!id.endsWith('.ts') || !/\bextends Error\b/.test(code)) return null;
    return { code: `${code}\nimport { BaseError as Error } from ${JSON.stringify(baseError)};\n`, map: null };
  },
};

/** tweetnacl is published twice. Scripts have the small one: it signs in some 40 ms and the other one in 10, once a login, where the platform has no Ed25519. */
const smallTweetnacl = {
  name: 'small-tweetnacl',
  resolveId(id, importer) {
    return id === 'tweetnacl' ? this.resolve('tweetnacl/nacl.js', importer) : null;
  },
};

/**
 * Statements of libraries that no script needs, and that nothing shakes out. What is blanked here, minifying then drops: of tweetnacl all but signatures, which is
 * half of it; of fast-sha256 HKDF; of promise-polyfill what came after ECMAScript 2018.
 */
const blanked = [
  [
    /[\\/]tweetnacl[\\/]nacl\.js$/,
    /^nacl\.(lowlevel|secretbox|scalarMult|box|hash)\b/,
    ({ body }) => body[0].expression.callee.body.body,
  ],
  [/[\\/]fast-sha256[\\/]sha256\.js$/, /^exports\.hkdf\b/, ({ body }) => body[0].expression.arguments[1].body.body],
  [/[\\/]promise-polyfill[\\/]src[\\/]index\.js$/, /^Promise\.(allSettled|any)\b/, ({ body }) => body],
];
const blankUnused = {
  name: 'blank-unused',
  transform(code, id) {
    const [, unused, statementsOf] = blanked.find(([file]) => file.test(id)) ?? [];
    if (!unused) return null;
    let rest = code;
    for (const { start, end } of statementsOf(this.parse(code))) {
      if (!unused.test(code.slice(start, end))) continue;
      rest = rest.slice(0, start) + rest.slice(start, end).replace(/[^\n]/g, ' ') + rest.slice(end);
    }
    if (rest === code) this.error(`${id} has changed: look at blank-unused again`);
    return { code: rest, map: null };
  },
};

const min = (options) => ({
  name: 'min',
  async renderChunk(code) {
    const out = await minify(code, {
      ...options,
      compress: { passes: 3, pure_getters: true }, // nobody reads a property for what its getter does
      format: { ascii_only: true, comments: /^!/ },
      sourceMap: true,
    });
    return { code: out.code, map: out.map };
  },
});

const mustBeEs5 = {
  name: 'must-be-es5',
  generateBundle(_, files) {
    for (const { type, code, fileName } of Object.values(files)) {
      if (type !== 'chunk') continue;
      try {
        parse(code, { ecmaVersion: 5, sourceType: 'script' });
      } catch (error) {
        this.error(`${fileName} is not ECMAScript 5: ${error.message}: ${code.slice(error.pos, error.pos + 60)}`);
      }
    }
  },
};

/** The licences of what a bundle has in it, beside it. */
const licences = {
  name: 'licences',
  generateBundle(_, files) {
    for (const { modules, fileName } of Object.values(files).filter(({ type }) => type === 'chunk')) {
      const found = Object.keys(modules).map(
        (id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id.replace(/^\0/, ''))?.[0],
      );
      const texts = [...new Set(found)].filter(Boolean).map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
        const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
        return `${name} ${version} (${license})\n\n${file ? readFileSync(path.join(folder, file), 'utf8').trim() : ''}\n`;
      });
      this.emitFile({ type: 'asset', fileName: `${fileName}.LICENSE.txt`, source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
    }
  },
};

/**
 * What `import` gets in Node.js: the CommonJS module. So a program that imports this package and requires it has one copy; and it starts sooner, because Node.js
 * reads fewer files, and `import` of a CommonJS module such as `ws` takes it twice as long as `require`. Bundlers take the ES modules, by `module`.
 */
const forNode = {
  name: 'for-node',
  generateBundle(_, files) {
    for (const { type, isEntry, name, exports } of Object.values(files)) {
      if (type !== 'chunk' || !isEntry || !(name in entries)) continue;
      const names = exports.filter((each) => each !== 'default');
      const source = [
        `import { createRequire } from 'node:module';`,
        `const all = createRequire(import.meta.url)('./${path.basename(name)}.cjs');`,
        `export const { ${names.join(', ')} } = all;`,
        ...(exports.includes('default') ? ['export default all.default;'] : []),
        '',
      ].join('\n');
      this.emitFile({ type: 'asset', fileName: `${name}.mjs`, source });
    }
  },
};

/** Libraries leave out what helps while one develops with them. */
const forProduction = {
  name: 'for-production',
  transform: (code) =>
    code.includes('process.env.NODE_ENV') ? { code: code.replaceAll('process.env.NODE_ENV', '"production"'), map: null } : null,
};

/** The page and its style, with that of the library for plots. */
const inspectorPage = {
  name: 'inspector-page',
  generateBundle() {
    const read = (file) => readFileSync(here(file), 'utf8');
    const page = read('src/inspector/index.html');
    this.emitFile({ type: 'asset', fileName: 'index.html', source: page });
    // Where users log in, and not a token.
    this.emitFile({ type: 'asset', fileName: 'login/index.html', source: page.replace('<html ', '<html data-login ') });
    const styles = ['base', 'controls', 'tables', 'views'].map((name) => read(`src/inspector/style/${name}.css`));
    this.emitFile({
      type: 'asset',
      fileName: 'inspector.css',
      source: [read('node_modules/uplot/dist/uPlot.min.css'), ...styles].join('\n'),
    });
  },
};

const banner = `/*! autostrada ${pkg.version} (MIT); what else is in here: see the file of this name with .LICENSE.txt */`;

/** rollup only warns of these and writes a bundle that cannot work. */
const fatal = ['UNRESOLVED_IMPORT', 'MISSING_EXPORT', 'MISSING_GLOBAL_NAME', 'THIS_IS_UNDEFINED', 'CIRCULAR_DEPENDENCY', 'EVAL'];
const onwarn = (warning, next) => {
  if (fatal.includes(warning.code)) throw new Error(`${warning.code}: ${warning.message}`);
  next(warning);
};

/** The JSON Schema of a configuration file: for editors as a file, and for our own check as a module without its descriptions. */
const configSchema = (emits) => ({
  name: 'config-schema',
  load(id) {
    if (!id.endsWith('.schema.json')) return null;
    const schema = JSON.parse(readFileSync(id, 'utf8'));
    if (emits) this.emitFile({ type: 'asset', fileName: path.basename(id), source: JSON.stringify(schema) });
    const isNote = (key, value) => typeof value === 'string' && ['description', 'title', '$id', '$schema'].includes(key);
    return `export default ${JSON.stringify(schema, (key, value) => (isNote(key, value) ? undefined : value))};`;
  },
});

const strip = transpile(ts.ScriptTarget.ES2022, /\.ts$/);
const types = (extension, plugins = []) => ({
  dir: 'dist',
  format: 'es',
  entryFileNames: `[name].d.${extension}`,
  chunkFileNames: `types/[name].d.${extension}`,
  // What entries share keeps its names, so that the API report says what changed and nothing else.
  minifyInternalExports: false,
  // rollup-plugin-dts drops it from the sources; without it `AsyncDisposable` is unknown to a user with an older `lib`.
  banner: '/// <reference lib="esnext.disposable" />',
  plugins,
});

export default [
  {
    input: { ...entries, ...cli, ...instead },
    external,
    onwarn,
    // As package.json says to bundlers. Otherwise a module would name all that is below what it imports.
    treeshake: { moduleSideEffects: false },
    plugins: [configSchema(true), strip],
    output: {
      dir: 'dist',
      format: 'es',
      preserveModules: true,
      preserveModulesRoot: 'src',
      entryFileNames: '[name].js',
      plugins: [compacted],
    },
  },
  {
    input: { ...entries, ...instead },
    external,
    onwarn,
    plugins: [configSchema(false), strip],
    // Nobody shakes CommonJS, so its modules are put together; but for those that something else stands for in browsers.
    output: {
      dir: 'dist',
      format: 'cjs',
      interop: 'auto', // bundlers read `isomorphic-ws` for browsers as ESM with a default export, Node.js as CJS
      exports: 'named',
      entryFileNames: '[name].cjs',
      chunkFileNames: ({ name }) => (`${name}-browser` in instead ? '[name].cjs' : 'shared/[name].cjs'),
      manualChunks: (id) =>
        Object.keys(instead)
          .find((name) => id === here(`src/${name.replace('-browser', '')}.ts`))
          ?.replace('-browser', '') ?? (neededByAll.test(id) ? 'base' : undefined),
      onlyExplicitManualChunks: true,
      hoistTransitiveImports: false, // bundlers for browsers would find Node.js
      plugins: [shortened, forNode],
    },
  },
  // All entries together, so that a class that two of them show is one class; but for deep imports: what those share with `autobahn`,
  // rollup-plugin-dts puts into it in a way that makes values of its default export's types.
  {
    input: entriesThat((name) => !isDeep(name)),
    external,
    onwarn,
    plugins: [dts({ compilerOptions: { stripInternal: true } })],
    output: [types('cts'), types('ts', [handedOn])],
  },
  {
    input: entriesThat(isDeep),
    external,
    onwarn,
    plugins: [dts({ compilerOptions: { stripInternal: true } })],
    output: [types('cts'), types('ts', [handedOn])],
  },
  ...scripts.map((script) => ({
    input: script.input,
    onwarn,
    plugins: [
      scriptEntry(script),
      forBrowsers,
      hashesAtOnce,
      smallTweetnacl,
      swapError,
      blankUnused,
      transpile(ts.ScriptTarget.ES5, /\.ts$|[\\/]node_modules[\\/]@noble[\\/].*\.m?js$/),
      keepPolyfills,
      nodeResolve({ browser: true }),
      commonjs(),
    ],
    output: {
      file: script.file,
      format: script.format ?? 'iife',
      inlineDynamicImports: true,
      name: script.global,
      extend: script.after !== undefined,
      exports: 'named',
      esModule: false,
      externalLiveBindings: false,
      sourcemap: 'hidden',
      banner,
      plugins: [min({ ecma: 5 }), mustBeEs5, licences],
    },
  })),
  {
    input: 'src/index.ts',
    onwarn,
    plugins: [forBrowsers, transpile(ts.ScriptTarget.ES2020, /\.ts$/), nodeResolve({ browser: true })],
    output: {
      file: moduleBundle,
      format: 'es',
      sourcemap: 'hidden',
      banner,
      plugins: [min({ ecma: 2020, module: true }), licences],
    },
  },
  {
    input: 'src/inspector/main.tsx',
    onwarn,
    plugins: [forBrowsers, transpile(ts.ScriptTarget.ES2022, /\.tsx?$/), forProduction, nodeResolve({ browser: true }), commonjs()],
    output: {
      file: inspectorBundle,
      inlineDynamicImports: true,
      format: 'es',
      sourcemap: 'hidden',
      banner,
      plugins: [min({ ecma: 2020, module: true }), licences, inspectorPage],
    },
  },
];
