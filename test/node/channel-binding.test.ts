/* WAMP-cryptosign tied to a TLS connection, of either version, by either way. */

import { createServer } from 'node:https';
import { Connection, type ConnectionOptions } from 'autostrada';
import { cryptosign, generateKeyPair } from 'autostrada/cryptosign';
import { listen, rawSocket, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authority } from '../fixtures/certificates.ts';
import { failure } from '../fixtures/scripted-session.ts';

const { cert: ca, issue } = authority();
const tls = issue('router');
const pair = generateKeyPair();

async function opened(maxVersion?: 'TLSv1.2') {
  const router = new Router({
    realms: {
      realm1: {
        authroles: { user: { permissions: 'all' } },
        users: { joe: { authrole: 'user', cryptosign: { publicKeys: [pair.publicKey] } } },
      },
    },
  });
  const server = maxVersion && createServer({ ...tls, maxVersion });
  if (server) await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const listener = await listen(router, server ? { server } : { port: 0, tls });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
    server?.close();
    server?.closeAllConnections();
  });
  return listener;
}

function join(url: ConnectionOptions['url'], channelBinding: 'tls-unique' | 'tls-exporter') {
  const connection = new Connection({
    url,
    realm: 'realm1',
    retry: false,
    auth: cryptosign({ privateKey: pair.privateKey, channelBinding }),
  });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  return connection.open();
}

describe('[C69] [R70] channel binding', () => {
  it('is tls-exporter over TLS 1.3, by WebSocket and RawSocket', async () => {
    const { url, rawSocketUrl = '' } = await opened();
    for (const way of [webSocket(url, { tls: { ca } }), rawSocket(rawSocketUrl, { tls: { ca } })]) {
      expect(await join(way, 'tls-exporter')).toMatchObject({ authid: 'joe', authmethod: 'cryptosign' });
      expect(await failure(join(way, 'tls-unique'))).toMatchObject({ uri: 'wamp.error.authentication_failed' });
    }
  });

  it('is tls-unique over TLS 1.2', async () => {
    const { url } = await opened('TLSv1.2');
    const way = webSocket(url, { tls: { ca } });
    for (const _ of [1, 2]) expect(await join(way, 'tls-unique')).toMatchObject({ authid: 'joe' });
    expect(await failure(join(way, 'tls-exporter'))).toMatchObject({ uri: 'wamp.error.authentication_failed' });
  });

  it('is not there without TLS', async () => {
    const router = new Router({
      realms: {
        realm1: {
          authroles: { user: { permissions: [] } },
          users: { joe: { authrole: 'user', cryptosign: { publicKeys: [pair.publicKey] } } },
        },
      },
    });
    const listener = await listen(router, { port: 0 });
    onTestFinished(async () => {
      await listener.close();
      await router.close();
    });
    for (const way of [router, listener.url, webSocket(listener.url), rawSocket(listener.rawSocketUrl ?? '')])
      expect(await failure(join(way, 'tls-exporter'))).toMatchObject({ uri: 'wamp.error.authentication_failed' });
  });
});
