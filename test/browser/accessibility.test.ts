// Every page of the demos for those who do not see it, or not its colours, or have no mouse: axe-core, the keyboard, forced colours.
import axe from 'axe-core';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enterAs, HERE, openClub, sitDown, typed } from './chess.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, startDemos, stopAll } from './processes.ts';

const small = ['/', '/page.html', '/videos/', '/settings/', '/settings/admin.html', '/iot/', '/upload/', '/callmemaybe/'];
const further = ['/callmemaybe/button.html', '/fascinating-subject/', '/fascinating-subject/button.html'];
const talk = ['callmemaybe', 'callmemaybe-button', 'fascinatingsubject', 'fascinatingsubject-button'].map(
  (name) => `/talk/${name}.html`,
);

const phone = { viewport: { width: 375, height: 760 }, colorScheme: 'dark' } as const;

/** What axe-core finds, as far as it is serious: the rule, and what breaks it. */
async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);

describe.skipIf(!hasChromium)('the demos, without sight, mouse or colours,', () => {
  let browser: Browser;
  let demos: Demos;

  beforeAll(async () => {
    [browser, demos] = await Promise.all([launchChromium(), startDemos('0', 'chess,iot,settings')]);
    for (const name of ['chess/auth', 'chess/tournament', 'iot/accelerometer', 'iot/servo', 'settings/crawler'])
      await demos.service(name);
  });
  afterAll(async () => {
    await browser?.close();
    await stopAll();
  });

  const open = async (where: string, options = {}): Promise<Page> => {
    const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
    await page.goto(demos.url + where);
    const badge = page.locator('#status');
    if ((await badge.count()) > 0) await expect.poll(() => badge.textContent(), HERE).toBe('connected');
    return page;
  };

  test.each([...small, ...further, ...talk])(
    '[H13] have no serious fault by axe-core on %s, in light mode and on a phone in dark mode',
    async (where) => {
      for (const options of [{ colorScheme: 'light' }, phone]) {
        const page = await open(where, options);
        // With all its code, and with what its services have told.
        for (const summary of await page.locator('summary').all()) await summary.click();
        for (const chip of await page.locator('#sensor, #servo, #crawler-state').all())
          await expect.poll(() => chip.getAttribute('data-state'), HERE).toBe('here');
        expect(await findings(page)).toEqual([]);
        await page.context().close();
      }
    },
  );

  test('[H13] have no serious fault by axe-core in a game of chess, from the login on', async () => {
    const club = openClub(browser, demos);
    const [jane, bob] = [await club.visit(), await club.visit(phone)];
    for (const [page, name] of [
      [jane, 'Jane'],
      [bob, 'Bob'],
    ] as const) {
      await page.click('summary');
      expect(await findings(page)).toEqual([]);
      await enterAs(page, name);
      expect(await findings(page)).toEqual([]);
    }
    await sitDown(jane, bob);
    await typed(jane, 'e4');
    await typed(bob, 'e5');
    for (const page of [jane, bob]) expect(await findings(page)).toEqual([]);
    await club.close();
  });

  test('[H13] move the focus to where the page continues: from the login to the lobby, to the table, and back', async () => {
    const page = await open('/chess/');
    await page.fill('#guest-name', 'Tabitha');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page), HERE).toBe('lobby');
    await page.focus('#play-robot');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page), HERE).toBe('table');
    await page.focus('#resign');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#back:not([hidden])', HERE);
    await page.focus('#back');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page), HERE).toBe('lobby');
    await page.focus('#log-out');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page), HERE).toBe('login');

    const admin = await open('/settings/admin.html');
    await admin.fill('#password', 'autostrada');
    await admin.keyboard.press('Enter');
    await expect.poll(() => focused(admin), HERE).toBe('panel');
  });

  test('[H13] let the keyboard reach what can be scrolled, and keep words of code whole on a phone', async () => {
    const page = await open('/iot/', phone);
    const [pre] = await page.locator('#source').all();
    expect(await pre?.evaluate((code) => [code.scrollWidth > code.clientWidth, getComputedStyle(code).whiteSpace])).toEqual([
      true,
      'pre',
    ]);
    expect(await page.getAttribute('#source', 'tabindex')).toBe('0');

    const chess = await open('/chess/');
    expect(await chess.getAttribute('#games', 'tabindex')).toBeNull();
    await chess.locator('#games').evaluate((list) => {
      list.style.maxHeight = '5px'; // as with many games
    });
    await expect.poll(() => chess.getAttribute('#games', 'tabindex'), HERE).toBe('0');
  });

  test('[H13] show who is present and who is away differently, in forced colours too', async () => {
    const page = await open('/chess/', { forcedColors: 'active' });
    const chip = page.locator('#services li', { hasText: 'auth' });
    await expect.poll(() => chip.getAttribute('data-state'), HERE).toBe('here');
    const looks = await chip.evaluate((element) =>
      ['here', 'away', 'unknown'].map((state) => {
        element.dataset.state = state;
        const { width, borderTopWidth, borderTopStyle } = getComputedStyle(element, '::before');
        return [width, borderTopWidth, borderTopStyle].join(' ');
      }),
    );
    expect(new Set(looks).size).toBe(3);
  });
});
