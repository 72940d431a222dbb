/* `signal` of an event that nobody acknowledges: what was given up is not sent. */
import { defineMiddleware, withOptions } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { testBench } from '../testing/bench.ts';

const reason = new Error('enough');
const aborted = AbortSignal.abort(reason);

describe('[H2] an event without acknowledge whose signal aborts', () => {
  it.each(['a session', 'a connection', 'a connection that is down'] as const)(
    'before it is published, on %s, is refused and not sent',
    async (who) => {
      const { router, connect } = testBench();
      const connection = connect('ann');
      const session = await connection.open();
      if (who === 'a connection that is down') router.down();
      await router.settled();
      const asker = who === 'a session' ? session : connection;
      expect(() => asker.publish('com.test.news', [1], null, { signal: aborted })).toThrow(reason);
      expect(() => withOptions(asker, { signal: aborted }).publish('com.test.news', [1])).toThrow(reason);
      await router.settled();
      expect(router.count('PUBLISH')).toBe(0);
    },
  );

  it('while it waits for a session is not sent, and the abort is not reported', async () => {
    const { router, clock, connect } = testBench();
    const connection = connect('ann');
    const told = vi.fn();
    connection.on('error', told);
    const controller = new AbortController();
    const up = router.down();
    connection.publish('com.test.news', [1], null, { signal: controller.signal });
    connection.publish('com.test.news', [2]);
    await clock.advance(10);
    controller.abort(reason);
    up();
    await clock.advance(1000);
    expect(router.log.filter(({ type }) => type === 'PUBLISH').map(({ message }) => message[4])).toEqual([[2]]);
    expect(connection.stats()).toMatchObject({ droppedPublications: 1, waiting: 0 });
    expect(told).not.toHaveBeenCalled();
  });

  it('after it was sent has no effect', async () => {
    const { router, connect } = testBench();
    const connection = connect('ann');
    await connection.open();
    const controller = new AbortController();
    connection.publish('com.test.news', [1], null, { signal: controller.signal });
    controller.abort(reason);
    await router.settled();
    expect(router.count('PUBLISH')).toBe(1);
  });

  it('with middleware is refused and not sent either', async () => {
    const { router, connect } = testBench();
    const connection = connect('ann', { middleware: [defineMiddleware({ publish: (context, next) => next(context) })] });
    await connection.open();
    expect(() => connection.publish('com.test.news', [1], null, { signal: aborted })).toThrow(reason);
    await router.settled();
    expect(router.count('PUBLISH')).toBe(0);
  });

  it('is refused with a TypeError if the signal is invalid', async () => {
    const { connect } = testBench();
    const connection = connect('ann');
    const publish = () => connection.publish('com.test.news', [1], null, { signal: 5 as unknown as AbortSignal });
    expect(publish).toThrow('to be an AbortSignal, got 5');
    await connection.open();
    expect(publish).toThrow('to be an AbortSignal, got 5');
  });
});
