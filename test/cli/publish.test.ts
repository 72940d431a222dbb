import { describe, expect, test } from 'vitest';
import { Code, ERROR, RESULT } from '../fixtures/messages.ts';
import { scriptedRouter, stage, welcome } from './bench.ts';
import { autostradaAt, autostradaReading } from './command.ts';

type Event = readonly [args: readonly unknown[], kwargs: object, details: { readonly [name: string]: unknown }];

/** Somebody who listens to `com.example.news`. */
async function audience() {
  const stand = await stage();
  const events: Event[] = [];
  await stand.client.subscribe('com.example.news', (args: readonly unknown[], kwargs: object, details) =>
    events.push([args, kwargs, { ...details }]),
  ).ready;
  return { ...stand, events, payloads: () => events.map(([args, kwargs]) => [args, kwargs]) };
}

describe('autostrada publish', () => {
  test('publishes, prints nothing, and ends when the router has received it', async () => {
    const { url, payloads } = await audience();
    const ended = await autostradaAt(url, 'publish', 'com.example.news', 'hello', '5', '-k', 'a=1').ended;
    expect(ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(payloads()).toEqual([[['hello', 5], { a: 1 }]]);
  });

  test('prints the publication with --acknowledge', async () => {
    const { url, events } = await audience();
    const { code, stdout } = await autostradaAt(url, 'publish', 'com.example.news', '--acknowledge').ended;
    expect([code, JSON.parse(stdout)]).toEqual([0, { publication: events[0]?.[2].publication }]);
  });

  test('ends with code 4 with --acknowledge when the router refuses; without it nobody is told', async () => {
    const { url } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      if (message[0] === Code.CALL) return RESULT(message[1], {}, [1]);
      const isAsked = (message[2] as { acknowledge?: boolean }).acknowledge === true;
      return isAsked ? ERROR('PUBLISH', message[1], {}, 'wamp.error.not_authorized', ['no']) : undefined;
    });
    expect(await autostradaAt(url, 'publish', 'a.b', '--acknowledge').ended).toMatchObject({
      code: 4,
      stdout: '',
      stderr: 'autostrada: wamp.error.not_authorized: no\n',
    });
    expect((await autostradaAt(url, 'publish', 'a.b').ended).code).toBe(0);
  });

  test('ends with code 5 when the router does not answer', async () => {
    const { url } = await scriptedRouter((message) => (message[0] === Code.HELLO ? welcome : undefined));
    for (const more of [[], ['--acknowledge']]) {
      const { code, stderr } = await autostradaAt(url, 'publish', 'a.b', '--timeout', '100', ...more).ended;
      expect([code, stderr]).toEqual([5, expect.stringMatching(/^autostrada: no answer to \w+ in 100 ms\n$/)]);
    }
  });

  test('ends with code 4 for a reserved topic', async () => {
    const { url } = await stage();
    const { code, stderr } = await autostradaAt(url, 'publish', 'wamp.example').ended;
    expect([code, stderr]).toEqual([4, expect.stringContaining('wamp.error.invalid_uri')]);
  });

  test('sends each option', async () => {
    const { url, received } = await scriptedRouter((message) => (message[0] === Code.HELLO ? welcome : RESULT(message[1], {})));
    const args = ['--exclude', '1,2', '-e', '3', '--exclude_authid', 'joe,ann', '--exclude-authrole', 'guest', '--eligible', '4'];
    args.push('--eligible_authid', 'eve', '--eligible_authid', 'bob', '--eligible_authrole', 'user', '--exclude_me', 'false');
    args.push('--disclose_me', '--retain', '-o', '_custom="x"');
    await autostradaAt(url, 'publish', 'a.b', ...args).ended;
    expect(received.find(([type]) => type === Code.PUBLISH)?.[2]).toEqual({
      exclude: [1, 2, 3],
      exclude_authid: ['joe', 'ann'],
      exclude_authrole: ['guest'],
      eligible: [4],
      eligible_authid: ['eve', 'bob'],
      eligible_authrole: ['user'],
      exclude_me: false,
      disclose_me: true,
      retain: true,
      _custom: 'x',
    });
  });
});

