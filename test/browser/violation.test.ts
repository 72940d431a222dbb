// A router that breaks the protocol, under an open page.
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { WELCOME } from '../fixtures/messages.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { openStage } from './stage.ts';

describe.skipIf(!hasChromium)('a violation', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test('[C11] ends the session in a page as well, with the reason, and closes the connection', async () => {
    const stage = await openStage();
    const context = await browser.newContext();
    const rogue = new WebSocketServer({ port: 0, handleProtocols: () => 'wamp.2.json' });
    onTestFinished(async () => {
      await context.close();
      await stage.close();
      rogue.close();
    });
    const closed = new Promise<number>((resolve) => {
      rogue.on('connection', (socket) => {
        socket.on('close', resolve);
        socket.once('message', () => {
          socket.send(JSON.stringify(WELCOME(1, { roles: { broker: {}, dealer: {} } })));
          socket.send('}{');
        });
      });
    });
    const page = await context.newPage();
    await page.goto(stage.url);
    await page.addScriptTag({ url: '/autostrada.min.js' });
    const uri = await page.evaluate(
      async (url) => {
        const connection = new autostrada.Connection({ url, realm: 'realm1', retry: false });
        connection.open();
        return (await connection.closed)?.uri;
      },
      `ws://127.0.0.1:${(rogue.address() as AddressInfo).port}/`,
    );
    expect(uri).toBe('wamp.error.protocol_violation');
    expect(await closed).toBe(3002);
  });
});
