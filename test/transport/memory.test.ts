import { json } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { memoryPair } from '../../src/transport/memory.ts';
import type { Closed, Frame, Transport } from '../../src/transport/transport.ts';
import { settled } from '../fixtures/manual-clock.ts';

/** Writes down what comes; `onFrame` may act on it. */
function listen(transport: Transport, onFrame?: (frame: Frame) => void): { frames: Frame[]; closed: Closed[] } {
  const log = { frames: [] as Frame[], closed: [] as Closed[] };
  transport.start({
    frame: (frame) => {
      log.frames.push(frame);
      onFrame?.(frame);
    },
    closed: (why) => log.closed.push(why),
  });
  return log;
}

describe('a pair in memory', () => {
  it('shares its serializer', () => {
    const serializer = json();
    expect(memoryPair(serializer).map((end) => end.serializer)).toEqual([serializer, serializer]);
  });

  it('delivers in order and never inside send, with several frames of one tick in one microtask', async () => {
    const [left, right] = memoryPair(json());
    let turns = 0;
    const { frames } = listen(right, () => {
      if (frames.length === 1) queueMicrotask(() => turns++);
      expect(turns).toBe(0);
    });
    for (const frame of ['a', 'b', 'c']) left.send(frame);
    expect(frames).toEqual([]);
    await settled();
    expect(frames).toEqual(['a', 'b', 'c']);
    expect(turns).toBe(1);
  });

  it('works in both directions at once, and answers are sent during the delivery', async () => {
    const [left, right] = memoryPair(json());
    const log = listen(left);
    listen(right, (frame) => right.send(`re: ${frame}`));
    left.send('a');
    right.send('b');
    left.send('c');
    await settled();
    expect(log.frames).toEqual(['b', 're: a', 're: c']);
  });

  it('keeps frames from before the start', async () => {
    const [left, right] = memoryPair(json());
    left.send('a');
    left.close(1000, 'done');
    await settled();
    const log = listen(right);
    expect(log.frames).toEqual([]);
    await settled();
    expect(log).toEqual({ frames: ['a'], closed: [{ clean: true, code: 1000, reason: 'done' }] });
  });

  it('reports a close to both ends, once, after earlier frames', async () => {
    const [left, right] = memoryPair(json());
    const logs = [listen(left), listen(right)] as const;
    left.send('last');
    left.close(1002, 'why');
    left.close(1000, 'again');
    right.close();
    left.send('too late');
    right.send('too late');
    await settled();
    const closed = [{ clean: true, code: 1002, reason: 'why' }];
    expect(logs).toEqual([
      { frames: [], closed },
      { frames: ['last'], closed },
    ]);
    right.close();
    await settled();
    expect(logs[0].closed).toHaveLength(1);
    expect(logs[1].closed).toHaveLength(1);
  });

  it('may be closed during the delivery; the rest of that read still comes', async () => {
    const [left, right] = memoryPair(json());
    const log = listen(right, () => right.close(1000, 'enough'));
    const sender = listen(left);
    left.send('a');
    left.send('b');
    await settled();
    expect(log).toEqual({ frames: ['a', 'b'], closed: [{ clean: true, code: 1000, reason: 'enough' }] });
    expect(sender.closed).toHaveLength(1);
  });

  it('counts the bytes that are being delivered', async () => {
    const [left, right] = memoryPair(json());
    listen(right);
    left.send('four');
    left.send(new Uint8Array(6));
    expect([left.bufferedBytes, right.bufferedBytes]).toEqual([10, 0]);
    await settled();
    expect(left.bufferedBytes).toBe(0);
  });

  it('is closed by default with 1000 and no reason', async () => {
    const [left, right] = memoryPair(json());
    const log = listen(right);
    left.close();
    await settled();
    expect(log.closed).toEqual([{ clean: true, code: 1000, reason: '' }]);
  });
});
