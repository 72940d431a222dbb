/* What strangers may ask of a port beside what it is for: verbs, links, subprotocols, posts that wait. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { get, listening, rawClient } from './listening.ts';

async function site(): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'autostrada-edges-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'site/sub'), { recursive: true });
  mkdirSync(join(root, 'site-secret'));
  writeFileSync(join(root, 'site-secret/index.html'), 'secret');
  writeFileSync(join(root, 'site/page.html'), 'page');
  writeFileSync(join(root, 'site/.env'), 'secret');
  symlinkSync(join(root, 'site-secret/index.html'), join(root, 'site/file.html'));
  symlinkSync(join(root, 'site-secret'), join(root, 'site/folder'));
  symlinkSync(join(root, 'site/.env'), join(root, 'site/visible.txt'));
  symlinkSync(join(root, 'site/loop'), join(root, 'site/loop'));
  symlinkSync('../page.html', join(root, 'site/sub/inside.html'));
  const { listener } = await listening({ web: join(root, 'site') });
  return listener.port;
}

describe('[G2] [R82] the server of files', () => {
  test.each(['/file.html', '/file', '/folder/', '/folder', '/folder/index.html', '/visible.txt', '/loop', '/%66ile.html'])(
    'does not follow a link that leads out of the folder: %s',
    async (path) => {
      expect(await get(await site(), path)).toMatchObject({ status: 404 });
    },
  );

  test('follows a link that stays in the folder', async () => {
    expect(await get(await site(), '/sub/inside.html')).toMatchObject({ status: 200, body: 'page' });
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('answers %s with 405, and names the allowed methods', async (method) => {
    const answer = await get(await site(), '/page.html', {}, method);
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'TSajNa0BBETtRVa41g/gTA==',
};

describe('[G2] [R82] an upgrade request', () => {
  test.each(['wamp.2.json,', ',wamp.2.json', 'wamp.2.json, ,wamp.2.json', 'other,,wamp.2.json'])(
    'may have empty and repeated elements in its subprotocols: %s',
    async (offered) => {
      const { listener } = await listening();
      const client = await rawClient(listener.url, [], { headers: { 'sec-websocket-protocol': offered } }).catch((error) => error);
      // The client of the test has offered nothing, by its own account: it complains, but about our answer.
      expect(String(client.message ?? '')).toContain('subprotocol');
      expect(String(client.message ?? '')).not.toContain('HTTP');
    },
  );

  test.each([
    [{ ...upgrade, 'sec-websocket-protocol': ',' }, '/ws', 400, 'no common subprotocol: offered none'],
    [{ ...upgrade, 'sec-websocket-protocol': 'wamp.2.json', 'sec-websocket-key': 'x' }, '/ws', 400, 'Sec-WebSocket-Key'],
    [{ ...upgrade, 'sec-websocket-protocol': 'wamp.2.json', 'sec-websocket-version': '7' }, '/ws', 400, 'Sec-WebSocket-Version'],
    [{ ...upgrade, 'sec-websocket-protocol': 'wamp.2.json' }, '/other', 404, 'the WebSocket is at /ws'],
  ])('that is refused is logged with its reason: %j', async (headers, path, status, reason) => {
    const { listener, warnings } = await listening();
    const answer = await get(listener.port, path, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(reason);
    expect(warnings).toEqual([expect.stringContaining(`refused a WebSocket: `)]);
    expect(warnings[0]).toContain(reason);
  });
});
