import { ConnectionLostError, TimeoutError } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { CALL } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const WORK = 'com.test.work';

async function bench() {
  const made = testBench();
  const endpoint = vi.fn(() => 'done');
  await made.connect('service').register(WORK, endpoint).ready;
  return { ...made, endpoint, client: made.connect('client') };
}

describe('[N3] retryOnLoss', () => {
  it.each([undefined, 'never', 'not-sent'] as const)('with %s does not send again what may have run', async (retryOnLoss) => {
    const { router, clock, endpoint, client } = await bench();
    router.cutDuring('RESULT', { authid: 'client' });
    expect(await failure(client.call(WORK, [], null, { retryOnLoss }))).toMatchObject({ delivery: 'unknown' });
    await clock.advance(60_000);
    expect(endpoint).toHaveBeenCalledTimes(1);
  });

  it('with unknown sends a call again, as often as needed', async () => {
    const { router, clock, endpoint, client } = await bench();
    for (const type of ['RESULT', 'RESULT', 'CALL']) router.cutDuring(type, { authid: 'client' });
    const call = client.call(WORK, [], null, { retryOnLoss: 'unknown' });
    await clock.advance(60_000);
    expect(await call).toBe('done');
    expect(endpoint).toHaveBeenCalledTimes(3);
  });

  it('with unknown sends an acknowledged event again', async () => {
    const { router, clock, client } = await bench();
    router.cutDuring('PUBLISHED');
    const published = client.publish('com.test.news', [1], null, { acknowledge: true, retryOnLoss: 'unknown' });
    await clock.advance(1000);
    expect(await published).toEqual({ id: expect.any(Number) });
    expect(router.count('PUBLISH')).toBe(2);
  });

  it('with unknown waits no longer than its time for all attempts together', async () => {
    const { router, clock, client } = await bench();
    await client.open();
    router.cutDuring('RESULT');
    const call = failure(client.call(WORK, [], null, { retryOnLoss: 'unknown', timeoutMs: 3000 }));
    await router.settled();
    router.down();
    const settled = vi.fn();
    void call.then(settled);
    await clock.advance(2999);
    expect(settled).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(await call).toBeInstanceOf(TimeoutError);
    expect(await call).toMatchObject({ message: 'no answer in 3000 ms, and it may have run', cause: { delivery: 'unknown' } });
  });

  it('with unknown reports that a request was never sent', async () => {
    const { router, clock, client } = await bench();
    await client.open();
    const up = router.down();
    await router.settled();
    const call = failure(client.call(WORK, [], null, { retryOnLoss: 'unknown', timeoutMs: 3000 }));
    await clock.advance(3000);
    expect((await call).message).toMatch(/^the connection was down for 3000 ms; nothing was sent/);
    up();
  });

  it('with unknown reports that a request may have run if there is no new session', async () => {
    const { router, clock, client } = await bench();
    await client.open();
    router.cutDuring('RESULT', { authid: 'client' });
    const call = failure(client.call(WORK, [], null, { retryOnLoss: 'unknown' }));
    await router.settled();
    const up = router.down();
    await clock.advance(30_000);
    expect(await call).toBeInstanceOf(ConnectionLostError);
    expect(await call).toMatchObject({ delivery: 'unknown' });
    up();
  });

  it('with unknown ends with the connection, and with an ERROR', async () => {
    const { connect, router } = await bench();
    await connect('other').register('com.test.hang', () => new Promise(() => {})).ready;
    const client = connect('leaver');
    const hanging = failure(client.call('com.test.hang', [], null, { retryOnLoss: 'unknown' }));
    expect((await failure(client.call('com.test.none', [], null, { retryOnLoss: 'unknown' }))).uri).toBe(
      'wamp.error.no_such_procedure',
    );
    await client.close();
    expect(await hanging).toMatchObject({ delivery: 'unknown' });
    expect(router.count('CALL', { authid: 'leaver' })).toBe(2);
  });

  it('with unknown does not repeat a call whose inputs were read', async () => {
    const { router, clock, client } = await bench();
    router.cutDuring('RESULT', { authid: 'client' });
    const call = client.call(WORK, [], null, { retryOnLoss: 'unknown', inputsFrom: [1, 2] });
    expect(await failure(call)).toMatchObject({ delivery: 'unknown' });
    await clock.advance(1000);
  });

  it('has no effect on a session, and is not sent', async () => {
    const { session, peer } = await join();
    const call = failure(session.call(WORK, [], null, { retryOnLoss: 'unknown' }));
    await peer.expect(CALL(1, {}, WORK));
    peer.close();
    expect(await call).toMatchObject({ delivery: 'unknown' });
  });
});
