/* What Node's diagnostics_channel is told. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { diagnostics } from 'autostrada/node';
import { expect, it, onTestFinished, vi } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

type Message = { readonly [key: string]: unknown };

/** What is told on the channels of a kind: which, and the message as it is then. */
function listen(kind: string): [string, Message][] {
  const told: [string, Message][] = [];
  const names = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;
  const listener = (name: string) => (message: unknown) => void told.push([name, { ...(message as Message) }]);
  const subscribers = Object.fromEntries(names.map((name) => [name, listener(name)])) as Record<
    (typeof names)[number],
    (message: unknown) => void
  >;
  const channel = tracingChannel(`autostrada.${kind}`);
  channel.subscribe(subscribers);
  onTestFinished(() => void channel.unsubscribe(subscribers));
  return told;
}

function two() {
  const { connect, router } = testBench();
  const [service, client] = [
    connect('service', { middleware: [diagnostics()] }),
    connect('client', { middleware: [diagnostics()] }),
  ];
  service.on('error', () => {});
  return { service, client, router };
}

it('[N14] diagnostics publish calls and invocations, with their results and errors', async () => {
  const { service, client } = two();
  const [calls, invocations] = [listen('call'), listen('invocation')];
  await service.register('a.b', ([n]: [number]) => n + 1).ready;
  await service.register('a.bad', () => {
    throw new Error('no');
  }).ready;
  expect(await client.call('a.b', [1])).toBe(2);
  await failure(client.call('a.bad'));
  expect(calls.map(([name]) => name)).toEqual([
    'start',
    'end',
    'asyncStart',
    'asyncEnd',
    'start',
    'end',
    'error',
    'asyncStart',
    'asyncEnd',
  ]);
  expect(calls[0]?.[1]).toEqual({ procedure: 'a.b', args: [1], kwargs: {}, options: {} });
  expect(calls[3]?.[1]).toMatchObject({ procedure: 'a.b', result: { args: [2] } });
  expect(calls[8]?.[1]).toMatchObject({ procedure: 'a.bad', error: { uri: 'wamp.error.runtime_error' } });
  expect(invocations.map(([name]) => name)).toEqual(calls.map(([name]) => name));
  expect(invocations[3]?.[1]).toMatchObject({ details: { procedure: 'a.b' }, result: { args: [2] } });
  expect(invocations[8]?.[1]).toMatchObject({ error: new Error('no') });
});

it('[N14] diagnostics publish publications and events, which may end at once', async () => {
  const { service, client, router } = two();
  const [publications, events] = [listen('publish'), listen('event')];
  await service.subscribe('a.c', ([what]: [string]) => {
    if (what === 'throw') throw new Error('no');
    return what === 'later' ? Promise.resolve('done') : 'done';
  }).ready;
  await client.open();
  for (const what of ['now', 'later', 'throw']) client.publish('a.c', [what]);
  await client.publish('a.c', ['now'], null, { acknowledge: true });
  expect(() => client.publish('a b')).toThrow();
  await router.settled();
  expect(publications.map(([name]) => name)).toEqual([
    ...['start', 'end', 'start', 'end', 'start', 'end'],
    ...['start', 'end', 'asyncStart', 'asyncEnd'],
    ...['start', 'error', 'end'],
  ]);
  expect(publications[9]?.[1]).toMatchObject({ topic: 'a.c', result: { id: expect.any(Number) } });
  expect(events.map(([name]) => name).sort()).toEqual(
    [...Array(4).fill(['start', 'end']), 'asyncStart', 'asyncEnd', 'error'].flat().sort(),
  );
  expect(events[1]?.[1]).toMatchObject({ args: ['now'], result: 'done' });
});

it('[N14] diagnostics run the work within the stores that are bound to start', async () => {
  const { service, client } = two();
  const store = new AsyncLocalStorage<unknown>();
  const channel = tracingChannel<unknown, Message>('autostrada.invocation');
  channel.start.bindStore(store, (message) => (message.details as { procedure: string }).procedure);
  onTestFinished(() => void channel.start.unbindStore(store));
  await service.register('a.b', () => store.getStore()).ready;
  expect(await client.call('a.b')).toBe('a.b');
});

it('[N14] diagnostics publish nothing when nobody listens', async () => {
  const { service, client } = two();
  const publish = vi.spyOn(tracingChannel('autostrada.call').end, 'publish');
  await service.register('a.b', () => 1).ready;
  expect(await client.call('a.b')).toBe(1);
  expect(publish).not.toHaveBeenCalled();
});
