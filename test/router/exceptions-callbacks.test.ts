/*
 * Every callback that the router is given, and every way in which it can go wrong: it ends a login, a request or a connection at most, never the process.
 * What a transport can throw is in exceptions.test.ts.
 */
import { json, type Transport } from 'autostrada';
import { Router, type RouterConfig, type RouterHooks } from 'autostrada/router';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryPair } from '../../src/transport/memory.ts';
import { ABORT, AUTHENTICATE, CALL, Code, ERROR, HELLO, PUBLISH, REGISTER, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import { joinedClient, type List, ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { roles } from './open-router.ts';

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  uncaught.length = 0;
  process.on('uncaughtException', note).on('unhandledRejection', note);
});
afterEach(() => {
  process.off('uncaughtException', note).off('unhandledRejection', note);
});

const quiet = async (): Promise<void> => {
  for (let i = 0; i < 12; i++) await new Promise((resolve) => setImmediate(resolve));
};

type Fault = (...args: unknown[]) => never;
const fail = (): never => {
  throw new Error('broken on purpose');
};
const hostile = (keys: readonly string[]): object =>
  Object.defineProperties({}, Object.fromEntries(keys.map((key) => [key, { get: fail, enumerable: true }])));
/** As untyped code may do it: what comes back is of no type that was asked for. */
const faults: { readonly [how: string]: () => unknown } = {
  throws: fail,
  'throws nothing': () => {
    throw undefined;
  },
  rejects: () => Promise.reject(new Error('broken on purpose')),
  'rejects later': () => new Promise((_, reject) => setImmediate(reject, new Error('broken on purpose'))),
  'gives what throws when it is waited for': () => hostile(['then']),
  'gives what throws after it was asked to be waited for': () => Object.defineProperty({}, 'then', { value: fail }),
  'gives a promise of what throws when it is read': () =>
    Promise.resolve(hostile(['allow', 'disclose', 'authrole', 'ticket', 'authid', 'toJSON'])),
  'gives what throws when it is read': () => hostile(['allow', 'disclose', 'authrole', 'ticket', 'authid', 'toJSON']),
  'gives a number': () => 5,
  'gives a promise of null': () => Promise.resolve(null),
  'gives a symbol': () => Symbol('broken on purpose'),
};

interface Subject {
  readonly config?: RouterConfig['realms'][string];
  hooks?(fault: Fault): RouterHooks;
  on?(router: Router, fault: Fault): void;
  /** What a stranger sends. Default: HELLO of anonymous. */
  readonly says?: readonly List[];
  channelBinding?(fault: Fault): () => Uint8Array;
  /** A procedure of the realm fails so. */
  readonly procedure?: string;
}

const hello = HELLO('realm1', { roles });
const asking: readonly List[] = [
  hello,
  REGISTER(1, {}, 'asked.a'),
  SUBSCRIBE(2, {}, 'asked.b'),
  PUBLISH(3, {}, 'asked.c'),
  CALL(4, {}, 'asked.d'),
];
const logins: readonly List[] = [
  HELLO('realm1', { roles, authid: 'joe', authmethods: ['ticket', 'cryptosign'] }),
  AUTHENTICATE('secret', {}),
];
const guest = { permissions: [{ uri: 'free.', match: 'prefix', allow: 'all' }] } as const;
const authroles = { guest, member: { permissions: 'all' } } as const;
const base = { anonymous: 'guest', authroles, users: { jim: { authrole: 'guest', ticket: 'x' } } } as const;

