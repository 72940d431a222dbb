// The code of the conference talk that made WAMP known, as it was shown there: four pages written for Autobahn|JS. Only the script's address and the
// router's URL are ours.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { root } from './processes.ts';
import { openStage, type Stage } from './stage.ts';

/** The global that the pages have. */
interface Talk {
  readonly connection: { readonly isOpen: boolean };
}

const file = (name: string): string => readFileSync(path.join(root, 'examples/talk', name), 'utf8');
const pages = {
  '/callMeMaybe/index.html': file('callmemaybe.html'),
  '/callMeMaybe/button.html': file('callmemaybe-button.html'),
  '/fascinatingSubject/index.html': file('fascinatingsubject.html'),
  '/fascinatingSubject/button.html': file('fascinatingsubject-button.html'),
};

describe.skipIf(!hasChromium)('a page of the talk', () => {
  let browser: Browser;
  let stage: Stage;
  let context: BrowserContext;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    complaints.length = 0;
    stage = await openStage(pages);
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await expect.poll(() => stage.router.sessions).toEqual([]);
    await stage.close();
  });

  const open = async (path: keyof typeof pages): Promise<Page> => {
    const opened = await context.newPage();
    opened.on('console', (message) => {
      if (!message.text().startsWith('Failed to load')) complaints.push(message.text()); // the sheet and the icon of the demos
    });
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(stage.url + path.slice(1));
    await expect.poll(() => opened.evaluate(() => (globalThis as unknown as Talk).connection.isOpen)).toBe(true);
    return opened;
  };

  test('calls the other page with the button of callMeMaybe, and shows the answer', async () => {
    const index = await open('/callMeMaybe/index.html');
    const button = await open('/callMeMaybe/button.html');
    const said = new Promise<string>((resolve) => {
      button.on('dialog', (dialog) => {
        resolve(dialog.message());
        void dialog.accept();
      });
    });
    await button.click('#button');
    expect(await said).toBe(await index.evaluate(() => navigator.userAgent));
    expect(await index.textContent('#baby')).toBe('I called baby !');
    expect(complaints).toEqual([]);
  });

  test('receives the news of fascinatingSubject in every page that has subscribed', async () => {
    const subscribers = [await open('/fascinatingSubject/index.html'), await open('/fascinatingSubject/index.html')];
    const button = await open('/fascinatingSubject/button.html');
    await button.click('#button');
    for (const subscriber of subscribers) await expect.poll(() => subscriber.textContent('#subject')).toBe('Amazing !');
    expect(complaints).toEqual([]);
  });

  test('has one global, autobahn, and comes back after a lost connection', async () => {
    const index = await open('/callMeMaybe/index.html');
    expect(await index.evaluate(() => ['autobahn', 'autostrada'].map((name) => name in globalThis))).toEqual([true, false]);
    const frames: unknown[] = [];
    index.on('websocket', (socket) => frames.push(socket.url()));
    // A close without a word from the router, which Autobahn answers by trying again.
    await index.evaluate(() => {
      const { connection } = globalThis as unknown as { connection: { _transport: { close(): void } } };
      connection._transport.close();
    });
    await expect.poll(() => frames.length, { timeout: 10_000 }).toBe(1);
    await expect.poll(() => stage.router.sessions.length, { timeout: 10_000 }).toBe(1);
  });
});
