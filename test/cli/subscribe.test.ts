import { listen } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Code, ERROR, SUBSCRIBED, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { scriptedRouter, stage, welcome } from './bench.ts';
import { autostradaAt } from './command.ts';

/** `autostrada subscribe`, once it is subscribed. */
async function subscribed(...more: readonly string[]) {
  const stand = await stage();
  await stand.client.open();
  const command = autostradaAt(stand.url, 'subscribe', ...more);
  await command.says('subscribed to ');
  return { ...stand, command };
}

describe('autostrada subscribe', () => {
  test('prints the plain value of each event on one line', async () => {
    const { client, command } = await subscribed('com.example.news', '--count', '5');
    const acknowledge = { acknowledge: true } as const;
    await client.publish('com.example.news', ['hello'], null, acknowledge);
    await client.publish('com.example.news', [{ a: [1] }], null, acknowledge);
    await client.publish('com.example.news', [1, 2], null, acknowledge);
    await client.publish('com.example.news', [Uint8Array.of(1)], { k: 'two\nlines' }, acknowledge);
    await client.publish('com.example.news', [], null, acknowledge);
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr]).toEqual([0, 'autostrada: subscribed to com.example.news\n']);
    expect(stdout.split('\n')).toEqual([
      '"hello"',
      '{"a":[1]}',
      '{"args":[1,2],"kwargs":{}}',
      '{"args":["\\u0000AQ=="],"kwargs":{"k":"two\\nlines"}}',
      'null',
      '',
    ]);
  });

  test('prints N events with --count N, even if more come in one read, and leaves', async () => {
    const { client, router, command } = await subscribed('com.example.news', '--count', '3');
    for (let n = 1; n <= 100; n++) client.publish('com.example.news', [n]);
    expect(await command.ended).toMatchObject({ code: 0, stdout: '1\n2\n3\n' });
    await expect.poll(() => router.sessions.length).toBe(1);
  });

  test('prints no messages with --quiet', async () => {
    const { client, router, url } = await stage();
    const command = autostradaAt(url, 'subscribe', 'com.example.news', '--count', '1', '-q');
    await client.open();
    await expect.poll(() => client.call('wamp.session.count'), { timeout: 15_000 }).toBe(2);
    await expect
      .poll(() => {
        client.publish('com.example.news', [1]);
        return command.stdout;
      })
      .toBe('1\n');
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
    expect(router.sessions).toHaveLength(1);
  });

  test('prints the topic of each event with --match and --details', async () => {
    const { client, command } = await subscribed('com.example.', '--match', 'prefix', '--details', '-c', '2');
    client.publish('com.example.a', [1], { k: 2 });
    client.publish('com.example.b.c', [], null, { disclose_me: true });
    const lines = (await command.ended).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      {
        topic: 'com.example.a',
        args: [1],
        kwargs: { k: 2 },
        details: expect.objectContaining({ publication: expect.any(Number) }),
      },
      { topic: 'com.example.b.c', args: [], kwargs: {}, details: expect.objectContaining({ publisher: expect.any(Number) }) },
    ]);
  });

  test('prints retained events with --get_retained', async () => {
    const { client, url } = await stage();
    await client.publish('com.example.state', ['on'], null, { retain: true, acknowledge: true });
    const { stdout } = await autostradaAt(url, 'subscribe', 'com.example.state', '--get_retained', '--count', '1').ended;
    expect(stdout).toBe('"on"\n');
  });

  test('ends after --timeout, with code 5 if --count is not reached', async () => {
    const { url } = await stage();
    expect(await autostradaAt(url, 'subscribe', 'a.b', '--timeout', '100ms').ended).toMatchObject({ code: 0, stdout: '' });
    expect(await autostradaAt(url, 'subscribe', 'a.b', '--timeout', '100ms', '--count', '2', '-q').ended).toMatchObject({
      code: 5,
      stderr: 'autostrada: 0 of 2 events came in 100 ms (--timeout)\n',
    });
  });

  test('ends with code 4 when the router refuses', async () => {
    const { url } = await scriptedRouter((message) =>
      message[0] === Code.HELLO ? welcome : ERROR('SUBSCRIBE', message[1], {}, 'wamp.error.not_authorized', ['not you']),
    );
    expect(await autostradaAt(url, 'subscribe', 'a.b').ended).toMatchObject({
      code: 4,
      stderr: 'autostrada: wamp.error.not_authorized: not you\n',
    });
  });

  test('ends with code 4 when the router revokes the subscription', async () => {
    const { url, send } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      return message[0] === Code.SUBSCRIBE ? SUBSCRIBED(message[1], 9) : undefined;
    });
    const command = autostradaAt(url, 'subscribe', 'a.b');
    await command.says('subscribed');
    send(UNSUBSCRIBED(0, { subscription: 9, reason: 'com.example.error.over' }));
    const { code, stderr } = await command.ended;
    expect([code, stderr.split('\n')[1]]).toEqual([4, expect.stringContaining('autostrada: com.example.error.over: ')]);
    expect(stderr.split('\n')).toHaveLength(3);
  });

  test.skipIf(process.platform === 'win32')('leaves after Ctrl-C, and ends with code 130', async () => {
    const { client, router, command } = await subscribed('com.example.news');
    client.publish('com.example.news', [1]);
    await command.line();
    command.kill('SIGINT');
    expect(await command.ended).toMatchObject({ code: 130, signal: null, stdout: '1\n' });
    await expect.poll(() => router.sessions.length).toBe(1);
  });

  test('ends without an error when nobody reads its output any more', async () => {
    const { client, router, command } = await subscribed('com.example.news', '--verbose');
    const publishing = setInterval(() => client.publish('com.example.news', ['x'.repeat(1000)]), 5);
    onTestFinished(() => clearInterval(publishing));
    await command.line();
    command.closeOutput();
    expect((await command.ended).code).toBe(0);
    expect(command.stderr).not.toMatch(/EPIPE|Error/);
    await expect.poll(() => router.sessions.length).toBe(1);
  });
});

