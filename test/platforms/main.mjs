/* Node.js 20 reads no TypeScript: vite, which comes with vitest, does. */
import { runnerImport } from 'vite';

const { module } = await runnerImport(`${import.meta.dirname}/run.ts`, {
  root: import.meta.dirname,
  configFile: false,
  logLevel: 'error',
});
process.exit(await module.run(process.argv.slice(2)));
