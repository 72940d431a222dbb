/* A process: the router of a build, with its listener, and realms. All WAMP contestants meet here, each with sockets of its own. */
import { host } from './host.mjs';

const [dist, ...realms] = process.argv.slice(2);
const [{ listen }, { Router }] = await Promise.all([import(`${dist}node.js`), import(`${dist}router.js`)]);
const open = Object.fromEntries(realms.map((realm) => [realm, 'open']));
const listener = await listen(new Router({ realms: open, limits: { maxSessions: 20_000 } }), { port: 0 });
host(listener.url);
