/*
 * What npm would publish, installed and used as users do. The package is unpacked by npm; its dependencies are linked from our own
 * node_modules, so that no network is needed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { type Plugin, rollup } from 'rollup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { brokenLinks } from '../fixtures/links.ts';
import { pack } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
let app: string;

beforeAll(() => {
  const { folder, tarball } = pack();
  app = folder;
  const modules = path.join(app, 'node_modules');
  const installed = path.join(modules, 'autostrada');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']); // Windows 10 has a tar, too
  // As junctions, because Windows lets everybody make those.
  for (const name of [...Object.keys({ ...pkg.dependencies, ...pkg.peerDependencies }), '@types']) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true }); // of a scope
    symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name), 'junction');
  }
});
afterAll(() => {
  if (app) rmSync(app, { recursive: true, force: true });
});

/** Runs a file of the user's; gives back what it printed. A process that does not end by itself is a failure. */
function run(name: string, code: string): string {
  const file = path.join(app, name);
  writeFileSync(file, code);
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: app, encoding: 'utf8', timeout: 10_000 });
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return stdout;
}

const esm = `import { Connection } from 'autostrada';
import { Router } from 'autostrada/router';
`;
const cjs = `const { Connection } = require('autostrada');
const { Router } = require('autostrada/router');
`;
const script = (options: string): string => `(async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  const server = new Connection({ url: router, realm: 'realm1'${options} });
  await server.register('com.example.add', ([a, b]) => a + b).ready;
  const client = new Connection({ url: router, realm: 'realm1'${options} });
  console.log(await client.call('com.example.add', [2, 3]));
  await client.close();
  await server.close();
  await router.close();
})();
`;
const msgpack = ', serializers: [msgpack()]';
const msgpackr = ', serializers: [msgpackr()]';
const cbor = ', serializers: [cbor()]';

describe('a program of ten lines with only the tarball', () => {
  test('works in ESM', () => expect(run('plain.mjs', esm + script(''))).toBe('5\n'));
  test('works in CJS', () => expect(run('plain.cjs', cjs + script(''))).toBe('5\n'));
  test('works in ESM with MessagePack', () =>
    expect(run('msgpack.mjs', `${esm}import { msgpack } from 'autostrada/msgpack';\n${script(msgpack)}`)).toBe('5\n'));
  test('works in CJS with MessagePack', () =>
    expect(run('msgpack.cjs', `${cjs}const { msgpack } = require('autostrada/msgpack');\n${script(msgpack)}`)).toBe('5\n'));
  test('[H14] works in ESM with msgpackr', () =>
    expect(run('msgpackr.mjs', `${esm}import { msgpackr } from 'autostrada/msgpackr';\n${script(msgpackr)}`)).toBe('5\n'));
  test('[H14] works in CJS with msgpackr', () =>
    expect(run('msgpackr.cjs', `${cjs}const { msgpackr } = require('autostrada/msgpackr');\n${script(msgpackr)}`)).toBe('5\n'));
  test('works in ESM with CBOR', () =>
    expect(run('cbor.mjs', `${esm}import { cbor } from 'autostrada/cbor';\n${script(cbor)}`)).toBe('5\n'));
  test('works in CJS with CBOR', () =>
    expect(run('cbor.cjs', `${cjs}const { cbor } = require('autostrada/cbor');\n${script(cbor)}`)).toBe('5\n'));
});

test('sub-paths are found by tools that ignore exports', () => {
  const found = Object.keys(pkg.exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => path.join(app, 'node_modules/autostrada', entry));
  // An absolute path goes past `exports`, as old resolvers do.
  const code = found.map((folder) => `console.log(typeof require(${JSON.stringify(folder)}));`).join('\n');
  expect(run('old.cjs', code)).toBe('object\n'.repeat(found.length));
});

test('a bundle for browsers of the deep import of RawSocket has its replacement, and nothing of Node.js', async () => {
  const page = path.join(app, 'page.js');
  writeFileSync(page, "export * from 'autostrada/autobahn/lib/transport/rawsocket.js';\n");
  const build = await rollup({ input: page, plugins: [nodeResolve({ browser: true })] });
  const { output } = await build.generate({ format: 'es' });
  expect([...output[0].exports].sort()).toEqual(['Factory', 'Protocol', 'ProtocolError']);
  expect(Object.keys(output[0].modules).map((file) => path.basename(file))).toEqual([
    'protocol-browser.js',
    'rawsocket-browser.js',
    'page.js',
  ]);
});

