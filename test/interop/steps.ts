/* What our client does with any router. */
import { type Connection, fromHistory, Result } from 'autostrada';
import * as meta from 'autostrada/meta';
import { expect } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';

/** Calls, with integers, bytes and errors. */
export async function calls(callee: Connection, caller: Connection): Promise<void> {
  await callee.register('com.example.echo', (args: unknown[], kwargs: object) => new Result(args, kwargs)).ready;
  const args = [1, 2 ** 40, -5, 'ü', null, { a: [true] }];
  expect(await caller.callResult('com.example.echo', args, { k: 1 })).toMatchObject({ args, kwargs: { k: 1 } });
  expect(await caller.call('com.example.echo', [Uint8Array.of(0, 1, 255)])).toEqual(Uint8Array.of(0, 1, 255));
  expect(await failure(caller.call('com.example.nobody'))).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
}

/** Gives up a call, by signal and by time; the endpoint stops. */
export async function givesUp(callee: Connection, caller: Connection): Promise<void> {
  const stopped: unknown[] = [];
  let started = (): void => {};
  const isRunning = new Promise<void>((resolve) => (started = resolve));
  await callee.register('com.example.slow', (_args, _kwargs, { signal }) => {
    signal.addEventListener('abort', () => stopped.push(signal.reason.uri));
    started();
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }).ready;
  const controller = new AbortController();
  const call = failure(caller.call('com.example.slow', [], null, { signal: controller.signal }));
  await isRunning;
  controller.abort();
  expect((await call).name).toBe('AbortError');
  expect((await failure(caller.call('com.example.slow', [], null, { timeoutMs: 50 }))).uri).toBe('wamp.error.timeout');
  await expect.poll(() => stopped.length).toBe(2);
}

/** Publishes and subscribes, by pattern. */
export async function publishes(publisher: Connection, subscriber: Connection): Promise<void> {
  const heard: unknown[] = [];
  await subscriber.subscribe('com.example.news.', ([value]: [unknown], kwargs, { topic }) => heard.push([value, kwargs, topic]), {
    match: 'prefix',
  }).ready;
  await publisher.publish('com.example.news.a', [1], { k: 2 }, { acknowledge: true });
  await expect.poll(() => heard).toEqual([[1, { k: 2 }, 'com.example.news.a']]);
}

/** Asks for sessions, registrations and subscriptions. */
export async function asks(callee: Connection, asker: Connection): Promise<void> {
  const session = await asker.open();
  await callee.register('com.example.here', () => 1).ready;
  await callee.subscribe('com.example.topic', () => {}).ready;
  expect(await meta.listSessions(asker)).toContain(session.id);
  expect(await meta.countSessions(asker)).toBeGreaterThanOrEqual(2);
  const registration = (await meta.findRegistration(asker, 'com.example.here')) ?? 0;
  expect(await meta.getRegistration(asker, registration)).toMatchObject({ uri: 'com.example.here', match: 'exact' });
  expect(await meta.countCallees(asker, registration)).toBe(1);
  const subscription = (await meta.lookupSubscription(asker, 'com.example.topic')) ?? 0;
  expect(await meta.countSubscribers(asker, subscription)).toBe(1);
  expect(await meta.findRegistration(asker, 'com.example.nobody')).toBeUndefined();
}

/** Fills a gap of `com.example.history` from the router's history. Some routers keep only what somebody receives, hence the witness. */
export async function fillsAGap(reader: Connection, writer: Connection, witness: Connection): Promise<void> {
  reader.on('status', () => {});
  const heard: unknown[] = [];
  const publish = (value: number) => writer.publish('com.example.history', [value], null, { acknowledge: true });
  await witness.subscribe('com.example.history', () => {}).ready;
  const handle = reader.subscribe('com.example.history', ([value]: [number]) => heard.push(value), { recoverWith: fromHistory() });
  await handle.ready;
  for (const value of [1, 2]) await publish(value);
  await expect.poll(() => heard).toEqual([1, 2]);
  const { session } = reader;
  await meta.killSession(writer, session?.id ?? 0, { reason: 'wamp.close.killed' });
  await session?.ended;
  for (const value of [3, 4]) await publish(value);
  await expect.poll(() => handle.state).toBe('active');
  await publish(5);
  await expect.poll(() => heard).toEqual([1, 2, 3, 4, 5]);
}
