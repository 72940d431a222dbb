import { Result } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { Code, REGISTER, REGISTERED, UNREGISTERED } from '../fixtures/messages.ts';
import { scriptedRouter, stage, welcome } from './bench.ts';
import { autostradaAt } from './command.ts';

/** `autostrada register com.example.it`, once it is registered. */
async function registered(...more: readonly string[]) {
  const stand = await stage();
  await stand.client.open();
  const command = autostradaAt(stand.url, 'register', 'com.example.it', ...more);
  await command.says('registered com.example.it');
  return { ...stand, command };
}

describe('autostrada register', () => {
  test('answers with the same arguments with --echo, to the byte', async () => {
    const { client, command } = await registered('--echo', '--count', '3', '-s', 'msgpack');
    expect(await client.call('com.example.it', ['hello'])).toBe('hello');
    const args = [1, 'two', Uint8Array.of(3), { four: [null] }];
    expect(await client.call('com.example.it', args, { k: 'v' })).toEqual(new Result(args, { k: 'v' }));
    expect(await client.call('com.example.it')).toBeUndefined();
    expect(await command.ended).toMatchObject({ code: 0, stdout: '', stderr: 'autostrada: registered com.example.it\n' });
  });

  test.each([
    ['5', 5],
    ['"text"', 'text'],
    ['{"a":[1]}', { a: [1] }],
    ['null', null],
  ])('with --reply %s always answers with that', async (reply, value) => {
    const { client } = await registered('--reply', reply);
    expect(await client.call('com.example.it', [1])).toEqual(value);
    expect(await client.call('com.example.it', [], { a: 1 })).toEqual(value);
  });

  test('answers N calls with --count N, and no more', async () => {
    const { client, router, command } = await registered('--reply', '1', '--count', '2');
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => client.call('com.example.it')));
    expect(answers.slice(0, 2)).toMatchObject([{ value: 1 }, { value: 1 }]);
    expect(answers.slice(2).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await command.ended).code).toBe(0);
    expect(router.sessions).toHaveLength(1);
  });

  test('sends --match and --invoke', async () => {
    const { url, received } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      return message[0] === Code.REGISTER ? REGISTERED(message[1], 9) : UNREGISTERED(message[1]);
    });
    const command = autostradaAt(
      url,
      'register',
      'a.',
      '--echo',
      '-m',
      'prefix',
      '-i',
      'roundrobin',
      '-o',
      'force_reregister=true',
    );
    await command.says('registered');
    expect(received[1]).toEqual(REGISTER(1, { match: 'prefix', invoke: 'roundrobin', force_reregister: true }, 'a.'));
  });

  test('ends with code 4 when another session has the procedure', async () => {
    const { client, url } = await stage();
    await client.register('com.example.it', () => 1).ready;
    const { code, stdout, stderr } = await autostradaAt(url, 'register', 'com.example.it', '--echo').ended;
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(/^autostrada: wamp\.error\.procedure_already_exists: [^\n]+\n$/);
  });

  test('ends with code 4 for a reserved procedure', async () => {
    const { url } = await stage();
    const { code, stderr } = await autostradaAt(url, 'register', 'wamp.it', '--echo').ended;
    expect([code, stderr]).toEqual([4, expect.stringContaining('wamp.error.invalid_uri')]);
  });

  test('comes back after a lost connection', async () => {
    const { client, router, command } = await registered('--echo');
    const other = router.sessions.find(({ id }) => id !== client.session?.id);
    await client.call('wamp.session.kill', [other?.id ?? 0]);
    await command.says('connected again');
    await expect.poll(() => client.call('com.example.it', [1]).catch(() => undefined)).toBe(1);
  });

  test.skipIf(process.platform === 'win32').each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('after %s unregisters, says GOODBYE, and ends with code %i', async (signal, code) => {
    const { url, received } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      return message[0] === Code.REGISTER ? REGISTERED(message[1], 9) : UNREGISTERED(message[1]);
    });
    const command = autostradaAt(url, 'register', 'a.b', '--echo', '--quiet', '--verbose');
    await command.says('← REGISTERED');
    command.kill(signal);
    expect(await command.ended).toMatchObject({ code, signal: null, stdout: '' });
    expect(received.map(([type]) => type)).toEqual([1, 64, 66, 6]);
  });

  test.skipIf(process.platform === 'win32')('ends after Ctrl-C even if the router does not answer any more', async () => {
    const { url } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      return message[0] === Code.REGISTER ? REGISTERED(message[1], 9) : undefined;
    });
    const command = autostradaAt(url, 'register', 'a.b', '--echo');
    await command.says('registered');
    command.kill('SIGINT');
    expect((await command.ended).code).toBe(130);
  });
});
