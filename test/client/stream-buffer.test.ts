import { describe, expect, it, vi } from 'vitest';
import { type BufferOptions, StreamBuffer } from '../../src/client/functions/stream-buffer.ts';
import { failure } from '../fixtures/scripted-session.ts';

function buffer(options: BufferOptions = {}, signal?: AbortSignal) {
  const release = vi.fn();
  return { release, stream: new StreamBuffer<number>(options, { what: 'numbers', signal, release }) };
}
async function all(stream: AsyncIterable<number>): Promise<number[]> {
  const read: number[] = [];
  for await (const n of stream) read.push(n);
  return read;
}
const push = (stream: StreamBuffer<number>, from: number, to: number): void => {
  for (let n = from; n <= to; n++) stream.push(n);
};

describe('[N9] a stream', () => {
  it('yields items in order, whether they are read before or after they come', async () => {
    const { stream } = buffer();
    const early = [stream.next(), stream.next()];
    push(stream, 1, 4);
    stream.end();
    expect((await Promise.all(early)).map(({ value }) => value)).toEqual([1, 2]);
    expect(await all(stream)).toEqual([3, 4]);
  });

  it('keeps 256 items, and drops the oldest', async () => {
    const { stream } = buffer();
    push(stream, 1, 300);
    stream.end();
    const read = await all(stream);
    expect([read.length, read[0], read.at(-1), stream.dropped]).toEqual([256, 45, 300, 44]);
  });

  it('keeps order and count over many thousand, read and dropped in turns', async () => {
    const { stream } = buffer({ maxBuffered: 1500 });
    push(stream, 1, 5000);
    const read: (number | undefined)[] = [];
    for (let i = 0; i < 1200; i++) read.push((await stream.next()).value);
    push(stream, 5001, 6500);
    stream.end();
    read.push(...(await all(stream)));
    const expected = [...Array(1200).keys()].map((i) => 3501 + i);
    expect(read).toEqual([...expected, ...[...Array(1500).keys()].map((i) => 5001 + i)]);
    expect(stream.dropped).toBe(3500 + 300);
  });

  it.each<[BufferOptions, number[], number]>([
    [{ maxBuffered: 2 }, [3, 4], 2],
    [{ maxBuffered: 2, onOverflow: 'drop-oldest' }, [3, 4], 2],
    [{ maxBuffered: 2, onOverflow: 'drop-newest' }, [1, 2], 2],
    [{ onOverflow: 'latest' }, [4], 3],
    [{ maxBuffered: 2, onOverflow: 'latest' }, [4], 3],
  ])('with %o keeps %o', async (options, kept, dropped) => {
    const { stream } = buffer(options);
    push(stream, 1, 4);
    stream.end();
    expect(await all(stream)).toEqual(kept);
    expect(stream.dropped).toBe(dropped);
  });

  it('with error ends: the kept items are read, then it throws once', async () => {
    const { stream, release } = buffer({ maxBuffered: 2, onOverflow: 'error' });
    push(stream, 1, 4);
    expect(release).toHaveBeenCalledTimes(1);
    expect([(await stream.next()).value, (await stream.next()).value]).toEqual([1, 2]);
    const error = await failure(stream.next());
    expect(error.uri).toBe('autostrada.error.slow_consumer');
    expect(error.message).toContain('over 2 numbers waited to be read (maxBuffered, onOverflow)');
    expect(release).toHaveBeenCalledWith(error);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(stream.dropped).toBe(0);
  });

  it('reports dropping once each time that it begins, after the item was added', async () => {
    const onSlow = vi.fn();
    const { stream } = buffer({ maxBuffered: 2, onSlow });
    push(stream, 1, 5);
    expect(onSlow.mock.calls).toEqual([[1]]);
    await stream.next();
    push(stream, 6, 7); // still behind
    expect(onSlow).toHaveBeenCalledTimes(1);
    await stream.next();
    await stream.next();
    push(stream, 8, 10);
    expect(onSlow.mock.calls).toEqual([[1], [5]]);
  });

  it('ends with an error for the waiting reader, once', async () => {
    const { stream, release } = buffer();
    const [first, second] = [stream.next(), stream.next()];
    const error = new Error('over');
    stream.end({ error });
    stream.end({ error: new Error('again') });
    stream.push(1);
    await expect(first).rejects.toBe(error);
    expect(await second).toEqual({ done: true, value: undefined });
    expect(release).not.toHaveBeenCalled();
  });

  it('is released once when the loop is left, and gives no more items', async () => {
    const { stream, release } = buffer();
    push(stream, 1, 3);
    for await (const n of stream) if (n === 1) break;
    expect(release.mock.calls).toEqual([[undefined]]);
    await stream.return();
    stream.end({ error: new Error('late') });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(release).toHaveBeenCalledTimes(1);
  });

  it('is released at the end of its block', async () => {
    const { stream, release } = buffer();
    const waiting = stream.next();
    {
      await using _ = stream;
    }
    expect(release).toHaveBeenCalledTimes(1);
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('is not released when it has ended by itself', async () => {
    const { stream, release } = buffer();
    stream.end();
    await stream.return();
    expect(release).not.toHaveBeenCalled();
  });

  it('forgets its items, and throws the reason, when its signal aborts', async () => {
    const controller = new AbortController();
    const { stream, release } = buffer({}, controller.signal);
    push(stream, 1, 3);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(stream.next()).rejects.toBe(reason);
    expect(release.mock.calls).toEqual([[reason]]);
  });

  it('removes its listener from the signal when it has ended', async () => {
    const { signal } = new AbortController();
    const remove = vi.spyOn(signal, 'removeEventListener');
    await buffer({}, signal).stream.return();
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it.each([{ maxBuffered: 0 }, { maxBuffered: 1.5 }, { maxBuffered: Number.NaN }, { onOverflow: 'drop' as 'error' }])(
    'refuses %o',
    (options) => {
      expect(() => buffer(options)).toThrow(TypeError);
    },
  );
});
