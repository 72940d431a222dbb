/* The router, in a process of its own, so that it can be killed. Which logins it refuses, and what is in it, its parent says and asks. */
import { ApplicationError } from '../../dist/index.js';
import { listen } from '../../dist/node.js';
import { Router } from '../../dist/router.js';

const port = Number(process.argv[2]);
/** How many more logins of an authid are refused. */
const refusals = new Map();

const findUser = ({ authid }) => {
  const left = refusals.get(authid) ?? 0;
  if (left === 0) return { authrole: 'worker', ticket: 'let me in' };
  refusals.set(authid, left - 1);
  throw new ApplicationError('com.example.error.not_now');
};
const router = new Router(
  {
    realms: {
      realm1: {
        authroles: { worker: { permissions: 'all' }, visitor: { permissions: 'all' } },
        anonymous: 'visitor',
        history: [{ uri: 'chaos.kept', limit: 20_000 }],
      },
    },
    limits: { maxMessageBytes: 2 ** 18 },
  },
  { findUser, log: () => {} },
);
const listener = await listening();
process.on('message', async (message) => {
  if (message.refuse) refusals.set(message.refuse, message.times);
  if (message.ask === 'stats') process.send({ stats: router.stats() });
  if (message.ask === 'close') {
    await listener.close();
    await router.close();
    process.exit(0);
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ port: listener.port });

/** Whoever was killed here may not have let go of the port, or somebody else may have taken it for a moment. */
async function listening(attempt = 1) {
  try {
    return await listen(router, { port, pingMs: 400 });
  } catch (error) {
    if (error.code !== 'EADDRINUSE' || attempt === 50) throw error;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return listening(attempt + 1);
  }
}
