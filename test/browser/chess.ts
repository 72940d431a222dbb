// Players of the chess demo, each in a browser context of its own, and what they do with it.
import type { Browser, BrowserContext, BrowserContextOptions, Page, WebSocketRoute } from 'playwright';
import { expect } from 'vitest';
import type { Demos } from './processes.ts';

export const HERE = { timeout: 15_000 };

export interface Club {
  /** A page that is not logged in. */
  visit(options?: BrowserContextOptions): Promise<Page>;
  /** A page in the lobby. */
  guest(name: string, options?: BrowserContextOptions): Promise<Page>;
  /** Two pages at a table. */
  pair(white: string, black: string, options?: BrowserContextOptions): Promise<[white: Page, black: Page]>;
  /** What any page complained of. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export function openClub(browser: Browser, demos: Demos): Club {
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const visit = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, reducedMotion: 'reduce', ...options });
    contexts.push(context);
    context.on('console', (message) => {
      if (message.type() !== 'debug') complaints.push(message.text());
    });
    context.on('weberror', (error) => complaints.push(error.error().message));
    const page = await context.newPage();
    await page.goto(`${demos.url}/chess/`);
    await page.waitForSelector('#login:not([hidden])', HERE);
    return page;
  };
  const guest = async (name: string, options?: BrowserContextOptions): Promise<Page> => {
    const page = await visit(options);
    await enterAs(page, name);
    return page;
  };
  return {
    complaints,
    visit,
    guest,
    pair: async (white, black, options) => {
      const pages: [Page, Page] = [await guest(white, options), await guest(black, options)];
      await sitDown(...pages);
      return pages;
    },
    close: async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
    },
  };
}

export async function enterAs(page: Page, name: string): Promise<void> {
  await page.fill('#guest-name', name);
  await page.click('#guest button');
  await page.waitForSelector('#lobby:not([hidden])', HERE);
}

/** Who waits first is white. */
export async function sitDown(white: Page, black: Page): Promise<void> {
  await white.click('#enter');
  await expect.poll(() => white.textContent('#enter'), HERE).toBe('Wait no longer');
  await black.click('#enter');
  for (const page of [white, black]) await page.waitForSelector('#table:not([hidden])', HERE);
}

export const says = (page: Page, text: string | RegExp) => expect.poll(() => page.textContent('#note'), HERE).toMatch(text);

/** As in `1. e4 e5 2. Nf3`. */
export const moves = (page: Page) => page.locator('#moves span').allTextContents();
export const played = (page: Page, ...expected: string[]) => expect.poll(() => moves(page), HERE).toEqual(expected);
export const position = (page: Page) => page.getAttribute('#board', 'data-fen');

export const isMyMove = (page: Page) => page.waitForSelector('#player-near.turn', HERE);

/** By mouse, or by touch where there is one: a click on the piece, a click on the square. */
export async function byMouse(page: Page, from: string, to: string): Promise<void> {
  await isMyMove(page);
  for (const square of [from, to]) {
    const place = page.locator(`#board .square[data-square="${square}"]`);
    await place.click();
  }
}

/** As text. */
export async function typed(page: Page, move: string): Promise<void> {
  await isMyMove(page);
  await page.focus('#typed-move');
  await page.keyboard.type(move);
  await page.keyboard.press('Enter');
}

/** The page's WebSockets from its next one on, newest last: to be cut, or listened in on. `change`: undefined, and the page does not get the message. */
export async function tap(
  page: Page,
  change: (message: string) => string | undefined = (message) => message,
): Promise<WebSocketRoute[]> {
  const lines: WebSocketRoute[] = [];
  await page.routeWebSocket(/\/ws$/, (line) => {
    const server = line.connectToServer();
    server.onMessage((message) => {
      const changed = typeof message === 'string' ? change(message) : message;
      if (changed !== undefined) line.send(changed);
    });
    lines.push(line);
  });
  return lines;
}
