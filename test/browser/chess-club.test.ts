// Coming and going at the chess club: names, seats, and robots that do not answer.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Code, ERROR } from '../fixtures/messages.ts';
import { type Club, enterAs, HERE, moves, openClub, says, tap, typed } from './chess.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, dataFolder, root, startDemos, stopAll } from './processes.ts';

describe.skipIf(!hasChromium)('the chess club', () => {
  let browser: Browser;
  let demos: Demos;
  let club: Club;

  beforeAll(async () => {
    [browser, demos] = await Promise.all([launchChromium(), startDemos('0', 'chess')]);
    for (const name of ['auth', 'tournament', 'robot-1', 'robot-2']) await demos.service(`chess/${name}`);
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

  test('[H13] lets a guest who has logged out come back under the same name, which the other window of the guest does not keep', async () => {
    const zoe = await club.guest('Zoe');
    const login = await zoe.evaluate(() => sessionStorage.getItem('chess.login') ?? '');
    const other = await zoe.context().newPage();
    await other.addInitScript(
      (text) => sessionStorage.getItem('chess.login') ?? sessionStorage.setItem('chess.login', text),
      login,
    );
    await other.goto(`${demos.url}/chess/`);
    await expect.poll(() => other.textContent('#me'), HERE).toBe('Zoe');
    await expect.poll(() => zoe.textContent('#problem'), HERE).toContain('Zoe plays in another window now.');
    await other.click('#log-out');
    await expect.poll(() => zoe.textContent('#problem'), HERE).toBe('Zoe has logged out in another window.');
    for (const page of [zoe, other]) await page.waitForSelector('#login:not([hidden])', HERE);
    await enterAs(other, 'Zoe');
    expect(await other.textContent('#me')).toBe('Zoe');
  });

  test('[H13] refuses a name that is not allowed before anybody is asked', async () => {
    const page = await club.visit();
    const lines = await tap(page);
    await page.reload();
    await expect.poll(() => page.textContent('#status'), HERE).toBe('connected');
    await lines[0]?.close(); // from now on nobody could answer
    for (const name of ['two words', 'x', 'a.b']) {
      await page.fill('#guest-name', name);
      await page.click('#guest button');
      await expect.poll(() => page.textContent('#problem'), HERE).toMatch(/^A name has 2 to 20 characters/);
    }
  });

  test('[H13] offers a player no game to watch', async () => {
    const [jane] = await club.pair('Jane', 'Bob');
    const eve = await club.guest('Eve');
    await eve.getByRole('button', { name: 'Watch Jane against Bob' }).click();
    await expect.poll(() => eve.textContent('#player-near b'), HERE).toBe('Jane');
    await eve.click('#back');
    await eve.click('#play-robot');
    await typed(eve, 'e4');
    await expect.poll(() => jane.locator('#games li').count(), HERE).toBe(2);
    for (const page of [jane, eve]) expect(await page.getByRole('button', { name: /^Watch/ }).count()).toBe(0);
  });

  test('[H13] does not let robots think that are away, and does not show them', async () => {
    let isAway = false;
    const nobody = (message: string): string | undefined => {
      const [type, request, ...rest] = JSON.parse(message) as [number, number, ...unknown[]];
      if (isAway && type === Code.RESULT) return JSON.stringify(ERROR('CALL', request, {}, 'wamp.error.no_such_procedure'));
      if (isAway && type === Code.INVOCATION) return undefined; // a robot that has been asked already makes its move by a call
      const topic = (rest[1] as { topic?: string } | undefined)?.topic ?? '';
      if (isAway && type === Code.EVENT && topic.includes('robot'))
        return JSON.stringify([type, request, rest[0], { topic }, ['away']]);
      return message;
    };
    const jane = await club.visit();
    const lines = await tap(jane, nobody);
    await jane.reload();
    await enterAs(jane, 'Jolanda');
    await jane.click('#play-robot');
    const robot = () => jane.getAttribute('#player-far', 'data-state');
    await expect.poll(robot, HERE).toBe('here');
    isAway = true;
    await lines.at(-1)?.close({ code: 1001 }); // what is retained is told anew
    await expect.poll(robot, HERE).toBe('away');
    await typed(jane, 'e4');
    await expect.poll(() => jane.textContent('#thought'), HERE).toBe('The robot does not answer. It is asked again.');
    expect(await jane.isVisible('#spinner')).toBe(false);
    await says(jane, 'robot does not answer. Your move is kept, and tried again.');
    isAway = false;
    await expect.poll(async () => (await moves(jane)).length, HERE).toBe(2);
  });
});

test('[H13] the name of a guest is kept while the guest is present and ten minutes longer; the name of an account for ever', async () => {
  const file = path.join(dataFolder(), 'accounts.json');
  const { openAccounts } = await import(pathToFileURL(path.join(root, 'examples/chess/services/accounts.mjs')).href);
  let now = 0;
  const accounts = openAccounts(file, () => now);
  accounts.set('zoe', { authrole: 'player', wampcra: { secret: 'a' } });
  accounts.set('ada', { authrole: 'player', scram: {} });
  accounts.presence('zoe', 7, true);
  now += 3_600_000;
  expect(['zoe', 'ada', 'bob'].map(accounts.isTaken)).toEqual([true, true, false]);
  accounts.presence('zoe', 6, false); // an older window
  now += 3_600_000;
  expect(accounts.isTaken('zoe')).toBe(true);
  accounts.presence('zoe', 7, false);
  now += 600_000;
  expect(accounts.isTaken('zoe')).toBe(true);
  // Another process, later: who was here has his time to come back.
  const next = openAccounts(file, () => now);
  expect(next.get('zoe')).toEqual({ authrole: 'player', wampcra: { secret: 'a' } });
  now += 1;
  expect([accounts.isTaken('zoe'), next.isTaken('zoe')]).toEqual([false, true]);
  next.release('zoe');
  expect(openAccounts(file, () => now).get('zoe')).toBeUndefined();
  await stopAll();
});
