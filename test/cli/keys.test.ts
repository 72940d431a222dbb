/* `autostrada keygen` and `autostrada hash`: what they print lets somebody in. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from 'autostrada/node';
import { Router, type UserConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { autostrada, Command, cli } from './command.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'autostrada-keys-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function routerFor(user: object): Promise<string> {
  const users = { joe: { authrole: 'user', ...user } as UserConfig };
  const router = new Router({ realms: { realm1: { authroles: { user: { permissions: 'all' } }, users } } });
  const listener = await listen(router, { port: 0 });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
  });
  return listener.url;
}

const whoAmI = ['call', 'wamp.session.count'];

describe('autostrada keygen', () => {
  test('[C67] makes a key pair that can log in, and lets only its owner read the private key', async () => {
    const file = join(folder(), 'service.key');
    const { code, stdout, stderr } = await autostrada('keygen', '--private-key-file', file).ended;
    expect([code, stderr]).toEqual([0, '']);
    const { publicKey, privateKey } = JSON.parse(stdout);
    expect([publicKey, privateKey]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), undefined]);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const url = await routerFor({ cryptosign: { publicKeys: [publicKey] } });
    const call = new Command([cli, ...whoAmI, '--private-key-file', file], { WAMP_URL: url });
    expect(await call.ended).toMatchObject({ code: 0, stdout: '1\n' });
    const again = await autostrada('keygen', '--private-key-file', file).ended;
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('cannot write the private key') });
  });

  test('prints both keys without a file', async () => {
    const { stdout } = await autostrada('keygen').ended;
    expect(Object.keys(JSON.parse(stdout))).toEqual(['privateKey', 'publicKey']);
  });
});

describe('autostrada hash', () => {
  test.each([
    ['scram', 'scram', 'PASSWORD', ['--iterations', '4096']],
    ['scram-argon2', 'scram', 'PASSWORD', []],
    ['wampcra', 'wampcra', 'SECRET', []],
  ] as const)('[C63] [C64] [C65] makes an entry with %s for which the password is right', async (kind, key, variable, options) => {
    const command = new Command([cli, 'hash', kind, ...options], {}, 'pipe');
    command.end('pass word\n');
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('pass word');
    const url = await routerFor({ [key]: JSON.parse(stdout) });
    const login = (secret: string) =>
      new Command([cli, ...whoAmI, '--authid', 'joe'], { WAMP_URL: url, [`WAMP_${variable}`]: secret }).ended;
    expect(await login('pass word')).toMatchObject({ code: 0, stdout: '1\n' });
    expect(await login('password')).toMatchObject({ code: 3, stdout: '' });
  });

  test('reads the password from a file or a variable', async () => {
    const file = join(folder(), 'password');
    writeFileSync(file, 'secret\n');
    expect((await autostrada('hash', 'scram', '--iterations', '4096', '--password-file', file).ended).code).toBe(0);
    const fromVariable = new Command([cli, 'hash', 'scram', '--iterations', '4096', '--password-env', 'MY_PASSWORD'], {
      MY_PASSWORD: 'x',
    });
    expect((await fromVariable.ended).code).toBe(0);
  });

  test.each([
    [['hash'], 'expected scram, scram-argon2, wampcra, got nothing'],
    [['hash', 'md5'], "expected scram, scram-argon2, wampcra, got 'md5'"],
    [['hash', 'scram'], 'expected a password on stdin, got nothing'],
    [['hash', 'scram', 'secret'], "expected one kind of entry, got 'secret' as well"],
    [['keygen', 'x'], "expected options only, got 'x'"],
  ])('%j ends with code 1 and says why', async (args, message) => {
    const { code, stdout, stderr } = await autostrada(...args).ended;
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([1, '', `autostrada: ${message}`]);
  });

  test.each(['--secret=x', '--privateKey', '--password'])('[C62] takes no secret from the command line: %s', async (flag) => {
    const { code, stderr } = await autostrada(...whoAmI, flag).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('would show the secret to every user of this machine')]);
  });
});
