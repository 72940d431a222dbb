/*
 * What a call with binary data costs the client, both ends together, with each serializer: MessagePack and CBOR have bytes, in JSON they are base64. Each
 * serializer has a process of its own, as a user's program has one serializer. The figure is the ratio to JSON of the same round.
 */
import { ours } from './base.mjs';
import { Child } from './child.mjs';
import { median } from './statistics.mjs';

const serializers = ['json', 'msgpack', 'cbor'];
const IN_FLIGHT = 64;

/** @param {{ rounds: number, ms: number, warmUpMs: number }} plan */
export async function measureBinary(plan) {
  const router = new Child('router.mjs', [ours, ...serializers]);
  const { url } = await router.next(10_000);
  const field = [];
  for (const serializer of serializers) {
    const child = new Child('load.mjs');
    await child.next(10_000);
    field.push({ serializer, child });
  }
  const rows = [];
  for (const payload of ['recordsAndBinary', 'textAndBinary']) rows.push(...(await measure(payload, url, field, plan)));
  process.stderr.write('\n');
  for (const { child } of field) child.kill();
  router.kill();
  return rows;
}

async function measure(payload, url, field, { rounds, ms, warmUpMs }) {
  const run = async ({ serializer, child }, time) => {
    const task = { url, realm: serializer, serializer, payload, size: '1 KB', inFlight: IN_FLIGHT, ms: time };
    return (await child.ask(task, time + 20_000)).value;
  };
  for (const entry of field) await run(entry, warmUpMs);
  const runs = new Map(field.map(({ serializer }) => [serializer, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % field.length;
    for (const entry of [...field.slice(first), ...field.slice(0, first)]) runs.get(entry.serializer)[round] = await run(entry, ms);
    process.stderr.write('.');
  }
  const cpu = ({ cpu, count }) => cpu / count;
  const json = runs.get('json').map(cpu);
  return [...runs].map(([serializer, own]) => {
    const ratios = own.map((each, round) => cpu(each) / json[round]);
    const rate = median(own.map(({ count, ms }) => (1000 * count) / ms));
    return {
      payload,
      serializer,
      rate,
      cpu: median(own.map(cpu)),
      ratio: median(ratios),
      min: Math.min(...ratios),
      max: Math.max(...ratios),
    };
  });
}
