/*
 * What our declarations say in each TypeScript that we name: mistakes are told where they are and as what they are, one error each, and what is
 * right compiles, in whatever way a program is configured. `typescript/` has the programs, and what TypeScript 6 says of each mistake; of the
 * others it has what they say otherwise.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { installTools } from '../consumers/install.ts';
import { pack } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { folder, problem } = installTools('typescripts');
const read = (file: string): string => readFileSync(path.join(import.meta.dirname, 'typescript', file), 'utf8');
const contract = read('contract.txt');
const mistakes = read('mistakes.txt').trim().split('\n');
const correct = read('correct.txt');

/** The first is the oldest that takes our declarations; 6 is the one that they are made with. */
const others = ['5.2', '5.4', '5.9', '7'];
const versions = ['6', ...others];

const commonjs = `import autostrada = require('autostrada');
import autobahn = require('autostrada/autobahn');
import router = require('autostrada/router');
const connection: autostrada.Connection = new autostrada.Connection({ url: new router.Router({ realms: {} }), realm: 'realm1' });
new autobahn.Connection({ url: 'ws://127.0.0.1/ws', realm: 'realm1' }).open();
export { connection };
`;

interface Diagnostic {
  /** Counted from 0. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** What the compiler says of a program, each first line. */
async function compile(
  version: string,
  file: string,
  code: string,
  options: object = {},
  from: string = root,
): Promise<readonly Diagnostic[]> {
  const project = mkdtempSync(path.join(realpathSync(tmpdir()), 'autostrada-typescript-'));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  const modules = path.join(project, 'node_modules');
  mkdirSync(path.join(modules, '@types'), { recursive: true });
  symlinkSync(from, path.join(modules, 'autostrada'), 'junction');
  symlinkSync(path.join(root, 'node_modules/zod'), path.join(modules, 'zod'), 'junction');
  symlinkSync(path.join(root, 'node_modules/@types/node'), path.join(modules, '@types/node'), 'junction');
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    module: 'node16',
    moduleResolution: 'node16',
    ...options,
  };
  writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  writeFileSync(path.join(project, file), code);
  const compiler =
    version === '6' ? path.join(root, 'node_modules/typescript') : path.join(folder, `node_modules/typescript-${version}`);
  const args = [path.join(compiler, 'bin/tsc'), '-p', project, '--pretty', 'false'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project, timeout: 100_000 }).catch(
    (failed: { readonly stdout?: string }) => {
      if (!failed.stdout) throw failed;
      return { stdout: failed.stdout };
    },
  );
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(' '))
    .map((line) => {
      const [, name, row, column, text] = /^(.*)\((\d+),(\d+)\): error (.*)$/.exec(line) ?? [];
      if (name === undefined || path.basename(name) !== file) throw new Error(`outside the program: ${line}`);
      return { line: Number(row) - 1, column: Number(column) - 1, text: text ?? '' };
    });
}

/** Each mistake with a mark below the place, and what is said of it. */
async function told(version: string): Promise<readonly string[]> {
  const above = contract.split('\n').length - 1;
  const found = await compile(version, 'mistakes.mts', contract + mistakes.join('\n'), { exactOptionalPropertyTypes: true });
  return mistakes.map((code, i) => {
    const own = found.filter(({ line }) => line === above + i);
    return [code, ...own.map(({ column, text }) => `${' '.repeat(column)}^ ${text}`)].join('\n');
  });
}

const installed = test.skipIf(problem !== undefined);
if (problem) process.stderr.write(`!!! SKIPPED: our declarations in TypeScript ${others.join(', ')}: ${problem}\n`);
let known: Promise<readonly string[]> | undefined;

function inSix(): Promise<readonly string[]> {
  known ??= told('6');
  return known;
}

test('[H9] a mistake gives one error, with the right place and text', { timeout: 120_000 }, async () => {
  const all = await inSix();
  expect(all.length).toBeGreaterThan(90);
  expect(all.filter((each) => each.split('\n').length !== 2)).toEqual([]);
  expect(all.join('\n')).not.toContain('No overload');
  await expect(`${all.join('\n')}\n`).toMatchFileSnapshot('typescript/in-6.txt');
});

