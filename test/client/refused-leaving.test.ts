/* A router that refuses UNSUBSCRIBE or UNREGISTER is told of where the program awaits, else by on('error'); never twice, and never by the platform. */
import { registerAll } from 'autostrada';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { ERROR, EVENT, INVOCATION, REGISTERED } from '../fixtures/messages.ts';
import { failure, type Joined, join } from '../fixtures/scripted-session.ts';

const unhandled: unknown[] = [];

beforeEach(() => {
  unhandled.length = 0;
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => unhandled.push(error));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  });
});

interface Held extends Joined {
  /** Gives it back. */
  leave(): Promise<void>;
  /** The router answers with ERROR. */
  refuse(): Promise<void>;
}

const what = {
  'session.subscribe': ['subscription', 34, 33],
  'connection.subscribe': ['subscription', 34, 33],
  'session.register': ['registration', 66, 65],
  'connection.register': ['registration', 66, 65],
} as const;
type Name = keyof typeof what;
const names = Object.keys(what) as Name[];

async function held(name: Name): Promise<Held> {
  const joined = await join();
  const { session, connection, peer } = joined;
  const [, type, granted] = what[name];
  const starts: { readonly [each in Name]: () => Promise<() => Promise<void>> } = {
    'session.subscribe': async () => {
      const subscription = await session.subscribe('a.b', () => {});
      return () => subscription.unsubscribe();
    },
    'connection.subscribe': async () => {
      const subscription = await connection.subscribe('a.b', () => {}).ready;
      return () => subscription.unsubscribe();
    },
    'session.register': async () => {
      const registration = await session.register('a.b', () => 1);
      return () => registration.unregister();
    },
    'connection.register': async () => {
      const registration = await connection.register('a.b', () => 1).ready;
      return () => registration.unregister();
    },
  };
  const started = starts[name]();
  await peer.next();
  peer.send([granted, 1, 5]);
  const leave = await started;
  const refuse = async (): Promise<void> => {
    await peer.expect([type, 2, 5]);
    peer.send(ERROR(type, 2, {}, 'wamp.error.not_authorized', ['stay']));
    await settled();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...joined, leave, refuse };
}

describe.each(names)('a handle from %s that the router does not remove', (name) => {
  const told = { where: what[name][0], uri: 'a.b', error: { uri: 'wamp.error.not_authorized' } };

  it("[H2] is reported to on('error') if nobody awaits its removal", async () => {
    const { leave, refuse, reported, session } = await held(name);
    void leave();
    await refuse();
    expect(reported).toMatchObject([told]);
    expect([unhandled, session.isOpen]).toEqual([[], true]);
  });

  it.each<[string, (leaving: Promise<void>) => Promise<unknown>]>([
    ['await', async (leaving) => await leaving],
    ['then()', (leaving) => leaving.then(() => 1)],
    ['catch()', (leaving) => leaving.catch((error) => Promise.reject(error))],
    ['finally()', (leaving) => leaving.finally(() => {})],
    ['Promise.all', (leaving) => Promise.all([leaving])],
  ])('[H2] is reported to code that waits by %s, and to nobody else', async (_, wait) => {
    const { leave, refuse, reported } = await held(name);
    const leaving = failure(wait(leave()));
    await refuse();
    expect(await leaving).toMatchObject({ uri: 'wamp.error.not_authorized' });
    expect([reported, unhandled]).toEqual([[], []]);
  });

  it('[H2] [C36] may still get messages, without harm', async () => {
    const { leave, refuse, peer, session } = await held(name);
    leave().catch(() => {});
    await refuse();
    peer.send(name.endsWith('subscribe') ? EVENT(5, 9, {}) : INVOCATION(1, 5, {}));
    await settled();
    expect(session.isOpen).toBe(true);
  });
});

describe('a handle that is given up before the router grants it', () => {
  it.each(['subscribe', 'register'] as const)('[H2] %s: is reported once if it cannot be removed', async (verb) => {
    for (const isAwaited of [false, true]) {
      const { connection, peer, reported } = await join();
      const handle = verb === 'subscribe' ? connection.subscribe('a.b', () => {}) : connection.register('a.b', () => 1);
      await peer.next();
      const leaving = 'unsubscribe' in handle ? handle.unsubscribe() : handle.unregister();
      const seen = isAwaited ? failure(leaving) : undefined;
      const [granted, type] = verb === 'subscribe' ? [33, 34] : [65, 66];
      peer.send([granted, 1, 5]);
      await peer.expect([type, 2, 5]);
      peer.send(ERROR(type, 2, {}, 'wamp.error.not_authorized'));
      await settled();
      await new Promise((resolve) => setImmediate(resolve));
      expect(reported.length).toBe(isAwaited ? 0 : 1);
      if (seen) expect(await seen).toMatchObject({ uri: 'wamp.error.not_authorized' });
    }
    expect(unhandled).toEqual([]);
  });
});

it('[H2] registrations that are given up together are reported one by one, or to the code that awaits them all', async () => {
  for (const isAwaited of [false, true]) {
    const { connection, peer, reported } = await join();
    const group = registerAll(connection, { 'a.one': () => 1, 'a.two': () => 2 });
    peer.send(REGISTERED(1, 5), REGISTERED(2, 6));
    await group.ready;
    const leaving = group.unregister();
    const seen = isAwaited ? failure(leaving) : undefined;
    peer.send(ERROR('UNREGISTER', 3, {}, 'a.no'), ERROR('UNREGISTER', 4, {}, 'a.no'));
    await settled();
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported.map(({ uri }) => uri)).toEqual(isAwaited ? [] : ['a.one', 'a.two']);
    if (seen) expect(await seen).toMatchObject({ uri: 'a.no' });
  }
  expect(unhandled).toEqual([]);
});
