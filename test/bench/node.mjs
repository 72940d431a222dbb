/* A process: a router with its listener, alone or as a node of a cluster: `hub` and a path (this process has the hub, too), `local` and a path, `nats` and a URL. */
import { host } from './host.mjs';

const [dist, kind, where] = process.argv.slice(2);
const [{ listen, local, openHub }, { Router }] = await Promise.all([import(`${dist}node.js`), import(`${dist}router.js`)]);

async function engine() {
  if (kind === 'hub') await openHub({ path: where });
  if (kind === 'hub' || kind === 'local') return local({ hub: where });
  if (kind !== 'nats') return undefined;
  const { nats } = await import(`${dist}nats.js`);
  return nats({ servers: where });
}

const cluster = await engine();
const router = new Router({ realms: { realm1: 'open' }, limits: { maxSessions: 20_000 } }, cluster ? { cluster } : {});
const listener = await listen(router, { port: 0 });
host(listener.url);
