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
  writeFileSync(name, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
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
    ['{ "realms": ', /router\.json:1:13: not valid JSON: expected a value, got the end of the file$/],
    ['[]', /router\.json:1:1: config: expected an object, got a list$/],
    [
      withUser({ env: 'AUTOSTRADA_TEST_NONE' }),
      /config\.realms\["realm1"\]\.users\["joe"\]\.ticket: expected the environment to have AUTOSTRADA_TEST_NONE/,
    ],
    [withUser(''), /config\.realms\["realm1"\]\.users\["joe"\]\.ticket: expected a text that is not empty, got an empty text$/],
    [
      { realms: { realm1: { authroles: {}, users: { joe: { authrole: 'boss' } } } } },
      /users\["joe"\]\.authrole: expected one of the realm's authroles, got "boss"/,
    ],
  ])('says in which file and where it is wrong: %j', async (content, message) => {
    const error = await failure(loadConfig(file(content)));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
  });

  test('is not shown when it is not JSON, because it may contain a secret', async () => {
    const error = await failure(loadConfig(file('{\n  "ticket": "pencil"x }')));
    expect(error.message).toMatch(/router\.json:2:21: not valid JSON: expected ',' or '}', got 'x'$/);
    expect(`${error.message}${String(error.cause)}`).not.toContain('pencil');
  });

  test('may have a realm, a user and an attribute that is called env', async () => {
    const users = { env: { authrole: 'env', ticket: 'x', authextra: { env: 'production' } } };
    const config = { realms: { env: { authroles: { env: { permissions: 'all' } }, users } } };
    expect(await loadConfig(file(config))).toEqual(config);
    expect(await loadConfig(file({ realms: { env: 'open' } }))).toEqual({ realms: { env: 'open' } });
  });

  test('that does not exist gives the error of Node.js', async () => {
    expect(await failure(loadConfig('/nowhere/router.json'))).toMatchObject({ code: 'ENOENT' });
  });
});

test('parseConfig returns its argument after checking it', () => {
  const config = { realms: { realm1: 'open' } };
  expect(parseConfig(config)).toBe(config);
  expect(() => parseConfig({ realms: { realm1: { authroles: { user: { permissions: [], password: 'x' } } } } })).toThrow(
    /authroles\["user"\]: expected permissions, authorizer, trustlevel, limits, got 'password'/,
  );
});

test.each([
  [{ ticket: 5 }, 'ticket'],
  [{ wampcra: { key: 'k' } }, 'wampcra'],
  [{ scram: { kdf: 'md5' } }, 'scram'],
  [{ cryptosign: { publicKeys: ['zz'] } }, 'cryptosign'],
])('[R70] a wrong entry of a user is named, but never shown: %j', (entry, key) => {
  const users = { joe: { authrole: 'user', ...entry } };
  const config = { realms: { realm1: { authroles: { user: { permissions: [] } }, users } } };
  expect(() => parseConfig(config)).toThrow(new RegExp(`users\\["joe"\\]\\.${key}.*: expected `));
});

describe('the error for a wrong configuration file', () => {
  test.each<[string, string | Buffer, RegExp]>([
    [
      'a comment of another language',
      '{\n  # mine\n}',
      /:2:3: not valid JSON: expected a key in double quotes, got a comment with '#': expected '\/\/'$/,
    ],
    ['an empty file', '', /:1:1: not valid JSON: expected a value, got nothing: the file is empty$/],
    ['only a byte order mark', '\ufeff', /:1:1: not valid JSON: expected a value, got nothing: the file is empty$/],
    [
      'UTF-16 with a byte order mark',
      Buffer.from('\ufeff{}', 'utf16le'),
      /expected a text in UTF-8 .* got one in UTF-16: save it as UTF-8$/,
    ],
    ['UTF-16 without', Buffer.from('{}', 'utf16le'), /expected a text in UTF-8 .* got one in UTF-16: save it as UTF-8$/],
    [
      'UTF-16, the high byte first',
      Buffer.from('{}', 'utf16le').swap16(),
      /expected a text in UTF-8 .* got one in UTF-16: save it as UTF-8$/,
    ],
    ['Latin-1', Buffer.from('{\n "ü": 1}', 'latin1'), /expected a text in UTF-8 in line 2, column 3, got other bytes$/],
    [
      'UTF-8 that is cut off',
      Buffer.from('{ "ü').subarray(0, -1),
      /expected a text in UTF-8 in line 1, column 4, got other bytes$/,
    ],
    [
      'a realm twice',
      '{"realms":{"a":"open",\n"a":"open"}}',
      /:2:1: config\.realms\["a"\]: expected it once, got it in line 1, column 12 and again in line 2, column 1$/,
    ],
  ])('[G2] [R04] names the file: %s', async (_, content, message) => {
    const name = file(content);
    const error = await failure(loadConfig(name));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message.startsWith(`${name}:`)).toBe(true);
    expect(error.message).toMatch(message);
  });

  test('[G2] [R04] names a directory', async () => {
    const folder = path.dirname(file('{}'));
    expect((await failure(loadConfig(folder))).message).toBe(`${folder}: expected a file, got a directory`);
  });
});

test('[G2] [R04] a configuration that begins with a byte order mark is read', async () => {
  expect(await loadConfig(file('\ufeff{"realms":{"realm1":"open"}}'))).toEqual({ realms: { realm1: 'open' } });
});
