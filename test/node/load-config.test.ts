import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection, ticket } from 'autostrada';
import { loadConfig } from 'autostrada/node';
import { parseConfig, Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';

function file(content: unknown): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const name = path.join(folder, 'router.json');
  writeFileSync(name, typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

const withUser = (ticketOrEnv: unknown) => ({
  realms: { realm1: { authroles: { user: { permissions: 'all' } }, users: { joe: { authrole: 'user', ticket: ticketOrEnv } } } },
});

describe('a router’s configuration from a file', () => {
  test('[R04] [R62] makes a router, with secrets from the environment', async () => {
    process.env.AUTOSTRADA_TEST_TICKET = 'secret';
    onTestFinished(() => {
      delete process.env.AUTOSTRADA_TEST_TICKET;
    });
    const router = new Router(await loadConfig(file(withUser({ env: 'AUTOSTRADA_TEST_TICKET' }))));
    const connection = new Connection({ url: router, realm: 'realm1', auth: ticket({ authid: 'joe', ticket: 'secret' }) });
    expect(await connection.open()).toMatchObject({ authid: 'joe', authrole: 'user', authmethod: 'ticket' });
    await connection.close();
    await router.close();
  });

  test.each([
    ['{ "realms": ', /router\.json: .*JSON/],
    ['[]', /router\.json: config: expected an object, got \[\]$/],
    [
      withUser({ env: 'AUTOSTRADA_TEST_NONE' }),
      /config\.realms\.realm1\.users\.joe\.ticket: expected the environment to have AUTOSTRADA_TEST_NONE/,
    ],
    [withUser(''), /config\.realms\["realm1"\]\.users\["joe"\]\.ticket: expected a text that is not empty$/],
    [
      { realms: { realm1: { authroles: {}, users: { joe: { authrole: 'boss' } } } } },
      /users\["joe"\]\.authrole: expected one of the realm's authroles, got "boss"/,
    ],
  ])('says in which file and where it is wrong: %j', async (content, message) => {
    const error = await failure(loadConfig(file(content)));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
  });

  test('is not shown when it is no JSON: it may have a secret', async () => {
    const error = await failure(loadConfig(file('{\n  "ticket": "pencil"x }')));
    expect(error.message).toMatch(/router\.json: expected JSON( in line 2, column \d+)?$/);
    expect(`${error.message}${String(error.cause)}`).not.toContain('pencil');
  });

  test('may have a realm, a user and an attribute called env', async () => {
    const users = { env: { authrole: 'env', ticket: 'x', authextra: { env: 'production' } } };
    const config = { realms: { env: { authroles: { env: { permissions: 'all' } }, users } } };
    expect(await loadConfig(file(config))).toEqual(config);
    expect(await loadConfig(file({ realms: { env: 'open' } }))).toEqual({ realms: { env: 'open' } });
  });

  test('that is not there is Node’s error', async () => {
    expect(await failure(loadConfig('/nowhere/router.json'))).toMatchObject({ code: 'ENOENT' });
  });
});

test('parseConfig gives what it was given, checked', () => {
  const config = { realms: { realm1: 'open' } };
  expect(parseConfig(config)).toBe(config);
  expect(() => parseConfig({ realms: { realm1: { authroles: { user: { permissions: [], password: 'x' } } } } })).toThrow(
    /authroles\["user"\]: expected permissions, authorizer, trustlevel, got 'password'/,
  );
});

test.each([
  [{ ticket: 5 }, 'ticket'],
  [{ wampcra: { key: 'k' } }, 'wampcra'],
  [{ scram: { kdf: 'md5' } }, 'scram'],
  [{ cryptosign: { publicKeys: ['zz'] } }, 'cryptosign'],
])('[R70] a wrong entry of a user is named, and never shown: %j', (entry, key) => {
  const users = { joe: { authrole: 'user', ...entry } };
  const config = { realms: { realm1: { authroles: { user: { permissions: [] } }, users } } };
  expect(() => parseConfig(config)).toThrow(new RegExp(`users\\["joe"\\]\\.${key}.*: expected `));
});

test('[G2] [R04] a configuration that begins with a byte order mark is read', async () => {
  expect(await loadConfig(file('\ufeff{"realms":{"realm1":"open"}}'))).toEqual({ realms: { realm1: 'open' } });
});
