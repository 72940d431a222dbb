// Pictures of pages, as README and docs show them.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { root } from './processes.ts';

const folder = path.join(root, 'docs/images');
const MAX_BYTES = 80_000;
const QUALITY = 0.8;

/** Writes docs/images/NAME.webp. */
export async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    scrollTo(0, 0);
  });
  mkdirSync(folder, { recursive: true });
  const png = (await page.screenshot({ animations: 'disabled' })).toString('base64');
  const webp = Buffer.from(await toWebP(page, png), 'base64');
  expect(webp.length, name).toBeLessThan(MAX_BYTES);
  writeFileSync(path.join(folder, `${name}.webp`), webp);
}

/** The browser can write what a screenshot cannot be: a third of the bytes. In a page of its own, whose policy does not forbid it. */
async function toWebP(of: Page, png: string): Promise<string> {
  const context = await of.context().browser()?.newContext();
  if (!context) throw new Error('expected a page of a browser that was launched');
  const page = await context.newPage();
  try {
    return await page.evaluate(
      async ({ png, quality }) => {
        const image = new Image();
        image.src = `data:image/png;base64,${png}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = image.width;
        canvas.height = image.height;
        canvas.getContext('2d')?.drawImage(image, 0, 0);
        return canvas.toDataURL('image/webp', quality).replace(/^.*,/, '');
      },
      { png, quality: QUALITY },
    );
  } finally {
    await context.close();
  }
}
