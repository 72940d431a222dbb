/**
 * What only Node has: ports for a router.
 *
 * @module
 */
export { type Listener, type ListenOptions, listen } from './listen.ts';
