/* TLS at both ends, for all that a port speaks. */
import { createPrivateKey } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Connection, type Connector, json } from 'autostrada';
import { listen, rawSocket, type TlsOptions, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authority } from '../fixtures/certificates.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { get, type Listening, listening } from './listening.ts';
import { rawPeer } from './raw-peer.ts';

const ours = authority();
const server = ours.issue('router');
const { cert: ca } = ours;

const kinds = ['websocket', 'rawsocket'] as const;

/** The same router by either way. */
function toward({ listener }: Listening, kind: (typeof kinds)[number], tls?: TlsOptions): Connector {
  return kind === 'websocket' ? webSocket(listener.url, { tls }) : rawSocket(listener.rawSocketUrl ?? '', { tls });
}

function connection(url: Connector | string): Connection {
  const made = new Connection({ url, realm: 'realm1', retry: false });
  made.on('error', () => {});
  onTestFinished(() => made.close());
  return made;
}

describe.each(kinds)('a %s over TLS', (kind) => {
  test('[R81] [C82] joins with a custom certificate authority', async () => {
    const listened = await listening({ tls: server });
    const { listener, router } = listened;
    expect(listener.url).toBe(`wss://127.0.0.1:${listener.port}/ws`);
    expect(listener.rawSocketUrl).toBe(`rss://127.0.0.1:${listener.port}`);
    const session = await connection(toward(listened, kind, { ca })).open();
    expect(session.isOpen).toBe(true);
    expect(router.sessions).toMatchObject([{ transport: { kind, isSecure: true, peer: expect.stringMatching(/^127/) } }]);
  });

  test.each<[string, TlsOptions | undefined, string]>([
    ['that nobody it knows has signed', undefined, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['that another authority should have signed', { ca: authority('another').cert }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['of another name', { ca, servername: 'example.com' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('refuses a certificate %s', async (_, tls, code) => {
    const error = await failure(connection(toward(await listening({ tls: server }), kind, tls)).open());
    expect(error).toMatchObject({ name: 'TransportError', uri: 'wamp.error.network_failure', cause: { code } });
    expect(error.message).toMatch(/^cannot connect to (wss|rss):/);
  });

  test('accepts any certificate when it is told to, and PEM as bytes', async () => {
    const tls = { cert: new TextEncoder().encode(server.cert), key: new TextEncoder().encode(server.key) };
    const session = await connection(toward(await listening({ tls }), kind, { rejectUnauthorized: false })).open();
    expect(session.isOpen).toBe(true);
  });

  test('[H1] accepts an encrypted key with its passphrase', async () => {
    const key = createPrivateKey(server.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' });
    const listened = await listening({ tls: { cert: server.cert, key: String(key), passphrase: 'secret' } });
    expect((await connection(toward(listened, kind, { ca })).open()).isOpen).toBe(true);
  });

  test('sends its own certificate if the router asks for one', async () => {
    const listened = await listening({ tls: { ...server, ca } });
    const session = await connection(toward(listened, kind, { ca, ...ours.issue('client') })).open();
    expect(session.isOpen).toBe(true);
    const stranger = authority().issue('stranger');
    for (const own of [{}, stranger]) {
      const error = await failure(connection(toward(listened, kind, { ca, ...own })).open());
      expect(error.uri).toBe('wamp.error.network_failure');
    }
    expect(listened.router.sessions).toHaveLength(1);
  });
});

describe('a port of a router', () => {
  test('[R81] with TLS says so to a client without TLS', async () => {
    const { listener } = await listening({ tls: server });
    expect(await get(listener.port, '/')).toMatchObject({
      status: 400,
      body: 'this port speaks TLS: https://, wss:// or rss://\n',
    });
    const raw = await failure(connection(rawSocket(`rs://127.0.0.1:${listener.port}`)).open());
    expect(raw).toMatchObject({
      uri: 'autostrada.error.no_rawsocket',
      message: expect.stringContaining('HTTP/1.1 400 This port speaks TLS'),
    });
    const web = await failure(connection(`ws://127.0.0.1:${listener.port}/ws`).open());
    expect(web).toMatchObject({ uri: 'autostrada.error.no_websocket', message: expect.stringContaining('this port speaks TLS') });
    await connection(toward({ listener } as Listening, 'rawsocket', { ca })).open();
  });

  test('[R81] without TLS refuses a client with TLS', async () => {
    const { listener } = await listening();
    for (const url of [rawSocket(`rss://127.0.0.1:${listener.port}`), webSocket(`wss://127.0.0.1:${listener.port}/ws`)]) {
      const error = await failure(connection(url).open());
      expect(error).toMatchObject({ uri: 'wamp.error.network_failure', cause: { code: expect.stringMatching(/SSL|EPROTO/) } });
    }
    await connection(listener.url).open();
  });

  test('[R81] closes connections that are silent before, during or after the TLS handshake', async () => {
    const { listener } = await listening({ tls: server }, { joinTimeoutMs: 50 });
    const [silent, half] = [await rawPeer(listener.port), await rawPeer(listener.port)];
    half.send('1603010200');
    const mute = connectTls({ port: listener.port, host: '127.0.0.1', ca });
    await Promise.all([silent.end(), half.end(), new Promise((resolve) => mute.on('error', () => {}).once('close', resolve))]);
    expect(mute.destroyed).toBe(true);
  });

  test('[R81] survives garbage before, during and after the TLS handshake', async () => {
    const { listener } = await listening({ tls: server });
    for (const octets of ['00', '1603010005 0000000000', '16ffffffff', 'ff'.repeat(100)]) {
      const peer = await rawPeer(listener.port);
      peer.send(octets);
      peer.socket.end();
      await peer.end();
    }
    const torn = connectTcp(listener.port, '127.0.0.1', () => torn.resetAndDestroy());
    await new Promise((resolve) => torn.once('close', resolve));
    const inside = connectTls({ port: listener.port, host: '127.0.0.1', ca }, () => inside.write(Buffer.from('7f0000ff', 'hex')));
    const reply = await new Promise<Buffer>((resolve) => inside.once('data', resolve));
    expect(reply.toString('hex')).toBe('7f300000');
    inside.destroy();
    await connection(webSocket(listener.url, { tls: { ca } })).open();
  });
});

const encrypted = (passphrase: string): string =>
  String(createPrivateKey(server.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }));
const garbled = (pem: string): string => pem.replace(/[b-z]/g, 'A');
const CERTIFICATE = 'to be a certificate in PEM (-----BEGIN …), not a file name, got';
const KEY = 'to be a private key in PEM (-----BEGIN …), not a file name, got';

describe.each<[string, (tls: TlsOptions) => unknown]>([
  ['listen', (tls) => listen(new Router({ realms: { realm1: 'open' } }), { port: 0, tls })],
  ['webSocket', async (tls) => webSocket('wss://127.0.0.1:1/ws', { tls })],
  ['rawSocket', async (tls) => rawSocket('rss://127.0.0.1:1', { tls })],
])('[H1] %s says at once that', (_, take) => {
  test.each<[string, TlsOptions, string]>([
    [
      'a certificate is a file name',
      { ...server, cert: './server.crt' },
      `expected cert of tls ${CERTIFICATE} a text of 12 characters`,
    ],
    ['a certificate is empty', { ...server, cert: '' }, `expected cert of tls ${CERTIFICATE} an empty text`],
    ['a certificate is in DER', { ...server, cert: Buffer.from('308201', 'hex') }, `expected cert of tls ${CERTIFICATE} 3 bytes`],
    ['a certificate is a key', { ...server, cert: server.key }, `expected cert of tls ${CERTIFICATE}`],
    ['a certificate is a number', { ...server, cert: 5 as never }, `expected cert of tls ${CERTIFICATE} number`],
    [
      'a certificate cannot be read',
      { ...server, cert: garbled(server.cert) },
      'expected cert of tls to be a certificate in PEM, got one that cannot',
    ],
    ['a key is a file name', { ...server, key: '/etc/server.key' }, `expected key of tls ${KEY} a text of 15 characters`],
    ['a key is a certificate', { ...server, key: server.cert }, `expected key of tls ${KEY}`],
    [
      'a key cannot be read',
      { ...server, key: garbled(server.key) },
      'expected key of tls to be a private key in PEM, got one that cannot be read',
    ],
    [
      'a key is of another certificate',
      { ...server, key: ours.issue('other').key },
      'expected key of tls to be that of cert, got the key of another',
    ],
    ['an authority is a file name', { ...server, ca: 'ca.pem' }, `expected ca of tls ${CERTIFICATE} a text of 6 characters`],
    ['one of the authorities is a file name', { ...server, ca: [ca, 'ca.pem'] as never }, `expected ca of tls ${CERTIFICATE}`],
    ['a passphrase is missing', { ...server, key: encrypted('s3cret') }, 'expected passphrase of tls to open key, got nothing'],
    [
      'a passphrase is wrong',
      { ...server, key: encrypted('s3cret'), passphrase: 'hunter2' },
      'expected passphrase of tls to open key, got another one',
    ],
    [
      'a passphrase is a list',
      { ...server, passphrase: ['hunter2'] as never },
      'expected passphrase of tls to be a string, got object',
    ],
    ['a key is missing', { cert: server.cert }, 'expected tls to have cert and key, got cert alone'],
    ['a certificate is missing', { key: server.key }, 'expected tls to have cert and key, got key alone'],
  ])('the option is wrong: %s', async (_case, tls, text) => {
    const error = await failure((async () => take(tls))());
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(text);
    expect(error.message).not.toMatch(/hunter2|s3cret|server\.crt|routines/);
  });
});

test('[R81] frames over TLS may be long, and come in many pieces', async () => {
  const listened = await listening({ tls: server }, { maxMessageBytes: 2 ** 24 });
  const connector = rawSocket(listened.listener.rawSocketUrl ?? '', { tls: { ca } });
  const transport = await connector.connect({ serializers: [json()], signal: new AbortController().signal });
  expect(transport.maxFrameBytes).toBe(2 ** 24);
  transport.close();
  const [callee, caller] = [connection(connector), connection(connector)];
  await callee.register('a.b', ([text]: [string]) => text).ready;
  const text = 'long'.repeat(2 ** 20);
  expect(await caller.call('a.b', [text])).toBe(text);
});
