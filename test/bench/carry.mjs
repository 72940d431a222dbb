/*
 * What a payload costs the router: a build from before payloads were carried as bytes, and this one, in turn. Two figures: the CPU time from
 * the bytes of a PUBLISH to the bytes of its EVENT, in process; and of the router's process for a call, by WebSocket. The figure to look at
 * is the ratio within one round.
 */
import { baseBuild, ours } from './base.mjs';
import { Child } from './child.mjs';
import { compare } from './compare.mjs';
import { payloads, sizes } from './payloads.mjs';

const serializers = ['json', 'msgpack', 'cbor'];
const IN_FLIGHT = 32;

/**
 * @param {{ rounds: number, ms: number, warmUpMs: number }} plan
 * @param {string | undefined} base - A checkout with a build, to compare with.
 */
export async function measureCarry(plan, base) {
  const builds = { base: baseBuild(base), ours };
  return { codec: await codec(plan, builds), calls: await calls(plan, builds) };
}

async function codec(plan, builds) {
  const children = {};
  for (const [name, url] of Object.entries(builds)) {
    children[name] = new Child('carry-codec.mjs', [url]);
    await children[name].next(20_000);
  }
  const tasks = serializers.flatMap((serializer) =>
    Object.keys(payloads).flatMap((payload) => Object.keys(sizes).map((size) => ({ serializer, payload, size }))),
  );
  return compare(plan, children, tasks, async (child, task, ms) => (await child.ask({ ...task, ms }, ms + 20_000)).value);
}

async function calls(plan, builds) {
  const routers = {};
  for (const [name, build] of Object.entries(builds)) {
    const router = new Child('router.mjs', [build, ...serializers]);
    const { url } = await router.next(20_000);
    const load = new Child('load.mjs');
    await load.next(20_000);
    routers[name] = { router, load, url };
  }
  const tasks = serializers.flatMap((serializer) => Object.keys(sizes).map((size) => ({ serializer, payload: 'records', size })));
  return compare(plan, routers, tasks, async ({ router, load, url }, task, ms) => {
    const before = (await router.ask({})).cpu;
    const { value } = await load.ask({ ...task, url, realm: task.serializer, inFlight: IN_FLIGHT, ms }, ms + 20_000);
    return ((await router.ask({})).cpu - before) / value.count;
  });
}
