/* What sessions make the router keep is counted in bytes: for each, and for all of one address. */
import { json } from 'autostrada';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AllHoldings } from '../../src/router/limits/holdings.ts';
import { memoryPair } from '../../src/transport/memory.ts';
import { CALL, Code, HELLO, REGISTER, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import { type List, ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { roles } from './open-router.ts';

const OWN = 'what the router keeps for this session takes 16384 bytes already (limits.maxKeptBytes)';
const SHARED = 'what the router keeps for sessions of this address takes 32768 bytes already (limits.maxKeptBytesPerAddress)';
const LIMIT = 'autostrada.error.limit_exceeded';

function open() {
  const limits = { maxKeptBytes: 2 ** 14, maxKeptBytesPerAddress: 2 ** 15 };
  const router = new Router({ realms: { realm1: 'open' }, limits });
  onTestFinished(() => router.close());
  const join = async (peer?: string): Promise<ScriptedPeer> => {
    const [theirs, ours] = memoryPair(json());
    router.attach(ours, { kind: 'websocket', peer });
    const session = new ScriptedPeer(theirs);
    session.send(HELLO('realm1', { roles }));
    expect((await session.next())[0]).toBe(Code.WELCOME);
    return session;
  };
  return { router, join };
}

/** Asks until it is refused. */
async function fill(session: ScriptedPeer, ask: (id: number) => List): Promise<{ readonly taken: number; readonly refusal: List }> {
  for (let id = 1; ; id++) {
    session.send(ask(id));
    let answer = await session.next();
    while (answer[0] === Code.INVOCATION) answer = await session.next(); // its own INVOCATION
    if (answer[0] === Code.ERROR) return { taken: id - 1, refusal: answer };
    if (id > 1000) throw new Error('nothing is refused');
  }
}

const asks: readonly (readonly [string, (id: number) => List])[] = [
  ['subscriptions', (id) => SUBSCRIBE(id, {}, `com.example.topic${id}`)],
  ['registrations', (id) => REGISTER(id, {}, `com.example.procedure${id}`)],
  ['testaments', (id) => CALL(id, {}, 'wamp.session.add_testament', ['com.example.topic', ['x'.repeat(1000)]])],
];

describe('[G2] [R84] the memory of a session', () => {
  test.each(asks)('is limited in bytes: %s', async (name, ask) => {
    const { join } = open();
    const { taken, refusal } = await fill(await join(), ask);
    expect(taken).toBeGreaterThan(5);
    expect(taken).toBeLessThan(40);
    expect(refusal.slice(4, 6)).toEqual([name === 'testaments' ? 'wamp.error.payload_size_exceeded' : LIMIT, [OWN]]);
  });

  test('includes running calls, until they end', async () => {
    const { join } = open();
    const session = await join();
    const other = await join();
    session.send(REGISTER(1, {}, 'com.example.slow'));
    await session.next();
    for (let round = 0; round < 3; round++) {
      const invocations: unknown[] = [];
      let id = round * 100;
      for (;;) {
        other.send(CALL(++id, {}, 'com.example.slow'), CALL(1000 + id, {}, 'com.example.none'));
        const answer = await other.next();
        if (answer[2] === id) {
          expect(answer.slice(4, 6)).toEqual([LIMIT, [OWN]]);
          await other.next();
          break;
        }
        invocations.push((await session.next())[1]);
      }
      expect(invocations.length).toBeGreaterThan(15);
      for (const invocation of invocations) {
        session.send(YIELD(invocation, {}));
        expect((await other.next())[0]).toBe(Code.RESULT);
      }
    }
  });

  test.each(asks.slice(0, 2))('is free again after it was given back: %s', async (_name, ask) => {
    const { join } = open();
    const session = await join();
    session.send(ask(1));
    const [, , own] = await session.next();
    const { taken } = await fill(session, (id) => ask(id + 1));
    session.send([ask(1)[0] === Code.SUBSCRIBE ? 34 : 66, 5000, own]);
    await session.next();
    session.send(ask(taken + 3));
    expect((await session.next())[0]).not.toBe(Code.ERROR);
    session.send(ask(taken + 4));
    expect((await session.next())[0]).toBe(Code.ERROR);
  });

  test('is free again for flushed testaments', async () => {
    const { join } = open();
    const session = await join();
    const add = (id: number): List => CALL(id, {}, 'wamp.session.add_testament', ['com.example.topic', ['x'.repeat(1000)]]);
    const { taken } = await fill(session, add);
    session.send(CALL(2000, {}, 'wamp.session.flush_testaments'));
    await session.next();
    expect((await fill(session, (id) => add(id + 3000))).taken).toBe(taken);
  });

  test('is not needed twice for what the session has already', async () => {
    const { join } = open();
    const session = await join();
    const { taken } = await fill(session, (id) => SUBSCRIBE(id, {}, `com.example.topic${id}`));
    session.send(SUBSCRIBE(taken + 2, {}, 'com.example.topic1'));
    expect((await session.next())[0]).toBe(Code.SUBSCRIBED);
  });
});

describe('[G2] [R84] the memory of an address', () => {
  const subscribe = (id: number): List => SUBSCRIBE(id, {}, `com.example.topic${id}`);

  test('is shared by its sessions, even within a /64, and other addresses are not affected', async () => {
    const { join } = open();
    for (const [first, second, third, other] of [
      ['10.0.0.1:1', '10.0.0.1:2', '10.0.0.1:3', '10.0.0.2:1'],
      ['[2001:db8::1]:1', '[2001:db8::2]:1', '[2001:db8::3]:1', '[2001:db8:0:1::1]:1'],
    ]) {
      const { taken } = await fill(await join(first), subscribe);
      await fill(await join(second), subscribe);
      const last = await fill(await join(third), subscribe);
      expect(last.taken).toBeLessThan(3);
      expect(last.refusal.slice(4, 6)).toEqual([LIMIT, [SHARED]]);
      expect((await fill(await join(other), subscribe)).taken).toBe(taken);
    }
  });

  test('is free again when a session leaves', async () => {
    const { router, join } = open();
    for (let round = 0; round < 5; round++) {
      const session = await join('10.0.0.1:1');
      expect((await fill(session, subscribe)).taken).toBeGreaterThan(15);
      session.close();
      await expect.poll(() => router.stats().sessions).toBe(0);
    }
  });

  test('is free again completely, whatever was not given back piece by piece', () => {
    const all = new AllHoldings({ maxKeptBytes: 100, maxKeptBytesPerAddress: 150 });
    const [one, other] = [all.enter('10.0.0.1:1'), all.enter('10.0.0.1:2')];
    one.add(90);
    expect(other.room).toBe(60);
    one.leave();
    one.leave();
    one.add(-90); // late
    expect(other.room).toBe(100);
    expect(all.size).toBe(1);
    other.leave();
    expect(all.size).toBe(0);
  });
});
