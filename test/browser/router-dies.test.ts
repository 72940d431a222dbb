// The router of the demos is killed, in the middle of everything, and started again with the same store: what the pages have then.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Club, HERE, isMyMove, openClub, played, position, says, typed } from './chess.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, dataFolder, startDemos, stopAll } from './processes.ts';

describe.skipIf(!hasChromium)('the death of the router', () => {
  let browser: Browser;
  let demos: Demos;
  let data: string;
  let club: Club;
  let context: BrowserContext;

  const startAgain = async (): Promise<void> => {
    demos = await startDemos(demos.port, 'chess,settings', data);
  };

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    data = dataFolder();
    demos = await startDemos('0', 'chess,settings', data);
    for (const name of ['chess/auth', 'chess/chat', 'chess/tournament', 'settings/crawler']) await demos.service(name);
    club = openClub(browser, demos);
    context = await browser.newContext();
  });
  afterEach(async () => {
    await club.close();
    await context.close();
    await stopAll();
  });

  const text = (page: Page, selector: string, expected: string | RegExp) =>
    expect.poll(() => page.textContent(selector), HERE).toMatch(expected);
  const states = (page: Page, selector: string) =>
    page.locator(selector).evaluateAll((elements) => elements.map(({ dataset }) => (dataset as { state?: string }).state));
  const open = async (where: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(demos.url + where);
    await text(page, '#status', /^connected$/);
    return page;
  };
  const admin = async (): Promise<Page> => {
    const page = await open('/settings/admin.html');
    await page.fill('#password', 'autostrada');
    await page.click('button');
    await page.waitForSelector('#panel:not([hidden])', HERE);
    return page;
  };
  /** Until the router has acknowledged it. */
  const set = async (page: Page, title: string): Promise<void> => {
    await page.evaluate(() => document.getElementById('saved')?.replaceChildren());
    await page.fill('#title', title);
    await text(page, '#saved', /^Published at/);
  };

  test('[K5] a game of chess goes on with all its moves, and spectators, chat, results and names are there', async () => {
    const [jane, bob] = await club.pair('Jane', 'Bob');
    for (const [ply, move] of ['e4', 'e5', 'Nf3', 'Nc6', 'Bb5'].entries()) await typed(ply % 2 === 0 ? jane : bob, move);
    await isMyMove(bob);
    await bob.fill('#words', 'The Spanish one!');
    await bob.press('#words', 'Enter');
    await text(jane, '#talk', 'The Spanish one!');
    const before = await position(jane);

    await demos.stop('SIGKILL');
    await says(bob, 'There is no connection to the router. A move that you make now is sent when it is back.');
    await bob.fill('#typed-move', 'a6');
    await bob.press('#typed-move', 'Enter');
    await startAgain();

    await played(jane, 'e4', 'e5', 'Nf3', 'Nc6', 'Bb5', 'a6');
    await typed(jane, 'Ba4');
    await typed(bob, 'Nf6');
    const all = ['e4', 'e5', 'Nf3', 'Nc6', 'Bb5', 'a6', 'Ba4', 'Nf6'];
    for (const page of [jane, bob]) {
      await played(page, ...all);
      expect(await states(page, '.player')).toEqual(['here', 'here']);
    }
    expect(await position(jane)).not.toBe(before);
    await text(jane, '#talk', 'The Spanish one!');

    const spectator = await club.visit();
    await spectator.click('#games button');
    await played(spectator, ...all);
    await spectator.close();

    await jane.click('#resign');
    for (const page of [jane, bob]) await says(page, /^0-1 · Jane has resigned, Bob wins\.$/);
  });

  test('[K5] a page that is opened first after the restart has the whole game; nobody who is away is said to be here', async () => {
    const [jane, bob] = await club.pair('Jane', 'Bob');
    for (const [ply, move] of ['d4', 'd5', 'c4'].entries()) await typed(ply % 2 === 0 ? jane : bob, move);
    await isMyMove(bob);
    const waiting = await club.guest('Mikhail');
    await waiting.click('#enter');
    await text(jane, '#games', 'Jane – Bob');
    await expect.poll(() => waiting.textContent('#enter'), HERE).toBe('Wait no longer');

    await demos.stop('SIGKILL');
    await bob.close();
    await waiting.close();
    expect(readdirSync(path.join(data, 'store'))).toContain('CURRENT');
    await startAgain();
    await demos.service('chess/tournament');
    // Their own pages are closed, and no router has published their testaments.
    await jane.reload();
    await played(jane, 'd4', 'd5', 'c4');
    await expect.poll(() => states(jane, '#services li'), HERE).toEqual(['here', 'here', 'here', 'here', 'here']);
    expect(await states(jane, '#player-far')).toEqual(['unknown']);
    const eve = await club.guest('Eve');
    await text(eve, '#pool', 'Mikhail waits for somebody to play with.');
    await eve.click('#enter');
    await expect.poll(() => eve.textContent('#enter'), HERE).toBe('Wait no longer'); // not with a player who is away
    expect(await eve.isVisible('#table')).toBe(false);
  });

  test('[K5] settings are there, and a stream of server-sent events has missed nothing', async () => {
    const [site, editor] = [await open('/settings/'), await admin()];
    const changes = async (): Promise<string[]> => {
      const texts = await site.locator('#changes span').allTextContents();
      return texts.reverse().map((change) => change.replace(/,.*/, ''));
    };
    await set(editor, 'One');
    await set(editor, 'Two');
    await expect.poll(changes, HERE).toEqual(['One', 'Two']);

    await demos.stop('SIGKILL');
    await text(site, '#crawler-state', /^not known$/);
    await editor.fill('#title', 'Three'); // waits for the router
    await startAgain();
    await text(editor, '#saved', /^Published at/);
    await set(editor, 'Four');
    await set(editor, 'Five');
    await expect.poll(changes, HERE).toEqual(['One', 'Two', 'Three', 'Four', 'Five']);
    await set(editor, 'Six');
    await expect.poll(changes, HERE).toEqual(['One', 'Two', 'Three', 'Four', 'Five', 'Six']);

    await demos.stop('SIGKILL');
    await startAgain();
    for (const page of [site, await open('/settings/')]) {
      await text(page, '#title', /^Six$/);
      await text(page, '#publisher', 'admin, as admin');
    }
    // A stream of a program that was away all the time: from its last event on.
    const url = `${demos.url}/http/settings/events/settings.current?get_retained=false`;
    const ids = await fetch(url, { headers: { 'last-event-id': '1' } });
    const reader = ids.body?.pipeThrough(new TextDecoderStream()).getReader();
    let received = '';
    while (!received.includes('Six')) received += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    expect(received.match(/"title":"\w+"/g)).toEqual(
      ['One', 'Two', 'Three', 'Four', 'Five', 'Six'].map((title) => `"title":"${title}"`),
    );
    expect(received).toContain(': the history does not go back so far');
  });
});