describe('autostrada subscribe, when the connection is lost', () => {
  const kill = async ({ client, router }: Awaited<ReturnType<typeof subscribed>>): Promise<void> => {
    const me = (await client.open()).id;
    const other = router.sessions.find(({ id }) => id !== me);
    await client.call('wamp.session.kill', [other?.id ?? 0]);
  };

  test('comes back, and says so', async () => {
    const stand = await subscribed('com.example.news', '--count', '2');
    const { client, command, router } = stand;
    await client.publish('com.example.news', ['before'], null, { acknowledge: true });
    await command.line();
    await kill(stand);
    await command.says('connected again');
    await expect.poll(() => router.sessions.length).toBe(2);
    await expect
      .poll(async () => {
        await client.publish('com.example.news', ['after'], null, { acknowledge: true });
        return command.stdout;
      })
      .toContain('after');
    const { code, stdout, stderr } = await command.ended;
    expect([code, stdout]).toEqual([0, '"before"\n"after"\n']);
    expect(stderr).toMatch(/^autostrada: subscribed to [^\n]+\nautostrada: [^\n]+; trying again\nautostrada: connected again\n$/);
  });

  test('comes back when the router was away', async () => {
    const { client, command, listener, router } = await subscribed('com.example.news', '--count', '1', '--verbose');
    await listener.close();
    await client.open();
    const id = router.sessions.find((session) => session.id !== client.session?.id)?.id ?? 0;
    await client.call('wamp.session.kill', [id]);
    await command.says('trying again');
    const again = await listen(router, { port: listener.port });
    onTestFinished(() => again.close());
    await command.says('connected again');
    await expect
      .poll(() => {
        client.publish('com.example.news', ['after']);
        return command.stdout;
      })
      .toBe('"after"\n');
    expect((await command.ended).code).toBe(0);
  });

  test('ends with code 2 with --no-reconnect', async () => {
    const stand = await subscribed('com.example.news', '--no-reconnect');
    await kill(stand);
    const { code, stderr } = await stand.command.ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('wamp.close.killed')]);
  });
});
