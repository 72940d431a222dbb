/**
 * What a person sees of a connection: its messages in lines, and what it does now.
 *
 * @module
 */

export { inspect } from './inspect.ts';
export { type WireLine, type WireLogOptions, wireLog } from './wire-log.ts';
