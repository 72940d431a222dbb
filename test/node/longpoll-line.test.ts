/* The router's end of a long-poll transport, without HTTP: what a poll gets, and when. */
import { type Closed, type Frame, json, type Serializer } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, test } from 'vitest';
import { LongPollLine } from '../../src/node/longpoll/longpoll-line.ts';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';

class Played {
  readonly clock = new ManualClock();
  readonly received: Frame[] = [];
  readonly closed: Closed[] = [];
  gone = 0;
  readonly line: LongPollLine;

  constructor(isBatched = false, serializer: Serializer = json()) {
    const [holdMs, idleMs, maxMessageBytes] = [10, 30, 100];
    const gone = () => this.gone++;
    this.line = new LongPollLine({ serializer, isBatched, maxMessageBytes, holdMs, idleMs, clock: this.clock, gone });
    this.line.start({ frame: (frame) => this.received.push(frame), closed: (why) => this.closed.push(why) });
  }

  /** A poll; its answers are pushed, `'empty'` when there is nothing. */
  poll(answers: (Frame | 'empty')[] = []): { readonly answers: (Frame | 'empty')[]; over(): void } {
    return { answers, over: this.line.receive((body) => answers.push(body ?? 'empty')) };
  }
}

describe('[R82] a poll', () => {
  test('gets exactly one message when unbatched, and the next poll the next message', () => {
    const played = new Played();
    played.line.send('[1]');
    played.line.send('[2]');
    const answers: (Frame | 'empty')[] = [];
    for (let i = 0; i < 3; i++) played.poll(answers);
    expect(answers).toEqual(['[1]', '[2]']);
    played.line.send('[3]');
    played.line.send('[4]');
    expect(answers).toEqual(['[1]', '[2]', '[3]']);
  });

  test('gets all that waits when batched, and what is sent in one tick', async () => {
    const played = new Played(true);
    played.line.send('[1]');
    played.line.send('[2]');
    const { answers } = played.poll(played.poll().answers);
    expect(answers).toEqual(['[1]\x1e[2]\x1e']);
    played.line.send('[3]');
    played.line.send('[4]');
    await settled();
    expect(answers).toEqual(['[1]\x1e[2]\x1e', '[3]\x1e[4]\x1e']);
  });

  test('gets batches with the separator that its client used first', () => {
    const played = new Played(true);
    played.line.deliver('[1]\x18[2]\x18');
    played.line.deliver('[3]\x1e');
    expect(played.received).toEqual(['[1]', '[2]', '[3]']);
    played.line.send('[4]');
    expect(played.poll().answers).toEqual(['[4]\x18']);
  });

  test('gets bytes with their lengths when batched', () => {
    const played = new Played(true, msgpack());
    played.line.send(new Uint8Array([7, 8]));
    expect(played.poll().answers).toEqual([new Uint8Array([0, 0, 0, 2, 7, 8])]);
  });

  test('ends empty when nothing comes for a time', async () => {
    const played = new Played();
    const { answers } = played.poll();
    await played.clock.advance(9);
    expect(answers).toEqual([]);
    await played.clock.advance(1);
    expect(answers).toEqual(['empty']);
  });

  test('ends empty when another poll comes, which gets the next message', () => {
    const played = new Played();
    const [first, second] = [played.poll(), played.poll()];
    expect([first.answers, second.answers]).toEqual([['empty'], []]);
    first.over();
    played.line.send('[1]');
    expect([first.answers, second.answers]).toEqual([['empty'], ['[1]']]);
  });

  test('that was cancelled gets nothing; the next one does', () => {
    const played = new Played();
    const { answers, over } = played.poll();
    over();
    played.line.send('[1]');
    expect(answers).toEqual([]);
    expect(played.poll().answers).toEqual(['[1]']);
  });
});

