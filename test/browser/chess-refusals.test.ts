// Bad input at the chess club: what is refused, by whom, and that nobody else notices.
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Code } from '../fixtures/messages.ts';
import { byMouse, type Club, enterAs, HERE, isMyMove, openClub, played, says, sitDown, tap, typed } from './chess.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, startDemos, stopAll } from './processes.ts';

/** What the page of somebody with bad intentions does: calls on its console. */
const attempt = (page: Page, procedure: string, args: readonly unknown[]) =>
  page.evaluate(
    async ([uri, given]) => {
      const { connection } = (globalThis as unknown as { demo: { connection: import('autostrada').Connection } }).demo;
      return connection.call(uri, given, null, { timeoutMs: 5000 }).then(
        () => 'fine',
        (error: { uri: string }) => error.uri,
      );
    },
    [procedure, args] as const,
  );
const publish = (page: Page, topic: string, args: readonly unknown[]) =>
  page.evaluate(
    async ([uri, given]) => {
      const { connection } = (globalThis as unknown as { demo: { connection: import('autostrada').Connection } }).demo;
      return connection.publish(uri, given, null, { acknowledge: true, retain: true }).then(
        () => 'fine',
        (error: { uri: string }) => error.uri,
      );
    },
    [topic, args] as const,
  );
const problem = (page: Page, text: string) => expect.poll(() => page.textContent('#problem'), HERE).toBe(text);

