/*
 * Nine projects: `unit` is the inner loop (no sockets, under ten seconds in all); `contract` uses the real router on port 0; `package`
 * looks at what `npm run build` wrote; `browser` drives a real Chromium from Node.js, and other engines as
 * far as they are here; `compat` runs the same scripts on Autobahn|JS and on our layer; `fuzz` sends bad input by the hundred thousand;
 * `chaos` breaks lines and routers by the hundred; `cluster` breaks routers that are one; `hostile` attacks a router on raw sockets.
 * A new folder of tests belongs to `unit` unless it is named here. Its files share one process: nothing in src/ keeps state in a module.
 */
import { defineConfig } from 'vitest/config';

const contract = ['test/{contract,nats,node,cli,vectors,interop}/**/*.test.ts'];
const packaged = ['test/package/**/*.test.ts'];
const fuzz = ['test/fuzz/**/*.test.ts'];
const compat = ['test/compat/**/*.test.ts'];
const browser = ['test/{browser,engines,consumers}/**/*.test.ts'];
const chaos = ['test/chaos/**/*.test.ts'];
const cluster = ['test/cluster/**/*.test.ts'];
const hostile = ['test/hostile/**/*.test.ts'];

export default defineConfig({
  // Tests import 'autostrada' and get src/, by the `paths` of tsconfig.json.
  resolve: { tsconfigPaths: true },
  test: {
    // What a test waits for has the test's own time: a busy machine is no failure.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          pool: 'threads',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...contract, ...packaged, ...browser, ...compat, ...fuzz, ...chaos, ...cluster, ...hostile],
          testTimeout: 30_000,
        },
      },
      { extends: true, test: { name: 'contract', include: contract, testTimeout: 30_000, hookTimeout: 30_000 } },
      { extends: true, test: { name: 'compat', include: compat, testTimeout: 30_000, hookTimeout: 30_000 } },
      { extends: true, test: { name: 'fuzz', include: fuzz, testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: chaos,
          pool: 'forks',
          execArgv: ['--expose-gc', '--no-opt'], // the heap is weighed, without what the compiler adds in its own time
          globalSetup: ['test/browser/chromium.setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'cluster', include: cluster, pool: 'forks', testTimeout: 120_000, hookTimeout: 60_000 } },
      { extends: true, test: { name: 'hostile', include: hostile, pool: 'forks', testTimeout: 120_000, hookTimeout: 60_000 } },
      { extends: true, test: { name: 'package', include: packaged, testTimeout: 60_000, hookTimeout: 120_000 } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          globalSetup: ['test/browser/chromium.setup.ts'],
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
