// How a browser test starts its browser: `describe.skipIf(!hasChromium)`, then `const browser = await launchChromium()`.
import { type Browser, chromium } from 'playwright';
import { inject } from 'vitest';
import { noBrowser } from './find-browser.ts';

/** Without one, chromium.test.ts says so: skipped on a developer's machine, failed in CI. */
export const hasChromium: boolean = inject('chromium') !== '';

export async function launchChromium(...args: readonly string[]): Promise<Browser> {
  if (!hasChromium) throw new Error(noBrowser);
  // Root in a container has no sandbox; the pages are our own.
  return chromium.launch({ executablePath: inject('chromium'), args: ['--no-sandbox', ...args] });
}
