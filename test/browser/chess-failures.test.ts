// What goes wrong while a game goes on: it goes on.
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { byMouse, type Club, HERE, moves, openClub, played, says, sitDown, tap, typed } from './chess.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, startDemos, stopAll } from './processes.ts';

const names = ['auth', 'chat', 'tournament', 'robot-1', 'robot-2'];

describe.skipIf(!hasChromium)('chess', () => {
  let browser: Browser;
  let demos: Demos;
  let club: Club;
  let processes: Map<string, number>;

  beforeAll(async () => {
    [browser, demos] = await Promise.all([launchChromium(), startDemos('0', 'chess')]);
    processes = new Map();
    for (const name of names) processes.set(name, await demos.service(`chess/${name}`));
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

  const kill = (name: string): void => {
    process.kill(processes.get(name)!, 'SIGKILL');
  };
  const isBack = async (name: string): Promise<void> => {
    processes.set(name, await demos.service(`chess/${name}`, processes.get(name)));
  };
  const reload = async (page: Page): Promise<void> => {
    await page.reload();
    await page.waitForSelector('#table:not([hidden])', HERE);
  };
  const serviceIs = (page: Page, name: string, state: string) =>
    expect.poll(() => page.locator('#services li', { hasText: name }).getAttribute('data-state'), HERE).toBe(state);
  const presence = (page: Page) => page.getAttribute('#player-far', 'data-state');

  test('keeps everything when either page is reloaded during the game [D4]', async () => {
    const [jane, bob] = await club.pair('Jane', 'Bob');
    await typed(jane, 'e4');
    await typed(bob, 'e5');
    await reload(jane);
    await played(jane, 'e4', 'e5');
    await reload(bob);
    await played(bob, 'e4', 'e5');
    await typed(jane, 'Nf3');
    await reload(bob);
    await played(bob, 'e4', 'e5', 'Nf3');
    await byMouse(bob, 'b8', 'c6');
    await played(jane, 'e4', 'e5', 'Nf3', 'Nc6');
  });

  test('shows that the other page is away, and delivers the move when it is back [D4]', async () => {
    const [jane, bob] = await club.pair('Juno', 'Bert');
    await expect.poll(() => presence(jane), HERE).toBe('here');
    await bob.goto('about:blank');
    await expect.poll(() => presence(jane), HERE).toBe('away');
    await typed(jane, 'd4');
    await says(jane, 'Bert does not answer. Your move is kept, and tried again.');
    await bob.goto(`${demos.url}/chess/`);
    await played(bob, 'd4');
    await expect.poll(() => presence(jane), HERE).toBe('here');
    await typed(bob, 'd5');
    await played(jane, 'd4', 'd5');
  });

  test('continues when every service is killed during the game, and writes the result down afterwards [D5]', async () => {
    const [jane, bob] = await club.pair('Judy', 'Ben');
    await typed(jane, 'f3');
    for (const name of ['auth', 'chat', 'tournament']) kill(name);
    await typed(bob, 'e5');
    await typed(jane, 'g4');
    await played(bob, 'f3', 'e5', 'g4');
    for (const name of ['auth', 'chat', 'tournament']) await isBack(name);
    await typed(bob, 'Qh4#');
    for (const page of [jane, bob]) await says(page, '0-1 · Checkmate: Ben wins.');
    await expect.poll(() => jane.textContent('#games li:first-child'), HERE).toBe('Judy – Ben0-1');
    // What was said is said, who has logged in may come back.
    await serviceIs(jane, 'chat', 'here');
    await bob.fill('#words', 'well played');
    await bob.click('#say button');
    await expect.poll(() => jane.textContent('#talk'), HERE).toBe('Benwell played');
    kill('chat');
    await isBack('chat');
    await jane.fill('#words', 'thank you');
    await jane.click('#say button');
    await expect.poll(() => bob.textContent('#talk'), HERE).toBe('Benwell playedJudythank you');
    await jane.reload();
    await expect.poll(() => jane.textContent('#me'), HERE).toBe('Judy');
  });

  test('continues when a robot is killed while it thinks: another one answers [D5]', async () => {
    const jane = await club.guest('Robota');
    await jane.selectOption('#level', '4');
    await jane.click('#play-robot');
    await typed(jane, 'e4');
    const thinking = /^(robot-\d) thinks: depth/;
    await expect.poll(() => jane.textContent('#thought'), HERE).toMatch(thinking);
    const [, name = ''] = thinking.exec((await jane.textContent('#thought')) ?? '') ?? [];
    kill(name);
    await serviceIs(jane, name.replace('-', ' '), 'away');
    await expect.poll(async () => (await moves(jane)).length, HERE).toBe(2);
    await isBack(name);
    await serviceIs(jane, name.replace('-', ' '), 'here');
  });

  test('survives the loss of the connection during a game, on either side [D6]', async () => {
    const [jane, bob] = [await club.guest('Jill'), await club.guest('Bill')];
    const lines = [await tap(jane), await tap(bob)];
    for (const page of [jane, bob]) {
      await page.reload();
      await page.waitForSelector('#lobby:not([hidden])', HERE);
    }
    await sitDown(jane, bob);
    await typed(jane, 'e4');
    await played(bob, 'e4');
    for (const [index, page] of [jane, bob].entries()) {
      await lines[index]?.at(-1)?.close({ code: 1001 });
      await expect.poll(() => lines[index]?.length, HERE).toBe(2);
      await expect.poll(() => page.textContent('#status'), HERE).toBe('connected');
    }
    await typed(bob, 'e5');
    await lines[0]?.at(-1)?.close({ code: 1001 });
    await typed(jane, 'Nf3');
    for (const page of [jane, bob]) await played(page, 'e4', 'e5', 'Nf3');
  });

  test('continues when a browser sleeps during the game: the other one waits until it wakes', async () => {
    const [jane, bob] = await club.pair('Jamie', 'Bruno');
    await typed(jane, 'e4');
    await typed(bob, 'c5');
    await played(jane, 'e4', 'c5');
    const debug = await bob.context().newCDPSession(bob);
    await debug.send('Debugger.enable');
    const slept = new Promise((resolve) => debug.once('Debugger.paused', resolve));
    await debug.send('Debugger.pause'); // with its next breath
    await slept;
    await typed(jane, 'Nf3');
    await says(jane, 'Bruno does not answer. Your move is kept, and tried again.');
    await debug.send('Debugger.resume');
    await debug.send('Debugger.disable');
    await played(bob, 'e4', 'c5', 'Nf3');
    await says(jane, "It is Bruno's move.");
    await typed(bob, 'd6');
    await played(jane, 'e4', 'c5', 'Nf3', 'd6');
  });

  test('shows a late spectator the position at once, then every move [D8]', async () => {
    const [jane, bob] = await club.pair('Jo', 'Bo');
    await typed(jane, 'e4');
    await typed(bob, 'c6');
    const spectator = await club.visit(); // has not logged in
    await spectator.getByRole('button', { name: 'Watch Jo against Bo' }).click();
    await played(spectator, 'e4', 'c6');
    await typed(jane, 'd4');
    await played(spectator, 'e4', 'c6', 'd4');
    expect(await spectator.isVisible('#typed')).toBe(false);
    expect(await spectator.isVisible('#say')).toBe(false);
    await bob.click('#resign');
    await says(spectator, '1-0 · Bo has resigned, Jo wins.');
  });

  test('lets a second window under the same name take over, and be sent away again', async () => {
    const [jane, bob] = await club.pair('Jasmin', 'Boris');
    await typed(jane, 'e4');
    await played(bob, 'e4');
    const login = await jane.evaluate(() => sessionStorage.getItem('chess.login') ?? '');
    const other = await jane.context().newPage();
    await other.addInitScript((text) => sessionStorage.setItem('chess.login', text), login);
    await other.goto(`${demos.url}/chess/`);
    await played(other, 'e4');
    await expect.poll(() => jane.textContent('#problem'), HERE).toContain('Jasmin plays in another window now.');
    expect(await jane.isVisible('#table')).toBe(false);
    await typed(bob, 'e5');
    await played(other, 'e4', 'e5');
    await jane.click('#problem button');
    await played(jane, 'e4', 'e5');
    await expect.poll(() => other.textContent('#problem'), HERE).toContain('Jasmin plays in another window now.');
    await typed(jane, 'Nf3');
    await played(bob, 'e4', 'e5', 'Nf3');
    await other.close();
    await typed(bob, 'Nc6');
    await played(jane, 'e4', 'e5', 'Nf3', 'Nc6');
    await expect.poll(() => presence(bob), HERE).toBe('here');
  });
});
