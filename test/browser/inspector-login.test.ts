// The inspector for users of a realm: they log in, and permissions say what they may do.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { connectTo } from './inspector.ts';
import { dataFolder, type Program, run, stopAll } from './processes.ts';

const HERE = { timeout: 30_000 };

const file = {
  realms: {
    shop: 'open',
    ops: {
      users: {
        ann: { authrole: 'operator', ticket: 'secret of ann' },
        bob: { authrole: 'reader', wampcra: { secret: 'secret of bob' } },
        eve: { authrole: 'nobody', ticket: 'secret of eve' },
      },
      authroles: {
        operator: { permissions: [{ uri: 'autostrada.', match: 'prefix', allow: ['call'] }] },
        reader: { permissions: [{ uri: 'autostrada.inspect.', match: 'prefix', allow: ['call'] }] },
        nobody: { permissions: [] },
      },
    },
  },
  listen: { port: 0 },
  components: {},
  control: { realm: 'ops', inspector: { port: 0 } },
};

describe.skipIf(!hasChromium)('the inspector for users', () => {
  let browser: Browser;
  let program: Program;
  let url = '';
  let address = '';
  let config = '';

  beforeAll(async () => {
    const folder = dataFolder();
    config = path.join(folder, 'router.json');
    writeFileSync(config, JSON.stringify(file));
    browser = await launchChromium();
    program = run(['dist/cli.js', 'up', config], { env: { AUTOSTRADA_RUNTIME_DIR: path.join(folder, 'run') } });
    url = await program.until(/router at (ws:\S+),/);
    address = await program.until(/inspector at (http:\S+)\n/);
  });
  afterAll(async () => {
    await browser?.close();
    await stopAll();
  });

  const logIn = async (authid: string, secret: string): Promise<Page> => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(address);
    await page.getByLabel('User (authid)').fill(authid);
    await page.getByLabel('Password, ticket or secret').fill(secret);
    await page.getByRole('button', { name: 'Log in' }).click();
    return page;
  };
  const textIn = (page: Page, selector: string) => page.locator(selector).first().textContent();

  test('[M3] has no token in its address; a wrong password is said, and the right one lets in', async () => {
    expect(address).not.toContain('#');
    const page = await logIn('ann', 'wrong');
    await expect.poll(() => textIn(page, '.fault'), HERE).toMatch(/refused|denied|auth/i);
    await page.getByLabel('Password, ticket or secret').fill('secret of ann');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect.poll(() => textIn(page, '.now'), HERE).toMatch(/session/);
    await page.reload();
    await expect.poll(() => textIn(page, '.now'), HERE).toMatch(/session/);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('User (authid)').waitFor();
    await page.reload();
    await page.getByLabel('User (authid)').waitFor();
    await page.context().close();
  });

  test('[M3] an operator does everything, under a name of its own in the log', async () => {
    const callee = await connectTo(url, 'shop');
    await callee.register('com.shop.add', ([a = 0, b = 0]: readonly number[]) => a + b).ready;
    const page = await logIn('ann', 'secret of ann');
    await page.getByRole('navigation').waitFor();
    await page.goto(`${address}#try?do=call&uri=com.shop.add&args=[2,3]`);
    await page.getByLabel('Realm').selectOption('shop');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await expect.poll(() => textIn(page, '.said'), HERE).toMatch(/result of com\.shop\.add after [\d.]+ ms5/);
    await expect.poll(() => program.err(), HERE).toContain('inspector: ann calls com.shop.add in shop as inspector (all rights)');
    await page.context().close();
  });

  test('[M3] a reader looks, and cannot see payloads, try something or end sessions', async () => {
    const one = await connectTo(url, 'shop');
    await one.subscribe('com.shop.news', () => {}).ready;
    const page = await logIn('bob', 'secret of bob');
    await page.getByRole('navigation').waitFor();
    await page.goto(`${address}#live?uri=com.shop.`);
    await expect
      .poll(async () => {
        one.publish('com.shop.news', ['personal']);
        return page.locator('tbody').textContent();
      }, HERE)
      .toContain('com.shop.news');
    await page.getByLabel('payloads').check();
    await expect.poll(() => textIn(page, '.fault'), HERE).toMatch(/may not|not_authorized/);
    await page.goto(`${address}#try?do=call&uri=com.shop.add`);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await expect.poll(() => textIn(page, '.fault'), HERE).toMatch(/may not|not_authorized/);
    await page.context().close();
  });

  test('[M3] others come in and see nothing; anonymous users of the realm do not come in', async () => {
    const page = await logIn('eve', 'secret of eve');
    await expect.poll(() => textIn(page, '.fault'), HERE).toMatch(/may not|not_authorized/);
    await page.context().close();
  });

  test('[M3] a user that is taken out of the file is out, without a restart', async () => {
    const page = await logIn('ann', 'secret of ann');
    await page.getByRole('navigation').waitFor();
    const { ann: _, ...users } = file.realms.ops.users;
    writeFileSync(config, JSON.stringify({ ...file, realms: { ...file.realms, ops: { ...file.realms.ops, users } } }));
    program.process.kill('SIGHUP');
    await page.getByLabel('User (authid)').waitFor();
    await page.context().close();
  });
});
