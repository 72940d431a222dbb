// What a real browser tells of network and page, and what a connection makes of it.
import type { Status } from 'autostrada';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { openPeer, openStage, type Stage } from './stage.ts';

describe.skipIf(!hasChromium)('[N5] a connection in Chromium', () => {
  let browser: Browser;
  let context: BrowserContext;
  let stage: Stage;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    stage = await openStage();
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await stage.close();
  });

  const status = (page: Page): Promise<Status['state']> => page.evaluate(() => connection.status.state);
  const retryAt = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const { status } = connection;
      return status.state === 'waiting' ? String(status.retryAt) : status.state;
    });

  test('closes when the device says that it is offline and nothing comes, and is back when the device is online', async () => {
    const page = await openPeer(context, stage.url);
    const handle = await page.evaluateHandle(() => connection.register('com.example.here', () => 'here').ready);
    await context.setOffline(true); // Chromium swallows what goes through open WebSockets, too
    await expect.poll(() => retryAt(page), { timeout: 10_000 }).toBe('undefined');
    expect(await handle.evaluate(({ state }) => state)).toBe('lost');
    await context.setOffline(false);
    await expect.poll(() => status(page)).toBe('joined');
    await expect.poll(() => handle.evaluate(({ state }) => state), { timeout: 20_000 }).toBe('active');
  });

  test('closes when the page is frozen, and is back when the page is', async () => {
    const page = await openPeer(context, stage.url);
    await page.evaluate(() => connection.register('com.example.here', () => 'here').ready);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await expect.poll(() => stage.router.sessions).toEqual([]);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await expect.poll(() => status(page)).toBe('joined');
    expect(await page.evaluate(() => connection.call('com.example.here'))).toBe('here');
  });

  test('checks whether it is alive when the page is visible again', async () => {
    const page = await openPeer(context, stage.url);
    const before = await page.evaluate(() => connection.stats().framesOut);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    expect(await page.evaluate(() => connection.stats().framesOut)).toBe(before + 1);
  });

  test.each([
    ['in a worker', {}, 1],
    ['in the page, where workers are not allowed', { 'content-security-policy': "worker-src 'none'" }, 0],
  ])('has timers that work %s', async (_, headers, workers) => {
    await stage.close();
    stage = await openStage({}, headers);
    const page = await context.newPage();
    await page.goto(stage.url);
    await page.addScriptTag({ url: '/autostrada.min.js' });
    const order = await page.evaluate(async () => {
      const clock = autostrada.workerClock();
      const fired: number[] = [];
      clock.clearTimeout(clock.setTimeout(() => fired.push(0), 1));
      clock.setTimeout(() => fired.push(2), 60);
      await new Promise<void>((resolve) => {
        clock.setTimeout(() => {
          fired.push(1);
          clock.setTimeout(resolve, 100);
        }, 20);
      });
      return fired;
    });
    expect(order).toEqual([1, 2]);
    expect(page.workers()).toHaveLength(workers);
  });
});
