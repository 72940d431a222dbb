/*
 * The script bundle, global `autostrada`: the client, and MessagePack.
 */
export * from './index.ts';
export { msgpack } from './serializer/msgpack.ts';
