// The vectors of all logins in a real page: on a plain-http origin, which has no crypto.subtle, and on loopback, which has it.
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cryptosignVectors as vectors } from '../fixtures/vectors.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

/** wamp-protocol.md 3.5.3 */
const challenge =
  '{"nonce":"LHRTC9zeOIrt_9U3","authprovider":"userdb","authid":"peter","timestamp":"2014-06-22T16:36:25.448Z","authrole":"user","authmethod":"wampcra","session":3251278072152162}';

describe.skipIf(!hasChromium)('the vectors of logins, in a page', () => {
  let browser: Browser;
  let stage: Stage;
  beforeAll(async () => {
    browser = await launchChromium(['intranet.test']);
    stage = await openStage();
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  async function open(context: BrowserContext, host: string) {
    const page = await context.newPage();
    await page.goto(stage.url.replace('127.0.0.1', host));
    await page.addScriptTag({ url: '/autostrada.min.js' });
    return page;
  }

  describe.each([
    ['127.0.0.1', true],
    ['intranet.test', false],
  ])('at http://%s (crypto.subtle: %s)', (host, hasSubtle) => {
    test('give the same signatures and proofs [C62] [C63] [C64] [C67]', async () => {
      const context = await browser.newContext();
      const page = await open(context, host);
      expect(await page.evaluate(() => typeof crypto.subtle === 'object')).toBe(hasSubtle);
      const got = await page.evaluate(
        async ([text, given]) => {
          const { wampcra, cryptosign } = autostrada;
          const attempt = { number: 1, previous: undefined, signal: new AbortController().signal };
          const answer = async (credentials: ReturnType<typeof wampcra>, extra: object, id?: string | null): Promise<unknown> => {
            const channel = id ? Uint8Array.from(id.match(/../g) ?? [], (hex) => Number.parseInt(hex, 16)) : undefined;
            const login = await credentials.begin(attempt);
            const said = await login.onchallenge?.(
              credentials.authmethods[0] ?? '',
              { ...extra },
              { channelBinding: () => channel },
            );
            return typeof said === 'string' ? said : said?.signature;
          };
          const cra = wampcra({ authid: 'peter', secret: 'secret2' });
          const signatures: unknown[] = [];
          for (const { private_key, challenge, channel_id } of given) {
            const channel_binding = channel_id === null ? undefined : ('tls-unique' as const);
            const credentials = cryptosign({ privateKey: private_key, channelBinding: channel_binding });
            signatures.push(await answer(credentials, { challenge, channel_binding }, channel_id));
          }
          return {
            plain: await answer(cra, { challenge: text }),
            salted: await answer(cra, { challenge: text, salt: 'salt123', iterations: 1000, keylen: 32 }),
            signatures,
          };
        },
        [challenge, vectors] as const,
      );
      expect(got).toEqual({
        plain: 'MKXnUa6dxG2Pw5XEIaSP7bPAf81WdwEL/SALn7MWnUE=',
        salted: 'e+GenjMtJwc9UwmK6Jb53Kd/ZUGYG+XL3ATbprnCSbI=',
        signatures: vectors.map(({ signature }) => signature),
      });
      await context.close();
    });

    test('give the proof of RFC 7677’s formulas by SCRAM [C64] [C66]', async () => {
      const context = await browser.newContext();
      const page = await open(context, host);
      const got = await page.evaluate(async () => {
        const { scram } = autostrada;
        crypto.getRandomValues = (<T>(bytes: T): T => bytes) as typeof crypto.getRandomValues; // all zeros
        const login = await scram({ authid: 'user', password: 'pencil' }).begin({
          number: 1,
          previous: undefined,
          signal: new AbortController().signal,
        });
        const nonce = `${String(login.authextra?.nonce)}3rfcNHYJY1ZVvWVs`;
        const extra = { nonce, salt: 'W22ZaJ0SNY7soEsUEjb6gQ==', kdf: 'pbkdf2', iterations: 4096, memory: null };
        const answer = await login.onchallenge?.('wamp-scram', extra, { channelBinding: () => undefined });
        return { nonce, answer };
      });
      const { createHash, createHmac, pbkdf2Sync } = await import('node:crypto');
      const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
      const own = 'A'.repeat(32);
      const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
      const message = `n=user,r=${own},r=${got.nonce},s=${salt},i=4096,c=biws,r=${got.nonce}`;
      const clientKey = hmac(pbkdf2Sync('pencil', Buffer.from(salt, 'base64'), 4096, 32, 'sha256'), 'Client Key');
      const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
      const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0))).toString('base64');
      expect(got).toEqual({
        nonce: `${own}3rfcNHYJY1ZVvWVs`,
        answer: { signature: proof, extra: { nonce: got.nonce, channel_binding: null } },
      });
      await context.close();
    });
  });

  test.skipIf(vectors.length > 0)('NO CRYPTOSIGN VECTORS: set WAMP_VECTORS', () => {
    throw new Error('not run');
  });
});
