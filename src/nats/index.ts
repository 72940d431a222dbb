/**
 * Routers on several machines that are one, over NATS.
 *
 * @module
 */

export { nats } from './nats.ts';
export type { NatsOptions } from './options.ts';
export type { NatsTls } from './tls.ts';
