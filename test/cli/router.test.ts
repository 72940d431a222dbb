import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, ticket } from 'autostrada';
import { rawSocket, webSocket } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authority } from '../fixtures/certificates.ts';
import { ABORT, GOODBYE, HELLO } from '../fixtures/messages.ts';
import { get, listening, rawClient, rawSession } from '../node/listening.ts';
import { autostrada, Command, cli, root, startRouter } from './command.ts';

const hint = 'Try: autostrada --help\n';

describe('the program autostrada', () => {
  test.each([['--help'], ['-h'], ['help']])('lists the commands with %s', async (...args) => {
    const { code, stdout, stderr } = await autostrada(...args).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: autostrada <command>[\s\S]*\n {2}router /);
  });

  test('prints the version of the package with --version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(await autostrada('--version').ended).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    [[], 'expected a command'],
    [['routr'], "expected a command, got 'routr'"],
    [['--port', '0'], "expected a command, got '--port'"],
  ])('%j ends with code 1 and says where to find help', async (args, message) => {
    expect(await autostrada(...args).ended).toMatchObject({ code: 1, stdout: '', stderr: `autostrada: ${message}\n${hint}` });
  });
});

describe('autostrada router', () => {
  test('lists the options with --help', async () => {
    const { code, stdout } = await autostrada('router', '--port', 'x', '--help').ended;
    expect(code).toBe(0);
    for (const option of ['--host', '--port', '--path', '--realm', '--web', '--help', 'DEBUG']) expect(stdout).toContain(option);
  });

  test.each([
    [['--prot', '8080'], /^autostrada: Unknown option '--prot'/],
    [['8080'], /^autostrada: Unexpected argument '8080'/],
    [['--port'], /^autostrada: Option '--port <value>' argument missing/],
    [['--port', '80800'], /^autostrada: expected a port from 0 to 65535, got '80800'/],
  ])('%j ends with code 1 and says where to find help', async (args, message) => {
    const { code, stdout, stderr } = await autostrada('router', ...args).ended;
    expect([code, stdout, stderr]).toEqual(HELLO('', expect.stringMatching(message)));
    expect(stderr.endsWith(hint)).toBe(true);
  });

  test('[R04] reads realms, users and permissions from the file of --config, and says who may log in', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autostrada-router-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'router.json');
    const shut = { authroles: { user: { permissions: 'all' } }, users: { joe: { authrole: 'user', ticket: { env: 'TICKET' } } } };
    writeFileSync(file, JSON.stringify({ realms: { shut, free: 'open' } }));
    const router = new Command([cli, 'router', '--port', '0', '--config', file], { TICKET: 'secret' });
    await expect
      .poll(() => router.stdout)
      .toMatch(/^router at (\S+), realm shut, free \(free open to anyone; Ctrl-C stops it\)\n$/);
    const url = /router at (\S+),/.exec(router.stdout)?.[1] ?? '';
    const connection = new Connection({ url, realm: 'shut', auth: ticket({ authid: 'joe', ticket: 'secret' }) });
    expect((await connection.open()).authid).toBe('joe');
    await connection.close();
    router.kill('SIGTERM');
    expect(await router.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('[K5] keeps events in the folder of --store, also if there is a file with another one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autostrada-router-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'router.json');
    writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, store: { folder: 'other' } }));
    const hear = async (...args: readonly string[]): Promise<readonly unknown[]> => {
      const router = new Command([cli, 'router', '--port', '0', '--store', join(folder, 'data'), ...args]);
      await expect.poll(() => router.stdout).toMatch(/^router at/);
      const url = /router at (\S+),/.exec(router.stdout)?.[1] ?? '';
      const connection = new Connection({ url, realm: 'realm1' });
      const heard: unknown[] = [];
      await connection.subscribe('com.example.topic', ([value]) => heard.push(value), { get_retained: true }).ready;
      await connection.publish('com.example.topic', [args.length], null, { retain: true, acknowledge: true });
      if (args.length > 0) {
        router.kill('SIGHUP');
        await expect.poll(() => router.stderr).toMatch(/reload|read again/);
        expect(router.stderr).not.toMatch(/store/);
      }
      await connection.close();
      router.kill('SIGKILL');
      await router.ended;
      return heard;
    };
    expect(await hear()).toEqual([]);
    expect(await hear('--config', file)).toEqual([0]);
    expect(await hear()).toEqual([2]);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  test('[G2] warns at the start about a configuration that is legal but most likely a mistake', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autostrada-router-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'router.json');
    writeFileSync(file, JSON.stringify({ realms: { shut: { authroles: { user: { permissions: 'all' } } } } }));
    const router = new Command([cli, 'router', '--port', '0', '--config', file]);
    await expect.poll(() => router.stderr).toMatch(/^warn: config\.realms\["shut"\]: .*nobody can log in from outside\n$/);
    await expect.poll(() => router.stdout).toMatch(/^router at/); // it said that before it listened, and before it knew SIGTERM
    router.kill('SIGTERM');
    expect((await router.ended).code).toBe(0);
  });

  test.each([
    [
      '{\n  "realms": {} # none\n}',
      /^autostrada: \S+router\.json:2:16: not valid JSON: expected ',' or '}', got a comment with '#': expected '\/\/'\n$/,
    ],
    ['', /^autostrada: \S+router\.json:1:1: not valid JSON: expected a value, got nothing: the file is empty\n$/],
    [
      '\ufeff{"realms":{"a":"open","a":"open"}}',
      /^autostrada: \S+router\.json:1:23: config\.realms\["a"\]: expected it once, .* column 12 and again .* column 23\n$/,
    ],
    [Buffer.from('\ufeff{}', 'utf16le'), /^autostrada: \S+router\.json: expected a text in UTF-8 .*UTF-16: save it as UTF-8\n$/],
  ])('[G2] says where a configuration is wrong: %j', async (content, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'autostrada-router-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'router.json'), content);
    const { code, stderr } = await new Command([cli, 'router', '--port', '0', '--config', join(folder, 'router.json')]).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  test.each([
    ['--config', tmpdir()],
    ['--tls-cert', tmpdir(), '--tls-key', tmpdir()],
  ])('[G2] says that it was given a directory instead of a file: %s', async (...options) => {
    const { code, stderr } = await new Command([cli, 'router', '--port', '0', ...options]).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`autostrada: ${tmpdir()}: `);
  });

  test('warns when other machines may do anything', async () => {
    const router = new Command([cli, 'router', '--port', '0', '--host', '0.0.0.0']);
    await expect
      .poll(() => router.stderr)
      .toBe(
        'autostrada: warning: anyone who reaches 0.0.0.0 may do anything in realm1: set permissions (--config), or listen on 127.0.0.1\n',
      );
    router.kill('SIGTERM');
    expect((await router.ended).code).toBe(0);
  });

  test.each([
    [['--config', '/nowhere.json'], /^autostrada: ENOENT/],
    [['--config', 'x.json', '--realm', 'a'], /^autostrada: expected --config or --realm, not both\n/],
  ])('with %j ends with code 1', async (args, message) => {
    expect(await autostrada('router', ...args).ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });

  test.each([
    [['--realm', 'my realm'], /^autostrada: config\.realms: expected a URI .*, got "my realm"\n$/],
    [['--port', '0', '--path', 'ws'], /^autostrada: expected path of listen to be a path that begins with '\/', got "ws"\n$/],
  ])('with %j ends with code 1 and says what is wrong', async (args, message) => {
    expect(await autostrada('router', ...args).ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });

  test('prints its address in one line when it accepts connections', async () => {
    const { command, line, url } = await startRouter();
    expect(line).toMatch(
      /^router at ws:\/\/127\.0\.0\.1:\d+\/ws, realm realm1 \(open to anyone who can connect; Ctrl-C stops it\)$/,
    );
    const connection = new Connection({ url, realm: 'realm1' });
    await connection.open();
    await connection.close();
    expect([command.stdout, command.stderr]).toEqual([`${line}\n`, '']);
  });

  test('says that a port is taken, and what to do', async () => {
    const { listener } = await listening();
    expect(await autostrada('router', '--port', String(listener.port)).ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `autostrada: port ${listener.port} is taken: choose another with --port, or with the variable PORT\n`,
    });
  });

  test('uses the port of the variable PORT, unless there is --port', async () => {
    const { listener } = await listening();
    const env = { PORT: String(listener.port) };
    const { code, stderr } = await new Command(['dist/cli.js', 'router'], env).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${listener.port} is taken`)]);
    await startRouter([], env);
  });

  test('has only the realms that it is given', async () => {
    const { line, url } = await startRouter(['--realm', 'one', '--realm', 'com.example.two']);
    expect(line).toContain('realm one, com.example.two (');
    for (const realm of ['one', 'com.example.two']) {
      const connection = new Connection({ url, realm });
      await connection.open();
      await connection.close();
    }
    await expect(new Connection({ url, realm: 'realm1' }).open()).rejects.toMatchObject({ uri: 'wamp.error.no_such_realm' });
  });

  test('serves a directory, and prints its address', async () => {
    const web = mkdtempSync(join(tmpdir(), 'autostrada-cli-'));
    onTestFinished(() => rmSync(web, { recursive: true }));
    writeFileSync(join(web, 'index.html'), 'hello');
    const { line, url } = await startRouter(['--web', web, '--path', '/deep/wamp', '--host', '0.0.0.0']);
    const port = Number(new URL(url).port);
    expect(url).toBe(`ws://127.0.0.1:${port}/deep/wamp`);
    expect(line).toContain(`, pages at http://127.0.0.1:${port}/ (`);
    expect((await get(port, '/')).body).toBe('hello');
    await rawSession(url);
  });

  test('[R81] speaks TLS with the given files, for WebSocket and RawSocket', async () => {
    const { cert: ca, issue } = authority();
    const folder = mkdtempSync(join(tmpdir(), 'autostrada-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const files = Object.entries(issue('router')).map(([name, pem]) => {
      const file = join(folder, `${name}.pem`);
      writeFileSync(file, pem);
      return [`--tls-${name}`, file];
    });
    const { line } = await startRouter(files.flat());
    const url = /wss:\/\/[^\s,]+/.exec(line)?.[0] ?? '';
    const raw = `rss://127.0.0.1:${new URL(url).port}`;
    for (const connector of [webSocket(url, { tls: { ca } }), rawSocket(raw, { tls: { ca } })]) {
      const connection = new Connection({ url: connector, realm: 'realm1' });
      await connection.open();
      await connection.close();
    }
    expect(await autostrada('router', '--tls-cert', 'nowhere.pem', '--tls-key', 'nowhere.pem').ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: "autostrada: ENOENT: no such file or directory, open 'nowhere.pem'\n",
    });
  });

  test('[G2] [R82] allows pages of the origins in --origin, and of a host name that --host-name or a proxy passes on', async () => {
    const from = (url: string, origin: string, host: string) => rawClient(url, ['wamp.2.json'], { headers: { origin, host } });
    const page = ['https://shop.example', 'shop.example'] as const;
    const { url } = await startRouter();
    await expect(from(url, ...page)).rejects.toThrow('HTTP 421: shop.example is not known as a name of this router');
    await from((await startRouter(['--trust-proxy'])).url, ...page);
    await from((await startRouter(['--host-name', 'shop.example'])).url, ...page);
    const named = await startRouter(['--origin', 'https://shop.example']);
    await from(named.url, page[0], '127.0.0.1');
    await expect(from(named.url, 'https://other.example', '127.0.0.1')).rejects.toThrow('HTTP 403');
    expect(await autostrada('router', '--port', '0', '--origin', 'shop.example').ended).toMatchObject({
      code: 1,
      stderr: 'autostrada: expected origins to hold origins as https://example.com, got "shop.example"\n',
    });
  });

  test('logs who joins and leaves on stderr with DEBUG=autostrada', async () => {
    const { command, url } = await startRouter([], { DEBUG: 'express,autostrada' });
    const client = await rawSession(url);
    await expect.poll(() => command.stderr).toMatch(/^info: anonymous-\w+ joined realm1\n$/);
    client.socket.close();
    await expect.poll(() => command.stderr).toMatch(/info: anonymous-\w+ left realm1: wamp\.error\.network_failure\n$/);
    expect(command.stdout.split('\n')).toHaveLength(2);
  });
});

