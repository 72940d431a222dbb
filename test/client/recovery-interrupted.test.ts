import { ConnectionLostError } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { recovered, subscribed } from '../fixtures/gap-bench.ts';

describe('recoverWith, if the connection is lost meanwhile,', () => {
  it('[N10] aborts, and never delivers into a newer session', async () => {
    const { recoveries, publish, cut, back, settled, got, errors } = await subscribed();
    await recoveries.succeed();
    await cut();
    await back();
    const old = recoveries.last;
    await cut();
    expect(old.signal.reason).toBeInstanceOf(ConnectionLostError);
    old.deliver(recovered(98, 'between'));
    await back();
    old.deliver(recovered(99, 'late'));
    await recoveries.fail(new Error('of the old one'), 1);
    await publish('held');
    await settled();
    expect([got, errors]).toEqual([[], []]); // the old one has settled, the new one has not
    await recoveries.succeed(2);
    expect(got).toEqual(['held']);
  });

  it('[N10] has one gap for both losses, which one successful recovery fills', async () => {
    const { recoveries, publish, cut, back, settled, got } = await subscribed();
    await recoveries.succeed();
    const last = await publish('before');
    await settled();
    await cut();
    const missed = await publish('missed');
    await back();
    const { gap } = recoveries.last;
    const held = await publish('held'); // lies within the gap
    await settled();
    recoveries.last.deliver(recovered(missed, 'missed'));
    await cut();
    await back();
    expect(recoveries.last.gap).toMatchObject({ from: gap?.from, lastPublication: last });
    await publish('held again');
    await settled();
    recoveries.last.deliver(recovered(missed, 'missed'));
    recoveries.last.deliver(recovered(held, 'held'));
    await recoveries.succeed();
    expect(got).toEqual(['before', 'missed', 'held', 'held again']);
  });

  it('[N10] does not replace a snapshot with events that were held before it was taken', async () => {
    const { recoveries, publish, cut, back, settled, got } = await subscribed();
    await recoveries.succeed();
    await cut();
    await back();
    await publish('of the old line');
    await settled();
    await cut();
    await back();
    await publish('of the new line');
    await settled();
    got.push('the snapshot');
    await recoveries.succeed();
    expect(got).toEqual(['the snapshot', 'of the new line']);
  });

  it('[N10] delivers the events held in both sessions when the next recovery fails', async () => {
    const { recoveries, publish, cut, back, settled, got } = await subscribed();
    await recoveries.succeed();
    await cut();
    await back();
    await publish(1);
    await settled();
    await cut();
    await back();
    await publish(2);
    await settled();
    await recoveries.fail(new Error('no snapshot'));
    expect(got).toEqual([1, 2]);
  });

  it('[N10] counts as the first again if the first did not settle', async () => {
    const { recoveries, cut, back } = await subscribed();
    await cut();
    await back();
    expect(recoveries.begun.map(({ gap }) => gap)).toEqual([undefined, undefined]);
    await recoveries.succeed();
    await cut();
    await back();
    expect(recoveries.last.gap).toBeDefined();
    await recoveries.succeed();
  });
});
