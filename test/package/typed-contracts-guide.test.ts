/* The TypeScript of docs/guide/typed-contracts.md is compiled as one program, against what a user gets: dist/. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { requireBuild } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');

test('[N12] the guide to typed contracts compiles, and its errors are errors', () => {
  requireBuild();
  const guide = readFileSync(path.join(root, 'docs/guide/typed-contracts.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  expect(blocks.length).toBe(4);
  const folder = mkdtempSync(path.join(root, 'node_modules/.guide-'));
  try {
    const file = path.join(folder, 'guide.mts');
    writeFileSync(file, blocks.join('\n'));
    const program = ts.createProgram([file], {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
      types: [],
      skipLibCheck: true,
      paths: { autostrada: [path.join(root, 'dist/index.d.ts')] },
    });
    const said = ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(said).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
