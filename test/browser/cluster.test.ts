// `npm run cluster`: a game of chess between two routers, one of which is killed, and the page that shows who is where.
import { readdirSync } from 'node:fs';
import os from 'node:os';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasNats, natsPrograms, skipLoudlyWithoutNats } from '../fixtures/nats-server.ts';
import { enterAs, HERE, isMyMove, played, sitDown, typed } from './chess.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Program, run, stopAll } from './processes.ts';

const LONG = { timeout: 45_000 };
const program = ['examples/cluster/main.mjs', '--port', '0'];
const leftovers = () => readdirSync(os.tmpdir()).filter((name) => name.startsWith('autostrada-cluster-'));

skipLoudlyWithoutNats();

describe.skipIf(!hasChromium || !hasNats)('three routers over NATS', () => {
  let browser: Browser;
  let cluster: Program;
  let url: string;
  let before: readonly string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    before = leftovers();
    cluster = run(program, { env: { NATS_SERVER: natsPrograms[0]?.path } });
    url = await cluster.until(/Who is where: (http:\S+)\//);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await cluster.stop('SIGINT');
    await stopAll();
  });

  const open = async (where: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    await page.goto(url + where);
    await expect.poll(() => page.textContent('#status'), HERE).toBe('connected');
    return page;
  };
  const player = async (router: string, name: string): Promise<Page> => {
    const page = await open(`/chess/?router=${router}`);
    await expect.poll(() => page.locator('#services [data-state="here"]').count(), LONG).toBe(5);
    await enterAs(page, name);
    return page;
  };
  const state = (desk: Page, node: string) => desk.getAttribute(`#node-${node} .state`, 'data-state');
  const players = (desk: Page, node: string) => desk.locator(`#node-${node} [data-kind="player"] b`).allTextContents();
  const button = (desk: Page, name: string) => desk.getByRole('button', { name, exact: true });

  test('[L6] a game goes on when the router of one player is killed, and the page shows who is where', async () => {
    const desk = await open('/');
    for (const node of ['A', 'B', 'C', 'NATS']) await expect.poll(() => state(desk, node), HERE).toBe('ready');
    const [jane, bob] = [await player('A', 'Jane'), await player('B', 'Bob')];
    await sitDown(jane, bob);
    await typed(jane, 'e4');
    await typed(bob, 'e5');
    await isMyMove(jane);
    await expect.poll(() => players(desk, 'A'), HERE).toEqual(['Jane']);
    await expect.poll(() => players(desk, 'B'), HERE).toEqual(['Bob']);

    await button(desk, 'Kill Router A').focus();
    await desk.keyboard.press('Enter');
    await expect.poll(() => state(desk, 'A'), HERE).toBe('dead');
    expect(await players(desk, 'A')).toEqual([]);
    await typed(jane, 'Nf3');
    await typed(bob, 'Nc6');
    for (const page of [jane, bob]) await played(page, 'e4', 'e5', 'Nf3', 'Nc6');
    const moved = async () => [...(await players(desk, 'B')), ...(await players(desk, 'C'))].sort();
    await expect.poll(moved, HERE).toEqual(['Bob', 'Jane']);
    await expect.poll(() => desk.textContent('#news'), HERE).toMatch(/Jane is at router [BC], no longer at router A\./);

    await button(desk, 'Start Router A').press('Enter');
    await expect.poll(() => state(desk, 'A'), LONG).toBe('ready');
    await typed(jane, 'Bb5');
    await typed(bob, 'a6');
    for (const page of [jane, bob]) await played(page, 'e4', 'e5', 'Nf3', 'Nc6', 'Bb5', 'a6');
    // All services have their procedures again, wherever they are.
    const eve = await player('A', 'Eve');
    await expect.poll(() => players(desk, 'A'), HERE).toEqual(['Eve']);
    await eve.click('#games button');
    await played(eve, 'e4', 'e5', 'Nf3', 'Nc6', 'Bb5', 'a6');
  });

  test('[L6] without NATS no router serves anybody, and all of them do when it is back', async () => {
    const desk = await open('/');
    const jane = await player('C', 'Jane');
    await expect.poll(() => players(desk, 'C'), HERE).toEqual(['Jane']);
    await button(desk, 'Kill NATS').click();
    await expect.poll(() => state(desk, 'NATS'), HERE).toBe('dead');
    for (const node of ['A', 'B', 'C']) await expect.poll(() => state(desk, node), LONG).toBe('isolated');
    await button(desk, 'Start NATS').click();
    for (const node of ['A', 'B', 'C', 'NATS']) await expect.poll(() => state(desk, node), LONG).toBe('ready');
    await expect.poll(() => jane.textContent('#status'), LONG).toBe('connected');
    await expect.poll(() => jane.locator('#services [data-state="here"]').count(), LONG).toBe(5);
  });

  test.each([{ colorScheme: 'light' }, { colorScheme: 'dark', viewport: { width: 400, height: 800 } }] as const)(
    '[L6] the page has no serious fault by axe-core, and fits: %o',
    async (options) => {
      const desk = await open('/', options);
      await player('B', 'Bob');
      await expect.poll(() => players(desk, 'B'), HERE).toEqual(['Bob']);
      await button(desk, 'Kill Router C').click();
      await expect.poll(() => state(desk, 'C'), HERE).toBe('dead');
      for (const summary of await desk.locator('summary').all()) await summary.click();
      await desk.evaluate(axe.source);
      const { violations } = await desk.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
      expect(await desk.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    },
  );

  test('[L6] Ctrl-C ends everything', async () => {
    const ports = [...cluster.out().matchAll(/:(\d+)\b/g), ...cluster.out().matchAll(/port (\d+)/g)].map(([, port]) =>
      Number(port),
    );
    expect(ports).toHaveLength(5);
    expect(await cluster.stop('SIGINT')).toBe(0);
    for (const port of ports) await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    expect(leftovers().filter((name) => !before.includes(name))).toEqual([]);
  });

  test('[L6] and so does SIGKILL', async () => {
    const ports = [...cluster.out().matchAll(/:(\d+)\b/g), ...cluster.out().matchAll(/port (\d+)/g)].map(([, port]) =>
      Number(port),
    );
    await cluster.stop('SIGKILL');
    const answers = (port: number) =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        (error) => error.cause?.code !== 'ECONNREFUSED',
      );
    for (const port of ports) await expect.poll(() => answers(port), HERE).toBe(false);
  });
});

test('[L6] without nats-server and Docker it says how to get them', async () => {
  const missing = run(program, { env: { NATS_SERVER: '/does/not/exist', PATH: '/does/not/exist' } });
  expect(await missing.ended).toBe(1);
  expect(missing.err()).toMatch('npm run cluster needs nats-server');
  expect(missing.err()).toMatch('apt install nats-server');
  await stopAll();
});

test('[L6] a port that is not one is refused', async () => {
  const wrong = run(['examples/cluster/main.mjs', '--port', 'x']);
  expect(await wrong.ended).toBe(1);
  expect(wrong.err()).toBe('npm run cluster: expected --port to be a port below 65533, got x\n');
});
