/*
 * Writes docs/payloads.md. With `--crossbar` it first records anew what Crossbar.io does (`CROSSBAR_PATH`, some twenty minutes) for docs/interop.md. Node.js 20
 * reads no TypeScript: vite, which comes with vitest, does.
 */
import { writeFileSync } from 'node:fs';
import { runnerImport } from 'vite';

const load = async (file) =>
  (
    await runnerImport(`${import.meta.dirname}/${file}`, {
      root: import.meta.dirname,
      configFile: false,
      logLevel: 'error',
    })
  ).module;
if (process.argv.includes('--crossbar')) await (await load('record.ts')).record(process.env.CROSSBAR_PATH ?? 'crossbar');
writeFileSync('docs/payloads.md', (await load('page.ts')).payloadsPage());
