/* `web`: files over HTTP, and what a request must not be able to do. */
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { get, type Listening, listening, rawSession } from './listening.ts';

interface Site extends Listening {
  readonly web: string;
  readonly port: number;
}

/** site/ is served; site-secret/ and secret.txt lie beside it. */
async function site(): Promise<Site> {
  const root = mkdtempSync(join(tmpdir(), 'autostrada-web-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const web = join(root, 'site');
  for (const folder of ['site/sub', 'site/.git', 'site/.well-known', 'site-secret'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(web, 'index.html'), '<h1>index</h1>');
  writeFileSync(join(web, 'page.html'), '0123456789');
  writeFileSync(join(web, 'script.js'), 'script()');
  writeFileSync(join(web, 'ä b.txt'), 'umlaut');
  writeFileSync(join(web, 'empty.txt'), '');
  writeFileSync(join(web, 'sub/index.html'), 'sub index');
  writeFileSync(join(web, '.env'), 'PASSWORD=secret');
  writeFileSync(join(web, '.git/config'), 'secret');
  writeFileSync(join(web, '.well-known/security.txt'), 'contact');
  writeFileSync(join(web, 'ws'), 'a file where the router is');
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(root, 'site-secret/secret.txt'), 'secret');
  const opened = await listening({ web });
  return { ...opened, web, port: opened.listener.port };
}

/** How often this process has the file open. */
function openedAs(file: string): number {
  const names = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // closed in between
    }
  });
  return names.filter((name) => name === file).length;
}

describe('a static file', () => {
  test.each([
    ['/', '<h1>index</h1>', 'text/html;charset=utf-8'],
    ['/index.html', '<h1>index</h1>', 'text/html;charset=utf-8'],
    ['/page', '0123456789', 'text/html;charset=utf-8'],
    ['/script.js?v=1', 'script()', 'text/javascript'],
    ['/sub/', 'sub index', 'text/html;charset=utf-8'],
    ['/%C3%A4%20b.txt', 'umlaut', 'text/plain'],
    ['/empty.txt', '', 'text/plain'],
    ['/.well-known/security.txt', 'contact', 'text/plain'],
  ])('%s is served', async (path, body, type) => {
    const { port } = await site();
    expect(await get(port, path)).toMatchObject({ status: 200, body, headers: { 'content-type': type } });
  });

  test('is looked up for each request', async () => {
    const { port, web } = await site();
    expect((await get(port, '/later.txt')).status).toBe(404);
    writeFileSync(join(web, 'later.txt'), 'later');
    expect((await get(port, '/later.txt')).body).toBe('later');
  });

  test('is not sent again to a browser that has it', async () => {
    const { port } = await site();
    const { etag } = (await get(port, '/page.html')).headers;
    expect(await get(port, '/page.html', { 'if-none-match': String(etag) })).toMatchObject({ status: 304, body: '' });
  });

  test('does not hide the WebSocket’s path', async () => {
    const { port, listener } = await site();
    expect((await get(port, '/ws')).status).toBe(426);
    await rawSession(listener.url);
  });

  test('that does not exist is answered by 404, and by where the router is', async () => {
    const { port } = await site();
    expect(await get(port, '/nothing')).toMatchObject({ status: 404, body: 'Not found. The WAMP router is at /ws.\n' });
  });
});

