// The inspector's page, as somebody uses it who looks for a fault: in a real browser, at a router in a process of its own.
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { configFile, connectTo, type Inspected, startInspected } from './inspector.ts';
import { stopAll } from './processes.ts';

const HERE = { timeout: 30_000 };

/** What axe-core finds, as far as it is serious: the rule, and what breaks it. */
async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe.skipIf(!hasChromium)('the inspector', () => {
  let browser: Browser;
  let inspected: Inspected;
  let context: BrowserContext;
  const faults: string[] = [];

  beforeAll(async () => {
    [browser, inspected] = await Promise.all([launchChromium(), startInspected('--config', configFile())]);
    context = await browser.newContext();
    context.on('page', (page) => {
      page.on('pageerror', ({ message }) => faults.push(message));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    });
    const page = await context.newPage();
    await page.goto(inspected.address);
    await page.getByRole('navigation').waitFor();
    await page.close();
  });
  afterAll(async () => {
    await browser?.close();
    await stopAll();
  });

  /** A page that comes back by its cookie. */
  const open = async (where = ''): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${inspected.address.replace(/#.*/, '')}${where}`);
    await page.getByRole('navigation').waitFor();
    return page;
  };
  const textIn = (page: Page, selector: string) => page.locator(selector).first().textContent();

  test('[M3] lets a browser in by the address, which then has no token; others are told how to get one', async () => {
    const page = await open();
    expect(page.url()).not.toContain('token');
    await expect.poll(() => textIn(page, '.now'), HERE).toMatch(/\d+ sessions/);
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(inspected.address);
    await expect.poll(() => stranger.textContent('body'), HERE).toContain('autostrada inspect');
    await stranger.context().close();
    await page.close();
  });

  test('[M3] the overview counts what happens', async () => {
    const [one, two] = [await connectTo(inspected.url), await connectTo(inspected.url)];
    await one.register('com.example.add', ([a = 0, b = 0]: readonly number[]) => a + b).ready;
    const page = await open('#overview');
    const timer = setInterval(() => two.call('com.example.add', [1, 2]).catch(() => {}), 20);
    await expect.poll(() => textIn(page, '.cards li:nth-child(5) .figure'), HERE).toMatch(/^[1-9]/);
    clearInterval(timer);
    expect(await textIn(page, '.cards li:nth-child(1)')).toMatch(/^\d+ sessions$/);
    expect(await page.locator('.plot canvas').count()).toBe(4);
    expect(await page.locator('.plot [role=img]').first().getAttribute('aria-label')).toMatch(
      /^Messages a second, the last five minutes; now: in /,
    );
    await page.close();
  });

  test('[M3] shows sessions, finds them, orders them, and ends one', async () => {
    const [first, second] = [await connectTo(inspected.url), await connectTo(inspected.url)];
    const { authid } = await first.open();
    const { authid: other } = await second.open();
    const page = await open('#sessions');
    await page.getByLabel('Find').fill(authid);
    await expect
      .poll(() => page.locator('tbody tr:not(.space)').allTextContents(), HERE)
      .toEqual([expect.stringContaining(authid)]);
    expect(await textIn(page, 'tbody')).not.toContain(other);
    await page.getByText(authid).first().click();
    await expect.poll(() => textIn(page, '.details'), HERE).toContain('websocket, json');
    await page.getByRole('button', { name: 'End this session …' }).click();
    await page.getByLabel('Message for it').fill('enough');
    const lost = new Promise<string>((resolve) =>
      first.on('status', (status) => status.state === 'waiting' && resolve(status.error.message)),
    );
    await page.getByRole('button', { name: 'End it' }).click();
    expect(await lost).toContain('wamp.close.killed');
    await expect.poll(() => inspected.program.err(), HERE).toContain('inspector: ends session');
    await page.getByRole('button', { name: 'since' }).click();
    expect(await page.locator('th[aria-sort]').textContent()).toContain('since');
    await page.close();
  });

  test('[M3] live: a conversation is one row over both sides, with its times; a failure says why', async () => {
    const [callee, caller] = [await connectTo(inspected.url), await connectTo(inspected.url)];
    const { authid } = await callee.open();
    await callee.register('com.live.add', ([a = 0, b = 0]: readonly number[]) => a + b).ready;
    await callee.subscribe('com.live.news', () => {}).ready;
    const page = await open('#live?uri=com.live.&match=prefix&payloads=true');
    await expect.poll(() => inspected.program.err() + page.url(), HERE).toContain('live');
    const row = (uri: string) => page.locator('tbody tr').filter({ has: page.getByText(uri, { exact: true }) });
    const until = async (text: string, act: () => Promise<unknown>) => {
      await expect
        .poll(async () => {
          await act().catch(() => {});
          return row(text).count();
        }, HERE)
        .toBeGreaterThan(0);
    };
    await until('com.live.add', () => caller.call('com.live.add', [2, 3]));
    await expect
      .poll(() => row('com.live.add').first().textContent(), HERE)
      .toMatch(new RegExp(`✓→ [\\d.]+ ms ${authid} ⇄ [\\d.]+ ms`));
    await until('com.live.ad', () => caller.call('com.live.ad'));
    await until('com.live.nws', () => caller.publish('com.live.nws', ['x'], {}, { acknowledge: true }));
    await expect.poll(() => row('com.live.nws').first().textContent(), HERE).toContain('com.live.news has 1 subscriber');
    await row('com.live.add').first().click();
    await expect.poll(() => textIn(page, '.details'), HERE).toMatch(/payload\[\s*2,\s*3\s*\]answer\[\s*5\s*\]/);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = async (name: string): Promise<string> => {
      await page.locator('.details').getByRole('button', { name }).click();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await copied('Copy as TypeScript')).toBe('const result = await connection.call("com.live.add", [2,3]);');
    expect(await copied('as a command')).toBe("autostrada call com.live.add --args '[2,3]' --realm realm1");
    expect(await copied('as curl')).toBe("curl -X POST http://127.0.0.1:8080/call/com.live.add --json '[2,3]'");
    await page.getByRole('button', { name: 'close' }).click();
    await page.getByLabel('only what fails').check();
    expect(page.url()).toContain('failed=true');
    await page.getByRole('button', { name: 'Clear' }).click();
    await until('com.live.ad', () => Promise.all([caller.call('com.live.add', [1]), caller.call('com.live.ad')]));
    expect(await row('com.live.add').count()).toBe(0);
    await page.close();
  });

  test('[M3] live: paused it stands still, and the router watches nothing for it', async () => {
    const caller = await connectTo(inspected.url);
    const page = await open('#live?uri=com.paused.');
    const rows = () => page.locator('tbody tr:not(.space)').count();
    await expect
      .poll(async () => {
        caller.publish('com.paused.one');
        return rows();
      }, HERE)
      .toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => textIn(page, '.notes'), HERE).toContain('paused');
    const before = await rows();
    for (let i = 0; i < 20; i++) await caller.publish('com.paused.two', [], {}, { acknowledge: true });
    expect(await rows()).toBe(before);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect
      .poll(async () => {
        caller.publish('com.paused.three');
        return page.locator('tbody').textContent();
      }, HERE)
      .toContain('com.paused.three');
    await page.close();
  });

  test('[M3] URIs: a tree with callees, subscribers, and the retained value with what has changed', async () => {
    const [one, two] = [await connectTo(inspected.url), await connectTo(inspected.url)];
    const { authid } = await one.open();
    await one.register('com.tree.lamp.switch', () => 1).ready;
    for (const each of [one, two]) await each.subscribe('com.tree.lamp', () => {}).ready;
    const retain = { acknowledge: true, retain: true } as const;
    await one.publish('com.tree.lamp.state', [{ on: false, colour: 'red' }], {}, retain);
    const page = await open('#uris');
    await page.getByLabel('Find').fill('com.tree');
    const rows = () => page.locator('tbody tr:not(.space)').allTextContents();
    await expect.poll(rows, HERE).toEqual(['▾ com.tree.lamp2 subscribers', '· state29 B', '· switch1 callee']);
    await page.getByText('switch', { exact: true }).click();
    await expect.poll(() => textIn(page, '.details'), HERE).toContain(`callees1: ${authid}`);
    await page.getByText('state', { exact: true }).click();
    expect(await textIn(page, '.details')).not.toContain('red');
    await page.getByRole('button', { name: 'Show its payload' }).click();
    await expect.poll(() => textIn(page, '.details pre'), HERE).toContain('"colour": "red"');
    await one.publish('com.tree.lamp.state', [{ on: true, colour: 'red' }], {}, retain);
    await expect.poll(() => textIn(page, '.details pre'), HERE).toMatch(/-\s+"on": false,\n\+\s+"on": true,\n\s+"colour": "red"/);
    await page.getByText('com.tree.lamp', { exact: true }).first().click();
    await page.getByRole('link', { name: 'Publish' }).click();
    await expect.poll(() => page.getByLabel('URI').inputValue(), HERE).toBe('com.tree.lamp');
    await page.close();
  });

  test('[M3] calls: the running ones by age, also those that began before the page was opened', async () => {
    const [callee, caller] = [await connectTo(inspected.url), await connectTo(inspected.url)];
    let end = (): void => {};
    await callee.register('com.hang', () => new Promise((resolve) => (end = () => resolve(1)))).ready;
    const call = caller.call('com.hang');
    const page = await open('#calls');
    const { authid } = await callee.open();
    await expect.poll(() => page.locator('tbody').textContent(), HERE).toMatch(new RegExp(`s.*com\\.hang.*${authid}`));
    await page.getByText('com.hang').click();
    await expect.poll(() => textIn(page, '.details'), HERE).toContain('Watch the callee');
    end();
    await call;
    await expect.poll(() => textIn(page, '.details'), HERE).toContain('It has ended.');
    await page.close();
  });

  test('[M3] try: calls with progress and cancel, publishes, subscribes, and says what is wrong with JSON', async () => {
    const callee = await connectTo(inspected.url);
    await callee.register('com.try.add', ([a = 0, b = 0]: readonly number[]) => a + b).ready;
    let isCanceled = false;
    await callee.register('com.try.slow', async (_args, _kwargs, { sendProgress, signal }) => {
      sendProgress('half');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      isCanceled = true;
      throw signal.reason;
    }).ready;
    const page = await open('#try');
    const said = () => textIn(page, '.said');
    await page.getByLabel('URI').fill('com.try.add');
    await page.getByLabel('Arguments: a JSON list', { exact: true }).fill('[2, 3');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await expect.poll(() => textIn(page, '.fault'), HERE).toContain('The arguments are no JSON');
    await page.getByLabel('Arguments: a JSON list', { exact: true }).fill('[2, 3]');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await expect.poll(said, HERE).toMatch(/result of com\.try\.add after [\d.]+ ms5/);
    await page.getByLabel('URI').fill('com.try.slow');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await expect.poll(said, HERE).toMatch(/progress of com\.try\.slow after .*"half"/);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => isCanceled, HERE).toBe(true);
    await page.getByLabel('Do').selectOption('subscribe');
    await page.getByLabel('URI').fill('com.try.news');
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await expect.poll(said, HERE).toContain('subscribed to com.try.news');
    await callee.publish('com.try.news', ['hello'], {}, { acknowledge: true });
    await expect.poll(said, HERE).toMatch(/event of com\.try\.news"hello"/);
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    const heard = new Promise((resolve) => callee.subscribe('com.try.other', (args) => resolve(args)));
    await page.getByLabel('Do').selectOption('publish');
    await page.getByLabel('URI').fill('com.try.other');
    await page.getByRole('button', { name: 'Publish' }).click();
    expect(await heard).toEqual([2, 3]);
    await page.close();
  });

  test('[M3] rules: says who may, and what is spelt nearly the same', async () => {
    const subscriber = await connectTo(inspected.url);
    await subscriber.subscribe('com.rules.news', () => {}).ready;
    const page = await open('#rules?action=publish&uri=com.rulse.news&as=anonymous&realm=realm1');
    await expect.poll(() => textIn(page, '.answer'), HERE).toMatch(/^Yes.*com\.rules\.news has 1 subscriber/);
    await page.getByLabel('Realm').selectOption('shop');
    await page.goto(`${page.url().replace(/#.*/, '')}#rules?action=call&uri=com.shop.buy&as=guest&realm=shop`);
    await expect.poll(() => textIn(page, '.answer'), HERE).toMatch(/^No.*Rules that nearly match.*com\.shop/);
    await page.getByLabel('Who: an authid or an authrole').fill('nobody');
    await page.getByRole('button', { name: 'Explain' }).click();
    await expect.poll(() => textIn(page, '.fault'), HERE).toContain("'nobody'");
    await page.close();
  });

  test.each(['light', 'dark'] as const)('[M3] has no serious fault by axe-core in %s mode', async (colorScheme) => {
    const callee = await connectTo(inspected.url);
    await callee.register('com.axe.add', () => 1).ready;
    const caller = await connectTo(inspected.url);
    const timer = setInterval(() => {
      caller.call('com.axe.add').catch(() => {});
      caller.call('com.axe.ad').catch(() => {});
    }, 50);
    for (const where of [
      'overview',
      'sessions',
      'uris',
      'calls',
      'live?uri=com.axe.',
      'try',
      'rules?action=call&uri=com.axe.add&as=anonymous&realm=realm1',
    ]) {
      const page = await open(`#${where}`);
      await page.emulateMedia({ colorScheme });
      await page.waitForLoadState('networkidle');
      if (/^(sessions|uris|live)/.test(where)) {
        await page.locator('tbody tr:not(.space)').filter({ hasNotText: /^[▾▸]/ }).first().click();
        await page.locator('.details').waitFor();
      }
      expect([where, await findings(page)]).toEqual([where, []]);
      await page.close();
    }
    clearInterval(timer);
  });

  test('[M3] is used by keys alone: views, rows, details', async () => {
    const [connection] = [await connectTo(inspected.url), await connectTo(inspected.url)];
    const { authid } = await connection.open();
    const page = await open('#sessions');
    await page.getByLabel('Find').fill(authid);
    await expect.poll(() => page.locator('tbody tr:not(.space)').count(), HERE).toBe(1);
    await page.getByLabel('Find').press('Tab');
    for (let i = 0; i < 12; i++) {
      if (await page.evaluate(() => document.activeElement?.tagName === 'TR')) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await expect.poll(() => textIn(page, '.details'), HERE).toContain(authid);
    await page.getByLabel('Find').fill('');
    await expect.poll(() => page.locator('tbody tr:not(.space)').count(), HERE).toBeGreaterThan(1);
    await page.locator('tbody tr:not(.space)').first().focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex')), HERE).toBe('3');
    await page.keyboard.press('End');
    const last = await page.locator('table').getAttribute('aria-rowcount');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex')), HERE).toBe(last);
    await page.close();
  });

  test('[M3] goes on after a restart of the router, as far as it can, and nothing has failed in the page', async () => {
    expect(faults).toEqual([]);
    const other = await startInspected();
    const page = await (await browser.newContext()).newPage();
    await page.goto(other.address);
    await page.getByRole('navigation').waitFor();
    await other.program.stop('SIGKILL');
    await expect.poll(() => textIn(page, '.fault'), HERE).toContain('There is no connection');
    await page.context().close();
  });
});
