import { json } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { test } from 'vitest';
import { clientBench } from './attack-client.ts';
import { campaign, timeoutMs } from './campaign.ts';

const all = [
  ['json', json],
  ['msgpack', msgpack],
  ['cbor', cbor],
] as const;

test.each(all)(
  '[C11] [C02] [C05] a client survives bad input in %s, aborts correctly, and settles all requests',
  { timeout: timeoutMs },
  async (_name, make) => {
    await campaign(() => clientBench(make));
  },
);
