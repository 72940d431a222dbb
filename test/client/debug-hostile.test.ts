/* `wireLog()` and `inspect()` with names and texts that a peer has chosen against the reader, and with secrets. */
import { ApplicationError, Connection, type Credentials, ticket } from 'autostrada';
import { cryptosign, generateKeyPair } from 'autostrada/cryptosign';
import { inspect, type WireLine, wireLog } from 'autostrada/debug';
import { Router } from 'autostrada/router';
import { scram, scramEntry } from 'autostrada/scram';
import { wampcra } from 'autostrada/wampcra';
import { describe, expect, onTestFinished, test } from 'vitest';

/** Legal in a URI: they clear a terminal, change its colour and the direction of text. */
const EVIL = 'com.evil.\x1b[2J\x9b31m\u202egnp\x07\x7f';
const COMMANDS = /[^\P{Cc}]|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

describe('what a connection shows of a hostile peer', () => {
  test('[M5] URIs, names and texts of others stay on their line, and command no terminal', async () => {
    const router = new Router({ realms: { realm1: 'open' } }, { log: () => {} });
    const lines: WireLine[] = [];
    const victim = new Connection({
      url: router.as({ authid: `${EVIL}\nfake`, authrole: EVIL }),
      realm: 'realm1',
      wireLog: wireLog({ write: (line) => lines.push(line) }),
    });
    const attacker = new Connection({ url: router, realm: 'realm1' });
    victim.on('error', () => {});
    onTestFinished(async () => {
      await Promise.all([victim.close(), attacker.close()]);
      await router.close();
    });
    await attacker.register('com.evil.fail', () => {
      throw new ApplicationError(EVIL, [`${EVIL}\r\nfake`]);
    }).ready;
    await attacker.register(EVIL, () => {}).ready;
    await victim.subscribe('com.evil', () => {}, { match: 'prefix' }).ready;
    await victim.register('com.evil.', () => {}, { match: 'prefix' }).ready;
    const refused = victim.register(EVIL, () => {});
    await expect(refused.ready).rejects.toThrow();
    await expect(victim.call('com.evil.fail')).rejects.toThrow();
    await attacker.publish(EVIL, [EVIL, '\u2028'], { [EVIL]: EVIL }, { acknowledge: true });
    await attacker.call(`${EVIL}2`);
    const types = lines.filter(({ message }) => JSON.stringify(message).includes('com.evil.\\u001b')).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['WELCOME', 'REGISTER', 'ERROR', 'EVENT', 'INVOCATION']));
    for (const { text } of lines) {
      expect(text).not.toMatch(COMMANDS);
      expect(text.length).toBeLessThan(1500);
    }
    expect(lines.find(({ type }) => type === 'EVENT')).toMatchObject({
      uri: EVIL,
      text: expect.stringContaining(String.raw`EVENT com.evil.\x1b[2J\x9b31m\u202egnp\x07\x7f [`),
    });
    for (const line of inspect(victim).split('\n')) expect(line).not.toMatch(COMMANDS);
    expect(inspect(victim)).toContain(String.raw`(authrole com.evil.\x1b[2J\x9b31m\u202egnp\x07\x7f)`);
  });

  const secret = 'SECRET-of-joe-1234';
  const { privateKey, publicKey } = generateKeyPair();
  const authextra = { token: 'SECRET-token' };
  test.each<[string, Credentials]>([
    ['ticket', ticket({ authid: 'joe', ticket: secret, authextra })],
    ['wampcra', wampcra({ authid: 'joe', secret, authextra })],
    ['scram', scram({ authid: 'joe', password: secret, authextra })],
    ['cryptosign', cryptosign({ authid: 'joe', privateKey, authextra })],
  ])('[M5] no line of a login shows a secret: %s', async (method, auth) => {
    const proofs: string[] = [];
    const joe = {
      authrole: 'guest',
      ticket: secret,
      wampcra: { secret },
      scram: await scramEntry(secret, { iterations: 4096 }),
      cryptosign: { publicKeys: [publicKey] },
    };
    const router = new Router(
      { realms: { realm1: { users: { joe }, authroles: { guest: { permissions: 'all' } } } } },
      { log: () => {} },
    );
    onTestFinished(() => router.close());
    const lines: WireLine[] = [];
    const watched: Credentials = {
      ...auth,
      begin: async (attempt) => {
        const begun = await auth.begin(attempt);
        return {
          ...begun,
          onchallenge: async (...given) => {
            const answer = await begun.onchallenge?.(...given);
            proofs.push(typeof answer === 'string' ? answer : (answer?.signature ?? ''));
            return answer ?? '';
          },
        };
      },
    };
    const connection = new Connection({
      url: router,
      realm: 'realm1',
      auth: watched,
      retry: false,
      wireLog: wireLog({ write: (line) => lines.push(line) }),
    });
    connection.on('error', () => {});
    await connection.open();
    const all = JSON.stringify(lines) + inspect(connection);
    await connection.close();
    expect(lines[0]).toMatchObject({ type: 'HELLO', text: expect.stringContaining('"authid":"joe"') });
    expect(lines[0]?.text).toContain(method);
    expect(proofs.filter((proof) => proof.length > 10)).toHaveLength(1);
    for (const hidden of ['SECRET', privateKey, ...proofs]) expect(all).not.toContain(hidden);
  });
});
