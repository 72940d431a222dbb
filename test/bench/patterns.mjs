/*
 * What a PUBLISH costs the router beside so many subscriptions that do not match: half of them prefixes, half wildcards. In process, by
 * frames, so that the broker's share is as large as it gets. The figure is the ratio to the smallest field, of the same round.
 */
import { Connection } from 'autostrada';
import { Router } from 'autostrada/router';
import { median } from './statistics.mjs';

const TOPIC = 'org.example.ticker.nyse';

/** @param {{ rounds: number, ms: number, warmUpMs: number, patterns: readonly number[] }} plan */
export async function measurePatterns({ rounds, ms, warmUpMs, patterns }) {
  const fields = [];
  for (const size of patterns) fields.push(await field(size));
  for (const each of fields) await each.publish(warmUpMs);
  for (let round = 0; round < rounds; round++) {
    const first = round % fields.length;
    for (const each of [...fields.slice(first), ...fields.slice(0, first)]) each.rates[round] = await each.publish(ms);
  }
  const [smallest] = fields;
  const rows = fields.map(({ size, rates }) => ({
    size,
    rate: median(rates),
    min: Math.min(...rates),
    max: Math.max(...rates),
    ratio: median(rates.map((rate, round) => rate / smallest.rates[round])),
  }));
  for (const { close } of fields) await close();
  return rows;
}

/** One session has all of them, which is more than strangers may have. */
const limits = { maxSubscriptions: 200_000, maxKeptBytes: 2 ** 28, maxKeptBytesPerAddress: 2 ** 28 };

async function field(size) {
  const router = new Router({ realms: { realm1: 'open' }, limits });
  const connections = [1, 2, 3].map(() => new Connection({ url: router, realm: 'realm1', retry: false }));
  const [bystander, subscriber, publisher] = await Promise.all(connections.map((connection) => connection.open()));
  const close = async () => {
    for (const connection of connections) await connection.close();
    await router.close();
  };
  for (let i = 0; i < size; i += 500) {
    const count = Math.min(500, size - i);
    await Promise.all(Array.from({ length: count }, (_, k) => subscribe(bystander, i + k)));
  }
  let heard = 0;
  await subscriber.subscribe(TOPIC, () => heard++);
  /** @returns publications a second */
  const publish = async (ms) => {
    const started = performance.now();
    const before = heard;
    while (performance.now() - started < ms) {
      for (let i = 0; i < 63; i++) publisher.publish(TOPIC, ['hello', 42]);
      await publisher.publish(TOPIC, ['hello', 42], null, { acknowledge: true });
    }
    const seconds = (performance.now() - started) / 1000;
    await new Promise((resolve) => setTimeout(resolve));
    return (heard - before) / seconds;
  };
  return { size, close, publish, rates: [] };
}

/** They begin as the topic does, or have as many components, so that the index has something to tell apart. */
function subscribe(session, i) {
  return i % 2 === 0
    ? session.subscribe(`org.example.p${i}.`, () => {}, { match: 'prefix' })
    : session.subscribe(`org..w${i}.nyse`, () => {}, { match: 'wildcard' });
}
