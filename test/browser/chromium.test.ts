import { expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { noBrowser } from './find-browser.ts';

if (hasChromium) {
  test('the browser opens a page', async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      expect(await page.evaluate('1 + 1')).toBe(2);
    } finally {
      await browser.close();
    }
  });
} else {
  // Skipped, it shows in the summary of a developer's machine; in CI nobody reads summaries.
  test.skipIf(!process.env.CI)(noBrowser, () => {
    throw new Error(noBrowser);
  });
}
