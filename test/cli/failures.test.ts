/* How commands end when they cannot begin: one line on stderr, the right code, and nothing hangs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ABORT, CHALLENGE, Code, GOODBYE, RESULT, SUBSCRIBED } from '../fixtures/messages.ts';
import { listening } from '../node/listening.ts';
import { scriptedRouter, stage, welcome } from './bench.ts';
import { autostrada, autostradaAt, Command, cli } from './command.ts';

const commands = ['call', 'publish', 'subscribe', 'register', 'ping'];

describe('help', () => {
  test('lists all commands with autostrada --help', async () => {
    const { code, stdout } = await autostrada('--help').ended;
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} +\\w`, 'm'));
  });

  test.each(commands)('shows options, examples and exit codes of autostrada %s, whatever else is wrong', async (command) => {
    const { code, stdout, stderr } = await autostrada(command, '--nonsense', '--help').ended;
    expect([code, stderr]).toEqual([0, '']);
    for (const text of [`Usage: autostrada ${command} `, '--url', '--ticket-file', '--output', 'Examples:', 'Exit codes:']) {
      expect(stdout).toContain(text);
    }
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect((await autostrada('help', command).ended).stdout).toBe(stdout);
  });
});

describe('a usage error', () => {
  test.each<[readonly string[], RegExp]>([
    [['call'], /expected a procedure/],
    [['publish'], /expected a topic/],
    [['subscribe'], /expected a topic/],
    [['subscribe', 'a.b', 'c.d'], /expected one topic, got 'c\.d' as well/],
    [['register', 'a.b'], /expected one of --echo, --reply JSON and --exec COMMAND/],
    [['register', 'a.b', '--echo', '--reply', '1'], /expected one of --echo/],
    [['register', 'a.b', '--echo', '--progress'], /with --exec only/],
    [['register', 'a.b', '--reply', 'hello'], /expected --reply to be JSON/],
    [['ping', 'localhost'], /expected options only/],
    [['call', 'a.b', '--nonsense'], /Unknown option '--nonsense'/],
    [['call', 'a.b', '--timeout', 'soon'], /expected --timeout to be a time/],
    [['call', 'a.b', '--output', 'xml'], /expected --output to be pretty/],
    [['call', 'a.b', '--serializer', 'xml'], /expected --serializer to be json, msgpack/],
    [['call', 'a.b', '--url', 'gopher://x'], /expected a URL \(ws:.*got 'gopher:\/\/x'/],
    [['call', 'a.b', '--url', 'ws://'], /expected url to be ws:/],
    [['call', 'a.b', '--realm', 'my realm'], /realm: expected a URI/],
    [['subscribe', 'a.b', '--match', 'regex'], /expected --match to be exact, prefix, wildcard/],
    [['subscribe', 'a.b', '--count', '0'], /expected --count to be a whole number from 1/],
    [['publish', 'a.b', '-', '-k', 'a=1'], /from stdin or from the command line, got both/],
    [['publish', 'a.b', '--exclude', 'joe'], /expected --exclude to be a whole number/],
    [['call', 'a.b', '--ticket-file', '/no/such/file'], /cannot read the ticket/],
    [['call', 'a.b', '--ticket-file', tmpdir()], new RegExp(`cannot read the ticket: ${tmpdir()}: EISDIR`)],
    [['call', 'a.b', '--args', `@${tmpdir()}`], new RegExp(`${tmpdir()}: EISDIR`)],
    [['call', 'a.b', '-u', 'joe', '--ticket-env', 'NOT_SET'], /'NOT_SET', which is not set/],
    [['call', 'a.b', '--authextra', '[1]'], /expected --authextra to be a JSON object/],
  ])('%j ends with code 1, and says where to find help', async (args, message) => {
    const { code, stdout, stderr } = await autostradaAt('ws://127.0.0.1:1/ws', ...args).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
  });

  test.each([['--ticket', 's3cret'], ['--ticket=s3cret'], ['--password', 's3cret']])(
    'because of a secret on the command line does not repeat the secret: %s',
    async (...secret) => {
      const { code, stderr } = await autostradaAt('ws://127.0.0.1:1/ws', 'call', 'a.b', ...secret).ended;
      expect([code, stderr]).toEqual([1, expect.stringMatching(/--(ticket|password)-file FILE, --/)]);
      expect(stderr).not.toContain('s3cret');
    },
  );
});

describe('a failed connection', () => {
  test.each(commands)('of %s ends with code 2 when nobody listens', async (command) => {
    const given =
      { call: ['a.b'], publish: ['a.b', '1'], subscribe: ['a.b'], register: ['a.b', '--echo'], ping: [] }[command] ?? [];
    expect(await autostradaAt('ws://127.0.0.1:1/ws', command, ...given).ended).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: 'autostrada: cannot connect to ws://127.0.0.1:1/ws: connect ECONNREFUSED 127.0.0.1:1\n',
    });
  });

  test('ends with code 2 when the server never answers, after --connect-timeout', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `ws://127.0.0.1:${(server.address() as { port: number }).port}/ws`;
    expect(await autostradaAt(url, 'subscribe', 'a.b', '--connect-timeout', '100ms').ended).toMatchObject({
      code: 2,
      stderr: `autostrada: no session at ${url} in 100 ms (--connect-timeout)\n`,
    });
  });

  test.skipIf(process.platform === 'win32')('ends with code 130 after Ctrl-C', async () => {
    let reached = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const server = createServer(() => reached());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const command = autostradaAt(`ws://127.0.0.1:${(server.address() as { port: number }).port}/ws`, 'call', 'a.b');
    await arrived;
    command.kill('SIGINT');
    expect(await command.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
  });

  test('ends with code 2 when the server is not a WAMP router', async () => {
    const { listener } = await listening();
    const url = listener.url.replace('/ws', '/elsewhere');
    const { code, stderr } = await autostradaAt(url, 'call', 'a.b').ended;
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^autostrada: no WebSocket there: [^\n]+ HTTP 404[^\n]*\n$/)]);
  });

  test('ends with code 2 when the realm does not exist', async () => {
    const { url } = await stage();
    for (const realm of [
      ['--realm', 'elsewhere'],
      ['-r', 'elsewhere'],
    ]) {
      const { code, stderr } = await autostradaAt(url, 'call', 'a.b', ...realm).ended;
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining("the router refused realm 'elsewhere': wamp.error.no_such_realm"),
      ]);
    }
  });

  test('ends with code 2 when the router goes away during the call', async () => {
    const { url } = await scriptedRouter((message) =>
      message[0] === Code.HELLO ? welcome : GOODBYE({}, 'wamp.close.system_shutdown'),
    );
    const { code, stderr } = await autostradaAt(url, 'call', 'a.b').ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('wamp.close.system_shutdown')]);
  });
});

describe('a login', () => {
  /** Knows one ticket. */
  const guarded = () =>
    scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return CHALLENGE('ticket', {});
      if (message[0] === Code.AUTHENTICATE)
        return message[1] === 's3cret' ? welcome : ABORT({ message: 'wrong' }, 'wamp.error.authentication_denied');
      return RESULT(message[1], {}, ['in']);
    });
  const file = (text: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'autostrada-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'ticket'), text);
    return join(folder, 'ticket');
  };
  const call = (url: string, args: readonly string[], env: { [name: string]: string } = {}) =>
    new Command([cli, 'call', 'a.b', '--url', url, ...args], env).ended;

  test('[C61] takes a ticket from a file, from a variable, or from WAMP_TICKET', async () => {
    const { url, received } = await guarded();
    const ways = [
      call(url, ['--authid', 'joe', '--ticket-file', file('s3cret\n'), '--authextra', '{"a":1}']),
      call(url, ['-u', 'joe', '--ticket-env', 'MINE'], { MINE: 's3cret', WAMP_TICKET: 'other' }),
      call(url, [], { WAMP_AUTHID: 'joe', WAMP_TICKET: 's3cret' }),
    ];
    for (const way of ways) expect(await way).toMatchObject({ code: 0, stdout: '"in"\n', stderr: '' });
    const hellos = received.filter(([type]) => type === Code.HELLO).map(([, , details]) => details);
    for (const hello of hellos) expect(hello).toMatchObject({ authid: 'joe', authmethods: ['ticket'] });
    expect(hellos).toContainEqual(expect.objectContaining({ authextra: { a: 1 } }));
  });

  test('reads the file again after a reconnect', async () => {
    const ticket = file('first');
    const { url, received, send } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return CHALLENGE('ticket', {});
      return message[0] === Code.AUTHENTICATE ? welcome : SUBSCRIBED(message[1], 9);
    });
    const args = ['subscribe', 'a.b', '--url', url, '-u', 'joe', '--ticket-file', ticket];
    const command = new Command([cli, ...args]);
    await command.says('subscribed');
    writeFileSync(ticket, 'second');
    send(GOODBYE({}, 'wamp.close.killed'));
    await command.says('connected again');
    expect(received.filter(([type]) => type === Code.AUTHENTICATE).map(([, secret]) => secret)).toEqual(['first', 'second']);
  });

  test('that is refused ends with code 3, and does not show the secret, even with --verbose', async () => {
    const { url } = await guarded();
    const { code, stdout, stderr } = await call(url, ['-u', 'joe', '--verbose'], { WAMP_TICKET: 'gue55ed' });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('wamp.error.authentication_denied (wrong)\n');
    expect(stderr).not.toContain('gue55ed');
  });

  test('with a method that the router wants and we do not offer ends with code 3', async () => {
    const { url } = await guarded();
    expect((await call(url, [])).code).toBe(3);
  });

  test('without a name is a usage error, and so is one with an empty file', async () => {
    const { url } = await guarded();
    expect(await call(url, [], { WAMP_TICKET: 's3cret' })).toMatchObject({ code: 1, stderr: expect.stringContaining('--authid') });
    expect(await call(url, ['-u', 'joe', '--ticket-file', file('\n')])).toMatchObject({ code: 1 });
  });

  test('with --authid alone tells the router a name', async () => {
    const { url, received } = await scriptedRouter((message) => (message[0] === Code.HELLO ? welcome : RESULT(message[1], {})));
    expect((await call(url, ['--authid', 'joe'])).code).toBe(0);
    expect(received[0]?.[2]).toMatchObject({ authid: 'joe', authmethods: ['anonymous'] });
  });
});

describe('DEBUG', () => {
  test('logs messages on stderr, so that stdout stays what it is', async () => {
    const { url } = await stage();
    const { stdout, stderr } = await new Command([cli, 'call', 'wamp.session.count', '-w', url], { DEBUG: 'autostrada' }).ended;
    expect(stdout).toBe('1\n');
    expect(stderr).toMatch(/→ CALL \[48,1,\{\},"wamp\.session\.count"/);
  });
});

test('[L3] a router whose NATS accepts connections and says nothing ends, and says why', { timeout: 60_000 }, async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const folder = mkdtempSync(join(tmpdir(), 'autostrada-silent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'router.json');
  const cluster = { nats: { servers: `nats://127.0.0.1:${port}` } };
  writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, listen: { port: 0 }, cluster }));
  const { code, stderr } = await autostrada('router', '--config', file).ended;
  expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`cannot connect to NATS at 127.0.0.1:${port}: timeout`))]);
});
