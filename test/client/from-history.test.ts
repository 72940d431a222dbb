import { Connection, type ConnectionOptions, fromHistory, passthru } from 'autostrada';
import type { TestRouter } from 'autostrada/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gapBench, TOPIC } from '../fixtures/gap-bench.ts';
import { Code, ERROR, EVENT, RESULT, SUBSCRIBED } from '../fixtures/messages.ts';
import { type List, type ScriptedPeer, ScriptedRouter, welcome } from '../fixtures/scripted-peer.ts';
import { answerGoodbye } from '../fixtures/scripted-session.ts';

async function listening(limit?: number, kept = 100) {
  const bench = await gapBench([{ uri: TOPIC, limit: kept }]);
  const got: unknown[] = [];
  const details: object[] = [];
  const handle = bench.ann.subscribe(
    TOPIC,
    ([value]: [unknown], _kwargs, told) => {
      got.push(value);
      details.push(told);
    },
    { recoverWith: fromHistory({ limit }) },
  );
  await handle.ready;
  return { ...bench, got, details };
}

/** What history was asked for. */
const filterOf = ({ log }: TestRouter): unknown =>
  log.find(({ message }) => message[0] === Code.CALL && message[3] === 'wamp.subscription.get_events')?.message[5];

const INCOMPLETE = { where: 'recovery', error: { uri: 'autostrada.error.incomplete_history' } };

describe('fromHistory', () => {
  it('[N10] asks for nothing the first time, and holds no events back', async () => {
    const { router, publish, settled, got } = await listening();
    await publish(1);
    await settled();
    expect([got, router.count('CALL')]).toEqual([[1], 0]);
  });

  it('[N10] delivers what was missed, oldest first, before live events, each once', async () => {
    const { publish, cut, back, settled, got, details, errors } = await listening();
    await publish(1);
    await settled();
    await cut();
    const missed = await publish(2);
    await publish(3);
    await back();
    await publish(4);
    await settled();
    expect([got, errors]).toEqual([[1, 2, 3, 4], []]);
    expect(details[1]).toEqual({ publication: missed, subscription: expect.any(Number), topic: TOPIC });
  });

  it('[N10] starts at the last publication, whatever the clocks say', async () => {
    const { router, clock, publish, cut, back, settled, got, errors } = await listening();
    await publish('early');
    await clock.advance(3_600_000);
    const last = await publish('last');
    await settled();
    await cut();
    await back();
    expect(filterOf(router)).toEqual({ from_publication: last, limit: 1001, reverse: true });
    expect([got, errors]).toEqual([['early', 'last'], []]);
  });

  it('[N10] starts a minute before the gap if nothing was delivered yet', async () => {
    const bench = await gapBench([{ uri: TOPIC, limit: 100 }]);
    const { ann, router, clock, publish, cut, back, settled, errors } = bench;
    await publish('long ago');
    await clock.advance(100_000);
    const got: unknown[] = [];
    await ann.subscribe(TOPIC, ([value]: [unknown]) => got.push(value), { recoverWith: fromHistory() }).ready;
    await settled();
    const from = clock.now();
    await cut();
    await publish('missed');
    await back();
    await settled();
    expect(filterOf(router)).toEqual({
      from_time: new Date(from - 60_000).toISOString(),
      limit: 1001,
      reverse: true,
    });
    expect([got, errors]).toEqual([['missed'], []]);
  });

  it('[N10] takes the newest events if there are more than `limit`, and reports it', async () => {
    const { publish, cut, back, settled, got, errors } = await listening(3);
    await publish(0);
    await settled();
    await cut();
    for (const n of [1, 2, 3]) await publish(n);
    await back();
    expect([got, errors]).toEqual([[0, 1, 2, 3], []]);
    await cut();
    for (const n of [4, 5, 6, 7]) await publish(n);
    await back();
    expect(got).toEqual([0, 1, 2, 3, 5, 6, 7]);
    expect(errors).toMatchObject([INCOMPLETE]);
    expect(String(errors[0]?.error)).toContain('more than 3 events of');
  });

  it('[N10] reports that history does not reach back to the last event', async () => {
    const { publish, cut, back, settled, got, errors } = await listening(undefined, 2);
    await publish(0);
    await settled();
    await cut();
    for (const n of [1, 2, 3]) await publish(n);
    await back();
    expect(got).toEqual([0, 2, 3]);
    expect(errors).toMatchObject([INCOMPLETE]);
    expect(String(errors[0]?.error)).toContain('does not reach back');
  });

  it('[N10] reports that no history is kept, and loses no live event', async () => {
    const { ann, publish, cut, back, settled, errors } = await gapBench();
    const got: unknown[] = [];
    await ann.subscribe(TOPIC, ([value]: [unknown]) => got.push(value), { recoverWith: fromHistory() }).ready;
    await cut();
    await publish('missed');
    await back();
    await publish('live');
    await settled();
    expect(got).toEqual(['live']);
    expect(errors).toMatchObject([{ where: 'recovery', error: { uri: 'wamp.error.history_unavailable' } }]);
  });

  it.each([
    ['prefix', 'com.test.'],
    ['wildcard', 'com..news'],
  ] as const)('[N10] fills the gaps of a subscription by %s, with the topic of each event', async (match, pattern) => {
    const { ann, publish, cut, back, settled, errors } = await gapBench([{ uri: pattern, match, limit: 10 }]);
    const got: unknown[] = [];
    await ann.subscribe(pattern, ([n]: [number], _kwargs, { topic }) => got.push(`${n} ${topic}`), {
      match,
      recoverWith: fromHistory(),
    }).ready;
    await publish(1);
    await settled();
    await cut();
    await publish(2);
    await publish(3, {}, 'com.test.news');
    await back();
    expect([got, errors]).toEqual([['1', '2', '3'].map((n) => `${n} ${TOPIC}`), []]);
  });

  it('[N10] refuses an invalid limit', () => {
    for (const limit of [0, -1, 1.5, Number.NaN, '5' as never])
      expect(() => fromHistory({ limit })).toThrow('expected limit to be a whole number from 1');
    expect(fromHistory({ limit: undefined })).toBeTypeOf('function');
  });
});