installed.each(others)('[H9] so it is in TypeScript %s', { timeout: 120_000 }, async (version) => {
  const six = await inSix();
  const all = await told(version);
  expect(all.filter((each) => each.split('\n').length !== 2)).toEqual([]);
  expect(all.join('\n')).not.toContain('No overload');
  const otherwise = all.filter((each, i) => each !== six[i]);
  await expect(`${otherwise.join('\n')}\n`).toMatchFileSnapshot(`typescript/otherwise-in-${version}.txt`);
});

const ways = {
  'node16, with what the DOM has, optional properties exact': { exactOptionalPropertyTypes: true },
  'a bundler, with @types/node and without the DOM': {
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2022'],
    types: ['node'],
  },
};

test
  .skipIf(problem !== undefined)
  .each(versions.flatMap((version) => Object.entries(ways).map(([way, options]) => ({ version, way, options }))))(
  '[H9] what is right compiles in TypeScript $version: $way',
  { timeout: 120_000 },
  async ({ version, options }) => {
    expect(await compile(version, 'correct.mts', contract + correct, options)).toEqual([]);
  },
);

installed.each(versions)(
  '[H9] import = require compiles without esModuleInterop in TypeScript %s',
  { timeout: 120_000 },
  async (version) => {
    const options = version === '7' ? {} : { esModuleInterop: false, ...(version === '6' ? { ignoreDeprecations: '6.0' } : {}) };
    expect(await compile(version, 'program.cts', commonjs, options)).toEqual([]);
  },
);

/** Unpacked as npm would install it: the stubs that `node10` reads are in the tarball alone. */
let unpacked: string | undefined;
afterAll(() => {
  if (unpacked) rmSync(unpacked, { recursive: true, force: true });
});
function published(): string {
  if (unpacked) return path.join(unpacked, 'package');
  const { folder: packed, tarball } = pack();
  unpacked = packed;
  execFileSync('tar', ['-xzf', tarball, '-C', packed]);
  const modules = path.join(packed, 'package/node_modules');
  mkdirSync(modules);
  for (const name of [...Object.keys(pkg.dependencies), 'msgpackr']) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true }); // of a scope
    symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name), 'junction');
  }
  return path.join(packed, 'package');
}

/** TypeScript 7 has no `node10` any more. */
installed.each(versions.filter((version) => version !== '7'))(
  '[H9] each entry is found by the resolution node10, from the tarball, in TypeScript %s',
  { timeout: 120_000 },
  async (version) => {
    const entries = Object.keys(pkg.exports).filter((entry) => !entry.endsWith('.json'));
    const imports = entries.map((entry, i) => `import * as entry${i} from 'autostrada${entry.slice(1)}';`);
    const code = `${imports.join('\n')}\nexport const all: readonly object[] = [${entries.map((_, i) => `entry${i}`).join(', ')}];
export const connection = new entry0.Connection({ url: 'ws://127.0.0.1/ws', realm: 'realm1' });\n`;
    const old = {
      types: ['node'],
      module: 'commonjs',
      moduleResolution: 'node10',
      ...(version === '6' ? { ignoreDeprecations: '6.0' } : {}),
    };
    for (const esModuleInterop of version === '6' ? [true] : [true, false])
      expect(await compile(version, 'program.ts', code, { ...old, esModuleInterop }, published())).toEqual([]);
  },
);

/** Programs in TypeScript on our pages; and the one of the README, which is JavaScript as well. Those of typed-contracts.md are one program. */
const programs = ['README.md', 'docs/guide/getting-started.md', 'docs/guide/testing.md', 'docs/guide/typed-contracts.md'].flatMap(
  (page) => {
    const text = readFileSync(path.join(root, page), 'utf8');
    const blocks = [...text.matchAll(/^```(ts|js)\n([\s\S]*?)^```$/gm)]
      .filter(([, language]) => language === 'ts' || page === 'README.md')
      .map(([, , code = '']) => code);
    return [{ page, code: page.endsWith('contracts.md') ? [blocks.join('\n')] : blocks }];
  },
);

describe('[H9] [H12] the TypeScript code of our pages', () => {
  test('exists in this test', () => expect(programs.map(({ code }) => code.length)).toEqual([1, 1, 1, 1]));

  const cases = programs.flatMap(({ page, code }) =>
    code.flatMap((each) => versions.map((version) => ({ page, version, code: each }))),
  );
  installed.each(cases)(
    '$page compiles as it stands there, strictly, in TypeScript $version',
    { timeout: 120_000 },
    async ({ version, code }) => {
      expect(await compile(version, 'example.mts', code, { types: ['node'] })).toEqual([]);
    },
  );
});
