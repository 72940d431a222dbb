/* Starts workerd with the bundle of worker.mjs, and asks it once. */
import { readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';

const worker = new Miniflare({
  // As wrangler says it: what is bundled is all there is. The bundle still names optional packages in `import()`.
  modules: [{ type: 'ESModule', path: 'worker.bundle.mjs', contents: readFileSync('worker.bundle.mjs', 'utf8') }],
  compatibilityDate: '2026-07-01',
  compatibilityFlags: ['nodejs_compat'],
  bindings: { PLATFORM: JSON.parse(process.env.PLATFORM) },
});
const answer = await worker.dispatchFetch('http://worker.test/');
console.log(await answer.text());
await worker.dispose();
