// The smaller demos with services: notifications, settings, IoT, upload. Each once on a desktop, each page at the size of a phone.
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, startDemos, stopAll } from './processes.ts';

const HERE = { timeout: 15_000 };

describe.skipIf(!hasChromium)('the demos with services', () => {
  let browser: Browser;
  let demos: Demos;
  let context: BrowserContext;
  let complaints: string[];

  beforeAll(async () => {
    [browser, demos] = await Promise.all([launchChromium(), startDemos('0', 'videos,settings,iot,upload')]);
    const names = ['videos/encoder', 'settings/crawler', 'settings/encoder', 'iot/accelerometer', 'iot/servo', 'upload/store'];
    for (const name of names) await demos.service(name);
    complaints = [];
    context = await browser.newContext();
    context.on('console', (message) => {
      if (message.type() !== 'debug') complaints.push(message.text());
    });
    context.on('weberror', (error) => complaints.push(error.error().message));
  });
  afterAll(async () => {
    await browser?.close();
    await stopAll();
  });
  afterEach(async () => {
    expect(complaints.splice(0)).toEqual([]);
    await Promise.all(context.pages().map((page) => page.close()));
  });

  const open = async (where: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(demos.url + where);
    await expect.poll(() => page.textContent('#status'), HERE).toBe('connected');
    return page;
  };
  const says = (page: Page, selector: string, text: string | RegExp) =>
    expect.poll(() => page.textContent(selector), HERE).toMatch(text);

  test('show a new video in every window at once, also in one that is opened later [D9]', async () => {
    const windows = [await open('/videos/'), await open('/videos/')];
    await windows[0]?.fill('#title', '<i>Roundabouts</i>');
    await windows[0]?.click('button');
    for (const page of windows) await says(page, '#videos li.new b', /^<i>Roundabouts<\/i>$/);
    await says(windows[0]!, '#answer', /^It is video number 1\. Everybody has been told\.$/);
    const late = await open('/videos/');
    await says(late, '#videos li b', /^<i>Roundabouts<\/i>$/);
    await says(late, '#videos li small', /^before this page was opened/);
    expect(await late.locator('#videos i').count()).toBe(0);
    // The server refuses a title that is too long, past the form.
    await late.evaluate(() => document.getElementById('title')?.removeAttribute('maxlength'));
    await late.fill('#title', 'x'.repeat(81));
    await late.click('button');
    await says(late, '#answer', 'A title has 1 to 80 characters.');
  });

  test('let the admin change a setting, show all others who it was, and let nobody else do it [D10]', async () => {
    const [site, admin] = [await open('/settings/'), await open('/settings/admin.html')];
    await admin.fill('#password', 'wrong');
    await admin.click('button');
    await says(admin, '#answer', 'Wrong password.');
    await admin.fill('#password', 'autostrada');
    await admin.click('button');
    await admin.waitForSelector('#panel:not([hidden])', HERE);
    await admin.fill('#title', 'Motorway <b>Times</b>');
    await admin.selectOption('#quality', '4K');
    await admin.focus('#pagesPerSecond');
    await admin.keyboard.press('End');
    await says(site, '#title', /^Motorway <b>Times<\/b>$/);
    await says(site, '#publisher', 'admin, as admin');
    await says(site, '#crawler', '20 a second');
    await says(site, '#encoder', 'the next one in 4K');

    await site.click('#try');
    await says(site, '#answer', 'The router refuses: wamp.error.not_authorized');
    await says(site, '#title', 'Motorway');
    await says(await open('/settings/'), '#title', 'Motorway'); // who comes later
  });

  test('plot the sensor live, move the servo, and notice when the sensor is unplugged [D11]', async () => {
    const page = await open('/iot/');
    const readings = () => page.evaluate(() => (globalThis as unknown as { plot: { count: number } }).plot.count);
    await expect.poll(readings, HERE).toBeGreaterThan(100);
    await says(page, '#sensor', 'plugged in');
    expect(await page.locator('#plot canvas').count()).toBe(1);

    await page.focus('#angle');
    await page.keyboard.press('Home');
    await says(page, '#servo', 'at -90°');
    await says(page, '#answer', 'The servo is at -90°.');
    // Gravity is on its x axis now.
    const x = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const { plot } = globalThis as unknown as { plot: { add: (...reading: number[]) => void } };
          const add = plot.add;
          plot.add = (...reading) => {
            add(...reading);
            if (Number(reading[0]) < -9 && Math.abs(Number(reading[2])) < 1) resolve(Number(reading[0]));
          };
        }),
    );
    expect(await x).toBeLessThan(-9);

    const sensor = await demos.service('iot/accelerometer');
    await page.click('#unplug');
    await says(page, '#sensor', 'unplugged');
    const before = await readings();
    await demos.service('iot/accelerometer', sensor); // and plugged in again
    await says(page, '#sensor', /^plugged in$/);
    await expect.poll(readings, HERE).toBeGreaterThan(before);
  });

  test('[H13] show where the arm is after a sensor is plugged in again, and no rate for one that is not', async () => {
    const page = await open('/iot/');
    await page.focus('#angle');
    await page.keyboard.press('End');
    await says(page, '#answer', 'The servo is at 90°.');
    await page.waitForSelector('#rate', { state: 'visible', ...HERE });
    await page.evaluate(() => {
      const { plot } = globalThis as unknown as { plot: { add: (...reading: number[]) => void } };
      const felt: number[] = [];
      const { add } = plot;
      plot.add = (...reading) => {
        add(...reading);
        felt.push(Number(reading[0]));
      };
      Object.assign(globalThis, { felt });
    });
    // Its process of the test before may have been started anew as well: the newest one counts.
    const sensors = [...demos.err().matchAll(/iot\/accelerometer *\| ready, process (\d+)/g)];
    await page.click('#unplug');
    await says(page, '#sensor', /^unplugged$/);
    expect(await page.isVisible('#rate')).toBe(false);
    await page.evaluate(() => (globalThis as unknown as { felt: number[] }).felt.splice(0)); // of the one before
    await demos.service('iot/accelerometer', Number(sensors.at(-1)?.[1]));
    await page.waitForSelector('#rate', { state: 'visible', ...HERE });
    const felt = () => page.evaluate(() => (globalThis as unknown as { felt: number[] }).felt);
    await expect.poll(async () => (await felt()).length, HERE).toBeGreaterThan(50);
    expect(Math.min(...(await felt()))).toBeGreaterThan(9); // from its first reading on, at rest
    const late = await open('/iot/');
    await says(late, '#servo', /^at 90°$/);
    expect(await late.inputValue('#angle')).toBe('90');
  });

  test('upload a file at the pace of the service, with a pause, and cancel another one [D12]', async () => {
    const page = await open('/upload/');
    await page.evaluate(() => {
      // Most that were ever under way.
      const most = { ahead: 0 };
      const place = document.getElementById('ahead') as HTMLElement;
      new MutationObserver(() => {
        most.ahead = Math.max(most.ahead, Number(place.textContent));
      }).observe(place, { childList: true });
      Object.assign(globalThis, { most });
    });
    const value = () => page.evaluate(() => (document.getElementById('progress') as HTMLProgressElement).value);
    await page.click('#sample');
    await expect.poll(value, HERE).toBeGreaterThan(0.02);
    await page.click('#pause');
    await says(page, '#ahead', /^[0]$/); // what is under way arrives, and then no more
    const paused = await value();
    expect(paused).toBeLessThan(1);
    await says(page, '#pause', 'Go on');
    expect(await value()).toBe(paused);
    await page.click('#pause');
    // 8 MB of zeros.
    await says(
      page,
      '#answer',
      '8,388,608 bytes have arrived. SHA-256: 2daeb1f36095b44b318410b3f4e8b5d989dcc7bb023d1426c492dab0a3053e74',
    );
    const most = await page.evaluate(() => (globalThis as unknown as { most: { ahead: number } }).most.ahead);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);

    await page.click('#sample');
    await expect.poll(value, HERE).toBeGreaterThan(0.02);
    await page.click('#cancel');
    await says(page, '#answer', /^Cancelled\.$/);
    // By the file picker, an empty file.
    await page.setInputFiles('#file', { name: 'empty', mimeType: 'text/plain', buffer: Buffer.alloc(0) });
    await says(page, '#answer', '0 bytes have arrived. SHA-256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test('fit on a phone in every page, and show its code', async () => {
    for (const where of ['/', '/videos/', '/settings/', '/settings/admin.html', '/iot/', '/upload/', '/chess/']) {
      const page = await open(where);
      await page.setViewportSize({ width: 360, height: 740 }); // also of a page that was wider before
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), HERE).toBeLessThanOrEqual(360);
      expect(await page.textContent('#status'), where).toBe('connected');
      for (const details of await page.locator('details:has([data-file])').all()) {
        await details.locator('summary').click();
        await expect.poll(() => details.locator('[data-file]').textContent(), HERE).toMatch(/autostrada|autobahn|import|export/);
      }
    }
  });
});
