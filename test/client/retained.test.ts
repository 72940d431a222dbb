import { describe, expect, it } from 'vitest';
import { gapBench, Recoveries, subscribed, TOPIC } from '../fixtures/gap-bench.ts';

const retain = { retain: true };

describe('get_retained in a durable subscription', () => {
  it('[N10] completes a topic of states after a reconnect, by itself', async () => {
    const { ann, router, publish, cut, back, settled } = await gapBench();
    const states = new Map<string, unknown>();
    const lamps = 'com.test.lamp.';
    ann.subscribe(lamps, ([state]: [string], _kwargs, { topic }) => states.set(topic, state), {
      match: 'prefix',
      get_retained: true,
    });
    await publish('on', retain, `${lamps}kitchen`);
    await publish('on', retain, `${lamps}hall`);
    await settled();
    await cut();
    await publish('off', retain, `${lamps}kitchen`);
    await publish('on', retain, `${lamps}cellar`);
    await back();
    expect(Object.fromEntries(states)).toEqual({ [`${lamps}kitchen`]: 'off', [`${lamps}hall`]: 'on', [`${lamps}cellar`]: 'on' });
    const asked = router.log.filter(({ type }) => type === 'SUBSCRIBE').map(({ message }) => message[2]);
    expect(asked).toEqual(asked.map(() => ({ match: 'prefix', get_retained: true })));
    expect(asked).toHaveLength(2);
  });

  it('[N10] delivers the retained event again after a reconnect, marked as retained', async () => {
    const { ann, publish, cut, back, settled } = await gapBench();
    const got: unknown[] = [];
    await ann.subscribe(TOPIC, ([state]: [string], _kwargs, { retained }) => got.push([state, retained]), { get_retained: true })
      .ready;
    await publish('on', retain);
    await settled();
    await cut();
    await back();
    expect(got).toEqual([
      ['on', undefined],
      ['on', true],
    ]);
  });

  it('[N10] delivers it once with recoverWith, and does not count it as the last publication', async () => {
    const { ann, publish, cut, back, settled } = await gapBench();
    await publish('on', retain);
    const got: unknown[] = [];
    const recoveries = new Recoveries();
    await ann.subscribe(TOPIC, ([state]: [string]) => got.push(state), {
      get_retained: true,
      recoverWith: recoveries.recoverWith,
    }).ready;
    await settled();
    await recoveries.succeed();
    await cut();
    await back();
    expect(recoveries.last.gap?.lastPublication).toBeUndefined();
    await recoveries.succeed();
    expect(got).toEqual(['on']);
    await cut();
    await publish('off', retain);
    await back();
    await recoveries.succeed();
    expect(got).toEqual(['on', 'off']);
  });

  it('[N10] has its event held back like live ones', async () => {
    const { ann, publish, settled, recoveries, got } = await subscribed();
    await publish('on', retain);
    await settled();
    expect(got).toEqual([]);
    await recoveries.succeed();
    expect([got, ann.handles.length]).toEqual([['on'], 1]);
  });
});