describe('autostrada publish, from stdin', () => {
  test.each([[[]], [['--acknowledge']]])('publishes each line in order, and ends at the end of the input %j', async (more) => {
    const { url, payloads } = await audience();
    const command = autostradaReading(url, 'publish', 'com.example.news', '-', ...more);
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    command.end(`${numbers.join('\n')}\n\n"the last"`);
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(payloads()).toEqual([...numbers, 'the last'].map((value) => [[value], {}]));
    expect(stdout.split('\n').length).toBe(more.length === 0 ? 1 : 1002);
  });

  test('publishes each line at once, without waiting for more', async () => {
    const { url, payloads } = await audience();
    const command = autostradaReading(url, 'publish', 'com.example.news', '-');
    for (const [line, count] of [
      ['{"a":1}\n', 1],
      ['"half', 1],
      [' a line"\r\n', 2],
    ] as const) {
      command.write(line);
      await expect.poll(() => payloads().length, { timeout: 15_000 }).toBe(count);
    }
    command.end();
    expect((await command.ended).code).toBe(0);
    expect(payloads()).toEqual([
      [[{ a: 1 }], {}],
      [['half a line'], {}],
    ]);
  });

  test('takes lines as plain text with --strings', async () => {
    const { url, payloads } = await audience();
    const command = autostradaReading(url, 'publish', 'com.example.news', '-', '--strings');
    command.end('5\n\n{"a":1}\n');
    await command.ended;
    expect(payloads().map(([args]) => args)).toEqual([['5'], [''], ['{"a":1}']]);
  });

  test('with --events takes what `subscribe --details` prints', async () => {
    const { url, payloads } = await audience();
    const command = autostradaReading(url, 'publish', 'com.example.news', '--events');
    command.end('{"topic":"a","args":[1,"\\u0000AQI="],"kwargs":{"k":2},"details":{}}\n{}\n');
    expect((await command.ended).code).toBe(0);
    expect(payloads()).toEqual([
      [[1, Uint8Array.of(1, 2)], { k: 2 }],
      [[], {}],
    ]);
  });

  test.each([
    [['-'], '{oops}', 'line 2 of the input: expected JSON'],
    [['--events'], '[1]', 'line 2 of the input: expected {"args": […], "kwargs": {…}}'],
    [['--events'], '{"args":1}', 'line 2 of the input: expected {"args": […], "kwargs": {…}}'],
    [['--events', '--acknowledge'], '{"kwargs":[]}', 'line 2 of the input: expected {"args": […], "kwargs": {…}}'],
  ])('%j ends with code 1 at a wrong line, and publishes the lines before it', async (more, line, message) => {
    const { url, events } = await audience();
    const command = autostradaReading(url, 'publish', 'com.example.news', ...more);
    command.write(`{"args":[1]}\n${line}\n{"args":[3]}\n`);
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(events).toHaveLength(1);
    expect(stdout).toMatch(more.includes('--acknowledge') ? /^\{"publication":\d+\}\n$/ : /^$/);
  });

  test('reads no faster than the router accepts', async () => {
    let isBusy = true;
    const waiting: (readonly unknown[])[] = [];
    const { url, received } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      if (message[0] === Code.CALL && isBusy) waiting.push(message);
      return message[0] === Code.CALL && !isBusy ? RESULT(message[1], {}) : undefined;
    });
    const command = autostradaReading(url, 'publish', 'a.b', '-', '--timeout', '500');
    command.end('1\n'.repeat(1000));
    await command.ended;
    isBusy = false;
    expect(waiting).toHaveLength(1);
    expect(received.filter(([type]) => type === Code.PUBLISH)).toHaveLength(64);
  });

  test('ends with code 2 when the session ends while it waits for input', async () => {
    const { client, router, url } = await stage();
    const command = autostradaReading(url, 'publish', 'com.example.news', '-');
    await expect.poll(() => router.sessions.length, { timeout: 15_000 }).toBe(1);
    await client.call('wamp.session.kill', [router.sessions[0]?.id ?? 0], { reason: 'wamp.close.killed' });
    const { code, stderr } = await command.ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('wamp.close.killed')]);
  });

  test.skipIf(process.platform === 'win32')('ends with code 130 after Ctrl-C while it waits for input', async () => {
    const { router, url } = await stage();
    const command = autostradaReading(url, 'publish', 'com.example.news', '-');
    await expect.poll(() => router.sessions.length, { timeout: 15_000 }).toBe(1);
    command.kill('SIGINT');
    expect(await command.ended).toEqual({ code: 130, signal: null, stdout: '', stderr: '' });
    await expect.poll(() => router.sessions).toEqual([]);
  });
});
