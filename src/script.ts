/*
 * The script bundle, global `autostrada`: the client, MessagePack and CBOR.
 */
export * from './index.ts';
export { cbor } from './serializer/cbor.ts';
export { msgpack } from './serializer/msgpack.ts';
