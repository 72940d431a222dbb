// The demos as a visitor meets them: real pages, each in a tab of its own, served by what `npm start` runs.
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, run, startDemos, stopAll } from './processes.ts';

const HERE = { timeout: 10_000 };

describe.skipIf(!hasChromium)('the demos', () => {
  let browser: Browser;
  let demos: Demos;
  let context: BrowserContext;
  /** What a page complained of, whichever it was. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    demos = await startDemos();
    complaints = [];
    context = await browser.newContext();
    context.on('console', (message) => {
      if (message.type() !== 'debug') complaints.push(message.text());
    });
    context.on('weberror', (error) => complaints.push(error.error().message));
  });
  afterEach(async () => {
    await context.close();
    await stopAll();
  });

  const open = async (where: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(demos.url + where);
    await isConnected(page);
    return page;
  };
  const isConnected = (page: Page) => expect.poll(() => page.textContent('#status'), HERE).toBe('connected');
  const says = (page: Page, text: string) => expect.poll(() => page.textContent('#answer'), HERE).toBe(text);
  const messages = (page: Page) => page.locator('#messages li span').allTextContents();
  const press = async (page: Page, text: string): Promise<void> => {
    await page.fill('input', text);
    await page.click('button');
  };

  test('show callMeMaybe’s message in the first window, and its user agent in the second', async () => {
    const answering = await open('/callmemaybe/');
    const button = await open('/callmemaybe/button.html');
    await press(button, 'hello across');
    await says(button, await answering.evaluate(() => navigator.userAgent));
    expect(await messages(answering)).toEqual(['hello across']);
    expect(complaints).toEqual([]);
  });

  test('call with the page of the README, which uses our own API', async () => {
    const answering = await open('/callmemaybe/');
    const page = await context.newPage();
    await page.goto(`${demos.url}/page.html`);
    const said = new Promise((resolve) => {
      page.on('dialog', (dialog) => {
        resolve(dialog.message());
        void dialog.accept();
      });
    });
    await page.click('button');
    expect(await said).toBe(await answering.evaluate(() => navigator.userAgent));
    expect(await messages(answering)).toEqual(['hello']);
    expect(complaints).toEqual([]);
  });

  test('show a message as text, whatever it looks like', async () => {
    const answering = await open('/callmemaybe/');
    const button = await open('/callmemaybe/button.html');
    const nasty = '<img src=x onerror="document.title = 1"><b>bold</b>';
    await press(button, nasty);
    await expect.poll(() => messages(answering), HERE).toEqual([nasty]);
    expect(await answering.locator('img, b').count()).toBe(0);
  });

  test('have a button that needs no mouse', async () => {
    const answering = await open('/callmemaybe/');
    const button = await open('/callmemaybe/button.html');
    await button.focus('input');
    await button.keyboard.press('Enter');
    await expect.poll(() => messages(answering), HERE).toEqual(['Hello from the other window']);
    await button.keyboard.press('Tab');
    await button.keyboard.press('Space');
    await expect.poll(() => messages(answering), HERE).toHaveLength(2);
  });

  test('have a button that says that nobody answers yet, and works as soon as somebody does', async () => {
    const button = await open('/callmemaybe/button.html');
    await press(button, 'anybody?');
    await says(button, 'Nobody answers yet: open the other window first.');
    const answering = await open('/callmemaybe/');
    await press(button, 'and now?');
    await says(button, await answering.evaluate(() => navigator.userAgent));
    await answering.close();
    await press(button, 'still there?');
    await says(button, 'Nobody answers yet: open the other window first.');
  });

  test('say in a second window why it does not answer', async () => {
    await open('/callmemaybe/');
    const second = await open('/callmemaybe/');
    await expect
      .poll(() => second.textContent('#problem'), HERE)
      .toBe('Another window answers these calls already. Close it, then reload this one.');
    expect(complaints).toEqual([]);
  });

  test('send the news of fascinatingSubject to every tab that has subscribed', async () => {
    const tabs = [await open('/fascinating-subject/'), await open('/fascinating-subject/'), await open('/fascinating-subject/')];
    const button = await open('/fascinating-subject/button.html');
    await press(button, 'first');
    await says(button, 'The router has it, and has sent it to all who subscribed.');
    await press(button, 'second');
    for (const tab of tabs) await expect.poll(() => messages(tab), HERE).toEqual(['second', 'first']);
    await tabs.pop()?.close();
    await press(button, 'third');
    for (const tab of tabs) await expect.poll(() => messages(tab), HERE).toEqual(['third', 'second', 'first']);
    expect(complaints).toEqual([]);
  });

  test('connect the scripts for Node.js with the pages', async () => {
    const subscriber = await open('/fascinating-subject/');
    const answering = await open('/callmemaybe/');
    const client = run(['examples/node/client.mjs', demos.router]);
    expect(await client.until(/answer: (.*)/)).toBe(await answering.evaluate(() => navigator.userAgent));
    await expect.poll(() => messages(answering), HERE).toEqual(['hello from Node.js']);
    await expect.poll(() => messages(subscriber), HERE).toEqual(['Node.js was here']);
    await answering.close();

    const service = run(['examples/node/service.mjs', demos.router]);
    await service.until(/waiting/);
    const button = await open('/callmemaybe/button.html');
    await press(button, 'from a page');
    await says(button, `Node.js ${process.version}`);
    await service.until(/called: from a page/);
    await press(await open('/fascinating-subject/button.html'), 'page news');
    await service.until(/news: page news/);
  });

  test('continue without a reload when the router is killed and started again on its port', async () => {
    const answering = await open('/callmemaybe/');
    const subscriber = await open('/fascinating-subject/');
    const button = await open('/callmemaybe/button.html');
    const news = await open('/fascinating-subject/button.html');
    await press(button, 'before');
    await expect.poll(() => messages(answering), HERE).toEqual(['before']);

    await demos.stop('SIGKILL');
    for (const page of [answering, button])
      await expect.poll(() => page.textContent('#status'), HERE).toMatch(/^no router · trying/);
    for (const page of [button, news]) {
      await press(page, 'between');
      await says(page, 'Not sent: there is no connection to the router.');
    }

    demos = await startDemos(demos.port);
    for (const page of [answering, subscriber, button, news]) await isConnected(page);
    await press(button, 'after');
    await says(button, await answering.evaluate(() => navigator.userAgent));
    expect((await messages(answering))[0]).toBe('after');
    await press(news, 'news after');
    await expect.poll(() => messages(subscriber), HERE).toEqual(['news after']);
  });

  test('open each window of the landing page once, and as many subscribers as one likes', async () => {
    const landing = await context.newPage();
    await landing.goto(`${demos.url}/`);
    const follow = async (name: string): Promise<Page> => {
      const [page] = await Promise.all([context.waitForEvent('page'), landing.getByRole('link', { name }).first().click()]);
      await isConnected(page);
      return page;
    };
    const answering = await follow('Open the window that answers');
    const button = await follow('Open the button');
    await press(button, 'well?');
    await expect.poll(() => messages(answering), HERE).toEqual(['well?']);
    const [first, second] = [await follow('Open a subscriber'), await follow('Open a subscriber')];
    expect(first).not.toBe(second);

    // The same window again: two that answer would be one too many.
    const reloaded = answering.waitForEvent('load');
    await landing.getByRole('link', { name: 'Open the window that answers' }).click();
    await reloaded;
    await isConnected(answering);
    expect(context.pages()).toHaveLength(5);
    expect(complaints).toEqual([]);
  });

  test('fit on a phone, and show the code that runs in each page', async () => {
    for (const where of [
      '/callmemaybe/',
      '/callmemaybe/button.html',
      '/fascinating-subject/',
      '/fascinating-subject/button.html',
    ]) {
      const page = await open(where);
      await page.setViewportSize({ width: 360, height: 700 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), where).toBeLessThanOrEqual(360);
      expect(await page.textContent('#source'), where).toContain('\nconst connection = new autobahn.Connection({');
      await page.close();
    }
    expect(complaints).toEqual([]);
  });
});
