/* Keys, hashes and configurations: what `autostrada` makes and takes. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection, type Credentials, ticket } from 'autostrada';
import { argon2id } from 'autostrada/argon2';
import { cryptosign, publicKeyOf } from 'autostrada/cryptosign';
import { Router, type UserConfig } from 'autostrada/router';
import { scram } from 'autostrada/scram';
import { wampcra } from 'autostrada/wampcra';
import { describe, expect, onTestFinished, test } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { autostrada, Command, cli, startRouter } from './command.ts';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'autostrada-users-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

/** Whether the router lets somebody in by what the command has made. */
async function fits(user: Omit<UserConfig, 'authrole'>, auth: Credentials): Promise<boolean> {
  const users = { joe: { authrole: 'user', ...user } };
  const router = new Router({ realms: { realm1: { authroles: { user: { permissions: [] } }, users } } });
  const connection = new Connection({ url: router, realm: 'realm1', auth, retry: false });
  connection.on('error', () => {});
  const isIn = await connection.open().then(
    () => true,
    () => false,
  );
  await connection.close();
  await router.close();
  return isIn;
}

describe('autostrada keygen', () => {
  test('prints a pair', async () => {
    const { code, stdout } = await autostrada('keygen').ended;
    const { privateKey, publicKey } = JSON.parse(stdout) as { privateKey: string; publicKey: string };
    expect([code, publicKeyOf(privateKey)]).toEqual([0, publicKey]);
    expect(await fits({ cryptosign: { publicKeys: [publicKey] } }, cryptosign({ privateKey }))).toBe(true);
  });

  test('writes the private key where nobody else reads it, and never over another', async () => {
    const file = path.join(folder(), 'service.key');
    const { code, stdout } = await autostrada('keygen', '--out', file).ended;
    const privateKey = readFileSync(file, 'utf8').trim();
    expect([code, stdout]).toEqual([0, `${publicKeyOf(privateKey)}\n`]);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await autostrada('keygen', '--out', file).ended;
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(readFileSync(file, 'utf8').trim()).toBe(privateKey);
  });
});

describe('autostrada hash', () => {
  const hashed = async (args: readonly string[], env = {}, input?: string) => {
    const command = new Command([cli, 'hash', ...args], env, input === undefined ? 'ignore' : 'pipe');
    if (input !== undefined) {
      command.write(input);
      command.end();
    }
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('pencil');
    return JSON.parse(stdout) as Omit<UserConfig, 'authrole'>;
  };

  test('makes what a router keeps, by stdin, environment and file', async () => {
    const file = path.join(folder(), 'password');
    writeFileSync(file, 'pencil\n');
    const made = [
      [await hashed([], {}, 'pencil\n'), scram({ authid: 'joe', password: 'pencil' })],
      [
        await hashed(['scram', '--secret-env', 'PASS', '--iterations', '4096'], { PASS: 'pencil' }),
        scram({ authid: 'joe', password: 'pencil' }),
      ],
      [
        await hashed(['scram', '--kdf', 'argon2id13', '--memory', '2048', '--iterations', '2', '--secret-file', file]),
        scram({ authid: 'joe', password: 'pencil', argon2id }),
      ],
      [await hashed(['wampcra', '--secret-file', file]), wampcra({ authid: 'joe', secret: 'pencil' })],
    ] as const;
    for (const [user, auth] of made) expect(await fits(user, auth)).toBe(true);
    expect(made[0][0].scram).toMatchObject({ kdf: 'pbkdf2', iterations: 100_000 });
    expect(made[2][0].scram).toMatchObject({ kdf: 'argon2id13', iterations: 2, memory: 2048 });
  });

  test.each([
    [['md5'], /expected --method to be scram, wampcra, got 'md5'/],
    [['scram', 'pencil'], /the password comes by stdin/],
    [['wampcra', '--kdf', 'pbkdf2'], /are of scram/],
    [['scram', '--memory', '4096'], /--memory is of --kdf argon2id13/],
    [['--secret-env', 'NOT_SET'], /expected a password in the environment variable 'NOT_SET', got nothing/],
    [[], /expected a password on stdin, got nothing/],
    [['--secret', 'pencil'], /Unknown option '--secret'/],
  ])('%j ends with code 1 and says why', async (args, message) => {
    const { code, stdout, stderr } = await autostrada('hash', ...args).ended;
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(message)]);
  });
});

describe('autostrada router --config', () => {
  const config = (more: object = {}) => ({
    realms: {
      shop: {
        authroles: { user: { permissions: [] } },
        users: { joe: { authrole: 'user', ticket: { env: 'JOES_TICKET' } } },
        ...more,
      },
    },
  });
  const written = (content: unknown): string => {
    const file = path.join(folder(), 'router.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };

  test('lets in whom the file names, by secrets of the environment', async () => {
    const { command, url } = await startRouter(['--config', written(config())], { JOES_TICKET: 'pencil' });
    expect(command.stdout).toMatch(/, realm shop \(Ctrl-C stops it\)\n$/);
    const join = (secret: string) => {
      const connection = new Connection({ url, realm: 'shop', auth: ticket({ authid: 'joe', ticket: secret }), retry: false });
      connection.on('error', () => {});
      onTestFinished(() => connection.close());
      return connection.open();
    };
    expect(await join('pencil')).toMatchObject({ authid: 'joe', authrole: 'user' });
    expect(await failure(join('pen'))).toMatchObject({ uri: 'wamp.error.authentication_denied' });
    expect(command.stdout + command.stderr).not.toContain('pencil');
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{\n  "ticket": "pencil"x }', /router\.json: expected JSON( in line 2, column \d+)?\n$/],
    [
      'a variable that is not set',
      config(),
      /router\.json: config\.realms\["shop"\]\.users\["joe"\]\.ticket: expected the environment variable 'JOES_TICKET', which is not set\n$/,
    ],
    ['an unknown key', { realms: {}, limit: 5 }, /router\.json: config: expected realms, limits, got 'limit'\n$/],
    [
      'an authrole that is not there',
      config({ users: { joe: { authrole: 'x', ticket: 'pencil' } } }),
      /users\["joe"\]\.authrole: expected one of/,
    ],
  ])('says what is wrong with a file that has %s, and shows no secret', async (_, content, message) => {
    const { code, stdout, stderr } = await autostrada('router', '--config', written(content), '--port', '0').ended;
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(message)]);
    expect(stderr).not.toContain('pencil');
  });

  test('says whom it lets in, and warns when others can reach that', async () => {
    const { command } = await startRouter(['--host', '0.0.0.0']);
    expect(command.stdout).toContain('open to anyone who can connect');
    await expect.poll(() => command.stderr).toMatch(/^warning: anyone who reaches 0\.0\.0\.0 may do everything in realm1/);
    const anonymous = { anonymous: 'user', authroles: { user: { permissions: 'all' } }, users: {} };
    const here = await startRouter(['--config', written(config(anonymous))]);
    expect(here.command.stdout).toMatch(/realm shop \(shop: open to anyone; Ctrl-C stops it\)\n$/);
    expect(here.command.stderr).toBe('');
  });
});
