import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { autostrada, Command, cli } from './command.ts';

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
      `${file}:2:1: config: expected realms, limits, strictRequestIds, preferLocal, $schema, listen, store, components, log, drainMs, processes, cluster, control, got 'limit'; did you mean 'limits'?`,
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

describe('[K2] autostrada reload', () => {
  const runtime = (): { readonly AUTOSTRADA_RUNTIME_DIR: string } => {
    const folder = mkdtempSync(join(tmpdir(), 'as-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return { AUTOSTRADA_RUNTIME_DIR: folder };
  };

  test('lets the router of this user read its file again, without a login, and says what is wrong in it', async () => {
    const env = runtime();
    const file = fileOf('{ "realms": { "a": "open" }, "listen": { "port": 0 } }');
    const router = new Command([cli, 'router', '--config', file], env);
    await expect.poll(() => router.stdout).toMatch(/^router at/);
    writeFileSync(file, '{ "realms": { "b": "open" }, "listen": { "port": 0 }, "limits": { "maxSessions": 5 } }');
    expect(await new Command([cli, 'reload'], env).ended).toMatchObject({
      code: 0,
      stdout: '{"ended":0,"needsRestart":["config.limits.maxSessions"]}\n',
    });
    const [, url = ''] = /^router at (\S+),/.exec(router.stdout) ?? [];
    expect((await autostrada('call', 'wamp.session.count', '--url', url, '--realm', 'b').ended).code).toBe(0);
    expect((await autostrada('call', 'wamp.session.count', '--url', url, '--realm', 'a').ended).code).toBe(2);
    writeFileSync(file, '{}');
    const { code, stderr } = await new Command([cli, 'reload'], env).ended;
    expect([code, stderr]).toEqual([4, expect.stringContaining(`${file}:1:1: config.realms: expected an object, got nothing`)]);
    expect((await new Command([cli, 'ps'], env).ended).code).toBe(0);
    router.kill('SIGTERM');
    expect((await router.ended).code).toBe(0);
    expect((await new Command([cli, 'reload'], env).ended).stderr).toContain('no autostrada up and no autostrada router --config');
  });

  test('works on autostrada up, by a login at the realm of control, for those who may call the procedure', async () => {
    const realm = {
      authroles: { ops: { permissions: [{ uri: 'autostrada.router.reload', allow: ['call'] }] }, user: { permissions: [] } },
      users: { joe: { authrole: 'ops', ticket: 'joe' }, jane: { authrole: 'user', ticket: 'jane' } },
    };
    const config = { realms: { ops: realm }, listen: { port: 0 }, control: { realm: 'ops' } };
    const file = fileOf(JSON.stringify(config));
    const up = new Command([cli, 'up', file], runtime());
    await expect.poll(() => up.stdout).toMatch(/at (ws:\S+?),/);
    const [, url = ''] = /at (ws:\S+?),/.exec(up.stdout) ?? [];
    writeFileSync(file, JSON.stringify({ ...config, components: { a: { command: ['sleep', '9'] } } }));
    const as = (authid: string): Command =>
      new Command([cli, 'reload', '--url', url, '--realm', 'ops', '--authid', authid], { WAMP_TICKET: authid });
    expect(await as('joe').ended).toMatchObject({ code: 0, stdout: '{"ended":0,"needsRestart":[]}\n' });
    expect((await as('jane').ended).stderr).toContain('wamp.error.not_authorized');
    up.kill('SIGTERM');
    expect((await up.ended).code).toBe(0);
  });
});
