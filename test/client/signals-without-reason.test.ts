/* A signal as React Native's and old browsers': it does not know why it was aborted. */
import { type Connection, callStream, events, nextEvent } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

class OldSignal {
  aborted = false;
  private readonly listeners = new Set<() => void>();

  addEventListener(_: string, listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_: string, listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(): void {
    this.aborted = true;
    for (const listener of this.listeners) listener();
  }
}
const oldSignal = () => {
  const old = new OldSignal();
  return { signal: old as unknown as AbortSignal, abort: () => old.abort() };
};

type Verb = (connection: Connection, signal: AbortSignal) => Promise<unknown>;

const verbs: Readonly<Record<string, Verb>> = {
  call: (connection, signal) => connection.call('com.test.never', [], null, { signal }),
  callStream: (connection, signal) => callStream(connection, 'com.test.never', [], null, { signal }).next(),
  publish: (connection, signal) => connection.publish('com.test.news', [], null, { acknowledge: true, signal }),
  nextEvent: (connection, signal) => nextEvent(connection, 'com.test.news', { signal }),
  events: (connection, signal) => events(connection, 'com.test.news', { signal }).next(),
  'waiting for a callee': (connection, signal) =>
    connection.call('com.test.nowhere', [], null, { signal, waitForCalleeMs: 60_000 }),
};

describe('[H10] a signal without a reason', () => {
  it.each(Object.entries(verbs))('rejects with an AbortError: %s', async (_, verb) => {
    const { router, connect } = testBench();
    const [callee, caller] = [connect('joe'), connect('ann')];
    await callee.register('com.test.never', () => new Promise(() => {})).ready;
    await caller.open();
    const early = oldSignal();
    early.abort();
    expect(await failure(verb(caller, early.signal))).toMatchObject({ name: 'AbortError', message: 'the signal was aborted' });
    const late = oldSignal();
    router.blackhole({ authid: 'ann' });
    const given = failure(verb(caller, late.signal));
    await router.settled();
    late.abort();
    expect(await given).toMatchObject({ name: 'AbortError' });
  });
});