describe('SIGINT', () => {
  test('[R08] makes the router say GOODBYE system_shutdown to every session, and end with code 0', async () => {
    const { command, url } = await startRouter(['--realm', 'realm1', '--realm', 'realm2']);
    const clients = [await rawSession(url), await rawSession(url)];
    const silent = await rawClient(url);
    command.kill('SIGINT');
    for (const client of clients) {
      expect(await client.next()).toEqual(GOODBYE({}, 'wamp.close.system_shutdown'));
      expect((await client.end()).code).toBe(1000);
    }
    expect(await silent.next()).toEqual(ABORT({ message: 'the router is closing' }, 'wamp.close.system_shutdown'));
    expect(await command.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});

describe('SIGTERM', () => {
  test('[G3] [R08] makes the router close every connection without GOODBYE, so that Autobahn|JS comes back too, and end with code 0', async () => {
    const { command, url } = await startRouter();
    const clients = [await rawSession(url), await rawClient(url)];
    command.kill('SIGTERM');
    for (const client of clients) expect((await client.end()).code).toBe(1012);
    expect(await command.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});

describe('a signal', () => {
  test('ends a router without sessions at once', async () => {
    const { command } = await startRouter();
    command.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
  });

  test('ends a router even if a browser keeps a spare connection open', async () => {
    const { command, url } = await startRouter();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    await get(Number(new URL(url).port), '/'); // so the router has accepted the spare one, too
    command.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
  });

  test('ends a router even if a client does not read any more', async () => {
    const { command, url } = await startRouter();
    const client = await rawSession(url);
    client.socket.pause();
    command.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
  });

  test.skipIf(process.platform === 'win32')('ends a router at once when it is the second signal', async () => {
    const { command, url } = await startRouter();
    const client = await rawSession(url);
    client.socket.pause();
    command.kill('SIGINT');
    const port = Number(new URL(url).port);
    await expect.poll(() => get(port, '/').then(Boolean, () => false)).toBe(false); // the first has been taken
    command.kill('SIGINT');
    expect(await command.ended).toMatchObject({ code: null, signal: 'SIGINT' });
  });
});
