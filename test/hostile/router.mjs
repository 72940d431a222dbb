/*
 * The router that is attacked, in a process of its own, with limits so small that minutes are enough to meet them. What nobody catches in it
 * ends it, as it would anywhere. Its parent asks what is in it, and breaks it on purpose where the alarms are tried.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { listen } from '../../dist/node.js';
import { Router } from '../../dist/router.js';
import { limits } from './limits.mjs';

const [ticket] = process.argv.slice(2);
const logged = { warn: 0, error: 0 };
/** What an `internal error` said, the first few. */
const internal = [];

const router = new Router(
  {
    realms: {
      arena: {
        anonymous: 'stranger',
        authroles: {
          stranger: {
            permissions: [
              { uri: 'attack.', match: 'prefix', allow: 'all' },
              { uri: 'wamp.', match: 'prefix', allow: ['call', 'subscribe'] },
              { uri: 'wamp.session.kill', match: 'prefix', allow: [] },
            ],
          },
          honest: { permissions: 'all' },
        },
        users: {
          honest: { authrole: 'honest', ticket },
          signer: { authrole: 'honest', wampcra: { secret: ticket } },
          key: { authrole: 'honest', cryptosign: { publicKeys: ['0'.repeat(63).concat('1')] } },
        },
        history: [{ uri: 'attack.kept', match: 'prefix', limit: 100 }],
      },
      members: { authroles: { member: { permissions: 'all' } }, users: { honest: { authrole: 'member', ticket } } },
    },
    limits,
  },
  {
    /** Below `slow.` it takes its time, below `odd.` it fails. */
    authorize({ uri }) {
      if (uri.startsWith('slow.')) return new Promise((resolve) => setTimeout(resolve, 150, true));
      if (uri.startsWith('odd.')) throw new Error(`no word of this may reach a stranger: ${ticket}`);
      return false;
    },
    log({ level, message }) {
      if (level in logged) logged[level]++;
      if (/internal error|\bbug\b/i.test(message) && internal.length < 20) internal.push(message);
    },
  },
);
/** As `defineContract` makes it. */
const contract = { '~around': (inner) => inner, definition: { procedures: { 'honest.echo': {} }, topics: { 'honest.news': {} } } };
const http = {
  realm: 'arena',
  timeoutMs: 1500,
  sessionMs: 1000,
  heartbeatMs: 500,
  maxIdempotencyBytes: 2 ** 18,
  idempotencyMs: 2000,
  crossbarCall: '/bridge/call',
  crossbarPublish: '/bridge/publish',
  openapi: { contract },
};
const listener = await listen(router, { port: 0, pingMs: 2000, http });
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let mostRss = 0;
setInterval(() => {
  mostRss = Math.max(mostRss, process.memoryUsage.rss());
}, 50).unref();

/** What is left when all garbage is gone, in bytes. */
async function weigh() {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 6; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 30)); // for what a collection has finalized
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

const kept = [];
const tasks = {
  look() {
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const answer = { stats: router.stats(), sockets, logged, internal: internal.splice(0), mostRss, loopMaxMs: delay.max / 1e6 };
    mostRss = 0;
    delay.reset();
    return answer;
  },
  weigh,
  kill: ({ session }) => router.kill(session),
  keep: ({ bytes }) => void kept.push(Buffer.alloc(bytes, 1)),
  forget: () => void kept.splice(0),
  stop({ ms }) {
    const until = performance.now() + ms;
    while (performance.now() < until);
  },
  complain: () => router.note({ level: 'error', message: 'internal error: as asked' }),
  crash: () => void setImmediate(() => Promise.reject(new Error('as asked'))),
};

process.on('message', async ({ task, ...options }) => {
  process.send({ value: await tasks[task](options) });
});
process.on('disconnect', () => process.exit());
process.send({ value: listener.port });
