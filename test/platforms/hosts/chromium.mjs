/* A page whose Content-Security-Policy allows our router and nothing else; its checks are the bundle of page.mjs. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright';

const { PLATFORM, PLATFORM_PROJECT, PLATFORM_CHROMIUM } = process.env;
const host = JSON.parse(PLATFORM);
const router = new URL(host.urls.longpoll).host;
const policy = `default-src 'none'; script-src 'self'; connect-src ws://${router} http://${router}`;
const script = readFileSync(path.join(PLATFORM_PROJECT, 'page.bundle.js'), 'utf8');
const server = createServer(({ url }, response) => {
  const [type, body] =
    url === '/page.js' ? ['text/javascript', script] : ['text/html', '<!doctype html><script src="/page.js"></script>'];
  response.writeHead(url === '/favicon.ico' ? 204 : 200, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': policy,
  });
  response.end(url === '/favicon.ico' ? '' : body);
});
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
const { port } = server.address();
const browser = await chromium.launch({ executablePath: PLATFORM_CHROMIUM, args: ['--no-sandbox'] });
const page = await browser.newPage();
page.on('pageerror', (error) => console.log(`page: ${error.message}`));
await page.exposeFunction('print', (line) => console.log(line));
await page.goto(`http://127.0.0.1:${port}/`);
await page.evaluate((given) => globalThis.runChecks(given), { ...host, forbidden: `ws://127.0.0.1:${port}/ws` });
await browser.close();
server.close();
