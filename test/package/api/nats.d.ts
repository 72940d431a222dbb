/// <reference lib="esnext.disposable" />
import { Engine } from './router.js';
import { NatsOptions } from './types/options.js';
export { NatsTls } from './types/options.js';
import './types/words.js';
import './types/uri.js';

/**
 * Joins routers on several machines to one. Needs `@nats-io/transport-node`, `@nats-io/jetstream` and `@nats-io/kv`, and a server of NATS, 2.9 or newer, with JetStream. Each
 * router needs an engine of its own.
 *
 * Whoever may use the subjects below `autostrada.` at that server has all rights in all realms: so TLS and credentials are compulsory, unless the server is on this machine.
 *
 * @example const router = new Router(config, { cluster: nats({ servers: 'tls://nats.example.com', credentials }) });
 * @throws TypeError for wrong options; it says what was expected and what came.
 */
declare function nats(options: NatsOptions): Engine;

export { NatsOptions, nats };
