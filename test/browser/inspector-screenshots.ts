// The pictures of the inspector in the guide: `npm run screenshots` writes them to docs/images/.
import { Connection } from 'autostrada';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { type Inspected, startInspected } from './inspector.ts';
import { take } from './picture.ts';
import { stopAll } from './processes.ts';

const HERE = { timeout: 15_000 };

let browser: Browser;
let inspected: Inspected;
let page: Page;
const connections: Connection[] = [];
let timer: NodeJS.Timeout;

async function join(): Promise<Connection> {
  const connection = new Connection({ url: inspected.url, realm: 'realm1' });
  connection.on('error', () => {}); // one procedure fails on purpose
  connections.push(connection);
  await connection.open();
  return connection;
}

beforeAll(async () => {
  [browser, inspected] = await Promise.all([launchChromium(), startInspected()]);
  const [shop, club, guest] = [await join(), await join(), await join()];
  await shop.register('com.example.shop.price', () => 42).ready;
  await shop.register('com.example.shop.buy', () => {
    throw new Error('sold out');
  }).ready;
  await club.register('com.example.club.move', ([move]) => move).ready;
  for (const each of [shop, club]) await each.subscribe('com.example.news', () => {}).ready;
  await guest.subscribe('com.example.lamp', () => {}, { match: 'prefix' }).ready;
  let round = 0;
  timer = setInterval(() => {
    round++;
    guest.call('com.example.shop.price', ['tea']).catch(() => {});
    if (round % 2 === 0) guest.call('com.example.club.move', ['e4']).catch(() => {});
    if (round % 3 === 0) shop.publish('com.example.news', [`price of tea: ${round}`]);
    if (round % 10 === 0) guest.publish('com.exmaple.news', ['does anybody hear me?']);
    if (round % 15 === 0) guest.call('com.example.shop.buy', ['tea']).catch(() => {});
    if (round % 20 === 0)
      shop.publish('com.example.lamp.kitchen', [{ on: round % 40 === 0, colour: 'warm' }], {}, { retain: true });
  }, 50);
  page = await browser.newPage({ viewport: { width: 1120, height: 640 } });
  await page.goto(inspected.address);
  await page.getByRole('navigation').waitFor();
});
afterAll(async () => {
  clearInterval(timer);
  for (const each of connections) await each.close();
  await browser?.close();
  await stopAll();
});

const go = (view: string) => page.getByRole('navigation').getByRole('link', { name: view }).click();

test('the overview of the inspector', async () => {
  await expect.poll(() => page.textContent('.now'), HERE).toContain('messages/s');
  await new Promise((resolve) => setTimeout(resolve, 12_000)); // a line of some length
  await take(page, 'inspector-overview');
});

test('live: why nobody got an event', async () => {
  await go('Live');
  const row = page.locator('tbody tr').filter({ has: page.getByText('com.exmaple.news', { exact: true }) });
  await expect.poll(() => row.count(), HERE).toBeGreaterThan(0);
  await row.first().click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(() => page.textContent('.details'), HERE).toContain('it is spelt nearly the same');
  await take(page, 'inspector-live');
  await page.getByRole('button', { name: 'Go on' }).click();
});

test('the URIs, and a retained event', async () => {
  await go('URIs');
  await page.getByText('kitchen').click();
  await page.getByRole('button', { name: 'Show its payload' }).click();
  await expect.poll(() => page.textContent('.details pre'), HERE).toContain('+');
  await take(page, 'inspector-uris');
});