/** The files of a bundle for browsers of a CommonJS program, from the installed package. */
async function requiredInBrowsers(...before: Plugin[]) {
  const page = path.join(app, 'page.cjs');
  writeFileSync(page, "module.exports = [require('autostrada'), require('autostrada/autobahn'), require('autostrada/testing')];\n");
  const warned: string[] = [];
  const onwarn = ({ message }: { readonly message: string }) => warned.push(message);
  const plugin = (commonjs as unknown as () => Plugin)(); // its types are those of a CommonJS module
  const build = await rollup({ input: page, onwarn, plugins: [...before, nodeResolve({ browser: true }), plugin] });
  const { output } = await build.generate({ format: 'cjs' });
  const chunks = output.filter((file) => file.type === 'chunk');
  const files = chunks.flatMap(({ modules }) => Object.keys(modules));
  const names = files.map((file) => path.relative(path.join(app, 'node_modules/autostrada/dist'), file));
  const own = chunks.map(({ fileName }) => fileName);
  expect(chunks.flatMap(({ imports }) => imports).filter((file) => !own.includes(file))).toEqual([]);
  expect(warned.filter((message) => message.includes('node:'))).toEqual([]);
  return names;
}

test('a bundle for browsers of the CommonJS modules has nothing of Node.js either', async () => {
  // Bundlers that do not know the condition `module`.
  const names = await requiredInBrowsers({
    name: 'no-module-condition',
    resolveId: (id) => {
      const [, entry] = /^autostrada(?:\/(.+))?$/.exec(id) ?? [];
      return id.startsWith('autostrada') ? path.join(app, `node_modules/autostrada/dist/${entry ?? 'index'}.cjs`) : null;
    },
  });
  expect(names).toEqual(expect.arrayContaining(['index.cjs', 'autobahn.cjs', path.join('transport', 'ws-browser.cjs')]));
  expect(names.filter((name) => name === path.join('transport', 'ws.cjs') || /node_modules.ws.|^node\./.test(name))).toEqual([]);
});

test('[J2] a bundler takes the ES modules for `require`, too: one copy', async () => {
  const names = await requiredInBrowsers();
  expect(names).toEqual(expect.arrayContaining(['index.js', 'autobahn.js', path.join('transport', 'ws-browser.js')]));
  expect(names.filter((name) => !name.startsWith('..') && !name.endsWith('.js'))).toEqual([]);
});

test.each(['mts', 'cts'])('the types compile strictly in a user\'s .%s, without "dom" and with no types of ws', (extension) => {
  const file = path.join(app, `user.${extension}`);
  const imports = Object.keys(pkg.exports).filter((entry) => !entry.endsWith('.json'));
  const code = imports.map(
    (entry, i) => `import type * as e${i} from '${path.posix.join('autostrada', entry)}';\nexport type E${i} = typeof e${i};\n`,
  );
  writeFileSync(file, code.join(''));
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--skipLibCheck',
    'false',
    '--types',
    'node',
  ];
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, file], { cwd: app, encoding: 'utf8' });
  expect(stdout).toBe('');
});

describe('[H12] the published package', () => {
  const installed = (): string => path.join(app, 'node_modules/autostrada');
  const files = (): string[] =>
    readdirSync(installed(), { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => statSync(path.join(installed(), file)).isFile());

  test('contains only what users need', () => {
    const folders = pkg.files.filter((file) => !/[!/]/.test(file));
    const docs = pkg.files.filter((file) => file.startsWith('docs/'));
    expect(readdirSync(installed()).sort()).toEqual(['LICENSE', 'README.md', 'docs', 'package.json', ...folders].sort());
    expect(
      files().filter((file) => /^docs\//.test(file) && !docs.some((each) => file === each || file.startsWith(`${each}/`))),
    ).toEqual([]);
    expect(files().filter((file) => file.endsWith('.map'))).toEqual([]);
  });

  test('takes less than 4.2 MB unpacked', () => {
    const bytes = files().reduce((sum, file) => sum + statSync(path.join(installed(), file)).size, 0);
    console.log(`size: the package: ${(bytes / 1e6).toFixed(2)} MB in ${files().length} files`);
    expect(bytes).toBeLessThan(4_200_000);
    expect(files().length).toBeLessThan(900);
  });

  test('names no source map that does not exist', () => {
    const code = files().filter((file) => /\.c?js$/.test(file));
    expect(code.filter((file) => readFileSync(path.join(installed(), file), 'utf8').includes('sourceMappingURL'))).toEqual([]);
  });

  test('contains everything to which its pages link', () => {
    const pages = files().filter((file) => file.endsWith('.md'));
    expect(pages.length).toBeGreaterThan(25);
    // Pictures are shown from the repository, also on npm's pages.
    const broken = pages.flatMap((page) => brokenLinks(installed(), page)).filter((link) => !link.endsWith('.webp'));
    expect(broken).toEqual([]);
  });

  test('says where to find the rest, and where to report errors', () => {
    const [repository, ...others] = new Set(
      [pkg.repository.url, pkg.homepage, pkg.bugs].map((url) => /github\.com\/[\w-]+\/[\w-]+/.exec(url)?.[0]),
    );
    expect(others).toEqual([]);
    expect(repository).toMatch(/autostrada$/);
  });
});
