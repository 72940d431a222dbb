/* What keeps a process alive, and what does not: scripts of their own, with the built package as users have it. */
import { describe, expect, test } from 'vitest';
import { Command } from '../cli/command.ts';
import { listening } from './listening.ts';

const head = `
  import { Connection } from 'autostrada';
  import { Router } from 'autostrada/router';
  import { listen, rawSocket } from 'autostrada/node';
  const log = (text) => process.stdout.write(text + '\\n');
`;

function script(text: string, env: { readonly [name: string]: string } = {}): Command {
  return new Command(['--input-type=module', '--eval', head + text], env);
}

describe('a process that has closed everything ends by itself', () => {
  test('with router, listener and connections in one', async () => {
    const { code, stdout, stderr } = await script(`
      const router = new Router({ realms: { realm1: 'open' } });
      const listener = await listen(router, { port: 0 });
      const callee = new Connection({ url: listener.url, realm: 'realm1' });
      const caller = new Connection({ url: router, realm: 'realm1' });
      await callee.register('com.example.add', ([a, b]) => a + b).ready;
      log('sum ' + (await caller.call('com.example.add', [2, 3])));
      await caller.close();
      await callee.close();
      await listener.close();
      await router.close();
      log('closed');
    `).ended;
    expect([code, stdout, stderr]).toEqual([0, 'sum 5\nclosed\n', '']);
  });

  test('with the router first, and its connections later', async () => {
    const { code, stdout } = await script(`
      const router = new Router({ realms: { realm1: 'open' } });
      const listener = await listen(router, { port: 0 });
      const connection = new Connection({ url: listener.url, realm: 'realm1' });
      connection.on('status', () => {});
      await connection.open();
      await Promise.all([listener.close(), router.close()]);
      await connection.close();
      log('closed');
    `).ended;
    expect([code, stdout]).toEqual([0, 'closed\n']);
  });

  test.each([
    ['the connection first', 'await connection.close(); await listener.close(); await router.close();'],
    ['the listener first', 'await listener.close(); await router.close(); await connection.close();'],
    ['all at once', 'await Promise.all([listener.close(), router.close(), connection.close()]);'],
  ])('with long-poll, %s', async (_, closing) => {
    const { code, stdout } = await script(`
      import { longPoll } from 'autostrada/longpoll';
      const router = new Router({ realms: { realm1: 'open' } });
      const listener = await listen(router, { port: 0 });
      const connection = new Connection({ url: longPoll('http://127.0.0.1:' + listener.port + '/lp'), realm: 'realm1' });
      connection.on('status', () => {});
      await connection.register('com.example.add', ([a, b]) => a + b).ready;
      log('sum ' + (await connection.call('com.example.add', [2, 3])));
      ${closing}
      log('closed');
    `).ended;
    expect([code, stdout]).toEqual([0, 'sum 5\nclosed\n']);
  });

  test('with a connection that could not be opened', async () => {
    const { code, stdout } = await script(`
      const connection = new Connection({ url: 'ws://127.0.0.1:1/ws', realm: 'realm1', retry: false });
      connection.on('status', () => {});
      await connection.open().catch((error) => log(error.uri));
    `).ended;
    expect([code, stdout]).toEqual([0, 'wamp.error.network_failure\n']);
  });

  test('with RawSocket', async () => {
    const { code, stdout, stderr } = await script(`
      const router = new Router({ realms: { realm1: 'open' } });
      const listener = await listen(router, { port: 0 });
      const [callee, caller] = [1, 2].map(() => new Connection({ url: rawSocket(listener.rawSocketUrl), realm: 'realm1' }));
      await callee.register('com.example.add', ([a, b]) => a + b).ready;
      log('sum ' + (await caller.call('com.example.add', [2, 3])));
      await caller.close();
      await callee.close();
      await listener.close();
      await router.close();
      log('closed');
    `).ended;
    expect([code, stdout, stderr]).toEqual([0, 'sum 5\nclosed\n', '']);
  });

  test('with a client of a router elsewhere', async () => {
    const { listener } = await listening();
    const text = `
      const connection = new Connection({ url: process.env.URL, realm: 'realm1' });
      await connection.open();
      await connection.close();
      log('closed');
    `;
    const { code, stdout } = await script(text, { URL: listener.url }).ended;
    expect([code, stdout]).toEqual([0, 'closed\n']);
  });
});

describe('a process that has not closed everything', () => {
  test('stays while it listens, or has an open connection', async () => {
    const command = script(`
      const router = new Router({ realms: { realm1: 'open' } });
      const listener = await listen(router, { port: 0 });
      log(listener.url);
    `);
    const url = await command.line();
    const client = script(
      `
      const connection = new Connection({ url: process.env.URL, realm: 'realm1' });
      connection.on('status', ({ state }) => log(state));
      await connection.open();
    `,
      { URL: url },
    );
    await expect.poll(() => client.stdout, { timeout: 15_000 }).toBe('connecting\njoined\n');
    const first = await Promise.race([
      command.ended,
      client.ended,
      new Promise((resolve) => setTimeout(resolve, 200, 'both are there')),
    ]);
    expect(first).toBe('both are there');
  });
});
