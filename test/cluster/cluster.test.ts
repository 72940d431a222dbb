/*
 *   npm run test:cluster                   100 races, and every fault 5 times, over NATS and with --processes
 *   SEED=7 ROUNDS=2 npm run test:cluster   every fault twice, of this seed
 *
 * In `npm test` it is 20 races and one round, always of the same seed.
 */
import { describe, expect, test } from 'vitest';
import { isLong, seed } from '../chaos/seed.ts';
import { hasNats, skipLoudlyWithoutNats } from '../fixtures/nats-server.ts';
import { Campaign } from './campaign.ts';
import { asProcesses, type Nodes, overNats } from './nodes.ts';

const rounds = Number(process.env.ROUNDS ?? (isLong ? 5 : 1));
const races = isLong ? 100 : 20;

skipLoudlyWithoutNats();

async function holds(open: () => Promise<Nodes>): Promise<void> {
  console.log(`cluster begins: SEED=${seed} ROUNDS=${rounds}`);
  const campaign = await Campaign.open(seed, await open());
  try {
    await campaign.race(races);
    for (let round = 0; round < rounds; round++) await campaign.round(round);
  } finally {
    await campaign.close();
    console.log(campaign.report());
  }
  expect(campaign.record.violations).toEqual([]);
}

describe('[L5] one owner, order, and nothing acknowledged is lost, whatever fails', { timeout: 1_800_000 }, () => {
  test.runIf(hasNats)('of three routers over NATS', () => holds(overNats));

  test.skipIf(process.platform === 'win32')('of three processes on one port', () => holds(asProcesses));
});
