/*
 * What a call, an invocation and an event cost the client: an older build and this one, in turn. Before they are measured, all that lives is
 * moved to where V8 keeps what lives long, as in a process that has run for a while: what is kept by request must not be worse off there.
 */
import { baseBuild, ours } from './base.mjs';
import { Child } from './child.mjs';
import { compare } from './compare.mjs';

const tasks = [
  'call, client alone',
  'invocation, client alone',
  'event, client alone',
  'call, in process',
  'event, in process',
].map((task) => ({ task }));

/**
 * @param {{ rounds: number, ms: number, warmUpMs: number }} plan
 * @param {string | undefined} base - A checkout with a build, to compare with.
 */
export async function measureClient(plan, base) {
  const children = {};
  for (const [name, url] of Object.entries({ base: baseBuild(base), ours })) {
    children[name] = new Child('client-cost.mjs', [url]);
    await children[name].next(20_000);
  }
  return compare(plan, children, tasks, async (child, task, ms) => (await child.ask({ ...task, ms }, ms + 20_000)).value);
}
