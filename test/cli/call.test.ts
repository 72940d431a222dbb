import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationError, Result } from 'autostrada';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CHALLENGE, Code, ERROR } from '../fixtures/messages.ts';
import { scriptedRouter, stage, welcome } from './bench.ts';
import { autostradaAt, autostradaReading } from './command.ts';

/** A router with an endpoint that answers with all that it got. */
async function echo() {
  const stand = await stage();
  await stand.client.register('com.example.echo', (args: unknown[], kwargs: object) => ({ args, kwargs })).ready;
  return stand;
}

describe('autostrada call', () => {
  test('prints the plain value on one line, and nothing else', async () => {
    const { client, url } = await stage();
    await client.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
    expect(await autostradaAt(url, 'call', 'com.example.add', '2', '3').ended).toEqual({
      code: 0,
      signal: null,
      stdout: '5\n',
      stderr: '',
    });
  });

  test('reads arguments as JSON, or as the string that they are, and keywords', async () => {
    const { url } = await echo();
    const given = ['hello', '-2.5', '"5"', '{"a":[null]}', '-k', 'n=1', '--kwargs', '{"m":true}'];
    const { code, stdout, stderr } = await autostradaAt(url, 'call', 'com.example.echo', ...given).ended;
    expect([stderr, code]).toEqual(['', 0]);
    expect(JSON.parse(stdout)).toEqual({ args: ['hello', -2.5, '5', { a: [null] }], kwargs: { m: true, n: 1 } });
  });

  test('reads --args from a file with @, and from stdin with -', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autostrada-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'args.json');
    writeFileSync(file, '["from",\n"a file"]\n');
    const { url } = await echo();
    const { stdout } = await autostradaAt(url, 'call', 'com.example.echo', '--args', `@${file}`).ended;
    expect(JSON.parse(stdout)).toEqual({ args: ['from', 'a file'], kwargs: {} });
    const command = autostradaReading(url, 'call', 'com.example.echo', '--kwargs', '-');
    command.end('{"from":"stdin"}');
    expect(JSON.parse((await command.ended).stdout)).toEqual({ args: [], kwargs: { from: 'stdin' } });
  });

  test.each<[string, () => unknown, string]>([
    ['several results as args and kwargs', () => new Result([1, 2]), '{"args":[1,2],"kwargs":{}}\n'],
    ['keywords as args and kwargs', () => new Result([1], { a: 2 }), '{"args":[1],"kwargs":{"a":2}}\n'],
    ['no result as nothing', () => undefined, ''],
    ['null as null', () => null, 'null\n'],
    ['bytes as WAMP has them in JSON', () => Uint8Array.of(1, 2, 3), '"\\u0000AQID"\n'],
    ['what would command a terminal as escapes', () => '\x1b[2J\x9b1m\x7f', '"\\u001b[2J\\u009b1m\\u007f"\n'],
  ])('prints %s', async (_, endpoint, printed) => {
    const { client, url } = await stage();
    await client.register('com.example.get', endpoint).ready;
    const { code, stdout } = await autostradaAt(url, 'call', 'com.example.get', '-s', 'msgpack').ended;
    expect([code, stdout]).toEqual([0, printed]);
  });

  test('sends bytes that are written in WAMP’s form for JSON', async () => {
    const { client, url } = await stage();
    await client.register('com.example.bytes', ([value]: [unknown]) => value instanceof Uint8Array && [...value]).ready;
    for (const serializer of ['json', 'msgpack']) {
      const { stdout } = await autostradaAt(url, 'call', 'com.example.bytes', '"\\u0000AQID"', '-s', serializer).ended;
      expect(stdout).toBe('[1,2,3]\n');
    }
  });

  test('indents with --output pretty', async () => {
    const { client, url } = await stage();
    await client.register('com.example.get', () => ({ a: [1] })).ready;
    const { stdout } = await autostradaAt(url, 'call', 'com.example.get', '--output', 'pretty').ended;
    expect(stdout).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });

  test('prints strings and bytes as they are with --output raw', async () => {
    const { client, url } = await stage();
    await client.register('com.example.text', () => 'two\nlines').ready;
    await client.register('com.example.bytes', () => new TextEncoder().encode('bytes')).ready;
    expect((await autostradaAt(url, 'call', 'com.example.text', '--output', 'raw').ended).stdout).toBe('two\nlines\n');
    expect((await autostradaAt(url, 'call', 'com.example.bytes', '--output', 'raw').ended).stdout).toBe('bytes');
  });

  test('prints the whole result with --details, even an empty one', async () => {
    const { client, url } = await stage();
    await client.register('com.example.nothing', () => {}).ready;
    const { stdout } = await autostradaAt(url, 'call', 'com.example.nothing', '--details').ended;
    expect(JSON.parse(stdout)).toEqual({ args: [], kwargs: {}, details: {} });
  });

  test('sends --disclose_me and -o', async () => {
    const { client, url } = await stage();
    await client.register('com.example.who', (_: unknown[], __: object, details) => typeof details.caller).ready;
    expect((await autostradaAt(url, 'call', 'com.example.who').ended).stdout).toBe('"undefined"\n');
    for (const given of [['--disclose_me'], ['-o', 'disclose_me=true']]) {
      expect((await autostradaAt(url, 'call', 'com.example.who', ...given).ended).stdout).toBe('"number"\n');
    }
  });

  test('prints each progressive result of two simultaneous calls with --progress', async () => {
    const { client, url } = await stage();
    const calls: (() => void)[] = [];
    await client.register('com.example.count', async ([to]: [number], _: object, details) => {
      await new Promise<void>((resolve) => calls.push(resolve));
      for (let n = 1; n < to; n++) details.sendProgress(n === 2 ? undefined : n);
      return to;
    }).ready;
    const commands = ['4', '5'].map((to) => autostradaAt(url, 'call', 'com.example.count', to, '--progress'));
    await expect.poll(() => calls.length, { timeout: 15_000 }).toBe(2);
    for (const go of calls) go();
    const ends = await Promise.all(commands.map(({ ended }) => ended));
    expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual([
      [0, '1\nnull\n3\n4\n'],
      [0, '1\nnull\n3\n4\n5\n'],
    ]);
  });

  test('does not ask for progress without --progress', async () => {
    const { client, url } = await stage();
    await client.register('com.example.count', (_: unknown[], __: object, details) => details.sendProgress(1)).ready;
    expect((await autostradaAt(url, 'call', 'com.example.count').ended).stdout).toBe('false\n');
  });

  test('ends with code 4 after an ERROR, and prints the error on one line', async () => {
    const { client, url } = await stage();
    await client.register('com.example.fail', () => {
      throw new ApplicationError('com.example.error.no_such_user', ['nobody\nis \x1b[31mjoe', 3], { tried: ['a'] });
    }).ready;
    expect(await autostradaAt(url, 'call', 'com.example.fail').ended).toMatchObject({
      code: 4,
      stdout: '',
      stderr: 'autostrada: com.example.error.no_such_user: nobody; is %1B[31mjoe [3] {"tried":["a"]}\n',
    });
  });

  test('shows the arguments of an ERROR without text', async () => {
    const { client, url } = await stage();
    await client.register('com.example.fail', () => {
      throw new ApplicationError('com.example.error.code', [{ code: 5 }]);
    }).ready;
    expect((await autostradaAt(url, 'call', 'com.example.fail').ended).stderr).toBe(
      'autostrada: com.example.error.code [{"code":5}]\n',
    );
  });

  test.each([
    ['com.example.nobody', 'wamp.error.no_such_procedure'],
    ['com..example', 'wamp.error.invalid_uri'],
  ])('after %s ends with code 4: %s', async (procedure, uri) => {
    const { url } = await stage();
    const { code, stdout, stderr } = await autostradaAt(url, 'call', procedure).ended;
    expect([code, stdout, stderr]).toEqual(CHALLENGE('', expect.stringMatching(`^autostrada: ${uri}: [^\n]+\n$`)));
  });

  test('ends with code 5 after --timeout, and the callee is told', async () => {
    const { client, url } = await stage();
    const aborted = new Promise<string>((resolve) => {
      client.register('com.example.slow', (_: unknown[], __: object, { signal }) => {
        signal.addEventListener('abort', () => resolve(signal.reason.uri));
        return new Promise(() => {});
      });
    });
    await Promise.all(client.handles.map(({ ready }) => ready as Promise<unknown>));
    const { code, stdout, stderr } = await autostradaAt(url, 'call', 'com.example.slow', '--timeout', '50ms').ended;
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(/^autostrada: [^\n]+\n$/);
    expect(await aborted).toMatch(/^wamp\.error\.(timeout|canceled)$/);
  });

  test('ends with code 5 even if the router’s timeout comes before ours', async () => {
    const silent = await scriptedRouter((message) => (message[0] === Code.HELLO ? welcome : undefined));
    expect(await autostradaAt(silent.url, 'call', 'a.b', '-t', '50').ended).toMatchObject({
      code: 5,
      stderr: 'autostrada: no answer to CALL in 50 ms\n',
    });
    const quick = await scriptedRouter((message) =>
      message[0] === Code.HELLO ? welcome : ERROR('CALL', message[1], {}, 'wamp.error.timeout', ['too late']),
    );
    expect(await autostradaAt(quick.url, 'call', 'a.b', '-t', '1m').ended).toMatchObject({
      code: 5,
      stderr: 'autostrada: wamp.error.timeout: too late\n',
    });
  });

  test.skipIf(process.platform === 'win32')('cancels the call after Ctrl-C, and ends with code 130', async () => {
    const { client, router, url } = await stage();
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const aborted = new Promise<string>((resolve) => {
      client.register('com.example.slow', (_: unknown[], __: object, { signal }) => {
        signal.addEventListener('abort', () => resolve(signal.reason.uri));
        begin();
        return new Promise(() => {});
      });
    });
    await Promise.all(client.handles.map(({ ready }) => ready as Promise<unknown>));
    const command = autostradaAt(url, 'call', 'com.example.slow');
    await begun;
    command.kill('SIGINT');
    expect(await command.ended).toEqual({ code: 130, signal: null, stdout: '', stderr: '' });
    expect(await aborted).toBe('wamp.error.canceled');
    expect(router.sessions).toHaveLength(1);
  });
});
