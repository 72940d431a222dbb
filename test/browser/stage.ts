// A place for pages that are no demos: the embedded router of this process, and an empty page beside the script bundle.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Listener, listen } from 'autostrada/node';
import { Router, type RouterConfig } from 'autostrada/router';
import type { BrowserContext, Page } from 'playwright';
import sirv from 'sirv';
import { root } from './processes.ts';

export interface Stage {
  readonly router: Router;
  /** Of the empty page. */
  readonly url: string;
  readonly webSocketUrl: string;
  close(): Promise<void>;
}

const emptyPage = '<!doctype html><title>empty</title>';

/** `files`: further pages and scripts, by path. `headers`: on all of them. `config`: the router's; default one open realm. */
export async function openStage(
  files: Record<string, string> = {},
  headers: Record<string, string> = {},
  config: RouterConfig = { realms: { realm1: 'open' } },
): Promise<Stage> {
  const served: Record<string, string> = { '/': emptyPage, ...files };
  const bundle = sirv(path.join(root, 'dist'), { dev: true });
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    if (/^\/[\w.]+\.min\.js$/.test(url)) return bundle(request, response);
    const type = url.endsWith('.js') ? 'text/javascript' : 'text/html';
    if (url in served) response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, ...headers }).end(served[url]);
    else response.writeHead(url === '/favicon.ico' ? 204 : 404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const router = new Router(config);
  const listener: Listener = await listen(router, { server, origins: '*' }); // some pages come by another name of this machine
  return {
    router,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    webSocketUrl: listener.url,
    close: async () => {
      await listener.close();
      await router.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Opens a page, and in it the globals `autostrada` and `connection`, joined. */
export async function openPeer(context: BrowserContext, url: string, serializers: 'json' | 'msgpack' = 'json'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.addScriptTag({ url: '/autostrada.min.js' });
  await page.evaluate(async (name) => {
    const { Connection, json, msgpack } = autostrada;
    const serializer = name === 'json' ? json() : msgpack();
    globalThis.connection = new Connection({ url: '/ws', realm: 'realm1', serializers: [serializer] });
    await connection.open();
  }, serializers);
  return page;
}

declare global {
  // What the pages have. Functions given to `page.evaluate` run there.
  var autostrada: typeof import('../../src/script.ts');
  var connection: import('autostrada').Connection;
  /** A page's way to tell the test something, where it has been exposed. */
  interface Ear {
    hear(what: string): void;
  }
}
