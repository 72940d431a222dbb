/* Writes docs/payloads.md. Node.js 20 reads no TypeScript: vite, which comes with vitest, does. */
import { writeFileSync } from 'node:fs';
import { runnerImport } from 'vite';

const { module } = await runnerImport(`${import.meta.dirname}/page.ts`, {
  root: import.meta.dirname,
  configFile: false,
  logLevel: 'error',
});
writeFileSync('docs/payloads.md', module.payloadsPage());