const subjects: { readonly [name: string]: Subject } = {
  log: { hooks: (log) => ({ log }), says: [hello, [99], ABORT({}, 'a.b')] },
  'the listener of join': { on: (router, fault) => void router.on('join', fault) },
  'the listener of leave': { on: (router, fault) => void router.on('leave', fault) },
  authorize: { config: base, hooks: (authorize) => ({ authorize }), says: asking },
  findUser: { config: base, hooks: (findUser) => ({ findUser }), says: logins },
  'the function that checks a ticket': {
    config: base,
    hooks: (ticket) => ({ findUser: () => ({ authrole: 'guest', ticket }) }),
    says: logins,
  },
  'the channel binding of a transport': {
    config: { ...base, users: { joe: { authrole: 'guest', cryptosign: { publicKeys: ['1'.repeat(64)] } } } },
    says: [
      HELLO('realm1', {
        roles,
        authid: 'joe',
        authmethods: ['cryptosign'],
        authextra: { pubkey: '1'.repeat(64), channel_binding: 'tls-exporter' },
      }),
      AUTHENTICATE('0'.repeat(192), { channel_binding: 'tls-exporter' }),
    ],
    channelBinding: (fault) => fault,
  },
  'an authorizer of the realm': {
    config: { ...base, authroles: { ...authroles, guest: { permissions: [], authorizer: 'service.authorize' } } },
    procedure: 'service.authorize',
    says: asking,
  },
  'an authenticator of the realm': { config: { ...base, authenticator: 'service.find' }, procedure: 'service.find', says: logins },
  'clock.now': { hooks: (now) => ({ clock: { ...clock, now } }), says: asking },
  'clock.elapsed': { hooks: (elapsed) => ({ clock: { ...clock, elapsed } }), says: asking },
  'clock.setTimeout': { hooks: (setTimeout) => ({ clock: { ...clock, setTimeout } }), says: asking },
  'clock.clearTimeout': { hooks: (clearTimeout) => ({ clock: { ...clock, clearTimeout } }), says: asking },
};
const clock = {
  now: () => Date.now(),
  setTimeout: (task: () => void, ms: number) => setTimeout(task, ms),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

const works = clock as unknown as { readonly [name: string]: (...args: unknown[]) => unknown };
const numbers = ['clock.now', 'clock.elapsed'];

const rows = Object.keys(subjects)
  .flatMap((name) => Object.keys(faults).map((how) => [name, how] as const))
  .filter(([name, how]) => !numbers.includes(name) || how.startsWith('throws')); // what time it is, is the owner's matter

test.each(rows)('[G2] [R10] when %s %s, neither the process nor another session ends', async (name, how) => {
  const { config = 'open', hooks, on, says = [hello], channelBinding, procedure } = subjects[name] ?? {};
  let isBroken = false;
  const isClock = name.startsWith('clock.');
  const fault: Fault = (...args) => {
    if (isBroken || name === 'log') return faults[how]?.() as never;
    // Before that it works as it should.
    return (isClock ? works[name.slice(6)]?.(...args) : undefined) as never;
  };
  const router = new Router({ realms: { realm1: config } }, hooks?.(fault) ?? {});
  on?.(router, fault);
  const honest = await joinedClient(router);
  const serve = async (request: number): Promise<void> => {
    honest.send(CALL(request, {}, 'free.nothing'));
    expect((await honest.next()).slice(0, 3)).toEqual([8, 48, request]);
  };
  if (procedure !== undefined) await failingProcedure(router, procedure, how);
  if (config === 'open' || procedure !== 'service.authorize') await serve(1);
  isBroken = true;
  const [theirs, ours] = memoryPair(json());
  const info = { kind: 'websocket', peer: '10.0.0.1:1' };
  router.attach(ours, channelBinding ? { ...info, channelBinding: channelBinding(fault) } : info);
  const stranger = new ScriptedPeer(theirs);
  for (const list of says) {
    stranger.send(list);
    await quiet();
  }
  stranger.close();
  await quiet();
  if (config === 'open' || procedure !== 'service.authorize') await serve(2);
  honest.close();
  await quiet();
  isBroken = false;
  await router.close();
  expect(uncaught).toEqual([]);
  expect(router.stats()).toMatchObject({ sessions: 0, subscriptions: 0, registrations: 0, calls: 0, queuedBytes: 0 });
});

/** Answers with ERROR, or with what makes no sense, as far as a message can say it. */
async function failingProcedure(router: Router, procedure: string, how: string): Promise<void> {
  const transport = (await router.as({ authrole: 'member' }).connect({
    serializers: [json()],
    signal: new AbortController().signal,
  })) as Transport;
  let id = 0;
  transport.start({
    frame: (frame) => {
      const [code, request] = JSON.parse(String(frame)) as [number, number];
      if (code === Code.WELCOME) transport.send(JSON.stringify(REGISTER(++id, {}, procedure)));
      if (code === Code.GOODBYE) transport.send('[6,{},"wamp.close.goodbye_and_out"]');
      if (code !== Code.INVOCATION) return;
      const isError = how.includes('throws') || how.includes('rejects');
      transport.send(
        JSON.stringify(
          isError ? ERROR('INVOCATION', request, {}, 'a.broken') : YIELD(request, {}, [how.includes('number') ? 5 : null]),
        ),
      );
    },
    closed: () => {},
  });
  transport.send(JSON.stringify(hello));
  await quiet();
}
