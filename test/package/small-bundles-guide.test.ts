/*
 * docs/guide/small-bundles.md: its programs run with the built package, its table has the sizes that are measured.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Connection } from 'autostrada';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import ts from 'typescript';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { measure, written } from './feature-sizes.mjs';
import { requireBuild } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const guide = readFileSync(path.join(root, 'docs/guide/small-bundles.md'), 'utf8');
const blocks = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
const programs = blocks.filter((code) => code.startsWith('import '));

beforeAll(requireBuild);

test('[I3] the guide has three programs, and a fragment', () => expect([programs.length, blocks.length]).toEqual([3, 4]));

test.each(programs.map((code) => [code.includes('join(') ? ['2'] : ['5'], code] as const))(
  '[I3] a program of the guide prints %s',
  async (lines, code) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-core-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(root, path.join(folder, 'node_modules', 'autostrada'), 'junction');
    const router = new Router({ realms: { realm1: 'open' } });
    const { port, close } = await listen(router, { port: 0 });
    const callee = new Connection({ url: router, realm: 'realm1' });
    onTestFinished(async () => {
      await callee.close();
      await close();
      await router.close();
    });
    await callee.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const file = path.join(folder, 'program.mjs');
    writeFileSync(file, ts.transpile(code, options).replaceAll('8080', String(port)));
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await import(pathToFileURL(file).href);
    expect(log.mock.calls.map(String)).toEqual(lines);
    log.mockRestore();
  },
);

test('[I3] the table of the guide has the measured sizes, within a fifth of a kilobyte', { timeout: 120_000 }, async () => {
  const { choices, costs, extra } = await measure();
  const measured = [...choices, ...[...costs, ...extra].map(([name, , size]) => [name, size] as const)] as readonly (readonly [
    string,
    number,
  ])[];
  expect([...written().keys()]).toEqual(measured.map(([name]) => name));
  const wrong = measured.filter(([name, size]) => Math.abs(size - (written().get(name) ?? 0)) > 0.2);
  expect(wrong, 'run `node test/package/feature-sizes.mjs --write` after a build').toEqual([]);
});
