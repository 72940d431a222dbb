// The code of the conference talk that made WAMP known, as it was shown there: four pages written for Autobahn|JS. Only the script's address and the
// router's URL are ours.
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const page = (body: string, script: string): string => `<!doctype html><title>talk</title>${body}
<script src="/autobahn.min.js"></script>
<script>
  var connection = new autobahn.Connection({ url: 'ws://' + location.host + '/ws', realm: 'realm1' });
  connection.onopen = function (session) {
    ${script}
    document.title = 'open';
  };
  connection.open();
</script>`;

const pages = {
  '/callMeMaybe/index.html': page(
    '<div id="baby"></div>',
    `session.register('callMeMaybe', function (message) {
      document.getElementById('baby').innerHTML = message;
      return navigator.userAgent;
    });`,
  ),
  '/callMeMaybe/button.html': page(
    '<button id="button">call</button>',
    `document.getElementById('button').addEventListener('click', function () {
      session.call("callMeMaybe", ['I called baby !']).then(function (userAgent) {
        alert(userAgent);
      });
    });`,
  ),
  '/fascinatingSubject/index.html': page(
    '<div id="subject"></div>',
    `session.subscribe('fascinatingSubject', function (message) {
      document.getElementById('subject').innerHTML = message;
    });`,
  ),
  '/fascinatingSubject/button.html': page(
    '<button id="button">publish</button>',
    `document.getElementById('button').addEventListener('click', function () {
      session.publish("fascinatingSubject", ['Amazing !']);
    });`,
  ),
};

describe.skipIf(!hasChromium)('the talk', () => {
  let browser: Browser;
  let stage: Stage;
  let context: BrowserContext;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    complaints.length = 0;
    stage = await openStage(pages);
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await expect.poll(() => stage.router.sessions).toEqual([]);
    await stage.close();
  });

  const open = async (path: keyof typeof pages): Promise<Page> => {
    const opened = await context.newPage();
    opened.on('console', (message) => complaints.push(message.text()));
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(stage.url + path.slice(1));
    await expect.poll(() => opened.title()).toBe('open');
    return opened;
  };

  test('callMeMaybe: the button calls the other page, and shows what it answers', async () => {
    const index = await open('/callMeMaybe/index.html');
    const button = await open('/callMeMaybe/button.html');
    const said = new Promise<string>((resolve) => {
      button.on('dialog', (dialog) => {
        resolve(dialog.message());
        void dialog.accept();
      });
    });
    await button.click('#button');
    expect(await said).toBe(await index.evaluate(() => navigator.userAgent));
    expect(await index.textContent('#baby')).toBe('I called baby !');
    expect(complaints).toEqual([]);
  });

  test('fascinatingSubject: every page that has subscribed hears of it', async () => {
    const subscribers = [await open('/fascinatingSubject/index.html'), await open('/fascinatingSubject/index.html')];
    const button = await open('/fascinatingSubject/button.html');
    await button.click('#button');
    for (const subscriber of subscribers) await expect.poll(() => subscriber.textContent('#subject')).toBe('Amazing !');
    expect(complaints).toEqual([]);
  });

  test('the script makes one global, autobahn, and the line comes back when it was lost', async () => {
    const index = await open('/callMeMaybe/index.html');
    expect(await index.evaluate(() => ['autobahn', 'autostrada'].map((name) => name in globalThis))).toEqual([true, false]);
    const frames: unknown[] = [];
    index.on('websocket', (socket) => frames.push(socket.url()));
    // A close without a word from the router, which Autobahn answers by trying again.
    await index.evaluate(() => {
      const { connection } = globalThis as unknown as { connection: { _transport: { close(): void } } };
      connection._transport.close();
    });
    await expect.poll(() => frames.length, { timeout: 10_000 }).toBe(1);
    await expect.poll(() => stage.router.sessions.length, { timeout: 10_000 }).toBe(1);
  });
});
