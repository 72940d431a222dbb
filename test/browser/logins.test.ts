// Logins in a real browser: on a page that is a secure context, with `crypto.subtle`, and on a plain-http page of an intranet, without.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { generateKeyPair } from 'autostrada/cryptosign';
import type { UserConfig } from 'autostrada/router';
import { scramEntry } from 'autostrada/scram';
import { deriveKey } from 'autostrada/wampcra';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { root } from './processes.ts';
import { openStage, type Stage } from './stage.ts';

const guide = readFileSync(path.join(root, 'docs/guide/authentication.md'), 'utf8');
const form = /^```html\n([\s\S]*?)^```$/m.exec(guide)?.[1] ?? '';
const INTRANET = 'router.intranet.test';

const keys = generateKeyPair();
const routerKeys = generateKeyPair();
const salted = { salt: 'salt123', iterations: 1000, keylen: 32 };

describe.skipIf(!hasChromium)('logins in a browser', () => {
  let browser: Browser;
  let stage: Stage;

  beforeAll(async () => {
    const users: Record<string, UserConfig> = {
      joe: { authrole: 'user', ticket: 'secret' },
      peter: { authrole: 'user', wampcra: { secret: 'secret' } },
      petra: { authrole: 'user', wampcra: { key: await deriveKey('secret', salted.salt, salted), ...salted } },
      carol: { authrole: 'user', scram: await scramEntry('secret', { iterations: 4096 }) },
      owner: { authrole: 'user', cryptosign: { publicKeys: [keys.publicKey] } },
    };
    const realm1 = { authroles: { user: { permissions: 'all' as const } }, users, privateKey: routerKeys.privateKey };
    stage = await openStage({ '/login.html': form }, {}, { realms: { realm1 } });
    browser = await launchChromium([INTRANET]);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  const places = [
    ['a secure page, with crypto.subtle', () => stage.url, true],
    ['a plain-http page, without crypto.subtle', () => stage.url.replace('127.0.0.1', INTRANET), false],
  ] as const;

  describe.each(places)('on %s', (_place, url, hasSubtle) => {
    test('[C61] [C62] [C63] [C64] [C66] [C67] [C68] succeed by every method, and fail with a wrong secret', async () => {
      const page = await browser.newPage();
      await page.goto(url());
      await page.addScriptTag({ url: '/autostrada.min.js' });
      const outcomes = await page.evaluate(
        async ({ privateKey, publicKey }) => {
          const { Connection, ticket, wampcra, scram, cryptosign } = autostrada;
          const login = async (auth: ReturnType<typeof ticket>) => {
            const connection = new Connection({ url: '/ws', realm: 'realm1', auth, retry: false });
            const outcome = await connection.open().then(
              ({ authid, authmethod }) => `${authid} by ${authmethod}`,
              ({ uri }) => String(uri),
            );
            await connection.close();
            return outcome;
          };
          return {
            subtle: globalThis.crypto.subtle !== undefined,
            right: [
              await login(ticket({ authid: 'joe', ticket: 'secret' })),
              await login(wampcra({ authid: 'peter', secret: 'secret' })),
              await login(wampcra({ authid: 'petra', secret: 'secret' })),
              await login(scram({ authid: 'carol', password: 'secret' })),
              await login(cryptosign({ privateKey, routerKey: publicKey })),
            ],
            wrong: [
              await login(wampcra({ authid: 'petra', secret: 'wrong' })),
              await login(scram({ authid: 'carol', password: 'wrong' })),
              await login(cryptosign({ privateKey, routerKey: 'ab'.repeat(32) })),
            ],
          };
        },
        { privateKey: keys.privateKey, publicKey: routerKeys.publicKey },
      );
      expect(outcomes).toEqual({
        subtle: hasSubtle,
        right: ['joe by ticket', 'peter by wampcra', 'petra by wampcra', 'carol by wamp-scram', 'owner by cryptosign'],
        wrong: ['wamp.error.authentication_denied', 'wamp.error.authentication_denied', 'wamp.error.cannot_authenticate'],
      });
      await page.close();
    });

    test('[C63] succeed with the form of the guide, which says what is wrong', async () => {
      const page = await browser.newPage();
      await page.goto(`${url()}login.html`);
      await page.fill('[name=user]', 'petra');
      await page.fill('[name=password]', 'wrong');
      await page.click('button');
      await expect.poll(() => page.textContent('output')).toBe('Wrong user or password');
      await page.fill('[name=password]', 'secret');
      await page.click('button');
      await expect.poll(() => page.textContent('output')).toBe('Welcome, petra');
      await page.close();
    });
  });
});
