// What only real pages show: all directions between pages and Node.js, binary payload, a strict Content-Security-Policy, the wire log.
import { Connection, json } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { startDemos, stopAll } from './processes.ts';
import { openPeer, openStage, type Stage } from './stage.ts';

describe.skipIf(!hasChromium)('pages', () => {
  let browser: Browser;
  let stage: Stage;
  let context: BrowserContext;
  let connections: Connection[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    stage = await openStage();
    context = await browser.newContext();
    connections = [];
  });
  afterEach(async () => {
    await context.close();
    for (const connection of connections) await connection.close();
    await expect.poll(() => stage.router.sessions).toEqual([]);
    await stage.close();
    await stopAll();
  });

  /** This process, as a client over a WebSocket. */
  const connect = (url: string, serializer: 'json' | 'msgpack' = 'json'): Connection => {
    const connection = new Connection({ url, realm: 'realm1', serializers: [serializer === 'json' ? json() : msgpack()] });
    connections.push(connection);
    return connection;
  };

  test('call each other and publish to each other, in all directions, with a Node.js process among them', async () => {
    // The router is a process of its own here, so that this one is a client like the pages.
    const { url, router } = await startDemos();
    const pages = { anna: await openPeer(context, `${url}/nobody`), bruno: await openPeer(context, `${url}/nobody`, 'msgpack') };
    const node = connect(router);
    const heard: [string, string][] = [];
    await node.register('com.example.greet.carla', ([from]: [string]) => `carla greets ${from}`).ready;
    await node.subscribe('com.example.news', ([from]: [string]) => heard.push(['carla', from])).ready;
    for (const [name, page] of Object.entries(pages)) {
      await page.exposeFunction('hear', (from: string) => heard.push([name, from]));
      await page.evaluate(async (me) => {
        await connection.register(`com.example.greet.${me}`, ([from]: [string]) => `${me} greets ${from}`).ready;
        await connection.subscribe('com.example.news', ([from]: [string]) => (globalThis as unknown as Ear).hear(from)).ready;
      }, name);
    }

    const names = ['anna', 'bruno', 'carla'];
    for (const from of names) {
      const page = (pages as { [name: string]: Page | undefined })[from];
      for (const to of names) {
        const greeting = page
          ? await page.evaluate(([to, from]) => connection.call(`com.example.greet.${to}`, [from]), [to, from] as const)
          : await node.call(`com.example.greet.${to}`, [from]);
        expect(greeting).toBe(`${to} greets ${from}`); // oneself, too
      }
      heard.length = 0;
      if (page) await page.evaluate((me) => connection.publish('com.example.news', [me]), from);
      else node.publish('com.example.news', [from]);
      const others = names.filter((name) => name !== from).map((name) => [name, from]);
      await expect.poll(() => [...heard].sort()).toEqual(others);
    }
  });

  describe.each(['json', 'msgpack'] as const)('binary payload, with the page in %s', (inPage) => {
    test.each(['json', 'msgpack'] as const)(
      'and Node.js in %s, arrives unchanged in both directions [C80] [C84]',
      async (inNode) => {
        const frames: (string | Buffer)[] = [];
        context.on('page', (page) =>
          page.on('websocket', (socket) => {
            socket.on('framesent', ({ payload }) => frames.push(payload));
            socket.on('framereceived', ({ payload }) => frames.push(payload));
          }),
        );
        const page = await openPeer(context, stage.url, inPage);
        const node = connect(stage.webSocketUrl, inNode);
        const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
        const arrived: unknown[] = [];
        await node.register('com.example.reverse', ([bytes]: [Uint8Array]) => {
          arrived.push(bytes);
          return Uint8Array.from(bytes).reverse();
        }).ready;
        await node.subscribe('com.example.bytes', (args) => arrived.push(...args)).ready;

        const back = await page.evaluate(async () => {
          const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
          const reversed = await connection.call('com.example.reverse', [bytes]);
          await connection.publish('com.example.bytes', [{ deep: [bytes] }], {}, { acknowledge: true });
          return reversed instanceof Uint8Array && [...reversed];
        });
        expect(back).toEqual([...everyByte].reverse());
        await expect.poll(() => arrived).toEqual([everyByte, { deep: [everyByte] }]);

        await page.evaluate(
          () => connection.register('com.example.echo', ([bytes]) => (bytes instanceof Uint8Array ? bytes : 'no bytes')).ready,
        );
        expect(await node.call('com.example.echo', [everyByte])).toEqual(everyByte);
        expect(await node.call('com.example.echo', [new Uint8Array(0)])).toEqual(new Uint8Array(0));

        expect(frames.length).toBeGreaterThan(6);
        expect([...new Set(frames.map((frame) => typeof frame))]).toEqual([inPage === 'json' ? 'string' : 'object']);
      },
    );
  });

  test('do all that without a violation under the policy script-src self', async () => {
    const script = `
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
      const violations = [];
      const { Connection, json, msgpack, cbor } = autostrada;
      async function all() {
        for (const serializer of [json(), msgpack(), cbor()]) {
          const connection = new Connection({ url: '/ws', realm: 'realm1', serializers: [serializer] });
          await connection.register('com.example.records', ([list]) => list).ready;
          // Alike objects, often: what some decoders would make code for.
          const list = Array.from({ length: 100 }, (_, index) => ({ index, name: 'n' + index, bytes: new Uint8Array([index]) }));
          const back = await connection.call('com.example.records', [list]);
          if (back.length !== 100 || back[99].name !== 'n99' || back[99].bytes[0] !== 99) throw new Error('it came back changed');
          await connection.close();
        }
        return 'fine';
      }
      all().catch((error) => String(error)).then((said) => { document.title = [said, ...violations].join(); });
    `;
    const strict = await openStage(
      {
        '/strict.html':
          '<!doctype html><title></title><script src="/autostrada.min.js"></script><script src="/strict.js"></script>',
        '/strict.js': script,
      },
      { 'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'" },
    );
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${strict.url}strict.html`);
      await expect.poll(() => page.title()).not.toBe('');
      expect(await page.title()).toBe('fine');
      expect(complaints).toEqual([]);
    } finally {
      await strict.close();
    }
  });

  test("show the wire log on the console with localStorage.debug = 'autostrada', and nothing without it", async () => {
    const page = await context.newPage();
    const logged: [string, string][] = [];
    page.on('console', (message) => logged.push([message.type(), message.text()]));
    const call = async () => {
      await page.addScriptTag({ url: '/autostrada.min.js' });
      await page.evaluate(async () => {
        const connection = new autostrada.Connection({ url: '/ws', realm: 'realm1' });
        await connection.call('com.example.nobody', ['a secret word']).catch(() => {});
        await connection.close();
      });
    };
    await page.goto(stage.url);
    await call();
    expect(logged).toEqual([]);

    await page.evaluate(() => localStorage.setItem('debug', 'autostrada'));
    await page.reload();
    await call();
    await expect.poll(() => logged.length).toBe(6);
    expect(logged.map(([type]) => type)).toEqual(Array(6).fill('debug'));
    const starts = ['→ HELLO', '← WELCOME', '→ CALL', '← ERROR', '→ GOODBYE', '← GOODBYE'];
    for (const [index, start] of starts.entries()) expect(logged[index]?.[1]).toContain(`autostrada realm1 ${start}`);
    expect(logged[2]?.[1]).toContain('com.example.nobody');
  });
});
