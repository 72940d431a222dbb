// How a browser test starts its browser: `describe.skipIf(!hasChromium)`, then `const browser = await launchChromium()`.
import { type Browser, chromium } from 'playwright';
import { inject } from 'vitest';
import { noBrowser } from './find-browser.ts';

/** Without one, chromium.test.ts says so: skipped on a developer's machine, failed in CI. */
export const hasChromium: boolean = inject('chromium') !== '';

/** @param hosts - Names that lead to this machine: a page from there, unlike one from 127.0.0.1, is no secure context. */
export async function launchChromium(hosts: readonly string[] = []): Promise<Browser> {
  if (!hasChromium) throw new Error(noBrowser);
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(', ');
  // Root in a container has no sandbox; the pages are our own.
  const args = ['--no-sandbox', ...(rules ? [`--host-resolver-rules=${rules}`] : [])];
  return chromium.launch({ executablePath: inject('chromium'), args });
}
