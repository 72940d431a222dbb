/* A process: our router, with its listener. All WAMP contestants meet here, each with sockets of its own. */
import { listen } from '../../dist/node.js';
import { Router } from '../../dist/router.js';
import { host } from './host.mjs';

const realms = process.argv.slice(2);
const listener = await listen(new Router({ realms: Object.fromEntries(realms.map((realm) => [realm, 'open'])) }), { port: 0 });
host(listener.url);