/** A router played by hand, and a connection that has lost its first line after event 100, and is asking for history. */
async function asking(
  options: Partial<ConnectionOptions> = {},
  events: List[] = [EVENT(5, 100, {}, [0])],
): Promise<{ peer: ScriptedPeer; request: number; filter: unknown; got: unknown[]; errors: unknown[] }> {
  const router = new ScriptedRouter();
  const connection = new Connection({ url: router, realm: 'realm1', retry: { minMs: 0, maxMs: 0 }, ...options });
  onTestFinished(() => connection.close());
  connection.on('status', () => {});
  const errors: unknown[] = [];
  connection.on('error', (error) => errors.push(error));
  const got: unknown[] = [];
  connection.subscribe(TOPIC, ([n]: [number]) => got.push(n), { recoverWith: fromHistory({ limit: 3 }) });
  const first = await router.joined();
  await first.next();
  first.send(SUBSCRIBED(1, 5), ...events);
  first.close();
  const peer = await router.peer();
  await peer.next();
  peer.send(welcome(8));
  await peer.next();
  peer.send(SUBSCRIBED(1, 6));
  const [, request, , , , filter] = await peer.next();
  return { peer, request: request as number, filter, got, errors };
}

/** Nobody answers GOODBYE before. */
async function done(peer: ScriptedPeer, ...last: List[]): Promise<void> {
  void answerGoodbye(peer);
  peer.send(...last);
  await new Promise((resolve) => setImmediate(resolve));
}

describe('fromHistory with other routers', () => {
  it('[N10] accepts nexus’s names of the members', async () => {
    const { peer, request, filter, got, errors } = await asking();
    expect(filter).toEqual({ from_publication: 100, limit: 4, reverse: true });
    const event = (n: number) => ({ Subscription: 6, Publication: n, Details: {}, Arguments: [n] });
    await done(peer, RESULT(request, {}, [event(102), event(101), event(100)]));
    expect([got, errors]).toEqual([[0, 101, 102], []]);
  });

  it('[N10] asks Crossbar.io, which has no filters, for the newest events, and leaves out those from before the gap', async () => {
    const { peer, request, got, errors } = await asking();
    peer.send(ERROR('CALL', request, {}, 'wamp.error.runtime_error', ["got an unexpected keyword argument 'from_publication'"]));
    const [, again, , , , filter] = await peer.next();
    expect(filter).toEqual({ limit: 4 });
    const events = [102, 101, 100, 99].map((publication) => ({ publication, timestamp: 1e15, args: [publication] }));
    await done(peer, RESULT(again as number, {}, [events]));
    expect([got, errors]).toEqual([[0, 101, 102], []]);
  });

  it('[N10] leaves out what is much older than the gap with Crossbar.io if no event had come', async () => {
    const { peer, request, filter, got, errors } = await asking({}, []);
    expect(filter).toEqual({ from_time: expect.any(String), limit: 4, reverse: true });
    peer.send(ERROR('CALL', request, {}, 'wamp.error.runtime_error'));
    const [, again] = await peer.next();
    const now = Date.now() * 1e6;
    const events = [
      { publication: 102, timestamp: now, args: [102] },
      { publication: 101, timestamp: now - 3_600e9, args: [101] },
    ];
    await done(peer, RESULT(again as number, {}, [events]));
    expect([got, errors]).toEqual([[102], []]);
  });

  it('[N10] unpacks payloads with ppt_scheme, continues after one that cannot be unpacked, and reports it', async () => {
    const { peer, request, got, errors } = await asking({ passthru: passthru() });
    const packed = (publication: number, text: string) => ({
      publication,
      subscription: 6,
      timestamp: '',
      details: { ppt_scheme: 'x_test', ppt_serializer: 'json' },
      args: [`\0${btoa(text)}`],
    });
    const anchor = { ...packed(100, ''), args: [0] };
    await done(peer, RESULT(request, {}, [packed(102, '{"args":[102]}'), packed(101, '{'), anchor]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual([0, 102]);
    expect(errors).toMatchObject([{ name: 'SerializationError' }]);
  });

  it('[N10] delivers an event once that comes live after the history that contains it', async () => {
    const { peer, request, got } = await asking();
    const event = (publication: number) => ({ publication, subscription: 6, timestamp: '', details: {}, args: [publication] });
    peer.send(RESULT(request, {}, [event(101), event(100)]));
    await done(peer, EVENT(6, 101, {}, [101]), EVENT(6, 102, {}, [102]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual([0, 101, 102]);
  });
});
