/* The reader of a stream, and what a log does when its last messages are not there any more. */
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadPackages } from '../../src/nats/api/packages.ts';
import { Line } from '../../src/nats/store/line.ts';
import { Log } from '../../src/nats/store/log.ts';
import { Reader } from '../../src/nats/store/reader.ts';
import { hasNats, type NatsProgram, natsPrograms, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';

skipLoudlyWithoutNats();

const place = { stream: 'S', subject: 'autostrada.test', description: 'a test' };
const bounds = { max_msgs: -1, max_bytes: -1, max_age: 0, max_msgs_per_subject: -1 };

/** A server with a stream of ten messages. */
async function filled(program: NatsProgram) {
  const server = await startNats({ program });
  onTestFinished(() => server.stop());
  const connection = await connect({ servers: server.url });
  onTestFinished(() => connection.close());
  const line = new Line(connection, await loadPackages());
  onTestFinished(() => line.close());
  const { streams } = await line.manager;
  await streams.add({ ...bounds, name: place.stream, subjects: [`${place.subject}.>`] });
  const add = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await line.js.publish(`${place.subject}.a${i}.b`, 'x');
  };
  await add(10);
  return { line, streams, add };
}

describe.runIf(hasNats).each(natsPrograms)('at NATS $version', { timeout: 60_000 }, (program) => {
  test('[L3] a reader gives the messages in order from a number on, until it is stopped, and begins where it is told', async () => {
    const { line, add } = await filled(program);
    const taken: number[] = [];
    const reader = new Reader({ line, place, take: ({ seq }) => taken.push(seq), beat: () => {} });
    expect(reader.isReading).toBe(false);
    await reader.start(4);
    expect(reader.isReading).toBe(true);
    await expect.poll(() => taken).toEqual([4, 5, 6, 7, 8, 9, 10]);
    await add(1);
    await expect.poll(() => taken.at(-1)).toBe(11);
    reader.stop();
    expect(reader.isReading).toBe(false);
    await add(1);
    taken.length = 0;
    await reader.start(10);
    await expect.poll(() => taken).toEqual([10, 11, 12]);
    await reader.start(12);
    await expect.poll(() => taken).toEqual([10, 11, 12, 12]);
    reader.stop();
  });

  test('[L3] a log whose last messages were removed has all of it, when it begins and when it reads already', async () => {
    const { line, streams, add } = await filled(program);
    await streams.deleteMessage(place.stream, 9);
    await streams.deleteMessage(place.stream, 10);
    const applied: number[] = [];
    const log = new Log({
      line,
      place,
      bounds,
      replicas: 1,
      isEager: false,
      apply: ({ seq }) => applied.push(seq),
      reset: () => {},
      warn: (text) => expect.fail(text),
    });
    onTestFinished(() => log.close());
    await log.caughtUp();
    expect(applied).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await log.reached(10);
    await add(1);
    await log.caughtUp();
    expect(applied.at(-1)).toBe(11);
    await streams.purge(place.stream);
    await log.caughtUp();
    await log.reached(11);
    await add(2);
    await log.caughtUp();
    expect(applied.slice(8)).toEqual([11, 12, 13]);
  });

  test('[L3] a log skips no message if a leader named a later number before it was killed, which no other server has', async () => {
    const { line, streams, add } = await filled(program);
    const applied: number[] = [];
    const log = new Log({
      line,
      place,
      bounds,
      replicas: 3,
      isEager: false,
      apply: ({ seq }) => applied.push(seq),
      reset: () => {},
      warn: (text) => expect.fail(text),
    });
    onTestFinished(() => log.close());
    const info = await streams.info(place.stream);
    const told = { ...info, state: { ...info.state, last_seq: info.state.last_seq + 3 } };
    vi.spyOn((await line.manager).streams, 'info').mockResolvedValueOnce(told);
    await log.caughtUp();
    await add(3);
    await log.caughtUp();
    expect(applied).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  test('[L3] a log whose stream is empty has all of it at once', async () => {
    const { line, streams } = await filled(program);
    await streams.purge(place.stream);
    const log = new Log({
      line,
      place,
      bounds,
      replicas: 3,
      isEager: false,
      apply: () => {},
      reset: () => {},
      warn: (text) => expect.fail(text),
    });
    onTestFinished(() => log.close());
    await log.caughtUp();
    await log.reached(10);
  });
});
