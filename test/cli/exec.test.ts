/* `register --exec`: what the command gets, what becomes of what it does, and that callers reach no shell. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Result } from 'autostrada';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stage } from './bench.ts';
import { Command, cli, root } from './command.ts';

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'autostrada-exec-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** A command line that runs this as a Node.js program, whatever the shell. */
function program(code: string): string {
  const file = join(folder(), 'program.mjs');
  writeFileSync(file, code);
  return `"${process.execPath}" "${file}"`;
}

async function executing(command: string, more: readonly string[] = [], env: { readonly [name: string]: string } = {}) {
  const stand = await stage();
  await stand.client.open();
  const args = [cli, 'register', 'com.example.', '--match', 'prefix', '--exec', command, '--url', stand.url, ...more];
  const register = new Command(args, env);
  await register.says('registered');
  return { ...stand, register };
}

const failure = (call: Promise<unknown>) =>
  call.then(
    (value) => expect.fail(`expected a rejection, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );

const all = `
let input = '';
for await (const chunk of process.stdin) input += chunk;
const { WAMP_ARGS, WAMP_KWARGS, WAMP_PROCEDURE, WAMP_DETAILS, WAMP_TICKET, MINE, OTHER } = process.env;
console.log(JSON.stringify({ input, WAMP_ARGS, WAMP_KWARGS, WAMP_PROCEDURE, WAMP_DETAILS, WAMP_TICKET, MINE, OTHER }));
`;

const hostile = [
  '; rm -rf "$HOME"',
  '$(touch pwned) `touch pwned` $HOME',
  `'"\\ & | > pwned %PATH% !x! ^`,
  'two\nlines\r\n\t\0\u2028',
  '--help',
  '-',
];

describe('a command', () => {
  test('gets what the caller sent as data, in variables and on stdin, whatever it is', async () => {
    const { client } = await executing(program(all));
    const kwargs = { '$(x)': hostile[1], 'a"b': hostile };
    const got = await client.call<{ [name: string]: string }>('com.example.run', hostile, kwargs, { disclose_me: true });
    expect(JSON.parse(got.WAMP_ARGS ?? '')).toEqual(hostile);
    expect(JSON.parse(got.WAMP_KWARGS ?? '')).toEqual(kwargs);
    expect(JSON.parse(got.input ?? '')).toEqual({ args: hostile, kwargs });
    expect(got.input?.split('\n')).toHaveLength(2);
    expect(got.WAMP_PROCEDURE).toBe('com.example.run');
    expect(JSON.parse(got.WAMP_DETAILS ?? '')).toMatchObject({ procedure: 'com.example.run', caller: client.session?.id });
  });

  test.skipIf(process.platform === 'win32')('in a shell expands nothing that the caller sent', async () => {
    const { client } = await executing('printf %s "$WAMP_ARGS"', ['--strings']);
    expect(JSON.parse(await client.call<string>('com.example.run', hostile))).toEqual(hostile);
    for (const procedure of ["com.example.';>pwned;'", 'com.example.$(>pwned)', 'com.example.`>pwned`']) {
      expect(await client.call('com.example.run', [procedure])).toContain(JSON.stringify(procedure));
      await client.call(procedure);
    }
    expect(existsSync(join(root, 'pwned'))).toBe(false);
  });

  test('gets arguments that are too long for a variable on stdin only', async () => {
    const { client } = await executing(program(all), [], { WAMP_ARGS: 'of the environment' });
    const long = 'x'.repeat(200_000);
    const got = await client.call<{ [name: string]: string }>('com.example.run', [long], { a: 1 });
    expect(got.WAMP_ARGS).toBeUndefined();
    expect(got.WAMP_KWARGS).toBe('{"a":1}');
    expect(JSON.parse(got.input ?? '')).toEqual({ args: [long], kwargs: { a: 1 } });
  });

  test('sees the environment of the process, without the login', async () => {
    const { client } = await executing(program(all), ['--authid', 'joe', '--ticket-env', 'MINE'], {
      WAMP_TICKET: 's3cret',
      MINE: 's3cret',
      OTHER: 'seen',
    });
    const got = await client.call<{ [name: string]: string }>('com.example.run');
    expect([got.WAMP_TICKET, got.MINE, got.OTHER]).toEqual([undefined, undefined, 'seen']);
  });

  test('does not need to read its input', async () => {
    const { client } = await executing(program("process.stdin.destroy(); console.log('done')"));
    expect(await client.call('com.example.run', ['x'.repeat(500_000)])).toBe('done');
  });
});

describe('the output of a command', () => {
  test.each<[string, unknown]>([
    ['5\n', 5],
    ['hello world\n', 'hello world'],
    ['{"a":\n[1]}\n', { a: [1] }],
    ['two\nlines\n', 'two\nlines'],
    ['', undefined],
    ['\n', undefined],
    ['null', null],
    ['{"args":[1,2],"kwargs":{"k":3}}\n', new Result([1, 2], { k: 3 })],
    ['{"args":[1,2],"more":{}}\n', { args: [1, 2], more: {} }],
    ['"\\u0000AQI="', Uint8Array.of(1, 2)],
    ['grüße', 'grüße'],
  ])('%j becomes the result %j', async (printed, value) => {
    const { client } = await executing(program(`process.stdout.write(${JSON.stringify(printed)})`));
    expect(await client.call('com.example.run')).toEqual(value);
  });

  test('is text with --strings', async () => {
    const { client } = await executing(program('console.log(5)'), ['--strings']);
    expect(await client.call('com.example.run')).toBe('5');
  });

  const three = "for (const line of [1, 'two', '']) console.log(line)";

  test('is a progressive result for each line with --progress, for two simultaneous calls', async () => {
    const { client } = await executing(program(three), ['--progress']);
    const run = async () => {
      const lines: unknown[] = [];
      const last = await client.call('com.example.run', [], null, { onProgress: (line) => lines.push(line) });
      return [lines, last];
    };
    const expected = [[1, 'two', undefined], undefined];
    expect(await Promise.all([run(), run()])).toEqual([expected, expected]);
  });

  test('is the result with --progress when the caller does not ask for progress', async () => {
    const { client } = await executing(program(three), ['--progress']);
    expect(await client.call('com.example.run')).toBe('1\ntwo\n');
  });
});

describe('a command that fails', () => {
  test('is answered by an ERROR with its exit code and its error output', async () => {
    const { client, register } = await executing(
      program("console.log('out'); console.error('no such user: joe'); process.exit(3)"),
    );
    expect(await failure(client.call('com.example.run'))).toMatchObject({
      uri: 'wamp.error.runtime_error',
      args: ['no such user: joe'],
      kwargs: { code: 3 },
    });
    await register.says('no such user: joe');
  });

  test('without output is answered by an ERROR that says how it ended', async () => {
    const { client } = await executing(program('process.exit(7)'));
    expect(await failure(client.call('com.example.run'))).toMatchObject({ args: ['the command ended with code 7'] });
  });

  test('because it does not exist is answered by an ERROR', async () => {
    const { client } = await executing('no-such-command-here');
    expect(await failure(client.call('com.example.run'))).toMatchObject({ uri: 'wamp.error.runtime_error' });
  });

  test('because of what the caller sent disturbs no other call', async () => {
    const { client } = await executing(program('console.log(1)'));
    expect(await failure(client.call('com.example.\0'))).toMatchObject({ name: 'ApplicationError' });
    expect(await client.call('com.example.run')).toBe(1);
  });
});

describe.skipIf(process.platform === 'win32')('a command and the processes that it has started', () => {
  /** A shell with a child, that writes down who it is. */
  const sleeping = (file: string): string => `sleep 600 & echo $! > ${file}; wait; echo never`;
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  const pidIn = async (file: string): Promise<number> => {
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8'), { timeout: 15_000 }).toMatch(/\d\n/);
    return Number(readFileSync(file, 'utf8'));
  };

  test('are ended when the caller cancels', async () => {
    const file = join(folder(), 'pid');
    const { client } = await executing(sleeping(file));
    const giveUp = new AbortController();
    const call = failure(client.call('com.example.run', [], null, { signal: giveUp.signal }));
    const pid = await pidIn(file);
    giveUp.abort(new Error('enough'));
    expect(await call).toMatchObject({ message: 'enough' });
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
  });

  test('are ended, and the caller that wants to know is told that the call was canceled', async () => {
    const file = join(folder(), 'pid');
    const { client, url } = await executing(sleeping(file));
    const call = new Command([cli, 'call', 'com.example.run', '--url', url]);
    const pid = await pidIn(file);
    call.kill('SIGINT');
    expect((await call.ended).code).toBe(130);
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
    expect(client.status.state).toBe('joined');
  });

  test('are ended when the program is told to stop and the command does not end by itself', async () => {
    const file = join(folder(), 'pid');
    const { client, register } = await executing(`trap '' TERM; ${sleeping(file)}`);
    const call = failure(client.call('com.example.run'));
    const pid = await pidIn(file);
    register.kill('SIGINT');
    expect((await register.ended).code).toBe(130);
    expect(await call).toMatchObject({ uri: expect.stringMatching(/^wamp\.error\./) });
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
  });

  test('may finish the last call of --count, however long it takes', async () => {
    const { client, register } = await executing('sleep 2.5; echo \'"finished"\'', ['--count', '1']);
    expect(await client.call('com.example.run')).toBe('finished');
    expect((await register.ended).code).toBe(0);
  });

  test('may finish if they are nearly done', async () => {
    const file = join(folder(), 'started');
    const { client, register } = await executing(`touch ${file}; sleep 0.3; echo '"finished"'`);
    const call = client.call('com.example.run');
    await expect.poll(() => existsSync(file), { timeout: 15_000 }).toBe(true);
    register.kill('SIGINT');
    expect(await call).toBe('finished');
    expect((await register.ended).code).toBe(130);
  });
});

test('a command that writes without end on one line is ended, with --progress too', async () => {
  const endless =
    "const piece = 'x'.repeat(2 ** 20); for (;;) if (!process.stdout.write(piece)) await new Promise((go) => process.stdout.once('drain', go));";
  const { client } = await executing(program(endless), ['--progress']);
  for (const options of [{}, { onProgress: () => {} }])
    expect(await failure(client.call('com.example.run', [], null, options))).toMatchObject({
      uri: 'wamp.error.runtime_error',
      args: [expect.stringMatching(/^the command wrote more than \d+ /)],
    });
});

describe('--jobs', () => {
  test('with 1 runs one command at a time, in order, and never runs one whose caller gave up while it waited', async () => {
    const log = join(folder(), 'log');
    const code = `
import { appendFileSync } from 'node:fs';
const [name] = JSON.parse(process.env.WAMP_ARGS);
appendFileSync(${JSON.stringify(log)}, 'begin ' + name + '\\n');
setTimeout(() => appendFileSync(${JSON.stringify(log)}, 'end ' + name + '\\n'), 100);
`;
    const { client } = await executing(program(code), ['--jobs', '1']);
    const giveUp = new AbortController();
    const first = client.call('com.example.run', ['a']);
    const given = failure(client.call('com.example.run', ['b'], null, { signal: giveUp.signal }));
    const last = client.call('com.example.run', ['c']);
    giveUp.abort(new Error('enough'));
    await Promise.all([first, given, last]);
    expect(readFileSync(log, 'utf8')).toBe('begin a\nend a\nbegin c\nend c\n');
  });
});
