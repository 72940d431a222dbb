// The inspector's page in a real Firefox, driven by WebDriver BiDi: playwright's own Firefox is not that of the system.
import { type Browser, launch, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onPath } from '../engines/drive.ts';
import { configFile, connectTo, type Inspected, startInspected } from './inspector.ts';
import { stopAll } from './processes.ts';

const executablePath = onPath('firefox-esr', 'firefox');
const HERE = { timeout: 30_000 };

if (!executablePath) console.log('THE INSPECTOR IS NOT TESTED IN FIREFOX: install firefox-esr');

describe.skipIf(!executablePath)('the inspector in Firefox', () => {
  let browser: Browser;
  let inspected: Inspected;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    inspected = await startInspected('--config', configFile());
    browser = await launch({ browser: 'firefox', executablePath: executablePath ?? '', args: ['--headless'] });
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.goto(inspected.address);
    await page.waitForSelector('nav');
  });
  afterAll(async () => {
    await browser?.close();
    await stopAll();
  });

  const textIn = (selector: string) => page.$eval(selector, (element) => element.textContent).catch(() => '');
  const go = (view: string) =>
    page.evaluate((hash) => {
      location.hash = hash;
    }, `#${view}`);

  test('[M3] has all views, and nothing fails in the page', async () => {
    const [callee, caller] = [await connectTo(inspected.url), await connectTo(inspected.url)];
    const { authid } = await callee.open();
    await callee.register('com.fox.add', ([a = 0, b = 0]: readonly number[]) => a + b).ready;
    await callee.subscribe('com.fox.news', () => {}).ready;
    await caller.publish('com.fox.state', ['on'], {}, { acknowledge: true, retain: true });
    await expect.poll(() => textIn('.now'), HERE).toMatch(/\d+ sessions/);
    expect(await page.$$eval('.plot canvas', ({ length }) => length)).toBe(4);
    await go('sessions');
    await expect.poll(() => textIn('tbody'), HERE).toContain(authid);
    await go('uris');
    await expect.poll(() => textIn('tbody'), HERE).toMatch(/add1 callee.*news1 subscriber.*state6 B/);
    await go('calls');
    await expect.poll(() => textIn('.scroller'), HERE).toContain('No call is running.');
    await go('live?uri=com.fox.');
    await expect
      .poll(async () => {
        await caller.call('com.fox.add', [2, 3]);
        await caller.publish('com.fox.nws');
        return textIn('tbody');
      }, HERE)
      .toMatch(/com\.fox\.news has 1 subscriber/);
    expect(await textIn('tbody')).toMatch(new RegExp(`com\\.fox\\.add✓→ [\\d.]+ ms ${authid} ⇄`));
    await go('try?do=call&uri=com.fox.add&args=[4,5]');
    await page.waitForSelector('textarea');
    await expect.poll(() => page.$eval('textarea', ({ value }) => value), HERE).toBe('[4,5]');
    await page.click('form.try button[type=submit]');
    await expect.poll(() => textIn('.said'), HERE).toMatch(/result of com\.fox\.add after [\d.]+ ms9/);
    await go('rules?action=call&uri=com.shop.buy&as=guest&realm=shop');
    await expect.poll(() => textIn('.verdict'), HERE).toBe('No');
    expect(faults).toEqual([]);
  });
});
