/* Browsers that have logged in once and come back; what hooks see of an upgrade and of long-poll. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApplicationError, Connection } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import {
  type CookieStore,
  cookieStore,
  type ListenOptions,
  listen,
  openStore,
  type StoredLogin,
  serve,
  webSocket,
} from 'autostrada/node';
import { type OpeningRequest, type PeerCertificate, Router, type RouterHooks, type UserQuery } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { MemoryCookieStore } from '../../src/node/cookies/cookie-store.ts';
import { authority } from '../fixtures/certificates.ts';
import { Browser } from './cookie-browser.ts';
import { post } from './raw-longpoll.ts';

const realm = {
  authroles: { user: { permissions: 'all' as const }, admin: { permissions: 'all' as const } },
  users: { jane: { authrole: 'user', ticket: 'secret' }, joe: { authrole: 'admin', ticket: 'secret' } },
};

async function opened(options: ListenOptions = { cookies: {} }, hooks: RouterHooks = {}) {
  const said: string[] = [];
  const router = new Router({ realms: { shop: realm, other: realm } }, { log: ({ message }) => said.push(message), ...hooks });
  const listener = await listen(router, { port: 0, ...options });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
  });
  return { router, listener, said };
}

/** The answer to an upgrade: its cookie, with attributes. */
async function cookieOf(
  url: string,
  headers: { readonly [name: string]: string } = {},
  more: object = {},
): Promise<string | undefined> {
  const socket = new WebSocket(url, ['wamp.2.json'], { headers, ...more });
  let cookie: string | undefined;
  socket.once('upgrade', (response) => {
    [cookie] = response.headers['set-cookie'] ?? [];
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.terminate();
  return cookie;
}

const REFUSED = 'wamp.error.no_matching_auth_method';

describe('[K4] a browser that has logged in once', () => {
  test('comes back without a login, in the same realm only', async () => {
    const { listener } = await opened();
    const browser = new Browser(listener.url);
    expect(await browser.join(undefined)).toBe(REFUSED);
    expect(await browser.join('jane')).toBe('jane user ticket');
    expect(await browser.join(undefined)).toBe('jane user cookie');
    expect(await browser.join(undefined)).toBe('jane user cookie');
    expect(await browser.join(undefined, 'other')).toBe(REFUSED);
    expect(await new Browser(listener.url).join(undefined)).toBe(REFUSED);
  });

  test('has a cookie that no script can read, that other sites do not send, and that is Secure with TLS', async () => {
    const { listener } = await opened();
    expect(await cookieOf(listener.url)).toMatch(/^autostrada=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
    const { cert, key } = authority().issue('localhost');
    const safe = await opened({ cookies: { name: 'sid', maxAgeMs: 60_000 }, tls: { cert, key } });
    const cookie = await cookieOf(safe.listener.url, {}, { rejectUnauthorized: false });
    expect(cookie).toMatch(/^sid=[\w-]{43}; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    // By its name. On a plain port no browser keeps it.
    const host = await opened({ cookies: { name: '__Host-sid' } });
    expect(await cookieOf(host.listener.url)).toMatch(
      /^__Host-sid=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  test('is forgotten when that is asked for, when it logs out, and when it logs in as somebody else', async () => {
    const { listener } = await opened();
    const browser = new Browser(listener.url);
    await browser.join('jane');
    expect(await listener.forgetLogins({ authid: 'joe' })).toBe(0);
    expect(await listener.forgetLogins({ realm: 'shop', authid: 'jane' })).toBe(1);
    expect(await browser.join(undefined)).toBe(REFUSED);

    await browser.join('jane');
    expect(await browser.join(undefined)).toBe('jane user cookie');
    expect(await browser.join('joe')).toBe('joe admin ticket');
    expect(await browser.join(undefined)).toBe(REFUSED);

    await browser.join('jane');
    const headers = { cookie: browser.cookie ?? '' };
    const connection = new Connection({ url: webSocket(listener.url, { headers }), realm: 'shop' });
    await connection.open();
    await connection.close({ reason: 'wamp.close.logout' });
    expect(await browser.join(undefined)).toBe(REFUSED);
  });

  test.each([
    ['wamp.close.logout', REFUSED],
    [undefined, 'jane user cookie'],
  ])('whose session is ended with the reason %s is then: %s', async (reason, then) => {
    const { listener, router } = await opened();
    const browser = new Browser(listener.url);
    await browser.join('jane');
    const url = webSocket(listener.url, { headers: { cookie: browser.cookie ?? '' } });
    const connection = new Connection({ url, realm: 'shop', retry: false });
    connection.on('error', () => {});
    const session = await connection.open();
    router.kill(session.id, reason);
    await session.ended;
    expect(await browser.join(undefined)).toBe(then);
    await connection.close();
  });

  test('does not share its login with somebody who has planted a cookie in it', async () => {
    const { listener } = await opened();
    const planted = (await cookieOf(listener.url))?.split(';')[0];
    const victim = new Browser(listener.url);
    victim.cookie = planted;
    await victim.join('jane');
    const attacker = new Browser(listener.url);
    attacker.cookie = planted;
    expect(await attacker.join(undefined)).toBe(REFUSED);
    expect(victim.cookie).not.toBe(planted);
    expect(await victim.join(undefined)).toBe('jane user cookie');
  });

  test('is kept by a hash only, with an expiry, in a store that may be slow', async () => {
    const kept = new Map<string, StoredLogin>();
    const store: CookieStore = {
      get: async (hash) => kept.get(hash),
      set: async (hash, login) => void kept.set(hash, login),
      delete: async (hash) => void kept.delete(hash),
      deleteAll: async () => kept.size,
    };
    const { listener } = await opened({ cookies: { store, maxAgeMs: 60_000 } });
    const browser = new Browser(listener.url);
    await browser.join('jane');
    expect(await browser.join(undefined)).toBe('jane user cookie');
    const [[hash, login] = []] = kept;
    expect(kept.size).toBe(1);
    expect(browser.cookie).not.toContain(hash);
    expect(login).toMatchObject({ realm: 'shop', authid: 'jane', authrole: 'user', authprovider: 'static' });
    expect(JSON.stringify([...kept])).not.toContain('secret');
    if (hash !== undefined && login) kept.set(hash, { ...login, expiresAt: Date.now() - 1 });
    expect(await browser.join(undefined)).toBe(REFUSED);
    expect(kept.size).toBe(0);
  });

  test('logs in as usual when the store fails', async () => {
    const broken = (): never => {
      throw new Error('the disk is full');
    };
    const { listener, said } = await opened({
      cookies: { store: { get: broken, set: broken, delete: broken, deleteAll: () => 0 } },
    });
    const browser = new Browser(listener.url);
    expect(await browser.join('jane')).toBe('jane user ticket');
    expect(await browser.join(undefined)).toBe(REFUSED);
    expect(said).toContain('the store of cookies failed');
  });

  test('comes back over long-poll, too', async () => {
    const { listener } = await opened();
    const opening = await post(listener.port, '/lp/open', JSON.stringify({ protocols: ['wamp.2.json'] }));
    expect(opening.headers['set-cookie']?.[0]).toMatch(/^autostrada=/);
    const browser = new Browser(listener.url);
    await browser.join('jane');
    const url = longPoll(listener.longPollUrl ?? '', { headers: { cookie: browser.cookie ?? '' } });
    const connection = new Connection({ url, realm: 'shop' });
    onTestFinished(() => connection.close());
    expect((await connection.open()).authmethod).toBe('cookie');
  });

  const wrong: readonly (readonly [object, string])[] = [
    [{ cookies: { name: 'a b' } }, 'expected name of cookies to be a name of letters, digits and -, got "a b"'],
    [{ cookies: { maxAgeMs: 5 } }, 'expected maxAgeMs of cookies to be milliseconds from 1000 to'],
    [{ cookies: { stroe: {} } }, "expected an option of cookies (name, maxAgeMs, store), got 'stroe'; did you mean 'store'?"],
    [{ cookies: {}, origins: '*' as const }, "expected cookies without origins '*': every page could use the login of its visitor"],
  ];
  test.each(wrong)('cannot have %j', async (options, text) => {
    const router = new Router({ realms: { shop: realm } });
    await expect(listen(router, Object.assign({ port: 0 }, options))).rejects.toThrow(text);
    await router.close();
  });

  const scratch = (): string => {
    const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-cookies-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };

  test('comes back after a restart of the router, if the file has a store; at all ports', async () => {
    const folder = scratch();
    const file = path.join(folder, 'router.json');
    const port = { port: 0, cookies: {} };
    writeFileSync(file, JSON.stringify({ realms: { shop: realm }, listen: [port, port], store: { folder: 'data' } }));
    const browser = await (async () => {
      await using served = await serve(file, { hooks: { log: () => {} } });
      const first = new Browser(served.listeners[0]!.url);
      expect(await first.join('jane')).toBe('jane user ticket');
      return first;
    })();
    await using served = await serve(file, { hooks: { log: () => {} } });
    for (const { url } of served.listeners) expect(await browser.at(url).join(undefined)).toBe('jane user cookie');
    expect(await served.listeners[1]?.forgetLogins({ realm: 'shop', authid: 'jane' })).toBe(1);
    expect(await browser.at(served.listeners[0]!.url).join(undefined)).toBe(REFUSED);
  });

  test('has to log in again after a restart if its login has expired, or if its record is damaged', async () => {
    const folder = scratch();
    const values = ['a', 'b'].map((name) => name.repeat(43));
    const [old, fresh] = values.map((value) => createHash('sha256').update(value).digest('base64url'));
    const login = { realm: 'shop', authid: 'dora', authrole: 'user', authprovider: 'dynamic' };
    {
      await using store = await openStore({ folder });
      const kept = await cookieStore(store);
      await kept.set(old!, { ...login, expiresAt: Date.now() - 1 });
      await kept.set(fresh!, { ...login, expiresAt: Date.now() + 60_000 });
      const table = await store.table('login');
      await table.write([{ key: 'damaged', value: Uint8Array.of(1, 2, 3) }]);
    }
    await using store = await openStore({ folder });
    const { listener } = await opened({ cookies: { store: await cookieStore(store) } });
    const answers = values.map((value) => {
      const browser = new Browser(listener.url);
      browser.cookie = `autostrada=${value}`;
      return browser.join(undefined);
    });
    expect(await Promise.all(answers)).toEqual([REFUSED, 'dora user cookie']);
    expect([...(await store.table('login')).records.keys()]).toEqual([fresh]);
  });

  test('has to log in again after its password has changed, also if that was while the router was down', async () => {
    const folder = scratch();
    const file = path.join(folder, 'router.json');
    const write = (users: object): void =>
      writeFileSync(
        file,
        JSON.stringify({ realms: { shop: { ...realm, users } }, listen: { port: 0, cookies: {} }, store: { folder: 'data' } }),
      );
    const user = { authrole: 'user', ticket: 'secret' };
    write({ jane: user });
    const browser = new Browser('');
    {
      await using served = await serve(file, { hooks: { log: () => {} } });
      expect(await browser.at(served.listeners[0]!.url).join('jane')).toBe('jane user ticket');
    }
    write({ jane: { ...user, ticket: 'secret!' } });
    {
      await using served = await serve(file, { hooks: { log: () => {} } });
      expect(await browser.at(served.listeners[0]!.url).join(undefined)).toBe(REFUSED);
    }
    write({ jane: user });
    await using served = await serve(file, { hooks: { log: () => {} } });
    expect(await browser.at(served.listeners[0]!.url).join(undefined)).toBe(REFUSED);
    expect(await browser.join('jane')).toBe('jane user ticket');
    expect(await browser.join(undefined)).toBe('jane user cookie');
    // And by a reload: another secret, and a user who is removed and comes again.
    for (const users of [{ jane: { ...user, ticket: 'secret!' } }, {}]) {
      write(users);
      await served.reload();
      write({ jane: user });
      await served.reload();
      expect(await browser.join(undefined)).toBe(REFUSED);
      await browser.join('jane');
      expect(await browser.join(undefined)).toBe('jane user cookie');
    }
    write({ jane: { ...user, authextra: { language: 'it' } } });
    await served.reload();
    expect(await browser.join(undefined)).toBe('jane user cookie');
  });

  test('is forgotten by autostrada.login.forget, in the realm of the caller, by those who may call it', async () => {
    const { listener, router } = await opened();
    const browsers = ['shop', 'other'].map((name) => ({ name, browser: new Browser(listener.url) }));
    for (const { name, browser } of browsers) await browser.join('jane', name);
    const forget = async (authrole: string, args: readonly unknown[]): Promise<unknown> => {
      const connection = new Connection({ url: router.as({ authrole }), realm: 'shop' });
      try {
        return await connection.call('autostrada.login.forget', args);
      } catch (error) {
        return error instanceof ApplicationError ? error.uri : error;
      } finally {
        await connection.close();
      }
    };
    expect(await forget('nobody', ['jane'])).toBe('wamp.error.not_authorized');
    for (const args of [[], [''], [5], [null]]) expect(await forget('admin', args)).toBe('wamp.error.invalid_argument');
    expect(await forget('admin', ['joe'])).toBe(0);
    expect(await forget('admin', ['jane'])).toBe(1);
    expect(await browsers[0]?.browser.join(undefined)).toBe(REFUSED);
    expect(await browsers[1]?.browser.join(undefined, 'other')).toBe('jane user cookie');
    await listener.close();
    expect(await forget('admin', ['jane'])).toBe(0);
  });

  test('is not forgotten because somebody else logs in very often, nor by a filter with a mistake', async () => {
    const memory = new MemoryCookieStore();
    const login = { realm: 'shop', authrole: 'user', authprovider: 'static', expiresAt: Date.now() + 60_000 };
    memory.set('jane', { ...login, authid: 'jane' });
    for (let i = 0; i < 500; i++) memory.set(`joe ${i}`, { ...login, authid: 'joe' });
    expect(memory.get('jane')).toBeDefined();
    expect([memory.get('joe 399'), memory.get('joe 400')?.authid]).toEqual([undefined, 'joe']);
    expect(memory.deleteAll({ authid: 'joe' })).toBe(100);
    const { listener } = await opened();
    const wrong: object = { athid: 'jane' };
    await expect(listener.forgetLogins(wrong)).rejects.toThrow("did you mean 'authid'?");
  });

  test('is refused from a page of another site, whatever its cookie', async () => {
    const { listener } = await opened();
    const browser = new Browser(listener.url);
    await browser.join('jane');
    const headers = { cookie: browser.cookie ?? '', origin: 'https://evil.example.com' };
    await expect(cookieOf(listener.url, headers)).rejects.toThrow('403');
  });

  test('is refused from pages of other ports of this machine, to which the browser sends it, too, unless they are listed', async () => {
    const listed = 'http://localhost:5173';
    const { listener } = await opened({ cookies: {}, origins: [listed] });
    const browser = new Browser(listener.url);
    await browser.join('jane');
    const from = (origin: string) => cookieOf(listener.url, { cookie: browser.cookie ?? '', origin });
    await expect(from('http://127.0.0.1:1')).rejects.toThrow('403');
    await expect(from('http://localhost:1')).rejects.toThrow('403');
    await from(listed);
    await from(new URL(listener.url).origin.replace('ws', 'http'));
  });
});

describe('[K4] hooks', () => {
  test('see method, URL, headers and cookies of an upgrade and of long-poll', async () => {
    const seen: (OpeningRequest | undefined)[] = [];
    const recognize = ({ transport }: UserQuery) => {
      seen.push(transport.request);
      return { authid: 'jane', authrole: 'user' };
    };
    const { listener } = await opened({}, { recognize });
    const headers = { cookie: 'a=1; name=J%C3%B6rg; constructor=x', 'x-device': '7' };
    for (const url of [webSocket(`${listener.url}?lang=it`, { headers }), longPoll(listener.longPollUrl ?? '', { headers })]) {
      const connection = new Connection({ url, realm: 'shop' });
      await connection.open();
      await connection.close();
    }
    const cookies = { a: '1', name: 'Jörg', constructor: 'x' };
    expect(
      seen.map((each) => each && [each.method, each.url, each.headers['x-device'], each.httpVersion, { ...each.cookies }]),
    ).toEqual([
      ['GET', '/ws?lang=it', '7', '1.1', cookies],
      ['POST', '/lp/open', '7', '1.1', cookies],
    ]);
  });

  test('see the certificate of a client, if the authority of the port has signed it', async () => {
    const ca = authority();
    const seen: (PeerCertificate | undefined)[] = [];
    const recognize = ({ transport }: UserQuery) => {
      const certificate = transport.peerCertificate?.();
      seen.push(certificate);
      return certificate && { authid: certificate.subject.replace('CN=', ''), authrole: 'user', authmethod: 'tls' };
    };
    const { listener } = await opened({ tls: { ...ca.issue('localhost'), ca: ca.cert, rejectUnauthorized: false } }, { recognize });
    const known = new Connection({ url: webSocket(listener.url, { tls: { ca: ca.cert, ...ca.issue('device7') } }), realm: 'shop' });
    const { authid, authmethod } = await known.open();
    expect([authid, authmethod]).toEqual(['device7', 'tls']);
    await known.close();
    const others = [{ ca: ca.cert }, { ca: ca.cert, ...authority('another').issue('device7') }];
    for (const tls of others) {
      const connection = new Connection({ url: webSocket(listener.url, { tls }), realm: 'shop' });
      await expect(connection.open()).rejects.toMatchObject({ uri: REFUSED });
      await connection.close();
    }
    const [certificate, ...rest] = seen;
    expect(certificate?.fingerprint256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(certificate?.validTo).toBeGreaterThan(Date.now());
    expect(rest).toEqual([undefined, undefined]);
  });
});
