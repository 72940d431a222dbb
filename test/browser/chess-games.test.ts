// Whole games of chess between two browsers, and against the robot.
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { byMouse, type Club, HERE, isMyMove, openClub, played, position, says, typed } from './chess.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, startDemos, stopAll } from './processes.ts';

describe.skipIf(!hasChromium)('chess', () => {
  let browser: Browser;
  let demos: Demos;
  let club: Club;

  beforeAll(async () => {
    [browser, demos] = await Promise.all([launchChromium(), startDemos('0', 'chess')]);
    for (const name of ['auth', 'chat', 'tournament', 'robot-1', 'robot-2']) await demos.service(`chess/${name}`);
    club = openClub(browser, demos);
  });
  afterAll(async () => {
    await browser?.close();
    await stopAll();
  });
  afterEach(async () => {
    expect(club.complaints.splice(0)).toEqual([]);
    await club.close();
  });

  const foolsMate = async (jane: Page, bob: Page): Promise<void> => {
    await byMouse(jane, 'f2', 'f3');
    await byMouse(bob, 'e7', 'e5');
    await byMouse(jane, 'g2', 'g4');
    await byMouse(bob, 'd8', 'h4');
    for (const page of [jane, bob]) {
      await played(page, 'f3', 'e5', 'g4', 'Qh4#');
      await says(page, /^0-1 · Checkmate: \S+ wins\.$/);
    }
  };

  test('lets two browsers play a fool’s mate by mouse [D1]', async () => {
    const [jane, bob] = await club.pair('Jane', 'Bob');
    await foolsMate(jane, bob);
    // The tournament was not asked about any move. It has watched, and writes down how it ended.
    await expect.poll(() => jane.textContent('#games li:first-child'), HERE).toBe('Jane – Bob0-1');
    await jane.click('#back');
    await jane.waitForSelector('#lobby:not([hidden])');
    expect(await jane.isVisible('#table')).toBe(false);
  });

  test('lets two phones play the same by touch, in dark mode [D1]', async () => {
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: 'dark' } as const;
    const [jane, bob] = await club.pair('Jane-on-the-phone', 'Bob-in-the-bus', phone);
    await foolsMate(jane, bob);
    for (const page of [jane, bob]) {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(360);
    }
  });

  test('lets one play by keyboard alone, with en passant, a promotion, castling and a resignation [D2]', async () => {
    const [jane, bob] = await club.pair('Judit', 'Bobby');
    // On the board by the arrow keys: from a1 to e2, and on to e4.
    await isMyMove(jane);
    await jane.focus('#board svg');
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'Enter', 'ArrowUp', 'ArrowUp', 'Enter'])
      await jane.keyboard.press(key);
    await played(bob, 'e4');
    const game = ['Nf6', 'e5', 'd5', 'exd6', 'Nbd7', 'dxc7', 'Nb6', 'cxd8=Q+', 'Kxd8', 'Nf3', 'e6', 'Be2', 'Bd6', 'O-O', 'Ke7'];
    for (const [ply, move] of game.entries()) await typed(ply % 2 === 0 ? bob : jane, move);
    for (const page of [jane, bob]) await played(page, 'e4', ...game);
    expect(await position(jane)).toBe('r1b4r/pp2kppp/1n1bpn2/8/8/5N2/PPPPBPPP/RNBQ1RK1 w - - 4 9');
    expect(await position(bob)).toBe(await position(jane));

    await jane.focus('#resign');
    await jane.keyboard.press('Enter');
    for (const page of [jane, bob]) await says(page, /^0-1 · Judit has resigned, Bobby wins\.$/);
  });

  test('promotes a pawn by mouse to the chosen piece', async () => {
    const [jane, bob] = await club.pair('Vera', 'Max');
    for (const [ply, move] of ['e4', 'd5', 'exd5', 'c6', 'dxc6', 'a6', 'cxb7', 'a5'].entries())
      await typed(ply % 2 === 0 ? jane : bob, move);
    await byMouse(jane, 'b7', 'a8');
    await jane.locator('#board .promotion-dialog-button[data-piece="wn"]').click();
    await played(bob, 'e4', 'd5', 'exd5', 'c6', 'dxc6', 'a6', 'cxb7', 'a5', 'bxa8=N');
  });

  /** All that the robot has been thinking, also what was shown for a moment only. */
  const listenToThoughts = (page: Page) =>
    page.evaluate(() => {
      const thoughts: string[] = [];
      const place = document.getElementById('thought') as HTMLElement;
      new MutationObserver(() => thoughts.push(place.textContent ?? '')).observe(place, { childList: true });
      Object.assign(globalThis, { thoughts });
    });
  const thoughts = (page: Page) => page.evaluate(() => (globalThis as unknown as { thoughts: string[] }).thoughts);

  test('lets the robot answer a move by a call, and shows meanwhile what it thinks [D3]', async () => {
    const jane = await club.guest('Human');
    await listenToThoughts(jane);
    await jane.selectOption('#level', '3');
    await jane.click('#play-robot');
    await typed(jane, 'e4');
    await expect.poll(() => jane.locator('#moves span').count(), HERE).toBe(2);
    await isMyMove(jane);
    const told = await thoughts(jane);
    for (const depth of [1, 2, 3, 4])
      expect(
        told.some((text) => new RegExp(`depth ${depth}, \\w+, after [\\d,]+ positions`).test(text)),
        `depth ${depth}`,
      ).toBe(true);
    await byMouse(jane, 'd2', 'd4');
    await expect.poll(() => jane.locator('#moves span').count(), HERE).toBe(4);
  });

  test('stops the robot while it thinks, and takes the move back [D3]', async () => {
    const jane = await club.guest('Hesitant');
    await listenToThoughts(jane);
    await jane.selectOption('#level', '4');
    await jane.click('#play-robot');
    await typed(jane, 'e4');
    await expect.poll(() => thoughts(jane), HERE).toContainEqual(expect.stringMatching(/depth 3/));
    await jane.click('#take-back');
    await played(jane);
    await isMyMove(jane);
    await expect.poll(() => jane.isVisible('#thinking')).toBe(false);
    await typed(jane, 'd4');
    await expect.poll(() => jane.locator('#moves span').count(), HERE).toBe(2);
    expect((await jane.locator('#moves span').allTextContents())[0]).toBe('d4');
    await isMyMove(jane);
  });
});
