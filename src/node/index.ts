/**
 * What only Node has: ports for a router.
 *
 * @module
 */
export { type Listener, listen, type ListenOptions } from './listen.ts';
