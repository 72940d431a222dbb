// `npm start` is stopped and started again under open pages: what they show meanwhile, and after.
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Club, enterAs, HERE, openClub, says, typed } from './chess.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, dataFolder, startDemos, stopAll } from './processes.ts';

describe.skipIf(!hasChromium)('a restart of npm start', () => {
  let browser: Browser;
  let demos: Demos;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  afterEach(stopAll);

  const text = (page: Page, selector: string, expected: string | RegExp) =>
    expect.poll(() => page.textContent(selector), HERE).toMatch(expected);
  const isConnected = (page: Page) => text(page, '#status', /^connected$/);

  describe('during a game of chess', () => {
    let club: Club;
    let data: string;

    beforeEach(async () => {
      data = dataFolder();
      demos = await startDemos('0', 'chess', data);
      for (const name of ['auth', 'tournament']) await demos.service(`chess/${name}`);
      club = openClub(browser, demos);
    });
    afterEach(() => club.close());

    const states = (page: Page, selector: string) =>
      page.locator(selector).evaluateAll((elements) => elements.map(({ dataset }) => (dataset as { state?: string }).state));
    const account = async (page: Page, button: string): Promise<void> => {
      await page.click('summary');
      await page.fill('#name', 'Ada');
      await page.fill('#password', 'correct horse');
      await page.click(`#account button[value="${button}"]`);
      await page.waitForSelector('#lobby:not([hidden])', HERE);
    };

    test('[H13] shows nobody as present without a router, and afterwards guests and accounts under their old names', async () => {
      const [jane, bob] = await club.pair('Jane', 'Bob');
      const ada = await club.visit();
      await account(ada, 'sign-up');
      await expect.poll(() => states(jane, '.player'), HERE).toEqual(['here', 'here']);
      await says(jane, 'It is your move.');

      await demos.stop('SIGKILL');
      await says(jane, 'There is no connection to the router. A move that you make now is sent when it is back.');
      await says(bob, 'There is no connection to the router.');
      expect(new Set(await states(jane, '#services li, .player'))).toEqual(new Set(['unknown']));
      await text(jane, '#player-far small', 'not known');
      await jane.click('#resign');
      await says(jane, 'Not sent: there is no connection to the router.');

      rmSync(path.join(data, 'store'), { recursive: true }); // router-dies.test.ts keeps it
      demos = await startDemos(demos.port, 'chess', data);
      for (const page of [jane, bob, ada]) {
        await isConnected(page);
        await page.waitForSelector('#lobby:not([hidden])', HERE);
      }
      await text(jane, '#problem', 'The router was started again without its store. It does not know this game any more.');
      expect([await jane.textContent('#me'), await bob.textContent('#me'), await ada.textContent('#me')]).toEqual([
        'Jane',
        'Bob',
        'Ada',
      ]);
      await jane.click('#play-robot'); // all is as before
      await typed(jane, 'e4');
      await account(await club.visit(), 'log-in');
    });

    test('[H13] asks a user who is no longer known to log in again in the page, with the name in the form', async () => {
      const jane = await club.guest('Jane');
      await jane.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
      await demos.stop('SIGKILL');
      demos = await startDemos(demos.port, 'chess'); // with other data
      await text(jane, '#problem', 'The club does not know you any more. Please log in again.');
      await expect.poll(() => jane.inputValue('#guest-name'), HERE).toBe('Jane');
      await isConnected(jane);
      await enterAs(jane, 'Jane');
      expect(await jane.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
    });
  });

  test('[H13] shows no unknown state of devices and settings, and says that a change waits', async () => {
    demos = await startDemos('0', 'iot,settings');
    const context: BrowserContext = await browser.newContext();
    const open = async (where: string): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(demos.url + where);
      await isConnected(page);
      return page;
    };
    const [iot, site, admin] = [await open('/iot/'), await open('/settings/'), await open('/settings/admin.html')];
    await admin.fill('#password', 'autostrada');
    await admin.click('button');
    await admin.waitForSelector('#panel:not([hidden])', HERE);
    await text(iot, '#sensor', /^plugged in$/);
    await text(iot, '#servo', /^at 0°$/);
    await iot.waitForSelector('#rate', { state: 'visible', ...HERE });
    await iot.focus('#angle');
    await iot.keyboard.press('End');
    await text(iot, '#servo', /^at 90°$/);
    await text(site, '#crawler-state', /^runs$/);

    await demos.stop('SIGKILL');
    for (const [page, chip] of [
      [iot, '#sensor'],
      [iot, '#servo'],
      [site, '#crawler-state'],
      [site, '#encoder-state'],
    ] as const)
      await text(page, chip, /^not known$/);
    expect(await iot.isVisible('#rate')).toBe(false);
    await iot.click('#unplug');
    await text(iot, '#answer', 'Not sent: there is no connection to the router.');
    await admin.fill('#title', 'The Motorway Times');
    await text(admin, '#saved', 'There is no connection. It is published when the router is back.');
    await context.setOffline(true);
    await text(admin, '#status', /^offline · waiting for the network$/);
    await context.setOffline(false);

    demos = await startDemos(demos.port, 'iot,settings');
    await text(admin, '#saved', /^Published at/);
    await text(site, '#title', 'The Motorway Times');
    await text(iot, '#sensor', /^plugged in$/);
    await text(iot, '#servo', /^at 0°$/); // a new servo
    expect(await iot.inputValue('#angle')).toBe('0');
    await context.close();
  });
});
