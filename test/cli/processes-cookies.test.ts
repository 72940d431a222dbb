/* Logins of browsers, known to all processes that share a port. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Browser } from '../node/cookie-browser.ts';
import { childrenOf, folder, type Started, start } from './processes-bench.ts';
import { PATIENCE } from './up-bench.ts';

const realms = {
  shop: { authroles: { user: { permissions: 'all' } }, users: { jane: { authrole: 'user', ticket: 'secret' } } },
};
const REFUSED = 'wamp.error.no_matching_auth_method';

async function startWith(more: object = {}): Promise<Started & { readonly file: string }> {
  const file = path.join(folder(), 'router.json');
  writeFileSync(file, JSON.stringify({ realms, processes: 3, listen: { cookies: {} }, ...more }));
  return { ...(await start(3, '--config', file)), file };
}

/** How it gets in, at many processes. */
async function joins(browser: Browser): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let i = 0; i < 9; i++) found.add(await browser.join(undefined));
  return found;
}

describe.skipIf(process.platform === 'win32')('[L2] a browser that has logged in once', { timeout: 60_000 }, () => {
  test('comes back without a login at every process, also when the one of its login is gone', async () => {
    const { command, url } = await startWith();
    const browser = new Browser(url);
    expect(await joins(browser)).toEqual(new Set([REFUSED]));
    expect(await browser.join('jane')).toBe('jane user ticket');
    expect(await joins(browser)).toEqual(new Set(['jane user cookie']));
    expect(await joins(new Browser(url))).toEqual(new Set([REFUSED]));
    const before = childrenOf(command);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await expect.poll(() => childrenOf(command).filter((pid) => !before.includes(pid)).length, PATIENCE).toBe(3);
    await expect.poll(() => browser.join(undefined).catch(() => 'lost'), PATIENCE).toBe('jane user cookie');
  });

  test('is forgotten by all processes when it is not a user any more', async () => {
    const { command, url, file } = await startWith();
    const browser = new Browser(url);
    await browser.join('jane');
    expect(await joins(browser)).toEqual(new Set(['jane user cookie']));
    const shop = { ...realms.shop, users: { joe: { authrole: 'user', ticket: 'secret' } } };
    writeFileSync(file, JSON.stringify({ realms: { shop }, processes: 3, listen: { cookies: {} } }));
    command.kill('SIGHUP');
    await command.says('reloaded, ');
    expect(await joins(browser)).toEqual(new Set([REFUSED]));
  });

  test('comes back after a restart, if there is a store', async () => {
    const store = { folder: path.join(folder(), 'data') };
    const first = await startWith({ store });
    const browser = new Browser(first.url);
    expect(await browser.join('jane')).toBe('jane user ticket');
    expect(await joins(browser)).toEqual(new Set(['jane user cookie']));
    first.command.kill('SIGTERM');
    await first.command.ended;
    const next = await startWith({ store });
    expect(await joins(browser.at(next.url))).toEqual(new Set(['jane user cookie']));
  });
});
