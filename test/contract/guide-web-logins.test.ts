/* The code of docs/guide/web-logins.md, with real web frameworks, and with an OpenID Connect provider. */
import * as crypto from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fastifyCookie from '@fastify/cookie';
import * as fastifySession from '@fastify/session';
import * as honoServer from '@hono/node-server';
import { Connection } from 'autostrada';
import * as node from 'autostrada/node';
import * as express from 'express';
import * as expressSession from 'express-session';
import * as fastify from 'fastify';
import * as hono from 'hono';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { expect, onTestFinished, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';
import { oidcProvider } from './oidc-provider.mjs';

const env: { [name: string]: string } = {};
const servers: http.Server[] = [];
const examples = examplesOf('web-logins.md', {
  'node:crypto': crypto,
  'node:http': {
    ...http,
    createServer: (handler: http.RequestListener) => {
      const server = http.createServer(handler);
      servers.push(server);
      return server;
    },
  },
  'node:process': { env },
  'autostrada/node': node,
  '@fastify/cookie': fastifyCookie,
  '@fastify/session': fastifySession,
  '@hono/node-server': honoServer,
  express,
  'express-session': expressSession,
  fastify,
  hono,
  jose,
  'openid-client': openid,
});
const remarks = /^([Ii]n production|after the check|those that have|another one|for a provider|A |the first is|A browser)/;
const promisesOf = (promised: readonly string[]): readonly string[] => promised.filter((text) => !remarks.test(text));

const withPromises = examples.filter(({ code }) => !code.includes('openid-client'));
test.each(withPromises.map((example) => [/from '([\w@/-]+)'/.exec(example.code)?.[1], example] as const))(
  '[K4] the example in the guide to logins from the web that begins with %s does what it says',
  async (_, { run, promised }) => {
    const said = promisesOf(promised);
    expect(said.length).toBeGreaterThan(0);
    expect(await run()).toEqual(said);
  },
);

/** A browser without a page: it follows redirects, sends forms, and keeps cookies by host. */
class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  async go(url: string, form?: { readonly [name: string]: string }): Promise<{ readonly url: string; readonly body: string }> {
    let [at, body] = [new URL(url), form && new URLSearchParams(form)];
    for (let hop = 0; hop < 20; hop++) {
      const jar = this.jar(at);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(at, {
        method: body ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie },
        ...(body ? { body } : {}),
      });
      for (const each of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
        jar.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) return { url: at.href, body: await response.text() };
      [at, body] = [new URL(location, at), undefined];
    }
    throw new Error(`expected an end of the redirects from ${url}`);
  }

  cookieOf(url: string, name: string): string | undefined {
    return this.jar(new URL(url)).get(name);
  }

  private jar({ host }: URL): Map<string, string> {
    const known = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, known);
    return known;
  }
}

async function listening(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('[K4] a user who has logged in at an OpenID Connect provider is known to the router', async () => {
  const probe = http.createServer();
  const home = await listening(probe);
  await new Promise((resolve) => probe.close(resolve));
  const front = http.createServer();
  const issuer = await listening(front);
  const client = { client_id: 'shop', client_secret: 'shop secret', redirect_uris: [`${home}/callback`] };
  front.on('request', oidcProvider(issuer, client));
  Object.assign(env, { ISSUER: issuer, SHOP_PORT: new URL(home).port });
  onTestFinished(() => {
    for (const server of [front, ...servers]) {
      server.closeAllConnections();
      server.close();
    }
  });

  const example = examples.find(({ code }) => code.includes('openid-client'));
  await example?.run();
  const stranger = new Connection({ url: `${home.replace('http', 'ws')}/ws`, realm: 'shop' });
  await expect(stranger.open()).rejects.toMatchObject({ uri: 'wamp.error.no_matching_auth_method' });
  await stranger.close();

  const browser = new Browser();
  const login = await browser.go(`${home}/login`);
  const consent = await browser.go(login.url, { prompt: 'login', login: 'jane', password: 'any' });
  expect(await browser.go(consent.url, { prompt: 'consent' })).toMatchObject({ body: 'welcome' });
  const headers = { cookie: `sid=${browser.cookieOf(home, 'sid')}` };
  const connection = new Connection({ url: node.webSocket(`${home.replace('http', 'ws')}/ws`, { headers }), realm: 'shop' });
  const { authid, authmethod } = await connection.open();
  expect([authid, authmethod]).toEqual(['jane', 'oidc']);
  await connection.close();
});
