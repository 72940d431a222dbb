/* What a connection and a login are given: a mistake is told at once, with what was expected, what came, and what was probably meant. */
import { anonymous, Connection, type ConnectionOptions, json, type Session, ticket } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { cryptosign } from 'autostrada/cryptosign';
import { scram } from 'autostrada/scram';
import { wampcra } from 'autostrada/wampcra';
import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { join } from '../fixtures/scripted-session.ts';

/** In JavaScript anything can be given. */
const make = (options: unknown) => new Connection(options as ConnectionOptions);
const good = { url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' };

const thirty: readonly (readonly [mistake: unknown, text: string | RegExp])[] = [
  [undefined, 'expected options of Connection to be an object, got nothing'],
  ['ws://127.0.0.1:8080/ws', 'expected options of Connection to be an object, got "ws://127.0.0.1:8080/ws"'],
  [{ realm: 'realm1' }, 'expected url, where the router is, got nothing'],
  [{ url: good.url }, /^realm: expected a URI as a string, got undefined$/],
  [{ ...good, realm: '' }, /^realm: expected a URI .* got ""$/],
  [{ ...good, realm: 5 }, 'expected realm of Connection to be a string, got 5'],
  [{ ...good, url: 5 }, /^expected url of Connection to be ws:.*, got 5$/],
  [{ ...good, url: [5] }, /^expected url of Connection to be ws:.*, got \[5\]$/],
  [
    { ...good, auth: { authid: 'joe', ticket: 's3cret' } },
    /^expected auth .* which ticket\(\).* got an object with authid, ticket$/,
  ],
  [{ ...good, auth: ['s3cret'] }, /^expected auth .*got string$/],
  [
    { ...good, serializers: 'json' },
    /^expected serializers of Connection to be a list of serializers, which json\(\), .* got "json"$/,
  ],
  [{ ...good, serializers: [cbor] }, /^expected serializers .* got \[null\]$/],
  [{ ...good, serializers: [JSON] }, /^expected serializers .* got \[\{\}\]$/],
  [{ ...good, retry: { maxAttempts: 'x' } }, 'expected maxAttempts of retry to be a number from 0 on, got "x"'],
  [{ ...good, retry: { maxRetries: 3 } }, /^expected an option of retry \(minMs, maxMs, maxAttempts, .*got 'maxRetries'$/],
  [{ ...good, retry: true }, 'expected options of retry to be an object, got true'],
  [{ ...good, retry: new Map([['maxAttempts', 1]]) }, 'expected options of retry to be an object, got Map'],
  [Promise.resolve(good), 'expected options of Connection to be an object, got Promise'],
  [{ ...good, passthru: {} }, 'expected passthru of Connection to be what passthru() gives, got {}'],
  [{ ...good, retry: { decide: 5 } }, 'expected decide of retry to be a function, got 5'],
  [{ ...good, liveness: { idleMS: 5 } }, /got 'idleMS'; did you mean 'idleMs'\?$/],
  [
    { ...good, joinTimeout: 1 },
    /^expected an option of Connection \(url, realm, auth, .*\), got 'joinTimeout'; did you mean 'joinTimeoutMs'\?$/,
  ],
  [{ ...good, offline: { max: 1 } }, "expected an option of offline (maxWaiting, timeoutMs), got 'max'"],
  [{ ...good, hello: { agent: 5 } }, /^expected hello of Connection to be a dict with agent, got/],
  [{ ...good, wireLog: 'yes' }, 'expected wireLog of Connection to be a boolean or a function, got "yes"'],
  [{ ...good, middleware: {} }, 'expected middleware of Connection to be a list, got {}'],
  [{ ...good, environment: { random: 4 } }, 'expected random of environment to be a function, got 4'],
  [{ ...good, toString: 5 }, /got 'toString'$/],
  [{ ...good, max_retries: 3 }, /got 'max_retries'; Autobahn's max_retries is retry\.maxAttempts here$/],
  [{ ...good, initial_retry_delay: 3 }, /; Autobahn's initial_retry_delay is retry\.minMs here$/],
  [{ ...good, onchallenge() {} }, /; Autobahn's onchallenge is in auth here$/],
  [{ ...good, authmethods: ['ticket'] }, /; Autobahn's authmethods is in auth here$/],
  [{ ...good, transports: [] }, /; Autobahn's transports is a list as url here$/],
  [{ ...good, use_es6_promises: true }, /; Autobahn's use_es6_promises is not needed here$/],
];

describe('the constructor of Connection', () => {
  it.each(thirty)('[H1] refuses %j', (options, text) => {
    expect(() => make(options)).toThrow(TypeError);
    expect(() => make(options)).toThrow(text);
  });

  it('[H1] accepts all options that exist, and ignores undefined', () => {
    const own = { encode: () => '', decode: () => [], name: 'own', isBinary: false };
    const [clock, random] = [new ManualClock(), Math.random];
    for (const options of [
      { url: new URL('ws://127.0.0.1:8080/ws') },
      { url: [new ScriptedRouter(), 'ws://127.0.0.1:8080/ws'] },
      { url: () => good.url, auth: () => [] },
      { auth: null },
      { auth: [anonymous(), ticket({ authid: 'joe', ticket: 't' })], serializers: [json(), own] },
      {
        retry: false,
        liveness: false,
        joinTimeoutMs: Number.POSITIVE_INFINITY,
        wireLog: () => {},
        hello: { agent: 'a', _mine: 1 },
      },
      { retry: { minMs: 1, maxAttempts: Number.POSITIVE_INFINITY, stableMs: undefined }, environment: { clock, random } },
      { max_retries: undefined, passthru: undefined, middleware: [] },
    ])
      expect(make({ ...good, ...options }).status.state).toBe('idle');
  });

  it('[H1] reports a function that gives no credentials', async () => {
    const router = new ScriptedRouter();
    const auth = (() => ({ authid: 'joe', ticket: 's3cret' })) as unknown as () => ReturnType<typeof ticket>;
    const connection = new Connection({ url: router, realm: 'realm1', auth, retry: false });
    const error = await connection.open().catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/expected auth .* got an object with authid, ticket$/);
  });

  it('[H1] has events and open() options, and refuses unknown ones', async () => {
    const { connection } = await join();
    const on = connection.on.bind(connection) as unknown as (name: string, listener: () => void) => void;
    expect(() => on('joined', () => {})).toThrow("expected an event (open, status, error), got 'joined'");
    expect(() => on('statuss', () => {})).toThrow("got 'statuss'; did you mean 'status'?");
    const handle = connection.subscribe('a.b', () => {});
    expect(() => handle.on('change' as 'state', () => {})).toThrow("expected an event (state), got 'change'");
    const open = make(good).open as unknown as (options: object) => Promise<Session>;
    await expect(open.call(make(good), { timeout: 5 })).rejects.toThrow("got 'timeout'; did you mean 'timeoutMs'?");
    await settled();
  });
});

describe('a login', () => {
  const logins: readonly (readonly [make: unknown, options: unknown, text: string])[] = [
    [ticket, undefined, 'expected options of ticket() to be an object, got undefined'],
    [ticket, 's3cret', 'expected options of ticket() to be an object, got string'],
    [
      ticket,
      { authid: 'joe', tickt: 's3cret' },
      "expected an option of ticket() (authid, authextra, ticket), got 'tickt'; did you mean 'ticket'?",
    ],
    [ticket, { authid: 5, ticket: 's3cret' }, 'expected authid of ticket() to be a string, got number'],
    [wampcra, { authid: 'joe', password: 's3cret' }, "expected an option of wampcra() (authid, authextra, secret), got 'password'"],
    [wampcra, { authid: 'joe', secret: 5 }, 'expected secret to be a string, got number'],
    [
      wampcra,
      { authid: 'joe', secret: 's3cret', authextra: 's3cret' },
      'expected authextra of wampcra() to be an object, got string',
    ],
    [scram, { authid: 'joe', password: 's3cret', minIteration: 5 }, "got 'minIteration'; did you mean 'minIterations'?"],
    [scram, { authid: 'joe', password: 's3cret', argon2id: true }, 'expected argon2id of scram() to be a function, got boolean'],
    [cryptosign, { privatekey: 's3cret' }, "got 'privatekey'; did you mean 'privateKey'?"],
    [
      cryptosign,
      { privateKey: '0'.repeat(64), channelBinding: 'tls' },
      'expected channelBinding of cryptosign() to be one of "tls-exporter", "tls-unique", got string',
    ],
    [anonymous, { authId: 'joe' }, "expected an option of anonymous() (authid, authextra), got 'authId'; did you mean 'authid'?"],
  ];

  it.each(logins)('[H1] %o refuses %j, and shows no secret', (login, options, text) => {
    const thrown = (() => {
      try {
        return (login as (options: unknown) => unknown)(options);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(TypeError);
    expect(String(thrown)).toContain(text);
    expect(String(thrown)).not.toContain('s3cret');
  });
});
