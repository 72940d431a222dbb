/* Traces across the router, by the wire and by keyword; and what it costs nobody. */
import type { Connection, Extensions } from 'autostrada';
import { type Instrument, telemetry } from 'autostrada/telemetry';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { CALL, ERROR, INVOCATION, PUBLISH, REGISTERED } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

interface Seen {
  readonly kind: string;
  readonly uri: string;
  readonly parent: string | undefined;
  readonly id: string;
  error?: unknown;
  ended: number;
}
/** Spans with numbers for ids. */
function tracer(prefix = 's'): Instrument & { readonly spans: Seen[]; current: string | undefined } {
  const spans: Seen[] = [];
  const self = {
    spans,
    current: undefined as string | undefined,
    start: ({ kind, uri, parent }: Parameters<Instrument['start']>[0]) => {
      const span: Seen = { kind, uri, parent, id: `${prefix}${spans.length + 1}`, ended: 0 };
      spans.push(span);
      return {
        traceparent: span.id,
        run<T>(work: () => T): T {
          const before = self.current;
          self.current = span.id;
          try {
            return work();
          } finally {
            self.current = before;
          }
        },
        end(error?: unknown) {
          span.ended++;
          if (error !== undefined) span.error = error;
        },
      };
    },
  };
  return self;
}
const brief = (spans: readonly Seen[]) => spans.map(({ kind, uri, parent, ended }) => [kind, uri, parent, ended]);

describe('[N14] telemetry', () => {
  it.each([false, true])('passes the trace through the router, in keywords too: %s', async (inKwargs) => {
    const { connect, router } = testBench();
    const [here, there] = [tracer('here'), tracer('there')];
    const client = connect('client', { middleware: [telemetry(here, { inKwargs })] });
    const service = connect('service', { middleware: [telemetry(there)] });
    const seen: unknown[] = [];
    await service.register('a.b', (_args, kwargs) => void seen.push(there.current, kwargs)).ready;
    await service.subscribe('a.c', (_args, kwargs) => void seen.push(there.current, kwargs)).ready;
    await client.call('a.b', [], { k: 1 });
    await client.publish('a.c', [], { k: 1 }, { acknowledge: true });
    client.publish('a.c');
    await router.settled();
    expect(brief(here.spans)).toEqual([
      ['call', 'a.b', undefined, 1],
      ['publish', 'a.c', undefined, 1],
      ['publish', 'a.c', undefined, 1],
    ]);
    expect(brief(there.spans)).toEqual([
      ['invocation', 'a.b', 'here1', 1],
      ['event', 'a.c', 'here2', 1],
      ['event', 'a.c', 'here3', 1],
    ]);
    expect(seen).toEqual(['there1', { k: 1 }, 'there2', { k: 1 }, 'there3', {}]);
    const call = router.log.find(({ type, direction }) => type === 'CALL' && direction === 'in');
    expect(call?.message[2]).toEqual({ _traceparent: 'here1' });
    expect(call?.message[5]).toEqual(inKwargs ? { k: 1, _traceparent: 'here1' } : { k: 1 });
  });

  it('needs nothing of the router with inKwargs', async () => {
    const { session, peer } = await join({ middleware: [telemetry(tracer(), { inKwargs: true })] });
    const calling = failure(session.call('a.b', [1]));
    await peer.expect(CALL(1, { _traceparent: 's1' }, 'a.b', [1], { _traceparent: 's1' }));
    peer.send(ERROR('CALL', 1, {}, 'a.error'));
    await calling;
    session.publish('a.c');
    await peer.expect(PUBLISH(2, { _traceparent: 's2' }, 'a.c', [], { _traceparent: 's2' }));
    const there = tracer();
    const other = await join({ middleware: [telemetry(there)] });
    const endpoint = vi.fn(() => 1);
    const registering = other.session.register('a.b', endpoint);
    await other.peer.next();
    other.peer.send(
      REGISTERED(1, 5),
      INVOCATION(1, 5, {}, [1], { _traceparent: 's1', k: 1 }),
      INVOCATION(2, 5, {}, [1], { _traceparent: 5 }),
    );
    await registering;
    await settled();
    expect(endpoint.mock.calls.map(([, kwargs]: unknown[]) => kwargs)).toEqual([{ k: 1 }, {}]);
    expect(there.spans.map(({ parent }) => parent)).toEqual(['s1', undefined]);
  });

  it('ends each span once, with its error', async () => {
    const { connect, router } = testBench();
    const [here, there] = [tracer(), tracer()];
    const client = connect('client', { middleware: [telemetry(here)] });
    const service = connect('service', { middleware: [telemetry(there)] });
    service.on('error', () => {});
    await service.register('a.sync', () => raise('sync')).ready;
    await service.register('a.async', async () => raise('async')).ready;
    await service.subscribe('a.sync', () => raise('sync')).ready;
    await service.subscribe('a.async', async () => raise('async')).ready;
    for (const uri of ['a.sync', 'a.async']) await failure(client.call(uri));
    for (const uri of ['a.sync', 'a.async']) client.publish(uri);
    expect(() => client.publish('a b')).toThrow();
    await router.settled();
    expect(here.spans.map(({ error, ended }) => [(error as { uri?: string } | undefined)?.uri, ended])).toEqual([
      ['wamp.error.runtime_error', 1],
      ['wamp.error.runtime_error', 1],
      [undefined, 1],
      [undefined, 1],
      ['wamp.error.invalid_uri', 1],
    ]);
    expect(there.spans.map(({ error, ended }) => [(error as Error).message, ended])).toEqual([
      ['sync', 1],
      ['async', 1],
      ['sync', 1],
      ['async', 1],
    ]);
  });

  it('passes nothing on without a trace', async () => {
    const silent: Instrument = { start: () => ({ traceparent: undefined, run: (work) => work(), end: () => {} }) };
    const { session, peer } = await join({ middleware: [telemetry(silent, { inKwargs: true })] });
    session.publish('a.c', [1]);
    await peer.expect(PUBLISH(1, {}, 'a.c', [1]));
  });
});

describe('[N14] the router', () => {
  const attributes = { _traceparent: '00-aa-bb-01', _other: 'mine', x_other: 1 };
  const details = async (connection: Connection, publisher: Connection, options: Extensions) => {
    const seen: object[] = [];
    await connection.register('a.b', (_args, _kwargs, given) => void seen.push(given)).ready;
    await connection.subscribe('a.c', (_args, _kwargs, given) => seen.push(given)).ready;
    await publisher.call('a.b', [], null, options);
    await publisher.publish('a.c', [], null, { ...options, acknowledge: true });
    return seen;
  };

  it('passes _traceparent on, and no other attribute of implementations', async () => {
    const { connect } = testBench();
    const seen = await details(connect('ann'), connect('bob'), attributes);
    for (const each of seen) {
      expect(each).toMatchObject({ _traceparent: '00-aa-bb-01' });
      expect(Object.keys(each).filter((key) => key.includes('other'))).toEqual([]);
    }
    expect(seen.length).toBe(2);
  });

  it('passes it on only if it is a string', async () => {
    const { connect } = testBench();
    const seen = await details(connect('ann'), connect('bob'), { _traceparent: { not: 'text' } });
    expect(seen.map((each) => '_traceparent' in each)).toEqual([false, false]);
  });
});

function raise(message: string): never {
  throw new Error(message);
}
