/*
 * The script bundle, global `autostrada`: the client, MessagePack, CBOR, and every login but Argon2, which costs as much as all others together.
 */
export { cryptosign } from './auth/cryptosign.ts';
export { scram } from './auth/scram.ts';
export { wampcra } from './auth/wampcra.ts';
export * from './index.ts';
export { cbor } from './serializer/cbor.ts';
export { msgpack } from './serializer/msgpack.ts';
