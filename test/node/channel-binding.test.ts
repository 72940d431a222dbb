/* Cryptosign bound to a TLS connection, over real ones. */
import { Connection } from 'autostrada';
import { cryptosign, generateKeyPair } from 'autostrada/cryptosign';
import { listen, rawSocket, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authority } from '../fixtures/certificates.ts';
import { failure } from '../fixtures/scripted-session.ts';

const keys = generateKeyPair();
const users = { joe: { authrole: 'user', cryptosign: { publicKeys: [keys.publicKey] } } };
const { cert: ca, issue } = authority();

async function listening(isSecure: boolean) {
  const router = new Router({ realms: { realm1: { authroles: { user: { permissions: 'all' } }, users } } });
  const listener = await listen(router, { port: 0, ...(isSecure ? { tls: issue('router') } : {}) });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
  });
  return listener;
}

const ways = {
  websocket: ({ url }: { url: string }) => webSocket(url, { tls: { ca } }),
  rawsocket: ({ rawSocketUrl }: { rawSocketUrl: string | undefined }) =>
    rawSocket(rawSocketUrl ?? '', rawSocketUrl?.startsWith('rss') ? { tls: { ca } } : {}),
};

describe.each(Object.entries(ways))('over %s', (_way, dial) => {
  const join = (url: ReturnType<typeof dial>, channelBinding: 'tls-exporter' | 'tls-unique') => {
    const auth = cryptosign({ privateKey: keys.privateKey, channelBinding });
    const connection = new Connection({ url, realm: 'realm1', auth, retry: false });
    onTestFinished(() => connection.close());
    return connection.open();
  };

  test('[C69] [R70] both ends of TLS 1.3 have the same bytes by tls-exporter', async () => {
    expect(await join(dial(await listening(true)), 'tls-exporter')).toMatchObject({ authid: 'joe', authmethod: 'cryptosign' });
  });

  test('[C69] TLS 1.3 has no tls-unique, and a connection without TLS has neither', async () => {
    const secure = dial(await listening(true));
    expect(await failure(join(secure, 'tls-unique'))).toMatchObject({ uri: 'wamp.error.authentication_failed' });
    const plain = dial(await listening(false));
    expect(await failure(join(plain, 'tls-exporter'))).toMatchObject({ uri: 'wamp.error.authentication_failed' });
  });
});
