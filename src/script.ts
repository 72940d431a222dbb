/*
 * The script bundle, global `autostrada`: the client, MessagePack and CBOR, and all ways to log in.
 */
export * from './cryptosign.ts';
export * from './index.ts';
export * from './scram.ts';
export { cbor } from './serializer/cbor.ts';
export { msgpack } from './serializer/msgpack.ts';
export * from './wampcra.ts';
