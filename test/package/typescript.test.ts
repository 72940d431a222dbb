/*
 * What our declarations say in each TypeScript that we name: mistakes are told where they are and as what they are, one error each, and what is
 * right compiles, in whatever way a program is configured. `typescript/` has the programs, and what TypeScript 6 says of each mistake; of the
 * others it has what they say otherwise.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { installTools } from '../consumers/install.ts';

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
async function compile(version: string, file: string, code: string, options: object = {}): Promise<readonly Diagnostic[]> {
  const project = mkdtempSync(path.join(realpathSync(tmpdir()), 'autostrada-typescript-'));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  const modules = path.join(project, 'node_modules');
  mkdirSync(path.join(modules, '@types'), { recursive: true });
  symlinkSync(root, path.join(modules, 'autostrada'), 'junction');
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

test('[H9] a mistake is one error, where it is and as what it is', { timeout: 120_000 }, async () => {
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