describe('a request for a file', () => {
  test.each([
    '/../secret.txt',
    '/../site-secret/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsite-secret%2fsecret.txt',
    '/sub/../../secret.txt',
    '//../secret.txt',
    '/..\\secret.txt',
    '/%252e%252e/secret.txt',
    '/.%00./secret.txt',
    '/etc/passwd',
    '//etc/passwd',
  ])('for %s gets no file from outside', async (path) => {
    const { port } = await site();
    const { status, body } = await get(port, path);
    expect([status, body]).toEqual([404, expect.not.stringContaining('secret\n')]);
    expect(body).not.toMatch(/^secret|root:/);
  });

  test.each(['/.env', '/.git/config', '/%2eenv', '/sub/../.env', '/%2Egit/config'])(
    'for the hidden file %s gets no file',
    async (path) => {
      const { port } = await site();
      expect((await get(port, path)).status).toBe(404);
    },
  );

  test.each(['/%', '/%E0%A4%A', '/%00', `/${'x'.repeat(5000)}`, '/page.html/', '/sub', '/?', '//', '/#', '*'])(
    'for %s is answered, and the router continues',
    async (path) => {
      const { port, listener } = await site();
      expect((await get(port, path)).status).toBeLessThan(500);
      await rawSession(listener.url);
    },
  );

  test.each(['bytes=5-2', 'bytes=99-', 'bytes=-3', 'bytes=x-y', 'bytes=0-0,2-3', 'lines=1', 'bytes=', 'bytes=9007199254740993-'])(
    'for the range %s is answered, and the router continues',
    async (range) => {
      const { port, listener } = await site();
      for (const path of ['/page.html', '/empty.txt']) {
        expect((await get(port, path, { range })).status).toBeLessThan(500);
      }
      await rawSession(listener.url);
    },
  );

  test('for a valid range gets that range', async () => {
    const { port } = await site();
    expect(await get(port, '/page.html', { range: 'bytes=2-4' })).toMatchObject({
      status: 206,
      body: '234',
      headers: { 'content-range': 'bytes 2-4/10' },
    });
  });

  test.skipIf(process.platform !== 'linux')('that is cancelled half-way leaves no file open', async () => {
    const { port, web } = await site();
    const large = join(web, 'large.bin');
    writeFileSync(large, Buffer.alloc(20_000_000));
    await new Promise<void>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/large.bin', agent: false }, (response) => {
        response.once('data', () => {
          response.destroy();
          resolve();
        });
      });
      asked.once('error', reject);
      asked.end();
    });
    await expect.poll(() => openedAs(large)).toBe(0);
  });

  test.skipIf(process.platform !== 'linux')(
    'opens its file when its answer can be sent, and not if the client has left',
    async () => {
      const { port, web, router } = await site();
      const large = join(web, 'large.bin');
      writeFileSync(large, Buffer.alloc(20_000_000));
      const asking = connect(port, '127.0.0.1').pause();
      onTestFinished(() => void asking.destroy());
      asking.write('GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(16));
      await expect.poll(() => openedAs(large)).toBe(1);
      await get(port, '/');
      expect(openedAs(large)).toBe(1);
      asking.destroy();
      await expect.poll(() => openedAs(large)).toBe(0);
      expect(router.stats().refusedConnections).toBe(0);
    },
  );

  test.skipIf(process.platform === 'win32')('for a file that cannot be read is answered, and the router continues', async () => {
    const { port, web, listener } = await site();
    const unreadable = createServer().listen(join(web, 'socket'));
    onTestFinished(() => {
      unreadable.close();
    });
    await new Promise((resolve) => unreadable.once('listening', resolve));
    expect((await get(port, '/socket')).status).toBe(404);
    await rawSession(listener.url);
  });
});

describe('`also` and `headers` of pages', () => {
  async function shelves(): Promise<number> {
    const root = mkdtempSync(join(tmpdir(), 'autostrada-web-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    for (const folder of ['site/lib', 'lib/deep', 'other']) mkdirSync(join(root, folder), { recursive: true });
    const files = {
      'site/index.html': 'index',
      'site/lib/a.js': 'hidden',
      'lib/a.js': 'lib',
      'lib/.env': 'secret',
      'other/b.js': 'deep',
      'one.js': 'one',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    const also = {
      '/lib': join(root, 'lib'),
      '/lib/deep': join(root, 'other'),
      '/app.min.js': join(root, 'one.js'),
      '/later.js': join(root, 'later.js'),
    };
    const headers = { 'Content-Security-Policy': "default-src 'self'" };
    const { listener } = await listening({
      web: { folder: join(root, 'site'), also, headers, cacheControl: { '/lib/': 'max-age=9' } },
    });
    expect((await get(listener.port, '/later.js')).status).toBe(404);
    writeFileSync(join(root, 'later.js'), 'later');
    return listener.port;
  }

  test('[K1] further directories and files are there, the longest path first, with the headers', async () => {
    const port = await shelves();
    const found = async (path: string) => {
      const { status, body, headers } = await get(port, path);
      return [status, body, headers['content-security-policy'], headers['cache-control']];
    };
    const policy = "default-src 'self'";
    expect(await found('/')).toEqual([200, 'index', policy, 'no-cache']);
    expect(await found('/lib/a.js?v=1')).toEqual([200, 'lib', policy, 'max-age=9']);
    expect(await found('/lib/deep/b.js')).toEqual([200, 'deep', policy, 'max-age=9']);
    expect(await found('/app.min.js')).toEqual([200, 'one', policy, 'no-cache']);
    expect(await found('/later.js')).toEqual([200, 'later', policy, 'no-cache']);
  });

  test('[K1] nothing outside of them, and nothing hidden, is served', async () => {
    const port = await shelves();
    for (const path of ['/lib/.env', '/lib/../one.js', '/lib/%2e%2e/one.js', '/app.min.js/a', '/app.min.jsx', '/libx', '/one.js'])
      expect([path, (await get(port, path)).status]).toEqual([path, 404]);
  });
});
