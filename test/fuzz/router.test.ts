import { json } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { test } from 'vitest';
import { routerBench } from './attack-router.ts';
import { campaign, timeoutMs } from './campaign.ts';

const all = [
  ['json', json, cbor],
  ['msgpack', msgpack, json],
  ['cbor', cbor, msgpack],
] as const;

test.each(all)(
  '[R10] [R05] [R11] a router survives bad input in %s, aborts correctly, and disturbs no other session',
  { timeout: timeoutMs },
  async (_name, make, others) => {
    await campaign(() => routerBench(make, others));
  },
);
