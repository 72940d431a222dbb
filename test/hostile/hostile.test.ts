/*
 *   npm run test:hostile                     five minutes of attacks
 *   SEED=7 npm run test:hostile              the same attacks again
 *   SEED=7 INDEX=12,13 npm run test:hostile  these alone, at once, after the warm-up
 *
 * In `npm test` it is a minute's worth, always of the same seed.
 */
import { expect, test } from 'vitest';
import { Campaign } from './campaign.ts';
import { catalogue } from './catalogue.ts';
import { indices, isLong, seed } from './seed.ts';

/** No attack begins after this. */
const LIMIT_MS = isLong ? 260_000 : 32_000;

test('[G2] a router survives whatever a stranger sends, serves honest sessions, and keeps nothing of it', {
  timeout: 900_000,
}, async () => {
  console.log(`hostile begins: SEED=${seed}`);
  const deadline = performance.now() + LIMIT_MS;
  const campaign = await Campaign.open({ seed, tell: console.error });
  try {
    const rounds = indices ? [indices] : undefined;
    for (let round = 0; performance.now() < deadline; round++) {
      const all = Array.from({ length: catalogue.length }, (_, i) => round * catalogue.length + i);
      await campaign.round(rounds?.[round] ?? all, deadline);
      if (rounds && round === rounds.length - 1) break;
    }
  } finally {
    await campaign.close();
    console.log(campaign.report());
  }
  expect(campaign.violations()).toEqual({});
});
