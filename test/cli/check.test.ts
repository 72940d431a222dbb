import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { autostrada } from './command.ts';

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'autostrada-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'router.json'), text);
  return join(folder, 'router.json');
}

describe('[K2] autostrada check', () => {
  test('says what is there if nothing is wrong', async () => {
    const file = fileOf('{ "realms": { "a": "open", "b": "open" }, /* one */ "listen": { "port": 0 } }');
    expect(await autostrada('check', file).ended).toMatchObject({
      code: 0,
      stdout: `${file}: 2 realms, no users, 1 port; no faults\n`,
      stderr: '',
    });
  });

  test('shows warnings, and ends with code 0', async () => {
    const file = fileOf('{ "realms": { "a": "open" },\n"listen": { "host": "0.0.0.0" } }');
    expect(await autostrada('check', file).ended).toMatchObject({
      code: 0,
      stdout: [
        `${file}:2:11: config.listen: warning: anyone who reaches 0.0.0.0 may do anything in a`,
        `${file}: 1 realm, no users, 1 port; no faults\n`,
      ].join('\n'),
    });
  });

  test('shows every fault, and ends with code 1; a router that is given the file says the same', async () => {
    const file = fileOf('{ "realms": { "a": "opn" },\n"limit": {} }');
    const faults = [
      `${file}:1:20: config.realms["a"]: expected "open" or an object, got "opn"`,
      `${file}:2:1: config: expected realms, limits, strictRequestIds, $schema, listen, components, control, got 'limit'; did you mean 'limits'?`,
    ].join('\n');
    expect(await autostrada('check', file).ended).toMatchObject({ code: 1, stdout: `${faults}\n${file}: 2 faults\n`, stderr: '' });
    expect(await autostrada('router', '--config', file).ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `autostrada: ${faults}\n`,
    });
  });

  test.each([
    [['check'], 'expected one file, got 0'],
    [['check', 'a', 'b'], 'expected one file, got 2'],
    [['check', '/nowhere/router.json'], 'ENOENT'],
  ])('%j ends with code 1', async (args, message) => {
    const { code, stderr } = await autostrada(...args).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining(`autostrada: ${message}`)]);
  });
});

describe('[K2] autostrada router --config', () => {
  const ready = /^router at (\S+), realm/;

  test('opens the ports of the file, and what is given on the command line wins', async () => {
    const file = fileOf('{ "realms": { "a": "open" }, "listen": { "port": 1, "path": "/wamp" } }');
    const router = autostrada('router', '--config', file, '--port', '0');
    await expect.poll(() => router.stdout).toMatch(ready);
    expect(router.stdout).toMatch(/^router at ws:\/\/127\.0\.0\.1:(?!1\/)\d+\/wamp, realm a /);
    router.kill('SIGTERM');
    expect((await router.ended).code).toBe(0);
  });

  test('reads the file again on SIGHUP, and says what happened', async () => {
    const file = fileOf('{ "realms": { "a": "open" }, "listen": { "port": 0 } }');
    const router = autostrada('router', '--config', file);
    await expect.poll(() => router.stdout).toMatch(ready);
    writeFileSync(file, '{ "realms": { "b": "opn" } }');
    router.kill('SIGHUP');
    const fault = `${file}:1:20: config.realms["b"]: expected "open" or an object, got "opn"`;
    await expect.poll(() => router.stderr).toBe(`autostrada: not reloaded: ${fault}\n`);
    writeFileSync(file, '{ "realms": { "b": "open" }, "listen": { "port": 0, "pingMs": 1000 } }');
    router.kill('SIGHUP');
    await expect
      .poll(() => router.stderr.split('\n').slice(1))
      .toEqual([
        'warn: config.listen.pingMs: the change counts after a restart',
        'autostrada: reloaded, 0 sessions ended; after a restart: config.listen.pingMs',
        '',
      ]);
    router.kill('SIGTERM');
    expect((await router.ended).code).toBe(0);
  });

  test('opens several ports, which no option of the command line can mean', async () => {
    const file = fileOf('{ "realms": { "a": "open" }, "listen": [{ "port": 0 }, { "port": 0, "path": "/b" }] }');
    const router = autostrada('router', '--config', file);
    await expect.poll(() => router.stdout).toMatch(/^router at ws:\S+\/ws, ws:\S+\/b, realm a /);
    router.kill('SIGTERM');
    expect((await router.ended).code).toBe(0);
    const { code, stderr } = await autostrada('router', '--config', file, '--host', '::').ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining(`because ${file} has 2 ports, got host`)]);
  });
});
