import { Connection } from 'autostrada';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { toWebSocketUrl } from '../../src/client/connection/target.ts';
import { isDebugging } from '../../src/client/features/wire-log.ts';
import { AUTHENTICATE, CHALLENGE, PUBLISH, WELCOME } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure, join } from '../fixtures/scripted-session.ts';

const page = { protocol: 'https:', host: 'example.com:8443' };

describe('a URL', () => {
  it.each([
    ['ws://host', undefined, 'ws://host'],
    ['wss://host:443/path?query=1', undefined, 'wss://host:443/path?query=1'],
    ['ws://[::1]:8080/ws', undefined, 'ws://[::1]:8080/ws'],
    [' ws://127.0.0.1:8080/ws ', undefined, 'ws://127.0.0.1:8080/ws'],
    ['/ws', page, 'wss://example.com:8443/ws'],
    ['/ws', { ...page, protocol: 'http:' }, 'ws://example.com:8443/ws'],
    ['https://other.com/ws', page, 'wss://other.com/ws'],
    ['ws://host/ws?user=joe@example.com', undefined, 'ws://host/ws?user=joe@example.com'],
    ['http://other.com/ws', page, 'ws://other.com/ws'],
  ])('may be %s', (given, where, url) => {
    expect(toWebSocketUrl(given, where)).toBe(url);
  });

  it.each([
    ['/ws', undefined],
    ['http://host', undefined],
    ['//host/ws', page],
    ['ws://host/#fragment', undefined],
    ['ws://host:65536', undefined],
    ['ws://', undefined],
    ['ws://two hosts', undefined],
    ['ws:/host', undefined],
    ['rs://host:8080', page],
    ['javascript:alert(1)', page],
  ])('cannot be %s', (given, where) => {
    expect(() => toWebSocketUrl(given, where)).toThrow(
      `expected url to be ws://host:port/path or wss://…, got ${JSON.stringify(given)}`,
    );
  });
});

describe('a URL of RawSocket', () => {
  it.each(['rs://host:8080', 'rss://host:8080', 'unix:/tmp/router.sock'])(
    'like %s is refused at once, with the right form',
    async (url) => {
      const connection = new Connection({ url, realm: 'realm1' });
      expect(await failure(connection.open())).toMatchObject({
        uri: 'autostrada.error.invalid_url',
        message: expect.stringContaining(`: for RawSocket give rawSocket('${url}') of 'autostrada/node' as url`),
      });
    },
  );
});

describe('the wire log', () => {
  it.each<[string, object, boolean]>([
    ['nothing', {}, false],
    ['DEBUG=autostrada', { process: { env: { DEBUG: 'autostrada' } } }, true],
    ['DEBUG=other,autostrada:wire', { process: { env: { DEBUG: 'other,autostrada:wire' } } }, true],
    ['DEBUG=*', { process: { env: { DEBUG: '*' } } }, true],
    ['DEBUG=autostradale', { process: { env: { DEBUG: 'autostradale' } } }, false],
    ['localStorage.debug', { document: {}, localStorage: { getItem: () => 'autostrada' } }, true],
    [
      'a page without storage',
      {
        document: {},
        get localStorage() {
          throw new Error('SecurityError');
        },
      },
      false,
    ],
    [
      '[H10] nothing where there is no page: the storage of Node.js 25 warns when it is looked at',
      {
        process: { env: {} },
        get localStorage(): { getItem(): string } {
          throw new RangeError('it was looked at');
        },
      },
      false,
    ],
  ])('reads %s', (_, surroundings, isOn) => {
    expect(isDebugging(surroundings)).toBe(isOn);
  });

  it('passes every message to a function, without secrets', async () => {
    const entries: [string, string][] = [];
    const router = new ScriptedRouter();
    const connection = new Connection({
      url: router,
      realm: 'realm1',
      auth: { authmethods: ['ticket'], begin: () => ({ authid: 'joe', onchallenge: () => 'my secret' }) },
      wireLog: ({ direction, type, message }) => {
        entries.push([direction, type]);
        expect(JSON.stringify(message)).not.toContain('my secret');
      },
    });
    const opening = connection.open();
    const peer = await router.peer();
    await peer.next();
    peer.send(CHALLENGE('ticket', {}));
    await peer.expect(AUTHENTICATE('my secret', {}));
    peer.send(WELCOME(7, { roles: { broker: {} } }));
    await opening;
    void answerGoodbye(peer);
    await connection.close();
    expect(entries).toEqual([
      ['sent', 'HELLO'],
      ['received', 'CHALLENGE'],
      ['sent', 'AUTHENTICATE'],
      ['received', 'WELCOME'],
      ['sent', 'GOODBYE'],
      ['received', 'GOODBYE'],
    ]);
  });

  it('goes to the console for `true`', async () => {
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
    onTestFinished(() => debug.mockRestore());
    const { session } = await join({ wireLog: true });
    session.publish('a.b', [1]);
    expect(debug.mock.lastCall).toEqual(['autostrada realm1 → PUBLISH', PUBLISH(1, {}, 'a.b', [1])]);
  });
});
