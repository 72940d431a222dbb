// What goes wrong under open pages: a page or a router that goes in mid-call, a router that is not there.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { type Demos, startDemos, stopAll } from './processes.ts';
import { openPeer } from './stage.ts';

/** What a promise in the page was rejected with: an Error does not come through `evaluate` as it is. */
interface Failure {
  readonly name: string;
  readonly uri: string;
  readonly message: string;
  readonly delivery: string | undefined;
  /** It is of the class that its name says. */
  readonly type: boolean;
}

describe.skipIf(!hasChromium)('with open pages', () => {
  let browser: Browser;
  let demos: Demos;
  let context: BrowserContext;
  let servers: Server[];

  beforeAll(async () => {
    browser = await launchChromium(['elsewhere.test']);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    demos = await startDemos();
    context = await browser.newContext();
    servers = [];
  });
  afterEach(async () => {
    await context.close();
    for (const server of servers) server.close().closeAllConnections();
    await stopAll();
  });

  /** A page with a procedure that takes its time: it never answers. Resolves, too, once it has been called. */
  const openSlow = async (): Promise<{ page: Page; called: Promise<void> }> => {
    const page = await openPeer(context, `${demos.url}/nobody`);
    let hear: () => void = () => {};
    const called = new Promise<void>((resolve) => {
      hear = resolve;
    });
    await page.exposeFunction('hear', () => hear());
    await page.evaluate(
      () =>
        connection.register('com.example.slow', () => {
          (globalThis as unknown as Ear).hear('called');
          return new Promise(() => {});
        }).ready,
    );
    return { page, called };
  };
  /** Calls it; gives back what the promise is rejected with. */
  const callSlow = (page: Page): Promise<Failure> =>
    page.evaluate(() =>
      connection.call('com.example.slow').then(
        (value) => {
          throw new Error(`got ${value}`);
        },
        (error) => {
          const classes: { readonly [name: string]: unknown } = { ...autostrada };
          const { name, uri, message, delivery } = error;
          return { name, uri, message, delivery, type: error.constructor === classes[name] };
        },
      ),
    );

  test('a caller gets an ERROR that says so when the called page is closed during the call [C40] [R45]', async () => {
    const { page, called } = await openSlow();
    const caller = await openPeer(context, `${demos.url}/nobody`);
    const failure = callSlow(caller);
    await called;
    await page.close();
    expect(await failure).toEqual({
      name: 'ApplicationError',
      uri: 'wamp.error.canceled',
      message: 'wamp.error.canceled: the callee is gone',
      delivery: undefined,
      type: true,
    });
    expect(await caller.evaluate(() => connection.status.state)).toBe('joined');
  });

  test('a caller gets the same when the called page is reloaded during the call', async () => {
    const { page, called } = await openSlow();
    const caller = await openPeer(context, `${demos.url}/nobody`);
    const failure = callSlow(caller);
    await called;
    await page.reload();
    expect(await failure).toMatchObject({ name: 'ApplicationError', uri: 'wamp.error.canceled' });
  });

  test('a caller gets ConnectionLostError when the router is killed during the call, and nobody knows whether it ran [C09]', async () => {
    const { called } = await openSlow();
    const caller = await openPeer(context, `${demos.url}/nobody`);
    const failure = callSlow(caller);
    await called;
    await demos.stop('SIGKILL');
    expect(await failure).toEqual({
      name: 'ConnectionLostError',
      uri: 'wamp.error.network_failure',
      message: 'the connection was lost (1006)',
      delivery: 'unknown',
      type: true,
    });
  });

  test.skipIf(process.platform === 'win32')(
    'a caller gets the same, with the router’s reason, when the router shuts down during the call [C07]',
    async () => {
      const { called } = await openSlow();
      const caller = await openPeer(context, `${demos.url}/nobody`);
      const failure = callSlow(caller);
      await called;
      await demos.stop('SIGINT');
      expect(await failure).toEqual({
        name: 'ConnectionLostError',
        uri: 'wamp.close.system_shutdown',
        message: 'the router closed the session: wamp.close.system_shutdown',
        delivery: 'unknown',
        type: true,
      });
    },
  );

  describe('the error of a page that cannot connect', () => {
    const hint =
      'nothing listens there, it is not a WAMP router, it has none of our subprotocols, a certificate or the origin was refused, ' +
      'or a Content-Security-Policy forbids it; the browser does not say which';
    const openAt = async (url: string, from = demos.url): Promise<Omit<Failure, 'delivery' | 'type'>> => {
      const page = await context.newPage();
      // The router serves no files under a name that it does not have.
      await page.route(
        ({ hostname }) => hostname === 'elsewhere.test',
        async (route) => {
          const url = route.request().url().replace('elsewhere.test', '127.0.0.1');
          await route.fulfill({ response: await route.fetch({ url }) });
        },
      );
      await page.goto(`${from}/page.html`);
      return page.evaluate(
        (url) =>
          new autostrada.Connection({ url, realm: 'realm1', retry: false }).open().then(
            () => ({ name: 'joined', uri: '', message: '' }),
            ({ name, uri, message }) => ({ name, uri, message }),
          ),
        url,
      );
    };
    const serve = async (): Promise<string> => {
      const server = createServer((_, response) => response.end('a web site'));
      servers.push(server);
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
    };

    test('names all possible reasons for a port where nothing listens, because a browser hides the reason', async () => {
      const url = await serve();
      const [server] = servers;
      await new Promise((resolve) => server?.close(resolve));
      const error = await openAt(url);
      expect(error).toMatchObject({ name: 'TransportError', uri: 'wamp.error.network_failure' });
      expect(error.message).toBe(`cannot connect to ${url}: ${hint}`);
    });

    test('names all possible reasons for a web server that is not a router', async () => {
      const error = await openAt(await serve());
      expect(error.message).toContain(hint);
    });

    test('names all possible reasons for a path without a WebSocket', async () => {
      const error = await openAt('/somewhere');
      expect(error.message).toBe(`cannot connect to ${demos.url.replace('http', 'ws')}/somewhere: ${hint}`);
    });

    test('names all possible reasons for an origin that the router refuses', async () => {
      const elsewhere = `http://elsewhere.test:${demos.port}`;
      const error = await openAt(demos.router, elsewhere);
      expect(error.message).toContain(hint);
      // Of this machine, it would be taken, whatever its port.
      const other = await startDemos();
      expect(await openAt(demos.router, other.url)).toMatchObject({ name: 'joined' });
      await other.stop();
    });

    test('names the wrong realm, because that comes from the router [C04]', async () => {
      const page = await context.newPage();
      await page.goto(`${demos.url}/page.html`);
      const failure = await page.evaluate(() =>
        new autostrada.Connection({ url: '/ws', realm: 'nowhere' }).open().catch(({ name, uri }) => ({ name, uri })),
      );
      expect(failure).toEqual({ name: 'JoinError', uri: 'wamp.error.no_such_realm' });
    });
  });

  test('a page warns once while its router is not there yet, and calls as soon as it is', async () => {
    const page = await openPeer(context, `${demos.url}/nobody`);
    const warnings: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'warning') warnings.push(message.text());
    });
    await demos.stop('SIGKILL');
    const answer = page.evaluate(() => {
      const late = new autostrada.Connection({ url: '/ws', realm: 'realm1', retry: { maxMs: 200 } });
      late.register('com.example.late', () => 'here');
      return late.call('com.example.late'); // goes out after the registration
    });
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^autostrada: cannot connect to ws:.*; trying again \(listen to 'status' to see each attempt\)$/);
    demos = await startDemos(demos.port);
    expect(await answer).toBe('here');
    expect(warnings).toHaveLength(1);
  });
});