describe('[R82] a long-poll transport that is not polled', () => {
  test('is closed, with its waiting messages', async () => {
    const played = new Played();
    played.line.send('[1]');
    await played.clock.advance(29);
    expect(played.closed).toEqual([]);
    await played.clock.advance(1);
    expect(played.closed).toEqual([expect.objectContaining({ clean: false, code: 1001, reason: 'nobody polled for 30 ms' })]);
    expect([played.gone, played.line.bufferedBytes, played.clock.pending]).toEqual([1, 0, 0]);
  });

  test('is not closed while it is polled, but posts do not keep it open', async () => {
    const played = new Played();
    for (let i = 0; i < 10; i++) {
      const { over } = played.poll();
      await played.clock.advance(10);
      over();
      await played.clock.advance(19);
      played.line.deliver('[1]');
    }
    expect(played.closed).toEqual([]);
    await played.clock.advance(11);
    expect(played.closed).toHaveLength(1);
  });

  test('gets more time while its last answer is being sent', async () => {
    const played = new Played();
    const { over } = played.poll();
    played.line.send('[1]');
    await played.clock.advance(100);
    expect(played.closed).toEqual([]);
    over();
    await played.clock.advance(29);
    expect(played.closed).toEqual([]);
    await played.clock.advance(1);
    expect(played.closed).toHaveLength(1);
  });
});

describe('[R84] bufferedBytes', () => {
  test('counts waiting messages and those being sent, in UTF-8', () => {
    const played = new Played();
    played.line.send('["ä"]');
    played.line.send('[2]');
    expect(played.line.bufferedBytes).toBe(9);
    const { over } = played.poll();
    expect(played.line.bufferedBytes).toBe(9);
    over();
    expect(played.line.bufferedBytes).toBe(3);
    over();
    expect(played.line.bufferedBytes).toBe(3);
  });
});

describe('close of a long-poll transport', () => {
  test('ends a pending poll', async () => {
    const played = new Played();
    const { answers } = played.poll();
    played.line.close(1000, 'bye');
    await settled();
    expect(answers).toEqual(['empty']);
    expect(played.closed).toEqual([{ clean: true, code: 1000, reason: 'bye' }]);
    played.line.close();
    await settled();
    expect([played.closed.length, played.gone, played.clock.pending]).toEqual([1, 1, 0]);
  });

  test('waits until earlier messages are fetched, one by one, and accepts nothing more', async () => {
    const played = new Played();
    for (const frame of ['[1]', '[2]']) played.line.send(frame);
    played.line.close();
    played.line.send('[3]');
    const answers = played.poll().answers;
    await settled();
    expect([answers, played.closed.length]).toEqual([['[1]'], 0]);
    played.poll(answers);
    await settled();
    expect([answers, played.closed.length]).toEqual([['[1]', '[2]'], 1]);
  });

  test('answers in the tick in which it was sent, in a batch', async () => {
    const played = new Played(true);
    const { answers } = played.poll();
    played.line.send('[1]');
    played.line.close();
    await settled();
    expect([answers, played.closed.length]).toEqual([['[1]\x1e'], 1]);
  });

  test('does not wait for a client that has left', async () => {
    const played = new Played();
    played.line.send('[1]');
    played.line.close();
    await played.clock.advance(1000);
    expect([played.closed.length, played.gone, played.clock.pending]).toEqual([1, 1, 0]);
  });
});

describe('[R82] a posted body', () => {
  test.each([
    ['nothing', false, '', 1002],
    ['an empty batch', true, '', 1002],
    ['a batch that is cut off', true, '[1]\x1e[2', 1002],
    ['a message that is too large', false, 'x'.repeat(101), 1009],
    ['a message that is too large, in a batch', true, `[1]\x1e${'x'.repeat(101)}\x1e`, 1009],
  ])('ends the transport when it is %s', async (_, isBatched, body, code) => {
    const played = new Played(isBatched);
    const { answers } = played.poll();
    expect(() => played.line.deliver(body)).toThrow();
    await settled();
    expect(played.closed).toEqual([expect.objectContaining({ clean: false, code })]);
    expect([answers, played.received, played.gone]).toEqual([['empty'], [], 1]);
  });
});
