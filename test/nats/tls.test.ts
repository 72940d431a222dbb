/* The way to a NATS server with TLS, and who may log in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { type NatsOptions, nats } from 'autostrada/nats';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authority, type Certified, type Issued } from '../fixtures/certificates.ts';
import { natsAccounts } from '../fixtures/nats-accounts.ts';
import { hasNats, type NatsServer, natsPrograms, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';

skipLoudlyWithoutNats();

const ours = authority();
const another = authority('another');
const { cert: ca } = ours;

async function start(config: string): Promise<NatsServer> {
  const server = await startNats({ config });
  onTestFinished(() => server.stop());
  return server;
}

async function withTls(certificate: Certified, more = ''): Promise<NatsServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-nats-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = Object.entries({ cert_file: certificate.cert, key_file: certificate.key, ca_file: ca }).map(([name, text]) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return `${name}: ${JSON.stringify(file)}`;
  });
  return start(`tls { ${files.join(', ')}, timeout: 10, ${more} }`);
}

/** `joined`, or the text of the error. */
async function outcome(options: NatsOptions): Promise<string> {
  const router = new Router({ realms: { realm1: 'open' } }, { cluster: nats(options) });
  onTestFinished(() => router.close());
  return router.ready.then(
    () => 'joined',
    (error: unknown) => String(error),
  );
}

describe.runIf(hasNats)('[L3] TLS to NATS', { timeout: 60_000 }, () => {
  const certificates: readonly (readonly [expected: string, issued: Issued, host: string, tls: NonNullable<NatsOptions['tls']>])[] =
    [
      ['joined', {}, '127.0.0.1', { ca }],
      ['joined', {}, 'localhost', { ca }],
      ['expected tls.ca to be the authority of its certificate, got another', {}, '127.0.0.1', { ca: another.cert }],
      ['expected tls.ca to be the authority of its certificate, got none', {}, '127.0.0.1', {}],
      ['certificate has expired', { isExpired: true }, '127.0.0.1', { ca }],
      ["does not match certificate's altnames: IP: 127.0.0.1", { hosts: ['localhost'] }, '127.0.0.1', { ca }],
      ["does not match certificate's altnames: Host: localhost", { hosts: ['nats.example.com'] }, 'localhost', { ca }],
    ];
  test.for(certificates)('%s: a certificate with %j at %s', async ([expected, issued, host, tls]) => {
    const { port } = await withTls(ours.issue('nats', issued));
    const text = await outcome({ servers: `tls://${host}:${port}`, tls });
    expect(text).toContain(expected);
    if (expected !== 'joined') expect(text).toContain(`cannot connect to NATS at ${host}:${port}`);
  });

  test('of both sides: a router without a certificate, or with one of another authority, is told so', async () => {
    const { port } = await withTls(ours.issue('nats'), 'verify: true');
    const servers = `tls://127.0.0.1:${port}`;
    expect(await outcome({ servers, tls: { ca, ...ours.issue('router') } })).toBe('joined');
    const refused = 'it does not answer after TLS: if it demands a certificate, expected tls.cert that it trusts, got';
    const [none, foreign] = await Promise.all([
      outcome({ servers, tls: { ca } }),
      outcome({ servers, tls: { ca, ...another.issue('router') } }),
    ]);
    expect(none).toContain(`${refused} none`);
    expect(foreign).toContain(`${refused} another`);
  }, 30_000);

  test('is not given up for a server that has none', async () => {
    const { port } = await start('');
    expect(await outcome({ servers: `tls://127.0.0.1:${port}`, tls: { ca } })).toContain("server does not support 'tls'");
  });
});

describe('[L3] texts for TLS and logins that cannot be right', () => {
  const { cert, key } = ours.issue('router');
  const wrong: readonly (readonly [text: string, options: Partial<NatsOptions>])[] = [
    ['expected tls.ca of nats to be a certificate in PEM, got another text', { tls: { ca: 'nonsense' } }],
    ['expected tls.cert of nats to be a certificate in PEM, got another text', { tls: { cert: 'nonsense', key } }],
    [
      'expected tls.key of nats to be a private key in PEM without a passphrase, got another text',
      { tls: { cert, key: 'nonsense' } },
    ],
    ['expected tls of nats to have both cert and key, got only cert', { tls: { cert } }],
    ['expected tls of nats to have both cert and key, got only key', { tls: { key } }],
    ['expected tls.key of nats to belong to tls.cert, got the key of another', { tls: { cert, key: ours.issue('b').key } }],
    ['expected tls.cert of nats to be valid now, got one that has expired', { tls: ours.issue('old', { isExpired: true }) }],
    ['expected credentials of nats to be the text of a credentials file, or the seed', { credentials: 'nonsense' }],
  ];
  test.for(wrong)('%s', ([text, options]) => {
    expect(() => nats({ servers: 'tls://127.0.0.1', ...options })).toThrow(text);
  });
});

describe.runIf(hasNats)('[L3] logins at NATS', { timeout: 60_000 }, () => {
  const refused = 'Authorization Violation: expected a user that it knows, got';

  test('by an nkey', async () => {
    const [known, stranger] = [createUser(), createUser()];
    const { url: servers } = await start(`authorization { users: [{ nkey: ${known.getPublicKey()} }] }`);
    const seedOf = (user: typeof known): string => `${new TextDecoder().decode(user.getSeed())}\n`;
    expect(await outcome({ servers, credentials: seedOf(known) })).toBe('joined');
    expect(await outcome({ servers, credentials: seedOf(stranger) })).toContain(`${refused} another`);
    expect(await outcome({ servers })).toContain(`${refused} none`);
  });

  test.for(natsPrograms)('by a credentials file; NATS $version', async (program) => {
    const accounts = natsAccounts();
    const server = await startNats({ program, config: accounts.config });
    onTestFinished(() => server.stop());
    const { url: servers } = server;
    expect(await outcome({ servers, credentials: accounts.credentials('router') })).toBe('joined');
    expect(await outcome({ servers, credentials: natsAccounts().credentials('router') })).toContain(`${refused} another`);
  });

  test('by an account without JetStream, which it needs', async () => {
    const { port } = await start(
      'accounts { A { users: [{ user: a, password: b }] }, SYS { users: [{ user: s, password: s }] } }\nsystem_account: SYS',
    );
    const text = await outcome({ servers: `nats://a:b@127.0.0.1:${port}` });
    expect(text).toContain(`cannot join the cluster at NATS 127.0.0.1:${port}: JetStream not enabled for account`);
  });
});
