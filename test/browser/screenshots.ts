// The pictures of README and docs, taken from the running demos: `npm run screenshots` writes them to docs/images/.
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Club, openClub, played, typed } from './chess.ts';
import { launchChromium } from './chromium.ts';
import { take } from './picture.ts';
import { type Demos, startDemos, stopAll } from './processes.ts';

const HERE = { timeout: 15_000 };
const desktop = { viewport: { width: 1120, height: 760 } } as const;
const phone = { viewport: { width: 375, height: 760 }, deviceScaleFactor: 2, colorScheme: 'dark' } as const;

let browser: Browser;
let demos: Demos;
let club: Club;

beforeAll(async () => {
  [browser, demos] = await Promise.all([launchChromium(), startDemos('0', 'chess,videos,settings,iot,upload')]);
  const names = ['auth', 'chat', 'tournament', 'robot-1', 'robot-2'].map((name) => `chess/${name}`);
  for (const name of [...names, 'videos/encoder', 'settings/crawler', 'settings/encoder', 'iot/accelerometer', 'iot/servo'])
    await demos.service(name);
  club = openClub(browser, demos);
});
afterEach(() => club.close());
afterAll(async () => {
  await browser?.close();
  await stopAll();
});

async function open(where: string, options: BrowserContextOptions = desktop): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(demos.url + where);
  await expect.poll(() => page.textContent('#status'), HERE).toBe('connected');
  return page;
}

const opening = ['e4', 'e5', 'Nf3', 'Nc6', 'Bb5', 'a6', 'Ba4', 'Nf6', 'O-O', 'Be7', 'Re1', 'b5', 'Bb3', 'd6'];

test('chess, and the same on a phone', async () => {
  const jane = await club.guest('Jane', desktop);
  const bob = await club.guest('Bob', phone);
  await jane.click('#enter');
  await expect.poll(() => jane.textContent('#enter'), HERE).toBe('Wait no longer');
  await bob.click('#enter');
  for (const [ply, move] of opening.entries()) await typed(ply % 2 === 0 ? jane : bob, move);
  for (const page of [jane, bob]) await played(page, ...opening);
  await bob.fill('#words', 'The Spanish torture again?');
  await bob.click('#say button');
  await expect.poll(() => jane.locator('#talk li').count(), HERE).toBe(1);
  await take(jane, 'chess');
  await take(bob, 'chess-phone');
});

test('the page of all demos', async () => {
  await take(await open('/'), 'demos');
});

test('notifications', async () => {
  const page = await open('/videos/');
  for (const title of ['How to merge onto a motorway', 'Crash barriers: a love story']) {
    await page.fill('#title', title);
    await page.click('button');
    await expect.poll(() => page.textContent('#videos li b'), HERE).toBe(title);
  }
  await take(page, 'notifications');
});

test('settings', async () => {
  const admin = await open('/settings/admin.html');
  await admin.fill('#password', 'autostrada');
  await admin.click('button');
  await admin.waitForSelector('#panel:not([hidden])', HERE);
  await admin.fill('#title', 'The Motorway Times');
  const site = await open('/settings/');
  await expect.poll(() => site.textContent('#title'), HERE).toBe('The Motorway Times');
  await take(site, 'settings');
});

test('IoT', async () => {
  const page = await open('/iot/');
  const readings = () => page.evaluate(() => (globalThis as unknown as { plot: { count: number } }).plot.count);
  await expect.poll(readings, HERE).toBeGreaterThan(300);
  await page.focus('#angle');
  await page.keyboard.press('End');
  await expect.poll(() => page.textContent('#answer'), HERE).toContain('The servo is at');
  const turned = await readings();
  await expect.poll(readings, HERE).toBeGreaterThan(turned + 70);
  await take(page, 'iot');
});
