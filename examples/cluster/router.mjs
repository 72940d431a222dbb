/*
 * One router of the cluster, a process of its own. `autostrada router --config` would do the same with a file that has `cluster`; this program also tells the
 * desk which sessions are here. main.mjs starts it, and it ends with main.mjs.
 */
import { fileURLToPath } from 'node:url';
import { loadFile, serve } from 'autostrada/node';
import { onEnd } from './child.mjs';

const { PORT, NATS_URL, ORIGINS, SERVICE_SECRET } = process.env;
const { router } = await loadFile(fileURLToPath(new URL('../router.json', import.meta.url)));

const service = (authrole) => ({ authrole, wampcra: { secret: SERVICE_SECRET } });
const users = Object.fromEntries(['auth', 'chat', 'tournament', 'robot'].map((name) => [name, service(name)]));

onEnd(() => process.exit());

const served = await serve({
  router: { realms: { chess: { ...router.realms.chess, users } } },
  // The pages are at another port, so they have another origin. `ops`: /ops/readyz.
  listen: [{ port: Number(PORT), origins: ORIGINS.split(','), ops: { path: '/ops', metrics: false } }],
  cluster: { nats: { servers: NATS_URL, name: 'chess' } },
});

let last = '';
const tell = () => {
  const sessions = served.router.sessions.map(({ id, authid, authrole }) => ({ id, authid, authrole }));
  const text = JSON.stringify(sessions);
  if (text !== last && process.connected) process.send({ sessions });
  last = text;
};
tell();
setInterval(tell, 200);