const nameRule = 'A name has 2 to 20 characters, none of them a space, a dot, a comma, #, { or }.';

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

  test('refuses wrong passwords, names that are taken and names that are not allowed [D7]', async () => {
    const page = await club.visit();
    await page.click('summary');
    const account = async (name: string, password: string, button: string): Promise<void> => {
      await page.fill('#name', name);
      await page.fill('#password', password);
      await page.click(`#account button[value="${button}"]`);
    };
    await account('Vishy', 'correct horse', 'log-in');
    await problem(page, 'Wrong name or password.');
    await account('two words', 'correct horse', 'sign-up');
    await problem(page, nameRule);
    await account('robot', 'correct horse', 'sign-up');
    await problem(page, 'The name robot is taken.');
    await account('Vishy', 'correct horse', 'sign-up');
    await page.waitForSelector('#lobby:not([hidden])', HERE);
    expect(await page.textContent('#me')).toBe('Vishy');
    await page.reload(); // the tab keeps a secret, not the password
    await page.waitForSelector('#lobby:not([hidden])', HERE);
    expect(await page.evaluate(() => sessionStorage.getItem('chess.login'))).not.toContain('correct horse');

    await page.click('#log-out');
    await page.waitForSelector('#login:not([hidden])', HERE);
    await page.click('summary');
    await account('Vishy', 'wrong horse!', 'log-in');
    await problem(page, 'Wrong name or password.');
    await page.fill('#guest-name', 'Vishy');
    await page.click('#guest button');
    await problem(page, 'The name Vishy is taken.');
    await account('Vishy', 'correct horse', 'log-in');
    await page.waitForSelector('#lobby:not([hidden])', HERE);
  });

  test('refuses illegal moves, moves out of turn, and moves of others [D7]', async () => {
    const [jane, bob] = await club.pair('Jane', 'Bob');
    const eve = await club.guest('Eve');
    // In the page that makes them.
    await typed(jane, 'e5');
    await says(jane, 'e5 is no legal move here.');
    await jane.fill('#typed-move', '');
    await jane.locator('#board .square[data-square="e2"]').click();
    await jane.locator('#board .square[data-square="e5"]').click();
    await played(jane);
    await jane.keyboard.press('Escape');

    // By call, past the page. Bob's page, and Jane's, say no.
    expect(await attempt(jane, 'chess.player.Bob.move', ['1', ['e5']])).toBe('chess.error.illegal_move');
    expect(await attempt(jane, 'chess.player.Bob.move', ['1', ['e4', 'e5']])).toBe('chess.error.out_of_step');
    expect(await attempt(jane, 'chess.player.Bob.move', ['1', 'garbage'])).toBe('chess.error.out_of_step');
    expect(await attempt(jane, 'chess.player.Bob.move', ['77', ['e4']])).toBe('chess.error.no_such_game');
    expect(await attempt(bob, 'chess.player.Jane.move', ['1', ['e4']])).toBe('chess.error.not_your_turn');
    expect(await attempt(eve, 'chess.player.Bob.move', ['1', ['e4']])).toBe('chess.error.not_your_game');
    expect(await attempt(eve, 'chess.tournament.resign', ['1'])).toBe('chess.error.not_your_game');

    // The router does, before anybody is asked.
    for (const topic of ['chess.player.Jane.game.1', 'chess.tournament.state', 'chess.chat.room.game1', 'chess.service.auth'])
      expect(await publish(eve, topic, [['e4']]), topic).toBe('wamp.error.not_authorized');
    expect(await attempt(eve, 'chess.auth.find_user', ['chess', 'Jane', {}])).toBe('wamp.error.not_authorized');
    const asJane = await eve.evaluate(async () => {
      const { connection } = (globalThis as unknown as { demo: { connection: import('autostrada').Connection } }).demo;
      const handle = connection.register('chess.player.Jane.move', () => 'stolen', { invoke: 'last' });
      connection.on('error', () => {});
      return handle.ready.then(
        () => 'fine',
        (error: { uri: string }) => error.uri,
      );
    });
    expect(asJane).toBe('wamp.error.not_authorized');

    // A list that has moves of others in it counts for nothing to who looks on.
    expect(await publish(jane, 'chess.player.Jane.game.1', [['e4', 'e5', 'Ke2']])).toBe('fine');
    await eve.getByRole('button', { name: 'Watch Jane against Bob' }).click();
    await played(eve, 'e4');

    // Nobody's board has moved.
    await played(bob);
    await typed(jane, 'd4');
    await typed(bob, 'd5');
    for (const page of [jane, bob, eve]) await played(page, 'd4', 'd5');
  });

  test('refuses a chat message of 10 MB, and one of a page: only its sender notices', async () => {
    const [jane, bob] = await club.pair('Julia', 'Basil');
    await typed(jane, 'e4');
    expect(await attempt(jane, 'chess.chat.send_msg', ['game2', 'x'.repeat(501)])).toBe('chess.error.too_long');
    expect(await attempt(jane, 'chess.chat.send_msg', ['game2', { not: 'a text' }])).toBe('chess.error.empty');
    expect(await attempt(jane, 'chess.chat.send_msg', ['../etc', 'hi'])).toBe('chess.error.no_such_room');
    const answer = await jane.evaluate(async () => {
      const { connection } = (globalThis as unknown as { demo: { connection: import('autostrada').Connection } }).demo;
      const error = await connection
        .call('chess.chat.send_msg', ['game2', 'x'.repeat(10_000_000)])
        .catch((thrown: Error) => thrown);
      return (error as Error).name;
    });
    expect(answer).toBe('SerializationError'); // the router has told how much it takes
    await expect.poll(() => jane.textContent('#status'), HERE).toBe('connected');
    await typed(bob, 'e5');
    await typed(jane, 'Nf3');
    await played(bob, 'e4', 'e5', 'Nf3');
    expect(await bob.locator('#talk li').count()).toBe(0);
  });

  test('shows a name that is HTML as text', async () => {
    const name = '<img/src/onerror=1>';
    const [nasty, bob] = await club.pair(name, 'Brad');
    await nasty.fill('#words', '<b>bold</b>');
    await nasty.click('#say button');
    await expect.poll(() => bob.textContent('#talk'), HERE).toBe(`${name}<b>bold</b>`);
    await says(bob, `It is ${name}'s move.`);
    expect(await bob.textContent('#player-far b')).toBe(name);
    expect(await bob.locator('main img, #talk b b').count()).toBe(0);
    await typed(nasty, 'e4');
    await played(bob, 'e4');
  });

  test('shows no garbage from a service, and continues with what it had', async () => {
    let garbage = false;
    const spoil = (message: string): string => {
      const wire = JSON.parse(message) as unknown[];
      const [type] = wire;
      if (garbage && type === Code.EVENT) return JSON.stringify([...wire.slice(0, 4), [{ pool: 7 }, null], { a: [] }]);
      if (garbage && type === Code.RESULT && JSON.stringify(wire[2]).includes('progress'))
        return JSON.stringify([...wire.slice(0, 3), [null]]);
      return message;
    };
    const jane = await club.visit();
    await tap(jane, spoil);
    await jane.reload();
    await enterAs(jane, 'Jolanda');
    await jane.click('#play-robot');
    await isMyMove(jane);
    garbage = true;
    await typed(jane, 'e4');
    await expect.poll(() => jane.locator('#moves span').count(), HERE).toBe(2);
    garbage = false;
    await isMyMove(jane);
    await byMouse(jane, 'd2', 'd4');
    await expect.poll(() => jane.locator('#moves span').count(), HERE).toBe(4);
  });

  test('refuses nonsense from a robot, and asks again', async () => {
    let isSpoiled = false;
    const spoil = (message: string): string => {
      const wire = JSON.parse(message) as unknown[];
      const args = wire[4] as [unknown, unknown[]] | undefined;
      if (isSpoiled || wire[0] !== Code.INVOCATION || !Array.isArray(args?.[1])) return message;
      isSpoiled = true;
      return JSON.stringify([...wire.slice(0, 4), [args[0], [...args[1].slice(0, -1), 'Ke4']]]);
    };
    const jane = await club.visit();
    await tap(jane, spoil);
    await jane.reload();
    await enterAs(jane, 'Joan');
    await jane.click('#play-robot');
    await typed(jane, 'e4');
    await expect.poll(() => jane.locator('#moves span').count(), HERE).toBe(2);
    expect(isSpoiled).toBe(true);
    expect(await jane.textContent('#moves')).not.toContain('Ke4');
  });

  test('does not let a player play two games, whatever they press', async () => {
    const jane = await club.guest('Jutta');
    const bob = await club.guest('Bela');
    await sitDown(jane, bob);
    expect(await attempt(jane, 'chess.tournament.enter', [])).toBe('fine');
    expect(await attempt(jane, 'chess.tournament.play_robot', [2])).toBe('fine');
    expect(await attempt(jane, 'chess.tournament.play_robot', [99])).toBe('chess.error.no_such_level');
    await typed(jane, 'e4');
    await played(bob, 'e4');
  });
});
