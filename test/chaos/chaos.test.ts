/*
 *   npm run test:chaos                    2,000 faults
 *   SEED=7 FAULTS=500 npm run test:chaos  so many, of this seed
 *
 * In `npm test` it is a minute's worth, always of the same seed.
 */
import { expect, test } from 'vitest';
import { Campaign } from './campaign.ts';
import { isLong, seed } from './seed.ts';

const faults = Number(process.env.FAULTS ?? (isLong ? 2000 : 320));
/** The last round begins before this. */
const LIMIT_MS = isLong || process.env.FAULTS ? Number.POSITIVE_INFINITY : 45_000;
const FAULTS_PER_ROUND = 100;
const WARM_UP_FAULTS = 80;

test('[N1] [N3] [N4] [N10] every promise settles, nothing durable is lost and nothing runs twice, whatever breaks', {
  timeout: 900_000,
}, async () => {
  console.log(`chaos begins: SEED=${seed} FAULTS=${faults}`);
  const deadline = performance.now() + LIMIT_MS;
  const campaign = await Campaign.open({ seed, workers: 8, calmMs: 20_000, tell: console.error });
  try {
    await campaign.round(WARM_UP_FAULTS);
    while (campaign.faultCount < faults && performance.now() < deadline) {
      await campaign.round(Math.min(FAULTS_PER_ROUND, faults - campaign.faultCount), deadline);
    }
  } finally {
    await campaign.close();
    console.log(campaign.report());
  }
  expect(campaign.violations()).toEqual({});
});
