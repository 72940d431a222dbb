/// <reference lib="esnext.disposable" />
import { Serializer } from './index.js';

interface MsgpackrOptions {
    /**
     * What integers beyond 2^53 in payloads become: `bigint`, which is exact, or `number`, which rounds them. Default `bigint`. Choose
     * `number` where a program cannot do with BigInt, for example in `JSON.stringify`. Either way a BigInt may be sent, if 64 bits hold it.
     */
    readonly int64?: 'number' | 'bigint' | undefined;
}
/**
 * The MessagePack serializer by `msgpackr`, which is to be installed: `wamp.2.msgpack`, as `msgpack()` has it. Payloads are as with JSON;
 * bytes need no base64. No records, no references, no extensions: what of those a peer sends is read as `msgpack()` reads it.
 *
 * @throws TypeError for options that do not exist, and values that they do not have.
 * @example new Connection({ url, realm, serializers: [msgpackr(), json()] });
 */
declare function msgpackr(options?: MsgpackrOptions): Serializer;

export { msgpackr };
export type { MsgpackrOptions };
