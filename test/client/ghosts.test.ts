import type { DurableRegistration } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { type TestBench, testBench } from '../testing/bench.ts';

const TAKEN = 'wamp.error.procedure_already_exists';

/** Joe has lost his line; the router has not noticed, and takes lines again. */
async function haunted(bench: TestBench = testBench(), options?: Parameters<TestBench['connect']>[1]) {
  const { router, connect, clock } = bench;
  const joe = connect('joe', { retry: { maxMs: 100 }, ...options });
  const told: unknown[] = [];
  joe.on('error', (error, { where }) => told.push([where, (error as { uri?: string }).uri]));
  const mine = joe.register('com.test.mine', () => 'joe');
  await mine.ready;
  router.ghosts()(); // it notices after 5 s
  await clock.advance(200);
  return { ...bench, joe, mine, told };
}

describe('[N3] a registration that the router still has for the lost session', () => {
  it('is sent again until the router has noticed the loss, and its status says what it waits for', async () => {
    const { mine, clock, router, joe, told } = await haunted();
    expect([mine.state, mine.error?.uri]).toEqual(['lost', TAKEN]);
    await clock.advance(20_000);
    expect([mine.state, mine.error]).toEqual(['active', undefined]);
    expect(told).toEqual([]);
    expect(await joe.call('com.test.mine')).toBe('joe');
    expect(router.count('REGISTER')).toBeGreaterThan(2);
  });

  it('is taken over with force_reregister, once the router says that the lost session has it', async () => {
    const { router, clock } = await haunted();
    await clock.advance(20_000);
    const forced = router.log.filter(({ type }) => type === 'REGISTER').map(({ message }) => Object(message[2]).force_reregister);
    expect(forced.slice(0, 2)).toEqual([undefined, undefined]);
    expect(forced.slice(2)).toContain(true);
  });

  it('is refused at once when another session has it', async () => {
    const bench = testBench();
    const { router, connect, clock } = bench;
    const joe = connect('joe', { retry: { minMs: 5000 } });
    const told: unknown[] = [];
    joe.on('error', (error, { where }) => told.push([where, (error as { uri?: string }).uri]));
    const mine = joe.register('com.test.mine', () => 'joe');
    await mine.ready;
    router.cut({ authid: 'joe' });
    const ann = connect('ann');
    await ann.register('com.test.mine', () => 'ann').ready;
    await clock.advance(10_000);
    expect([mine.state, mine.error?.uri]).toEqual(['closed', TAKEN]);
    expect(told).toEqual([['registration', TAKEN]]);
    expect(await ann.call('com.test.mine')).toBe('ann');
  });

  it('is refused at once if it never was ours', async () => {
    const { connect, router } = testBench();
    const [ann, joe] = [connect('ann'), connect('joe')];
    await ann.register('com.test.mine', () => 'ann').ready;
    expect(await failure(joe.register('com.test.mine', () => 'joe').ready)).toMatchObject({ uri: TAKEN });
    expect(router.count('CALL')).toBe(0);
  });

  it('is sent again for two minutes if the client may not ask who has it', async () => {
    const permissions = [{ uri: 'com.test.', match: 'prefix', allow: 'all' }] as const;
    const bench = testBench({ realms: { realm1: { authroles: { tester: { permissions } } } } });
    const { mine, told, clock, router } = await haunted(bench);
    expect(mine.state).toBe('lost');
    await clock.advance(20_000);
    expect([mine.state, told]).toEqual(['active', []]);
    // And where it is no ghost, but nobody says so:
    router.cut({ authid: 'joe' });
    await bench.connect('ann').register('com.test.mine', () => 'ann').ready;
    await clock.advance(60_000);
    expect([mine.state, mine.error?.uri]).toEqual(['lost', TAKEN]);
    await clock.advance(90_000);
    expect([mine.state, mine.error?.uri]).toEqual(['closed', TAKEN]);
    expect(told).toEqual([['registration', TAKEN]]);
  });

  it.each(['unregister', 'close'] as const)('is not sent again after %s', async (how) => {
    const { joe, mine, clock, router } = await haunted();
    await (how === 'close' ? joe.close() : mine.unregister());
    const asked = router.count('REGISTER');
    await clock.advance(60_000);
    expect([mine.state, router.count('REGISTER')]).toEqual(['closed', asked]);
  });

  it('is sent again in the next session when the connection is lost again', async () => {
    const { joe, mine, clock, router } = await haunted();
    router.cut({ session: joe.session?.id });
    await clock.advance(30_000);
    expect(mine.state).toBe('active');
    expect(router.sessions).toHaveLength(1);
  });

  it('counts the invocations that still run from the former session', async () => {
    const bench = testBench();
    const { router, connect, clock } = bench;
    const [joe, ann] = [connect('joe', { retry: { maxMs: 100 } }), connect('ann')];
    let running = 0;
    const endpoint = (): Promise<void> => {
      running++;
      return new Promise(() => {});
    };
    const mine: DurableRegistration = joe.register('com.test.mine', endpoint, { maxConcurrency: 1 });
    await mine.ready;
    ann.call('com.test.mine').catch(() => {});
    await router.settled();
    router.ghosts()();
    await clock.advance(30_000);
    expect(mine.state).toBe('active');
    expect(await failure(ann.call('com.test.mine'))).toMatchObject({
      uri: expect.stringMatching(/unavailable|no_available_callee/),
    });
    expect(running).toBe(1);
  });
});
